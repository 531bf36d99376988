//! What stands inside a string: encoded characters, then variables (RFC 5229 section 3.1).

use super::vocabulary::Vocabulary;
use crate::registry::StringSyntax;
use crate::text::Text;

/// Reads a string as the extensions in force have it, or says what is wrong with it.
pub(super) fn text(string: &str, vocabulary: &Vocabulary) -> Result<Text, String> {
    let mut decoded = string.to_owned();
    for syntax in vocabulary.string_syntaxes() {
        if let StringSyntax::Encoded(decode) = syntax {
            decoded = decode(&decoded)?;
        }
    }
    for syntax in vocabulary.string_syntaxes() {
        if let StringSyntax::Template(template) = syntax {
            return template(&decoded);
        }
    }
    Ok(Text::Constant(decoded))
}

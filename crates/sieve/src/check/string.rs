//! What stands inside a string: encoded characters, then variables (RFC 5229 section 3.1).

use super::vocabulary::Vocabulary;
use crate::extension::{encoded_character, variables};
use crate::text::Text;

/// Reads a string as the extensions in force have it, or says what is wrong with it.
pub(super) fn text(string: &str, vocabulary: &Vocabulary) -> Result<Text, String> {
    if !string.contains("${") {
        return Ok(Text::Constant(string.to_owned()));
    }
    let decoded = match vocabulary.requires("encoded-character") {
        true => encoded_character::decode(string)?,
        false => string.to_owned(),
    };
    match vocabulary.requires("variables") {
        true => variables::template(&decoded),
        false => Ok(Text::Constant(decoded)),
    }
}

//! The words of the language and which extension brings each (RFC 5228 sections 2.10.5 and 6).
//!
//! An extension is one file with one [`Extension`] value, and one line in [`EXTENSIONS`].

use crate::address::Address;
use crate::check::Call;
use crate::comparator::Comparator;
use crate::deliveries::Delivery;
use crate::extension;
use crate::instruction::{Action, Condition, Step};
use crate::machine::Machine;
use crate::matching::MatchType;
use crate::text::Text;

/// All extensions; the first is the language itself.
pub(crate) static EXTENSIONS: &[&Extension] = &[
    &extension::base::EXTENSION,
    &extension::ascii_numeric::EXTENSION,
    &extension::copy::EXTENSION,
    &extension::encoded_character::EXTENSION,
    &extension::enotify::EXTENSION,
    &extension::envelope::EXTENSION,
    &extension::extlists::EXTENSION,
    &extension::fileinto::EXTENSION,
    &extension::imap4flags::EXTENSION,
    &extension::mailbox::EXTENSION,
    &extension::relational::EXTENSION,
    &extension::subaddress::EXTENSION,
    &extension::variables::EXTENSION,
];

/// Everything that one capability adds.
#[derive(Debug)]
pub(crate) struct Extension {
    /// The strings that `require` knows it by; none for the language itself.
    pub(crate) capabilities: &'static [&'static str],
    pub(crate) commands: &'static [CommandSpec],
    pub(crate) tests: &'static [TestSpec],
    /// Tags for commands and tests of other extensions.
    pub(crate) tags: &'static [TagSpec],
    pub(crate) comparators: &'static [&'static dyn Comparator],
    pub(crate) strings: StringSyntax,
}

impl Extension {
    /// An extension that adds nothing yet, to be filled with `..`.
    pub(crate) const EMPTY: Extension = Extension {
        capabilities: &[],
        commands: &[],
        tests: &[],
        tags: &[],
        comparators: &[],
        strings: StringSyntax::Unchanged,
    };
}

/// What an extension finds in strings; what is wrong in one is an error.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StringSyntax {
    /// Nothing.
    Unchanged,
    /// Characters in another spelling, which are decoded first (RFC 5229 section 3.1).
    Encoded(fn(&str) -> Result<String, String>),
    /// Parts that are filled in at run time.
    Template(fn(&str) -> Result<Text, String>),
}

/// One command.
#[derive(Debug)]
pub(crate) struct CommandSpec {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    /// Makes it; `None` when something was reported.
    pub(crate) build: fn(&mut Call<'_, '_>) -> Option<Box<dyn Action>>,
}

/// One test.
#[derive(Debug)]
pub(crate) struct TestSpec {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    /// Makes it; `None` when something was reported.
    pub(crate) build: fn(&mut Call<'_, '_>) -> Option<Box<dyn Condition>>,
}

/// What a command or a test takes.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Tags of its own.
    pub(crate) tags: &'static [TagSpec],
    /// Families of tags that any extension may add to.
    pub(crate) families: &'static [Family],
    pub(crate) positional: &'static [Positional],
    /// How many of the first positional arguments may be left out.
    pub(crate) optional: usize,
    pub(crate) tests: TestCount,
}

impl Shape {
    /// Takes nothing, to be filled with `..`.
    pub(crate) const NOTHING: Shape = Shape {
        tags: &[],
        families: &[],
        positional: &[],
        optional: 0,
        tests: TestCount::None,
    };
}

/// Tags of one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Match types and `:comparator`.
    Match,
    /// Address parts.
    AddressPart,
    /// Modifiers of `set`.
    Change,
}

/// One positional argument, named for messages.
#[derive(Debug)]
pub(crate) struct Positional {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

impl Positional {
    pub(crate) const fn string(name: &'static str) -> Self {
        let kind = Kind::String;
        Positional { name, kind }
    }

    pub(crate) const fn strings(name: &'static str) -> Self {
        let kind = Kind::Strings;
        Positional { name, kind }
    }

    pub(crate) const fn number(name: &'static str) -> Self {
        let kind = Kind::Number;
        Positional { name, kind }
    }
}

/// The kind of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Exactly one string.
    String,
    /// A string or a list of them.
    Strings,
    Number,
}

/// How many tests a command or a test holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TestCount {
    None,
    One,
    /// A list in parentheses.
    Many,
}

/// One tag.
#[derive(Debug)]
pub(crate) struct TagSpec {
    /// Its name without the colon.
    pub(crate) name: &'static str,
    /// The argument that follows it.
    pub(crate) operand: Option<Kind>,
    /// Where it may stand; a tag of a command's own stands there without this.
    pub(crate) on: On,
    pub(crate) role: Role,
}

/// Where a tag may stand.
#[derive(Debug, Clone, Copy)]
pub(crate) enum On {
    /// On what lists it among its own tags.
    Own,
    /// On what takes the family.
    Family(Family),
    /// On commands of these names.
    Commands(&'static [&'static str]),
}

/// What a tag means.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Role {
    /// The command reads it by name.
    Option,
    /// It chooses the match type.
    MatchType(fn(&mut Call<'_, '_>) -> Option<Box<dyn MatchType>>),
    /// It chooses the part of an address.
    AddressPart(AddressPart),
    /// It changes how the command delivers.
    Modifier(fn(&mut Call<'_, '_>) -> Option<Box<dyn Modifier>>),
    /// It changes the value that `set` stores.
    Change(Change),
    /// It is known, and this is why it can't be used.
    Refused(&'static str),
}

/// Takes the part of an address that is compared; `None` when it has no such part.
pub(crate) type AddressPart = fn(&Address) -> Option<String>;

/// A tag of `keep`, `fileinto` or `redirect` that changes how it delivers.
pub(crate) trait Modifier: std::fmt::Debug + Send + Sync {
    fn apply(&self, delivery: &mut Delivery, machine: &mut Machine<'_>) -> Step<()>;
}

/// A modifier of `set` (RFC 5229 section 4.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    /// Larger ones are applied first; two of one precedence exclude each other.
    pub(crate) precedence: u32,
    pub(crate) apply: fn(&str) -> String,
}

/// All strings that `require` accepts, in the order of the registry.
pub fn capabilities() -> impl Iterator<Item = &'static str> {
    EXTENSIONS
        .iter()
        .flat_map(|extension| extension.capabilities.iter().copied())
}

/// The extension that `require` knows by this string.
pub(crate) fn extension(capability: &str) -> Option<&'static Extension> {
    EXTENSIONS
        .iter()
        .find(|extension| extension.capabilities.contains(&capability))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_two_things() {
        let all = || EXTENSIONS.iter();
        let mut words: Vec<String> = Vec::new();
        words.extend(all().flat_map(|e| e.commands).map(|spec| spec.name.into()));
        words.extend(all().flat_map(|e| e.tests).map(|spec| spec.name.into()));
        words.extend(capabilities().map(|name| format!("require {name}")));
        for tag in all().flat_map(|e| e.tags) {
            words.push(format!("{:?} :{}", tag.on, tag.name));
        }
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
        assert!(words.iter().all(|word| !word.is_empty()));
    }

    #[test]
    fn only_the_language_needs_no_require() {
        let free = EXTENSIONS.iter().filter(|e| e.capabilities.is_empty());
        assert_eq!(free.count(), 1);
    }
}

//! The words that a script may use by what it requires (RFC 5228 section 2.10.5).

use crate::comparator::Comparator;
use crate::lexer::shortened;
use crate::registry::{
    CommandSpec, EXTENSIONS, Extension, Family, On, Shape, StringSyntax, TagSpec, TestSpec,
    capabilities, extension,
};

/// The extensions that are in force, the language itself first.
pub(super) struct Vocabulary {
    extensions: Vec<&'static Extension>,
    required: Vec<String>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Vocabulary {
            extensions: EXTENSIONS
                .iter()
                .filter(|extension| extension.capabilities.is_empty())
                .copied()
                .collect(),
            required: Vec::new(),
        }
    }
}

impl Vocabulary {
    /// Puts a capability in force, or says why not.
    pub(super) fn require(&mut self, capability: &str) -> Result<(), String> {
        if BUILT_IN.contains(&capability) {
            return Ok(());
        }
        let Some(extension) = extension(capability) else {
            let known: Vec<_> = capabilities().collect();
            return Err(format!(
                "there is no extension {:?} here; there are {}",
                shortened(capability),
                known.join(", ")
            ));
        };
        if !self.requires(capability) {
            self.extensions.push(extension);
            self.required.push(capability.to_owned());
        }
        Ok(())
    }

    /// Whether a capability is in force.
    pub(super) fn requires(&self, capability: &str) -> bool {
        self.required.iter().any(|required| required == capability)
    }

    /// What is found in strings.
    pub(super) fn string_syntaxes(&self) -> impl Iterator<Item = StringSyntax> {
        self.extensions.iter().map(|extension| extension.strings)
    }

    pub(super) fn command(&self, name: &str) -> Option<&'static CommandSpec> {
        command_in(&self.extensions, name)
    }

    pub(super) fn test(&self, name: &str) -> Option<&'static TestSpec> {
        test_in(&self.extensions, name)
    }

    pub(super) fn comparator(&self, name: &str) -> Option<&'static dyn Comparator> {
        let mut comparators = self.extensions.iter().flat_map(|e| e.comparators);
        comparators
            .find(|comparator| comparator.name() == name)
            .copied()
    }

    /// The tag of that name that may stand on a command or test.
    pub(super) fn tag(&self, tag: &str, owner: &str, shape: &Shape) -> Option<&'static TagSpec> {
        tag_in(&self.extensions, tag, owner, shape)
    }

    pub(super) fn unknown_command(&self, name: &str) -> String {
        if let Some(capability) = EXTENSIONS.iter().find_map(|extension| {
            command_in(&[extension], name).and(extension.capabilities.first())
        }) {
            return missing_require(&format!("the command {name:?}"), capability);
        }
        if self.test(name).is_some() {
            return format!("{name:?} is a test and can't stand alone; write if {name} … {{ … }}");
        }
        let names = self.extensions.iter().flat_map(|e| e.commands);
        let names = names.map(|spec| spec.name);
        unknown(
            "command",
            name,
            names.chain(["if", "elsif", "else", "require"]),
        )
    }

    pub(super) fn unknown_test(&self, name: &str) -> String {
        if let Some(capability) = EXTENSIONS
            .iter()
            .find_map(|extension| test_in(&[extension], name).and(extension.capabilities.first()))
        {
            return missing_require(&format!("the test {name:?}"), capability);
        }
        let names = self.extensions.iter().flat_map(|e| e.tests);
        unknown("test", name, names.map(|spec| spec.name))
    }

    pub(super) fn unknown_comparator(&self, name: &str) -> String {
        let owner = EXTENSIONS
            .iter()
            .find(|extension| extension.comparators.iter().any(|c| c.name() == name));
        if let Some(capability) = owner.and_then(|extension| extension.capabilities.first()) {
            return missing_require(&format!("the comparator {name:?}"), capability);
        }
        let names = self.extensions.iter().flat_map(|e| e.comparators);
        unknown(
            "comparator",
            name,
            names.map(|comparator| comparator.name()),
        )
    }

    pub(super) fn unknown_tag(&self, tag: &str, owner: &str, shape: &Shape) -> String {
        if let Some(capability) = EXTENSIONS.iter().find_map(|extension| {
            tag_in(&[extension], tag, owner, shape).and(extension.capabilities.first())
        }) {
            return missing_require(&format!("the tag :{tag}"), capability);
        }
        let on = self.extensions.iter().flat_map(|e| e.tags);
        let on = on.filter(|spec| may_stand(spec, owner, shape));
        let names = shape.tags.iter().chain(on).map(|spec| spec.name);
        format!(
            "{owner:?} does not take this tag: {}",
            unknown("tag", tag, names)
        )
    }
}

/// What every script may use; naming it in `require` is allowed (RFC 5228 section 2.7.3).
const BUILT_IN: [&str; 2] = ["comparator-i;octet", "comparator-i;ascii-casemap"];

fn command_in(extensions: &[&'static Extension], name: &str) -> Option<&'static CommandSpec> {
    let mut commands = extensions.iter().flat_map(|extension| extension.commands);
    commands.find(|spec| spec.name.eq_ignore_ascii_case(name))
}

fn test_in(extensions: &[&'static Extension], name: &str) -> Option<&'static TestSpec> {
    let mut tests = extensions.iter().flat_map(|extension| extension.tests);
    tests.find(|spec| spec.name.eq_ignore_ascii_case(name))
}

fn tag_in(
    extensions: &[&'static Extension],
    tag: &str,
    owner: &str,
    shape: &Shape,
) -> Option<&'static TagSpec> {
    let is_named = |spec: &&TagSpec| spec.name.eq_ignore_ascii_case(tag);
    let own = shape.tags.iter().find(is_named);
    own.or_else(|| {
        let mut tags = extensions.iter().flat_map(|extension| extension.tags);
        tags.find(|spec| is_named(spec) && may_stand(spec, owner, shape))
    })
}

fn may_stand(spec: &TagSpec, owner: &str, shape: &Shape) -> bool {
    match spec.on {
        On::Own => false,
        On::Family(family) => takes(shape, family),
        On::Commands(names) => names.contains(&owner),
    }
}

fn takes(shape: &Shape, family: Family) -> bool {
    shape.families.contains(&family)
}

fn missing_require(what: &str, capability: &str) -> String {
    format!("{what} needs an extension; write require {capability:?}; at the top of the script")
}

/// Says that a word is unknown, and what may be meant.
fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let short = shortened(name);
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    let close = known
        .iter()
        .find(|word| distance(word, &name.to_ascii_lowercase()) <= 2);
    match close {
        Some(word) => format!("there is no {what} {short:?}; is {word:?} meant?"),
        None => format!(
            "there is no {what} {short:?}; there are {}",
            known.join(", ")
        ),
    }
}

/// How many letters must be changed, put in or left out to make one word of the other; large for long ones.
fn distance(a: &str, b: &str) -> usize {
    const LONGEST: usize = 32;
    if b.len() > LONGEST {
        return b.len();
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b.bytes()) {
            let above = *cell;
            *cell = (diagonal + usize::from(x != y))
                .min(above + 1)
                .min(left + 1);
            diagonal = above;
            left = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("header", "heder"), 1);
        assert_eq!(distance("keep", "keep"), 0);
        assert_eq!(distance("stop", ""), 4);
        assert_eq!(distance("abc", "xyzw"), 4);
    }
}

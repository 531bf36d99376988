//! Commands and blocks (RFC 5228 sections 2.9 and 8.2), with builders.

use super::{Argument, Place, Strings, Test, Tests, Value};

/// A sequence of commands: a whole script, or what stands in braces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Block {
    /// The commands in order.
    pub commands: Vec<Command>,
    /// Comment lines after the last command.
    pub comments: Vec<String>,
}

impl Block {
    /// An empty block.
    pub fn new() -> Self {
        Block::default()
    }

    /// Adds a command.
    pub fn command(mut self, command: Command) -> Self {
        self.commands.push(command);
        self
    }

    /// Adds comment lines after the last command; line ends in the text begin new lines.
    pub fn comment(mut self, text: &str) -> Self {
        self.comments.extend(text.lines().map(str::to_owned));
        self
    }
}

impl From<Vec<Command>> for Block {
    fn from(commands: Vec<Command>) -> Self {
        Block {
            commands,
            comments: Vec::new(),
        }
    }
}

impl FromIterator<Command> for Block {
    fn from_iter<I: IntoIterator<Item = Command>>(commands: I) -> Self {
        Vec::from_iter(commands).into()
    }
}

/// One command: an action or a control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Comment lines that stand before it, without the `#` and one blank.
    pub comments: Vec<String>,
    /// Its name as written; names are compared without regard to case.
    pub name: String,
    /// Its arguments in order.
    pub arguments: Vec<Argument>,
    /// Its test or tests.
    pub tests: Tests,
    /// Its block, or `None` when it ends in a semicolon.
    pub block: Option<Block>,
    /// Where its name stood.
    pub place: Place,
}

impl Command {
    /// A command without arguments.
    pub fn new(name: impl Into<String>) -> Self {
        Command {
            comments: Vec::new(),
            name: name.into(),
            arguments: Vec::new(),
            tests: Tests::None,
            block: None,
            place: Place::default(),
        }
    }

    /// `require [...]`.
    pub fn require(capabilities: impl Strings) -> Self {
        Command::new("require").strings(capabilities)
    }

    /// `if TEST { … }`.
    pub fn when(test: Test, block: impl Into<Block>) -> Self {
        Command::new("if").test(test).block(block)
    }

    /// `elsif TEST { … }`.
    pub fn or_when(test: Test, block: impl Into<Block>) -> Self {
        Command::new("elsif").test(test).block(block)
    }

    /// `else { … }`.
    pub fn otherwise(block: impl Into<Block>) -> Self {
        Command::new("else").block(block)
    }

    /// Adds a tag, with or without its colon.
    pub fn tag(mut self, name: &str) -> Self {
        let name = name.strip_prefix(':').unwrap_or(name);
        self.arguments
            .push(Argument::built(Value::Tag(name.to_owned())));
        self
    }

    /// Adds a number.
    pub fn number(mut self, number: u64) -> Self {
        self.arguments.push(Argument::built(Value::Number(number)));
        self
    }

    /// Adds a string.
    pub fn string(self, string: impl Into<String>) -> Self {
        self.strings([string])
    }

    /// Adds a list of strings; Sieve has no empty list.
    pub fn strings(mut self, strings: impl Strings) -> Self {
        self.arguments
            .push(Argument::built(Value::Strings(strings.into_strings())));
        self
    }

    /// Sets the test.
    pub fn test(mut self, test: Test) -> Self {
        self.tests = Tests::One(Box::new(test));
        self
    }

    /// Sets the block.
    pub fn block(mut self, block: impl Into<Block>) -> Self {
        self.block = Some(block.into());
        self
    }

    /// Adds comment lines before the command; line ends in the text begin new lines.
    pub fn comment(mut self, text: &str) -> Self {
        self.comments.extend(text.lines().map(str::to_owned));
        self
    }
}

//! From tokens to a syntax tree (RFC 5228 section 8.2), going on after an error to find more.

mod cursor;

use crate::ast::{Argument, Block, Command, Place, Test, Tests, Value};
use crate::error::{CompileError, Position};
use crate::lexer::{Lexer, Located, Token, shortened};
use crate::limits::Limits;
use cursor::described;

/// The syntax tree of a script, with names and arguments unchecked.
///
/// # Errors
/// Everything that is wrong with its form, in order, as far as it can be told.
pub fn parse(source: &str, limits: &Limits) -> Result<Block, Vec<CompileError>> {
    if source.len() > limits.script_bytes {
        let message = format!(
            "the script has {} octets, more than the {} allowed; shorten it",
            source.len(),
            limits.script_bytes
        );
        return Err(vec![CompileError::new(Position::default(), message)]);
    }
    let mut parser = Parser {
        lexer: Lexer::new(source, limits),
        peeked: None,
        depth: 0,
        limits,
        errors: Vec::new(),
    };
    let script = parser.script();
    parser.errors.sort_by_key(CompileError::position);
    match script {
        Ok(script) if parser.errors.is_empty() => Ok(script),
        _ => Err(parser.errors),
    }
}

/// Why something could not be read; the error is in the list already.
enum Failure {
    /// The next command may be fine.
    Here,
    /// Nothing sensible can be said of what follows.
    Final,
}

type Parsed<T> = Result<T, Failure>;

struct Parser<'s> {
    lexer: Lexer<'s>,
    peeked: Option<Located>,
    depth: usize,
    limits: &'s Limits,
    errors: Vec<CompileError>,
}

impl Parser<'_> {
    fn script(&mut self) -> Parsed<Block> {
        let mut script = Block::new();
        loop {
            let part = self.block()?;
            script.commands.extend(part.commands);
            script.comments.extend(part.comments);
            let Some(brace) = self.take_mark('}')? else {
                return Ok(script);
            };
            self.report(
                brace,
                "this } closes nothing; remove it, or look for a { that is missing above",
            )?;
        }
    }

    /// Commands up to a closing brace or the end, neither of which is taken.
    fn block(&mut self) -> Parsed<Block> {
        let mut block = Block::new();
        loop {
            let depth = self.depth;
            match self.command() {
                Ok(Line::Command(command)) => block.commands.push(command),
                Ok(Line::End(comments)) => {
                    block.comments = comments;
                    return Ok(block);
                }
                Err(Failure::Final) => return Err(Failure::Final),
                Err(Failure::Here) => self.skip_command(),
            }
            self.depth = depth;
        }
    }

    fn command(&mut self) -> Parsed<Line> {
        let comments = self.comments()?;
        let Located { token, at } = self.peek()?.clone();
        let name = match token {
            Token::Identifier(name) => name,
            Token::End | Token::Mark('}') => return Ok(Line::End(comments)),
            token => {
                let message = format!("a command is expected here, not {}", described(&token));
                return self.fail(at, message);
            }
        };
        self.take()?;
        let mut command = Command::new(name);
        command.comments = comments;
        command.place = Place(at);
        command.arguments = self.arguments()?;
        command.tests = self.tests()?;
        command.block = self.command_end(&command.name)?;
        Ok(Line::Command(command))
    }

    /// The semicolon or the block that ends a command.
    fn command_end(&mut self, name: &str) -> Parsed<Option<Block>> {
        if self.take_mark(';')?.is_some() {
            return Ok(None);
        }
        if let Some(brace) = self.take_mark('{')? {
            return self.braced_block(brace).map(Some);
        }
        let Located { token, at } = self.peek()?.clone();
        let message = format!(
            "{} stands where the command \"{}\" should end; write ; or a {{ block }} before it",
            described(&token),
            shortened(name)
        );
        if matches!(token, Token::Identifier(_) | Token::End | Token::Mark('}')) {
            self.report(at, message)?;
            return Ok(None);
        }
        self.fail(at, message)
    }

    fn braced_block(&mut self, brace: Position) -> Parsed<Block> {
        self.enter(brace)?;
        let block = self.block()?;
        self.depth -= 1;
        if self.take_mark('}')?.is_none() {
            self.report(
                brace,
                "the block that begins here never ends; write } where it ends",
            )?;
        }
        Ok(block)
    }

    fn arguments(&mut self) -> Parsed<Vec<Argument>> {
        let mut arguments = Vec::new();
        loop {
            let Located { token, at } = self.peek()?.clone();
            let value = match token {
                Token::Tag(name) => Value::Tag(name),
                Token::Number(number) => Value::Number(number),
                Token::String(string) => Value::Strings(vec![string]),
                Token::Mark('[') => {
                    self.take()?;
                    arguments.push(Argument {
                        value: Value::Strings(self.string_list()?),
                        place: Place(at),
                    });
                    continue;
                }
                _ => return Ok(arguments),
            };
            self.take()?;
            arguments.push(Argument {
                value,
                place: Place(at),
            });
        }
    }

    /// The strings of a list whose opening bracket is taken.
    fn string_list(&mut self) -> Parsed<Vec<String>> {
        let mut strings = Vec::new();
        loop {
            match self.take()? {
                Located {
                    token: Token::String(string),
                    ..
                } => strings.push(string),
                Located { token, at } => {
                    let message = format!(
                        "a list holds strings in double quotes, not {}",
                        described(&token)
                    );
                    return self.fail(at, message);
                }
            }
            match self.take()? {
                Located {
                    token: Token::Mark(','),
                    ..
                } => {}
                Located {
                    token: Token::Mark(']'),
                    ..
                } => return Ok(strings),
                Located { token, at } => {
                    let message = format!(
                        "in a list , or ] must follow a string, not {}",
                        described(&token)
                    );
                    return self.fail(at, message);
                }
            }
        }
    }

    fn tests(&mut self) -> Parsed<Tests> {
        let Located { token, at } = self.peek()?.clone();
        match token {
            Token::Identifier(_) => {
                self.enter(at)?;
                let test = self.test()?;
                self.depth -= 1;
                Ok(Tests::One(Box::new(test)))
            }
            Token::Mark('(') => {
                self.enter(at)?;
                self.take()?;
                let tests = self.test_list()?;
                self.depth -= 1;
                Ok(Tests::List(tests))
            }
            _ => Ok(Tests::None),
        }
    }

    fn test(&mut self) -> Parsed<Test> {
        match self.take()? {
            Located {
                token: Token::Identifier(name),
                at,
            } => {
                let mut test = Test::new(name);
                test.place = Place(at);
                test.arguments = self.arguments()?;
                test.tests = self.tests()?;
                Ok(test)
            }
            Located { token, at } => {
                let message = format!("a test is expected here, not {}", described(&token));
                self.fail(at, message)
            }
        }
    }

    /// The tests of a list whose opening parenthesis is taken.
    fn test_list(&mut self) -> Parsed<Vec<Test>> {
        let mut tests = Vec::new();
        loop {
            tests.push(self.test()?);
            match self.take()? {
                Located {
                    token: Token::Mark(','),
                    ..
                } => {}
                Located {
                    token: Token::Mark(')'),
                    ..
                } => return Ok(tests),
                Located { token, at } => {
                    let message = format!(
                        "in a list of tests , or ) must follow a test, not {}",
                        described(&token)
                    );
                    return self.fail(at, message);
                }
            }
        }
    }
}

/// What stands next in a block.
enum Line {
    Command(Command),
    /// The end of the block, and the comments before it.
    End(Vec<String>),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(source: &str) -> Vec<String> {
        let errors = parse(source, &Limits::default()).unwrap_err();
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn reports_every_broken_command() {
        assert_eq!(
            errors(
                "keep (true)\ndiscard;\nif { stop; }\nfileinto [1];\n\"x\" { keep; }\n}\nif true {"
            ),
            [
                "line 2, column 1: the word discard stands where the command \"keep\" should end; \
                 write ; or a { block } before it",
                "line 4, column 11: a list holds strings in double quotes, not the number 1",
                "line 5, column 1: a command is expected here, not the string \"x\"",
                "line 6, column 1: this } closes nothing; remove it, or look for a { that is missing above",
                "line 7, column 9: the block that begins here never ends; write } where it ends",
            ]
        );
    }

    #[test]
    fn depth_is_checked_before_the_descent() {
        let hostile = [
            "if true { ".repeat(10_000),
            format!("if {} true {{}}", "not ".repeat(10_000)),
            format!("if {} true", "anyof(".repeat(10_000)),
        ];
        for source in hostile {
            let errors = errors(&source);
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert!(
                errors[0].contains("nested deeper than 32 levels"),
                "{errors:?}"
            );
        }
        assert_eq!(errors(&format!("fileinto {}", "[".repeat(10_000))).len(), 1);
    }

    #[test]
    fn the_nesting_limit_itself_is_allowed() {
        let nested = |levels: usize| format!("if {}true {{ }}", "not ".repeat(levels - 1));
        assert!(parse(&nested(32), &Limits::default()).is_ok());
        assert!(parse(&nested(33), &Limits::default()).is_err());
    }

    #[test]
    fn comments_go_with_the_command_that_follows() {
        let block = parse(
            "# a\n/* b */ keep; # c\nif true { stop; # d\n} # e",
            &Limits::default(),
        )
        .unwrap();
        assert_eq!(block.commands[0].comments, ["a", "b"]);
        assert_eq!(block.commands[1].comments, ["c"]);
        assert_eq!(block.commands[1].block.as_ref().unwrap().comments, ["d"]);
        assert_eq!(block.comments, ["e"]);
    }

    #[test]
    fn gives_up_after_the_limit_of_errors() {
        assert_eq!(errors(&"1;".repeat(1_000)).len(), 20);
        assert_eq!(errors(&"\u{1}".repeat(1_000)).len(), 1);
        assert_eq!(errors(&"};".repeat(1_000)).len(), 20);
    }

    #[test]
    fn a_long_script_is_refused_unread() {
        let limits = Limits {
            script_bytes: 10,
            ..Limits::default()
        };
        let errors = parse("keep; keep;", &limits).unwrap_err();
        assert_eq!(
            errors[0].to_string(),
            "line 1, column 1: the script has 11 octets, more than the 10 allowed; shorten it"
        );
    }
}

//! The parser's way through the tokens, and what it says when one is wrong.

use super::{Failure, Parsed, Parser};
use crate::error::{CompileError, Position};
use crate::lexer::{Located, Token, shortened};

impl Parser<'_> {
    /// Goes one level down, if the limit allows it.
    pub(super) fn enter(&mut self, at: Position) -> Parsed<()> {
        if self.depth >= self.limits.nesting {
            let message = format!(
                "blocks and tests are nested deeper than {} levels here; split the script into flatter parts",
                self.limits.nesting
            );
            self.errors.push(CompileError::new(at, message));
            return Err(Failure::Final);
        }
        self.depth += 1;
        Ok(())
    }

    /// Takes the comments that stand before the next token.
    pub(super) fn comments(&mut self) -> Parsed<Vec<String>> {
        let mut comments = Vec::new();
        loop {
            let located = self.lexed()?;
            match located.token {
                Token::Comment(lines) => comments.extend(lines),
                _ => {
                    self.peeked = Some(located);
                    return Ok(comments);
                }
            }
        }
    }

    pub(super) fn peek(&mut self) -> Parsed<&Located> {
        let located = self.take()?;
        Ok(self.peeked.insert(located))
    }

    pub(super) fn take(&mut self) -> Parsed<Located> {
        loop {
            let located = self.lexed()?;
            if !matches!(located.token, Token::Comment(_)) {
                return Ok(located);
            }
        }
    }

    pub(super) fn take_mark(&mut self, mark: char) -> Parsed<Option<Position>> {
        let located = self.peek()?;
        if located.token != Token::Mark(mark) {
            return Ok(None);
        }
        let at = located.at;
        self.peeked = None;
        Ok(Some(at))
    }

    /// The next token, comments included.
    pub(super) fn lexed(&mut self) -> Parsed<Located> {
        if let Some(located) = self.peeked.take() {
            return Ok(located);
        }
        match self.lexer.next_token() {
            Ok(located) => Ok(located),
            Err(error) => self.fail(error.position(), error.message),
        }
    }

    /// Reports an error and stays where it is.
    pub(super) fn report(&mut self, at: Position, message: impl Into<String>) -> Parsed<()> {
        self.errors.push(CompileError::new(at, message));
        if self.errors.len() >= self.limits.errors {
            return Err(Failure::Final);
        }
        Ok(())
    }

    pub(super) fn fail<T>(&mut self, at: Position, message: impl Into<String>) -> Parsed<T> {
        self.report(at, message)?;
        Err(Failure::Here)
    }

    /// Goes behind the command that could not be read: to its semicolon, or over its block.
    pub(super) fn skip_command(&mut self) {
        let mut open = 0_usize;
        loop {
            let Some(located) = self.peeked.take().or_else(|| self.lexer.next_token().ok()) else {
                continue;
            };
            match located.token {
                Token::Mark(';') if open == 0 => return,
                Token::Mark('{') => open += 1,
                Token::Mark('}') if open == 1 => return,
                Token::Mark('}') if open > 1 => open -= 1,
                Token::Mark('}') | Token::End => {
                    self.peeked = Some(located);
                    return;
                }
                _ => {}
            }
        }
    }
}

/// A token in words.
pub(super) fn described(token: &Token) -> String {
    match token {
        Token::Identifier(name) => format!("the word {}", shortened(name)),
        Token::Tag(name) => format!("the tag :{}", shortened(name)),
        Token::Number(number) => format!("the number {number}"),
        Token::String(string) => format!("the string {:?}", shortened(string)),
        Token::Comment(_) => "a comment".to_owned(),
        Token::Mark(mark) => mark.to_string(),
        Token::End => "the end of the script".to_owned(),
    }
}

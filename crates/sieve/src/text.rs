//! Strings of a script, constant or with variables in them (RFC 5229 section 3).

use std::borrow::Cow;

use crate::variables::Variables;

/// A string as it stands in a checked script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Text {
    /// No variable stands in it.
    Constant(String),
    /// Pieces to be joined when control reaches it.
    Template(Vec<Piece>),
}

/// A piece of a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Literal(String),
    /// A variable, its name in lower case.
    Variable(String),
    /// A match variable.
    Match(usize),
}

impl Text {
    /// The string, if it is the same in every run.
    pub(crate) fn constant(&self) -> Option<&str> {
        match self {
            Text::Constant(text) => Some(text),
            Text::Template(_) => None,
        }
    }

    /// The string with variables filled in; building it ends once it is longer than `limit` octets.
    pub(crate) fn expand<'t>(&'t self, variables: &Variables, limit: usize) -> Cow<'t, str> {
        let pieces = match self {
            Text::Constant(text) => return Cow::Borrowed(text),
            Text::Template(pieces) => pieces,
        };
        let mut expanded = String::new();
        for piece in pieces {
            expanded.push_str(match piece {
                Piece::Literal(text) => text,
                Piece::Variable(name) => variables.get(name),
                Piece::Match(index) => variables.matched(*index),
            });
            if expanded.len() > limit {
                break;
            }
        }
        Cow::Owned(expanded)
    }
}

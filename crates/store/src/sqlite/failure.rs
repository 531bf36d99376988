//! What SQLite's errors mean to a caller: try again later, or a person must look.

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY;

use crate::Error;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, _) => from_code(failure, &error),
            other => Self::Unusable(format!("a statement or row is not as expected ({other})")),
        }
    }
}

/// The only keys that can be violated from outside are those that name an account; calendars are
/// looked up before they are named.
fn from_code(failure: &rusqlite::ffi::Error, error: &rusqlite::Error) -> Error {
    match failure.code {
        ErrorCode::DatabaseCorrupt => {
            Error::Unusable(format!("it is damaged ({error}); restore it from a backup"))
        }
        ErrorCode::NotADatabase => {
            Error::Unusable("it is not an SQLite file; name another file or restore it".to_owned())
        }
        ErrorCode::ConstraintViolation if failure.extended_code == SQLITE_CONSTRAINT_FOREIGNKEY => {
            Error::NotFound("such account".to_owned())
        }
        ErrorCode::ConstraintViolation
        | ErrorCode::TypeMismatch
        | ErrorCode::ApiMisuse
        | ErrorCode::ParameterOutOfRange
        | ErrorCode::Unknown => Error::Unusable(error.to_string()),
        _ => Error::Unavailable(error.to_string()),
    }
}

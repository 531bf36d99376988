//! Ids and states as SQLite stores them.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};

use crate::{AccountId, CalendarId, DecisionId, Hold, Invitations, QueueState, Revision};

macro_rules! number {
    ($($id:ident),*) => {$(
        impl ToSql for $id {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }

        impl FromSql for $id {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                i64::column_result(value).map(Self)
            }
        }
    )*};
}

number!(AccountId, DecisionId, Revision);

impl ToSql for CalendarId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for CalendarId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        String::column_result(value).map(Self)
    }
}

macro_rules! code {
    ($of:ident { $($variant:ident = $code:literal),* }) => {
        impl ToSql for $of {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(match self {
                    $(Self::$variant => i64::from($code),)*
                }))
            }
        }

        impl FromSql for $of {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match i64::column_result(value)? {
                    $($code => Ok(Self::$variant),)*
                    other => Err(FromSqlError::OutOfRange(other)),
                }
            }
        }
    };
}

// The numbers stand in the partial indexes of the schema too.
code!(QueueState { Held = 0, Ready = 1, Parked = 2, Unconfirmed = 3 });
code!(Hold { None = 0, Answer = 1, Invitation = 2 });

impl ToSql for Invitations {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(*self == Self::Sent))
    }
}

impl FromSql for Invitations {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        bool::column_result(value).map(|is_sent| match is_sent {
            true => Self::Sent,
            false => Self::NotSent,
        })
    }
}

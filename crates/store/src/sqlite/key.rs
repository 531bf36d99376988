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

/// The numbers stand in the partial indexes of the schema too.
impl ToSql for QueueState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            Self::Held => 0_i64,
            Self::Ready => 1,
            Self::Parked => 2,
            Self::Unconfirmed => 3,
        }))
    }
}

impl FromSql for QueueState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match i64::column_result(value)? {
            0 => Ok(Self::Held),
            1 => Ok(Self::Ready),
            2 => Ok(Self::Parked),
            3 => Ok(Self::Unconfirmed),
            other => Err(FromSqlError::OutOfRange(other)),
        }
    }
}

impl ToSql for Hold {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            Self::None => 0_i64,
            Self::Answer => 1,
            Self::Invitation => 2,
        }))
    }
}

impl FromSql for Hold {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match i64::column_result(value)? {
            0 => Ok(Self::None),
            1 => Ok(Self::Answer),
            2 => Ok(Self::Invitation),
            other => Err(FromSqlError::OutOfRange(other)),
        }
    }
}

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

//! Prepared statements, run in one call.

use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::{Error, Result};

/// Runs a statement that gives no rows; returns how many it changed.
pub(super) fn execute(connection: &Connection, sql: &str, params: impl Params) -> Result<usize> {
    Ok(connection.prepare_cached(sql)?.execute(params)?)
}

/// The first row, if there is one.
pub(super) fn first<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>> {
    Ok(connection
        .prepare_cached(sql)?
        .query_row(params, read)
        .optional()?)
}

/// The first row, which is always there.
pub(super) fn one<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<T> {
    Ok(connection.prepare_cached(sql)?.query_row(params, read)?)
}

/// All rows.
pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?;
    rows.collect::<rusqlite::Result<_>>().map_err(Error::from)
}

/// The number that a statement counts to.
pub(super) fn count(connection: &Connection, sql: &str, params: impl Params) -> Result<u64> {
    let count: i64 = one(connection, sql, params, |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// How SQLite finds the rows of a statement in an empty file of this version.
#[cfg(test)]
pub(super) fn plan(sql: &str) -> String {
    let mut connection = Connection::open_in_memory().unwrap();
    super::migration::run(&mut connection).unwrap();
    let mut statement = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    let steps = statement.raw_query();
    let steps = steps.mapped(|row| row.get::<_, String>(3));
    steps
        .collect::<rusqlite::Result<Vec<_>>>()
        .unwrap()
        .join("; ")
}

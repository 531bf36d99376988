//! Members of collections: objects of calendars and cards of address books, read alike.

use rusqlite::{Connection, Row, params};

use super::span::Span;
use super::statement::{all, first, one};
use crate::{
    AccountId, CollectionId, CollectionKind, Detail, Member, Result, Selection, Timestamp,
};

/// What is asked, of which collection.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) account: AccountId,
    pub(super) kind: CollectionKind,
    pub(super) collection: CollectionId,
    pub(super) detail: Detail,
}

pub(super) fn select(
    connection: &Connection,
    question: &Question,
    selection: &Selection,
) -> Result<Vec<Member>> {
    let of = (question.account, &question.collection);
    match selection {
        Selection::After(after, limit) => {
            let statement = question.statement("name > ?3 ORDER BY name LIMIT ?4");
            all(
                connection,
                &statement,
                params![of.0, of.1, after, limit],
                read,
            )
        }
        Selection::Names(names) => by_names(connection, question, names),
        Selection::Window(from, to) => window(connection, question, *from, *to),
        Selection::Uid(uid) => {
            let statement = question.statement("uid = ?3");
            all(connection, &statement, params![of.0, of.1, uid], read)
        }
    }
}

impl Question {
    fn statement(&self, condition: &str) -> String {
        let text = match self.detail {
            Detail::Etag => "x''",
            Detail::Text => "text",
        };
        self.kind.sql(&format!(
            "SELECT name, uid, revision, length(text), {text},
             (SELECT at FROM changes WHERE changes.account = MEMBERS.account
              AND changes.revision = MEMBERS.revision)
             FROM MEMBERS WHERE account = ?1 AND PARENT = ?2 AND {condition}"
        ))
    }
}

fn by_names(connection: &Connection, question: &Question, names: &[String]) -> Result<Vec<Member>> {
    let statement = question.statement("name = ?3");
    let mut members = Vec::with_capacity(names.len());
    for name in names {
        let values = params![question.account, question.collection, name];
        members.extend(first(connection, &statement, values, read)?);
    }
    members.sort_by(|a, b| a.name.cmp(&b.name));
    members.dedup_by(|a, b| a.name == b.name);
    Ok(members)
}

/// Two walks over the index: objects that are not long end soon after the window.
fn window(
    connection: &Connection,
    question: &Question,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Member>> {
    let statement = question.statement(
        "rowid IN (SELECT rowid FROM objects WHERE account = ?1 AND calendar = ?2
           AND is_long = 0 AND last >= ?3 AND last <= ?5 AND first <= ?4
         UNION ALL SELECT rowid FROM objects WHERE account = ?1 AND calendar = ?2
           AND is_long = 1 AND last >= ?3 AND first <= ?4)
         ORDER BY name",
    );
    let values = params![
        question.account,
        question.collection,
        from,
        to,
        Span::reach(to)
    ];
    all(connection, &statement, values, read)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Member> {
    Ok(Member {
        name: row.get(0)?,
        uid: row.get(1)?,
        revision: row.get(2)?,
        size: row.get::<_, i64>(3)?.unsigned_abs(),
        text: row.get(4)?,
        changed: row.get::<_, Option<Timestamp>>(5)?.unwrap_or_default(),
    })
}

pub(super) fn octets(connection: &Connection, account: AccountId) -> Result<u64> {
    let statement = "SELECT (SELECT coalesce(sum(length(text)), 0) FROM objects WHERE account = ?1)
                          + (SELECT coalesce(sum(length(text)), 0) FROM cards WHERE account = ?1)";
    let octets: i64 = one(connection, statement, [account], |row| row.get(0))?;
    Ok(octets.unsigned_abs())
}

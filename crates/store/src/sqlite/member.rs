//! Members of collections: objects of calendars and cards of address books, read alike.

use rusqlite::{Connection, Row, params};

use super::calendar;
use super::span::Span;
use super::statement::{all, first, one};
use crate::{
    AccountId, CollectionId, CollectionKind, Detail, Event, Member, Result, Selection, Standing,
    Timestamp,
};

/// What is asked, of which collection.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) account: AccountId,
    pub(super) kind: CollectionKind,
    pub(super) collection: CollectionId,
    pub(super) detail: Detail,
}

/// The second condition is that of the index on cards, some of which have no UID.
const OF_UID: &str = "uid = ?3 AND uid <> ''";

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
            let statement = question.statement(OF_UID);
            all(connection, &statement, params![of.0, of.1, uid], read)
        }
    }
}

impl Question {
    fn statement(&self, condition: &str) -> String {
        let columns = self.columns();
        self.kind.sql(&format!(
            "SELECT {columns} FROM MEMBERS WHERE account = ?1 AND PARENT = ?2 AND {condition}"
        ))
    }

    /// Two walks over each half of the index, of what waits for an answer and of what does not: objects
    /// that are not long end soon after the window. Said of the rows that are found, account and calendar
    /// would have all of a calendar walked for them.
    fn windowed(&self) -> String {
        let columns = self.columns();
        self.kind.sql(&format!(
            "SELECT {columns} FROM MEMBERS WHERE rowid IN
               (SELECT rowid FROM objects WHERE account = ?1 AND unanswered IN (0, 1)
                  AND calendar = ?2 AND is_long = 0 AND last >= ?3 AND last <= ?5 AND first <= ?4
                UNION ALL SELECT rowid FROM objects WHERE account = ?1 AND unanswered IN (0, 1)
                  AND calendar = ?2 AND is_long = 1 AND last >= ?3 AND first <= ?4)
             ORDER BY name"
        ))
    }

    fn columns(&self) -> String {
        format!("name, {}", columns(self.detail))
    }
}

/// What [`read`] reads behind a name.
pub(super) fn columns(detail: Detail) -> String {
    let text = match detail {
        Detail::Etag | Detail::Dated => "x''",
        Detail::Text | Detail::Whole => "text",
    };
    let changed = match detail {
        Detail::Etag | Detail::Text => "0",
        Detail::Dated | Detail::Whole => {
            "(SELECT at FROM changes WHERE changes.account = MEMBERS.account
              AND changes.revision = MEMBERS.revision)"
        }
    };
    format!("uid, revision, length(text), {text}, TAG, {changed}")
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

/// An object and what is held of a UID; without one given, of the object's.
pub(super) fn standing(
    connection: &Connection,
    account: AccountId,
    (calendar, name): &(CollectionId, String),
    uid: Option<&str>,
) -> Result<Standing> {
    let question = Question {
        account,
        kind: CollectionKind::Calendar,
        collection: calendar.clone(),
        detail: Detail::Whole,
    };
    let at = by_names(connection, &question, std::slice::from_ref(name))?.pop();
    let uid = uid.or(at.as_ref().map(|member| member.uid.as_str()));
    let event = match uid {
        Some(uid) => calendar::event(connection, account, uid)?,
        None => Event::default(),
    };
    Ok(Standing { at, event })
}

fn window(
    connection: &Connection,
    question: &Question,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Member>> {
    let values = params![
        question.account,
        question.collection,
        from,
        to,
        Span::reach(to)
    ];
    all(connection, &question.windowed(), values, read)
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Member> {
    Ok(Member {
        name: row.get(0)?,
        uid: row.get(1)?,
        revision: row.get(2)?,
        size: row.get::<_, i64>(3)?.unsigned_abs(),
        text: row.get(4)?,
        schedule_tag: row.get(5)?,
        changed: row.get::<_, Option<Timestamp>>(6)?.unwrap_or_default(),
    })
}

pub(super) fn octets(connection: &Connection, account: AccountId) -> Result<u64> {
    let statement = "SELECT (SELECT coalesce(sum(length(text)), 0) FROM objects WHERE account = ?1)
                          + (SELECT coalesce(sum(length(text)), 0) FROM cards WHERE account = ?1)";
    let octets: i64 = one(connection, statement, [account], |row| row.get(0))?;
    Ok(octets.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::statement::plan;

    fn question(kind: CollectionKind) -> Question {
        Question {
            account: AccountId(1),
            kind,
            collection: crate::CalendarId("c".to_owned()),
            detail: Detail::Etag,
        }
    }

    #[test]
    fn members_are_found_by_an_index_whatever_their_number() {
        for kind in [CollectionKind::Calendar, CollectionKind::AddressBook] {
            let plan = |condition| plan(&question(kind).statement(condition));
            let page = plan("name > ?3 ORDER BY name LIMIT ?4");
            assert!(page.contains("=? AND name>?)"), "{page}");
            assert!(!page.contains("TEMP B-TREE"), "{page}");
            let named = plan("name = ?3");
            assert!(named.contains("=? AND name=?)"), "{named}");
            let of_uid = plan(OF_UID);
            assert!(of_uid.contains("s_uid (account=? AND "), "{of_uid}");
            assert!(of_uid.contains(" AND uid=?"), "{of_uid}");
        }
    }

    #[test]
    fn a_window_is_two_walks_over_its_index() {
        let plan = plan(&question(CollectionKind::Calendar).windowed());
        let rows = "SEARCH objects USING INTEGER PRIMARY KEY (rowid=?)";
        assert!(plan.starts_with(rows), "{plan}");
        for walk in ["is_long=? AND last>? AND last<?)", "is_long=? AND last>?)"] {
            assert!(plan.contains(walk), "{plan}");
        }
    }
}

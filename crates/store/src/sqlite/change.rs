//! A commit, written whole or not at all, and the history that commits leave.

use std::sync::Arc;

use rusqlite::{Connection, params};

use super::beside::Beside;
use super::journal::Index;
use super::operation::{Durability, Effects};
use super::span::Span;
use super::statement::{all, execute, first};
use super::taken::{Freed, Taken};
use super::{account, calendar, clock, decision, done, early, held, job, mail};
use crate::{
    AccountId, By, CalendarId, Change, Commit, Committed, DecisionId, Error, Expect, JobKey,
    NewDecision, Object, PutObject, Result, Revision, StateChange, Timestamp, Written,
};

/// What a commit waits for: one that only ends a job can be made again from the job.
pub(super) fn durability(commit: &Commit) -> Durability {
    if commit.job.is_some() && commit.mails.is_empty() && commit.withdraw.is_empty() {
        Durability::Lagging
    } else {
        Durability::Synced
    }
}

pub(super) fn commit(
    connection: &Connection,
    effects: &mut Effects,
    (taken, index): (&Arc<Taken>, &Index),
    commit: Commit,
    spans: &[Span],
) -> Result<Committed> {
    if let Some(key) = &commit.job {
        effects.freed.push(Freed::Job(key.clone()));
        effects.due.jobs = true;
        if !index.contains(key) && !job::is_queued(connection, key)? {
            return earlier(connection, key);
        }
    }
    let mut writing = match Writing::begin(connection, &commit) {
        // The journal has jobs whose account another process removed.
        Err(Error::NotFound(_)) if commit.job.is_some() => return Err(Error::Dropped),
        begun => begun?,
    };
    if let Some(expect) = &commit.expect {
        writing.hold(&commit.uid, expect)?;
    }
    for (uid, expect) in &commit.also {
        writing.hold(uid, expect)?;
    }
    let (decision, written) = writing.apply(&commit, spans)?;
    post(connection, effects, taken, &commit, writing.at)?;
    if let Some(key) = &commit.job {
        writing.end(key, commit.decision.as_ref())?;
        effects.jobs_ended += 1;
    }
    Ok(Committed {
        revision: writing.finish()?,
        decision,
        written,
    })
}

/// Takes mails back and writes others; past the limit invitations wait for their owner's word.
fn post(
    connection: &Connection,
    effects: &mut Effects,
    taken: &Arc<Taken>,
    commit: &Commit,
    at: Timestamp,
) -> Result<()> {
    let account = commit.account;
    let guard = commit.guard.filter(|_| !commit.mails.is_empty());
    let waits = guard.is_some() && held::waits(connection, account)?;
    if !commit.withdraw.is_empty() {
        let claim = held::withdraw(connection, taken, account, &commit.withdraw)?;
        effects.withdrawn.push(claim);
    }
    if !commit.mails.is_empty() {
        mail::add(connection, effects, &commit.mails, at)?;
    }
    match guard {
        Some(_) if waits => held::join(connection, account, &commit.mails),
        Some(guard) => held::guard(connection, account, guard),
        None => Ok(()),
    }
}

/// What the commit did that ended the job before.
fn earlier(connection: &Connection, key: &JobKey) -> Result<Committed> {
    let Some(done) = done::job(connection, key)? else {
        return Err(Error::Dropped);
    };
    if let Some(id) = done.decision
        && decision::is_drop(connection, key.account, id)?
    {
        return Err(Error::Dropped);
    }
    Ok(Committed {
        decision: done.decision,
        ..Committed::default()
    })
}

/// A commit on its way.
struct Writing<'a> {
    connection: &'a Connection,
    account: AccountId,
    at: Timestamp,
    before: Revision,
    revision: Revision,
    /// The last change that concerns the inbox.
    inbox: Option<Revision>,
}

/// Whether an object was an item of the inbox before a change, or is one since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InInbox {
    /// Neither.
    Never,
    /// At least one of both.
    Ever,
}

impl From<bool> for InInbox {
    fn from(ever: bool) -> Self {
        match ever {
            true => Self::Ever,
            false => Self::Never,
        }
    }
}

/// An object's place: calendar and name.
type Place = (CalendarId, String);

impl<'a> Writing<'a> {
    fn begin(connection: &'a Connection, commit: &Commit) -> Result<Self> {
        let statement = "SELECT revision FROM accounts WHERE id = ?1";
        let revision = first(connection, statement, [commit.account], |row| row.get(0))?
            .ok_or_else(|| account::missing(commit.account))?;
        let at = commit
            .decision
            .as_ref()
            .map_or_else(clock::now, |decision| decision.decided);
        Ok(Self {
            connection,
            account: commit.account,
            at,
            before: revision,
            revision,
            inbox: None,
        })
    }

    fn next(&mut self) -> Revision {
        self.revision = Revision(self.revision.0 + 1);
        self.revision
    }

    /// Refuses when what was read has changed.
    fn hold(&self, uid: &str, expect: &Expect) -> Result<()> {
        let mut objects: Vec<(CalendarId, String, Revision)> = all(
            self.connection,
            "SELECT calendar, name, revision FROM objects WHERE account = ?1 AND uid = ?2",
            params![self.account, uid],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let state: Option<Revision> = first(
            self.connection,
            "SELECT revision FROM states WHERE account = ?1 AND uid = ?2",
            params![self.account, uid],
            |row| row.get(0),
        )?;
        let mut expected = expect.objects.clone();
        objects.sort();
        expected.sort();
        if objects != expected || state != expect.state {
            return Err(Error::Conflict);
        }
        Ok(())
    }

    /// Everything that concerns the calendars; deletions first, so that an object may move.
    fn apply(
        &mut self,
        commit: &Commit,
        spans: &[Span],
    ) -> Result<(Option<DecisionId>, Vec<Written>)> {
        let places = commit.put.iter().map(|put| self.place(put, &commit.delete));
        let places = places.collect::<Result<Vec<Place>>>()?;
        let decision = match &commit.decision {
            Some(new) => Some(self.decide(new, commit, &places)?),
            None => None,
        };
        let from = commit.from.as_ref();
        let beside = from.map(|from| Beside::of(self.connection, self.account, from));
        let mut beside = beside.transpose()?;
        for (calendar, name) in &commit.delete {
            self.delete(calendar, name, decision)?;
        }
        let mut written = Vec::with_capacity(places.len());
        for ((put, place), span) in commit.put.iter().zip(places).zip(spans) {
            written.push(self.put(put, place, span, (decision, beside.take()))?);
        }
        self.keep_state(&commit.uid, &commit.state)?;
        if let Some(early) = &commit.early {
            early::replace(self.connection, self.account, &commit.uid, early)?;
        }
        Ok((decision, written))
    }

    /// Where an object goes: where it was put, or when that calendar is gone, into the default
    /// one, over the object of its UID if there is one, else at a name that is free.
    fn place(&self, put: &PutObject, deleted: &[Place]) -> Result<Place> {
        if calendar::exists(self.connection, self.account, &put.calendar)? {
            let place = (put.calendar.clone(), put.name.clone());
            return Ok(place);
        }
        let default = calendar::default(self.connection, self.account)?
            .ok_or_else(|| Error::NotFound("default calendar".to_owned()))?;
        if let Some(name) = self.name_of(&default, &put.uid)? {
            return Ok((default, name));
        }
        let place = (default, put.name.clone());
        match self.object_at(&place)? {
            Some((other, _)) if other != put.uid && !deleted.contains(&place) => {
                Ok((place.0, self.free_name()?))
            }
            _ => Ok(place),
        }
    }

    fn name_of(&self, calendar: &CalendarId, uid: &str) -> Result<Option<String>> {
        first(
            self.connection,
            "SELECT name FROM objects WHERE account = ?1 AND uid = ?2 AND calendar = ?3",
            params![self.account, uid, calendar],
            |row| row.get(0),
        )
    }

    /// The UID of what is at a place, and whether it waits for an answer.
    fn object_at(&self, (calendar, name): &Place) -> Result<Option<(String, bool)>> {
        first(
            self.connection,
            "SELECT uid, unanswered FROM objects
             WHERE account = ?1 AND calendar = ?2 AND name = ?3",
            params![self.account, calendar, name],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    fn free_name(&self) -> Result<String> {
        let statement = "SELECT lower(hex(randomblob(16))) || '.ics'";
        super::statement::one(self.connection, statement, [], |row| row.get(0))
    }

    /// Records the decision, with the place where the object really went. While its job is in the
    /// queue, what was recorded of it is a failure, which gives way.
    fn decide(&self, new: &NewDecision, commit: &Commit, places: &[Place]) -> Result<DecisionId> {
        let ends = commit
            .job
            .as_ref()
            .is_some_and(|job| is_of(new, self.account, job));
        let record = if ends {
            decision::replace
        } else {
            decision::record
        };
        let after = self.revision_with(new.after.as_deref(), commit);
        let went = commit.put.iter().zip(places).find(|(put, (calendar, _))| {
            put.calendar != *calendar && new.calendar.as_ref() == Some(&put.calendar)
        });
        let Some((_, (calendar, name))) = went else {
            return record(self.connection, self.account, new, after);
        };
        let mut new = new.clone();
        new.calendar = Some(calendar.clone());
        new.name = new.name.map(|_| name.clone());
        record(self.connection, self.account, &new, after)
    }

    /// The revision that the commit's only change will have, if that has the text of the decision.
    fn revision_with(&self, text: Option<&[u8]>, commit: &Commit) -> Option<Revision> {
        match (&commit.put[..], &commit.delete[..]) {
            ([put], []) if text == Some(&put.text) => Some(Revision(self.revision.0 + 1)),
            _ => None,
        }
    }

    fn delete(
        &mut self,
        calendar: &CalendarId,
        name: &str,
        decision: Option<DecisionId>,
    ) -> Result<()> {
        let deleted = calendar::delete(self.connection, self.account, calendar, name)?;
        let Some((uid, waited)) = deleted else {
            return Ok(());
        };
        let (calendar, name) = (calendar.clone(), name.to_owned());
        let change = Change {
            revision: self.next(),
            calendar,
            name,
            uid,
            text: None,
            decision,
            at: self.at,
        };
        self.log(&change, waited.into())
    }

    /// Whether the object that an object replaces waits for an answer; none when it is new. Refuses when the
    /// name has another UID, or the UID another name in the same calendar.
    fn replaced(&self, put: &PutObject, place: &Place) -> Result<Option<bool>> {
        let named = self.object_at(place)?;
        let stored = self.name_of(&place.0, &put.uid)?;
        let is_other = named.as_ref().is_some_and(|(uid, _)| *uid != put.uid);
        match is_other || stored.is_some_and(|name| name != place.1) {
            true => Err(Error::Conflict),
            false => Ok(named.map(|(_, waits)| waits)),
        }
    }

    fn put(
        &mut self,
        put: &PutObject,
        place: Place,
        span: &Span,
        (decision, beside): (Option<DecisionId>, Option<Beside>),
    ) -> Result<Written> {
        let replaced = self.replaced(put, &place)?;
        let object = Object {
            calendar: place.0.clone(),
            name: place.1.clone(),
            uid: put.uid.clone(),
            text: put.text.clone(),
            revision: self.next(),
            unanswered: put.unanswered,
        };
        calendar::put(self.connection, self.account, &object, put.by, span)?;
        if replaced.is_some() && put.by == By::Organizer {
            calendar::ask_again(self.connection, self.account, &object)?;
        }
        let is_dismissed = beside.as_ref().is_some_and(Beside::is_dismissed);
        if let Some(beside) = beside {
            beside.put(self.connection, self.account, &place)?;
        }
        let change = Change {
            revision: object.revision,
            calendar: object.calendar,
            name: object.name,
            uid: object.uid,
            text: Some(object.text),
            decision,
            at: self.at,
        };
        let in_inbox = replaced == Some(true) || put.unanswered && !is_dismissed;
        self.log(&change, in_inbox.into())?;
        let (calendar, name) = place;
        Ok(Written {
            calendar,
            name,
            revision: change.revision,
        })
    }

    fn log(&mut self, change: &Change, in_inbox: InInbox) -> Result<()> {
        if in_inbox == InInbox::Ever {
            self.inbox = Some(change.revision);
        }
        log(self.connection, self.account, change, in_inbox)
    }

    fn keep_state(&mut self, uid: &str, change: &StateChange) -> Result<()> {
        match change {
            StateChange::Keep => {}
            StateChange::Put(json) => self.put_state(uid, json, false)?,
            StateChange::PutEarly(json) => self.put_state(uid, json, true)?,
            StateChange::Remove => {
                let statement = "DELETE FROM states WHERE account = ?1 AND uid = ?2";
                if execute(self.connection, statement, params![self.account, uid])? > 0 {
                    self.next();
                }
            }
        }
        Ok(())
    }

    /// `early`: it holds nothing but what came too early.
    fn put_state(&mut self, uid: &str, json: &str, early: bool) -> Result<()> {
        let revision = self.next();
        execute(
            self.connection,
            "INSERT INTO states (account, uid, revision, json, early) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (account, uid) DO UPDATE
             SET revision = excluded.revision, json = excluded.json, early = excluded.early",
            params![self.account, uid, revision, json, early],
        )?;
        Ok(())
    }

    /// Ends the job; a decision of its own says already that it is done.
    fn end(&self, job: &JobKey, decision: Option<&NewDecision>) -> Result<()> {
        let statement = "DELETE FROM jobs WHERE account = ?1 AND id = ?2";
        execute(self.connection, statement, params![job.account, job.id])?;
        let decided = decision.is_some_and(|new| is_of(new, self.account, job));
        if !decided {
            done::mark(
                self.connection,
                done::Kind::Job,
                job.account,
                &job.id,
                self.at,
            )?;
        }
        Ok(())
    }

    fn finish(self) -> Result<Option<Revision>> {
        if self.revision == self.before {
            return Ok(None);
        }
        execute(
            self.connection,
            "UPDATE accounts SET revision = ?2, inbox = coalesce(?3, inbox) WHERE id = ?1",
            params![self.account, self.revision, self.inbox],
        )?;
        Ok(Some(self.revision))
    }
}

/// Notes a change in the account's history.
pub(super) fn log(
    connection: &Connection,
    account: AccountId,
    change: &Change,
    in_inbox: InInbox,
) -> Result<()> {
    execute(
        connection,
        "INSERT INTO changes (account, revision, calendar, name, uid, decision, at, text, inbox)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            account,
            change.revision,
            change.calendar,
            change.name,
            change.uid,
            change.decision,
            change.at,
            change.text,
            in_inbox == InInbox::Ever
        ],
    )?;
    Ok(())
}

/// Whether the decision of an account is the one about the message of this job.
fn is_of(decision: &NewDecision, account: AccountId, job: &JobKey) -> bool {
    job.account == account && job.id == decision.job
}

pub(super) fn list(
    connection: &Connection,
    account: AccountId,
    after: Revision,
    limit: u32,
) -> Result<Vec<Change>> {
    all(
        connection,
        "SELECT revision, calendar, name, uid, text, decision, at FROM changes
         WHERE account = ?1 AND revision > ?2 ORDER BY revision LIMIT ?3",
        params![account, after, limit],
        |row| {
            Ok(Change {
                revision: row.get(0)?,
                calendar: row.get(1)?,
                name: row.get(2)?,
                uid: row.get(3)?,
                text: row.get(4)?,
                decision: row.get(5)?,
                at: row.get(6)?,
            })
        },
    )
}

//! What a commit does to the objects, state and decisions of its account.

use rusqlite::{Connection, params};

use super::beside::Beside;
use super::history::{self, InInbox};
use super::span::Span;
use super::statement::{all, execute, first};
use super::{account, calendar, clock, decision, done, early};
use crate::{
    AccountId, By, CalendarId, Change, Commit, DecisionId, Error, Expect, JobKey, NewDecision,
    Object, PutObject, Result, Revision, StateChange, Timestamp, Written,
};

/// A commit on its way.
pub(super) struct Writing<'a> {
    connection: &'a Connection,
    account: AccountId,
    pub(super) at: Timestamp,
    before: Revision,
    revision: Revision,
    /// The last change that concerns the inbox.
    inbox: Option<Revision>,
}

/// An object's place: calendar and name.
type Place = (CalendarId, String);
impl<'a> Writing<'a> {
    pub(super) fn begin(connection: &'a Connection, commit: &Commit) -> Result<Self> {
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
    pub(super) fn hold(&self, uid: &str, expect: &Expect) -> Result<()> {
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
    pub(super) fn apply(
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
        for also in &commit.also {
            self.keep_state(&also.uid, &also.state)?;
        }
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
        history::log(self.connection, self.account, change, in_inbox)
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
    pub(super) fn end(&self, job: &JobKey, decision: Option<&NewDecision>) -> Result<()> {
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

    pub(super) fn finish(self) -> Result<Option<Revision>> {
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

/// Whether the decision of an account is the one about the message of this job.
fn is_of(decision: &NewDecision, account: AccountId, job: &JobKey) -> bool {
    job.account == account && job.id == decision.job
}

//! The account's history and decisions, played from the beginning against what the writers were told.

use std::collections::HashMap;

use store::{Change, CollectionKind, Collections, Decision, Revision, Store};

use super::ALICE;
use super::event::Event;
use super::writer::{Acts, Mailed, Put, Responded};
use crate::harness::Site;

/// What the account's changes and decisions were, and where its events are.
pub(super) struct History {
    calendar: String,
    changes: Vec<Change>,
    decisions: Vec<Decision>,
}

/// The last revision that readers can see.
pub(super) fn last_revision(site: &Site) -> i64 {
    site.with_store(async |store| {
        let account = store.account_by_address(ALICE).await.unwrap().unwrap();
        let kind = CollectionKind::Calendar;
        let calendars = store.collections(account.id, kind).await.unwrap();
        calendars[0].revision.0
    })
}

impl History {
    pub(super) fn read(site: &Site) -> Self {
        site.with_store(async |store| {
            let account = store.account_by_address(ALICE).await.unwrap().unwrap();
            let kind = CollectionKind::Calendar;
            let calendars = store.collections(account.id, kind).await.unwrap();
            let calendar = &calendars[0];
            let mut changes = store
                .changes(account.id, Revision(0), 10_000)
                .await
                .unwrap();
            changes.retain(|change| change.calendar == calendar.id);
            Self {
                calendar: calendar.segment.clone(),
                changes,
                decisions: store.decisions(account.id, 10_000).await.unwrap(),
            }
        })
    }

    /// Where an event is.
    pub(super) fn path(&self, uid: &str) -> String {
        let mut changes = self.changes.iter();
        let name = &changes.find(|change| change.uid == uid).unwrap().name;
        format!("/dav/calendars/{ALICE}/{}/{name}", self.calendar)
    }

    /// Plays all changes in their order: each must be what one writer asked for, of the event as it
    /// was just before, while it was being asked for; and nobody was told anything else.
    pub(super) fn explain(&self, acts: &Acts) {
        let mut play = Play::new(self, acts);
        for change in &self.changes {
            play.step(change);
        }
        play.all_was_seen();
        for put in &acts.puts {
            self.explain_put(put);
        }
        self.explain_decisions(&acts.mails);
    }

    /// What an app read was there, and one that was refused had an old version.
    fn explain_put(&self, put: &Put) {
        let (tag, text) = &put.known;
        let read = self.changes.iter().find(|one| one.revision.0 == *tag);
        assert_eq!(read.unwrap().text.as_ref(), Some(text), "{put:?}");
        let mut later = self.changes.iter().filter(|one| one.uid == put.uid);
        let overtaken = later.any(|one| *tag < one.revision.0 && one.revision.0 <= put.span.after);
        match put.status {
            204 => {}
            412 => assert!(overtaken, "nothing came in between: {put:?}"),
            other => panic!("{other}: {put:?}"),
        }
    }

    /// Each mail has one record, and made a change unless a later version was taken before.
    fn explain_decisions(&self, mails: &[Mailed]) {
        assert_eq!(self.decisions.len(), mails.len());
        for mail in mails {
            let decision = self.decision(mail);
            let of_decision = |change: &&Change| change.decision == Some(decision.id);
            let changes = self.changes.iter().filter(of_decision).count();
            let is_stale = decision.record.reason == "stale";
            assert_eq!(changes, usize::from(!is_stale), "{decision:?}");
            if is_stale {
                let mut later = mails.iter().filter(|one| one.uid == mail.uid);
                let is_overtaken = later
                    .any(|one| one.sequence > mail.sequence && self.decision(one).id < decision.id);
                assert!(is_overtaken, "{decision:?}");
            }
        }
    }

    fn decision(&self, mail: &Mailed) -> &Decision {
        let id = format!("<REQUEST-{}-{}@example.com>", mail.sequence, mail.start);
        let is_its =
            |one: &&Decision| one.record.uid == mail.uid && id.contains(&one.record.message_id);
        let mut found = self.decisions.iter().filter(is_its);
        let decision = found
            .next()
            .unwrap_or_else(|| panic!("no record of {mail:?}"));
        assert!(found.next().is_none(), "two records of {mail:?}");
        decision
    }
}

/// An event on its way through the history.
struct Now {
    revision: i64,
    event: Event,
    sequence: u32,
}

/// The history, played as far as some change.
struct Play<'a> {
    history: &'a History,
    events: HashMap<&'a str, Now>,
    puts: HashMap<&'a str, &'a Put>,
    mails: &'a [Mailed],
    /// The command's answers came one after the other.
    answers: std::slice::Iter<'a, Responded>,
}

impl<'a> Play<'a> {
    fn new(history: &'a History, acts: &'a Acts) -> Self {
        let won = acts.puts.iter().filter(|put| put.status == 204);
        Self {
            history,
            events: HashMap::new(),
            puts: won.map(|put| (put.note.as_str(), put)).collect(),
            mails: &acts.mails,
            answers: acts.answers.iter(),
        }
    }

    fn step(&mut self, change: &'a Change) {
        let event = Event::read(change.text.as_ref().unwrap());
        let before = self.events.remove(change.uid.as_str());
        let now = match (before, change.decision) {
            (None, _) => self.mailed(change, None),
            (Some(before), Some(_)) => self.mailed(change, Some(before)),
            (Some(before), None) if before.event.note != event.note => {
                self.put(change, before, &event.note)
            }
            (Some(before), None) => self.answered(change, before),
        };
        assert_eq!(event, now.event, "{change:?}");
        self.events.insert(&change.uid, now);
    }

    fn mailed(&self, change: &Change, before: Option<Now>) -> Now {
        let mut mails = self.mails.iter();
        let is_its = |mail: &&Mailed| Some(self.history.decision(mail).id) == change.decision;
        let mail = mails.find(is_its).unwrap();
        let revision = change.revision.0;
        assert!(mail.before < revision, "{mail:?}");
        let taken = before.as_ref().map(|now| now.sequence);
        assert!(taken < Some(mail.sequence), "{taken:?} {mail:?}");
        let asked = |now: &&Now| now.event.start == mail.start;
        let partstat = before.as_ref().filter(asked);
        let partstat = partstat.map_or("NEEDS-ACTION", |now| &now.event.partstat);
        Now {
            revision,
            sequence: mail.sequence,
            event: Event {
                start: mail.start.clone(),
                location: mail.location.clone(),
                partstat: partstat.to_owned(),
                note: before.map(|now| now.event.note).unwrap_or_default(),
            },
        }
    }

    fn put(&mut self, change: &Change, before: Now, note: &str) -> Now {
        let put = self.puts.remove(note);
        let put = put.unwrap_or_else(|| panic!("it was refused, or is there twice: {change:?}"));
        let revision = change.revision.0;
        assert_eq!(put.known.0, before.revision, "its condition: {put:?}");
        assert!(
            put.span.before < revision && revision <= put.span.after,
            "{put:?}"
        );
        assert!(put.tag.is_none_or(|tag| tag == revision), "{put:?}");
        let partstat = put.partstat.map(str::to_owned);
        Now {
            revision,
            event: Event {
                note: note.to_owned(),
                partstat: partstat.unwrap_or_else(|| before.event.partstat.clone()),
                ..before.event
            },
            ..before
        }
    }

    fn answered(&mut self, change: &Change, before: Now) -> Now {
        let answer = self.answers.next();
        let answer = answer.unwrap_or_else(|| panic!("nobody asked for {change:?}"));
        let revision = change.revision.0;
        assert_eq!(answer.uid, change.uid);
        let span = answer.span;
        assert!(
            span.before < revision && revision <= span.after,
            "{answer:?}"
        );
        Now {
            revision,
            event: Event {
                partstat: answer.partstat.to_owned(),
                ..before.event
            },
            ..before
        }
    }

    fn all_was_seen(mut self) {
        assert!(self.puts.is_empty(), "not in the history: {:?}", self.puts);
        assert!(
            self.answers.next().is_none(),
            "an answer is not in the history"
        );
        for (uid, now) in &self.events {
            let sent = self.mails.iter().filter(|mail| mail.uid == *uid);
            let last = sent.map(|mail| mail.sequence).max();
            assert_eq!(Some(now.sequence), last, "{uid} has not the last version");
        }
    }
}

//! The four writers, and what each of them did and was told.

use std::sync::{Barrier, Mutex};

use super::ALICE;
use super::draw::Draw;
use super::event::edited;
use super::history::{History, last_revision};
use crate::app::App;
use crate::harness::{Invitation, Lmtp, Site};

pub(super) const UIDS: [&str; 10] = [
    "a@example.com",
    "b@example.com",
    "c@example.com",
    "d@example.com",
    "e@example.com",
    "f@example.com",
    "g@example.com",
    "h@example.com",
    "i@example.com",
    "j@example.com",
];

const ANSWERS: [(&str, &str); 3] = [
    ("accepted", "ACCEPTED"),
    ("tentative", "TENTATIVE"),
    ("declined", "DECLINED"),
];

/// When something was done: the account's revisions before it began and after it was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) before: i64,
    pub(super) after: i64,
}

/// A GET with its PUT.
#[derive(Debug)]
pub(super) struct Put {
    pub(super) uid: &'static str,
    pub(super) note: String,
    /// The answer that the app gave, if it gave one.
    pub(super) partstat: Option<&'static str>,
    /// What the GET said: tag and text.
    pub(super) known: (i64, Vec<u8>),
    pub(super) status: u16,
    pub(super) tag: Option<i64>,
    pub(super) span: Span,
}

/// An answer by command that was taken.
#[derive(Debug)]
pub(super) struct Responded {
    pub(super) uid: &'static str,
    pub(super) partstat: &'static str,
    pub(super) span: Span,
}

/// A mail that was taken.
#[derive(Debug)]
pub(super) struct Mailed {
    pub(super) uid: &'static str,
    pub(super) sequence: u32,
    pub(super) start: String,
    pub(super) location: String,
    /// The account's revision before it was sent.
    pub(super) before: i64,
}

/// Everything that was done.
#[derive(Default)]
pub(super) struct Acts {
    pub(super) puts: Vec<Put>,
    pub(super) answers: Vec<Responded>,
    pub(super) mails: Vec<Mailed>,
}

impl Acts {
    pub(super) fn lost_puts(&self) -> usize {
        self.puts.iter().filter(|put| put.status == 412).count()
    }
}

/// Where two apps wait for each other before they write.
pub(super) struct Races {
    start: Barrier,
    notes: Mutex<usize>,
}

impl Races {
    pub(super) fn new() -> Self {
        Self {
            start: Barrier::new(2),
            notes: Mutex::new(0),
        }
    }

    /// The number of a write, which no other has.
    fn number(&self) -> usize {
        let mut last = self.notes.lock().unwrap();
        *last += 1;
        *last
    }
}

/// Somebody who writes.
pub(super) struct Writer<'a> {
    site: &'a Site,
    history: &'a History,
    draw: Draw,
}

impl<'a> Writer<'a> {
    pub(super) fn new(site: &'a Site, history: &'a History, draw: Draw) -> Self {
        Self {
            site,
            history,
            draw,
        }
    }

    /// Reads an event and writes it back with a note, at the same time as the other app.
    pub(super) fn put_all(mut self, races: &Races, rounds: usize) -> Vec<Put> {
        let mut app = App::connect(self.site.http(), ALICE);
        (0..rounds).map(|_| self.put(&mut app, races)).collect()
    }

    fn put(&mut self, app: &mut App, races: &Races) -> Put {
        let uid = self.event();
        let choice = self.draw.below(2 * ANSWERS.len());
        let partstat = ANSWERS.get(choice).map(|(_, value)| *value);
        let path = self.history.path(uid);
        let got = app.ask("GET", &path, "", "");
        assert_eq!(got.status, 200);
        let (tag, number) = (got.tag().unwrap(), races.number());
        let note = format!("note-{number}");
        let text = edited(&got.body, &note, partstat);
        races.start.wait();
        let before = last_revision(self.site);
        // Nothing happens to an invitation here that leaves its Schedule-Tag: both say the same.
        let condition = match got.field("schedule-tag") {
            Some(tag) if number % 2 == 1 => format!("If-Schedule-Tag-Match: {tag}"),
            _ => format!("If-Match: \"{tag}\""),
        };
        let fields = format!("{condition}\r\nContent-Type: text/calendar\r\n");
        let answer = app.ask("PUT", &path, &fields, &text);
        Put {
            uid,
            note,
            partstat,
            known: (tag, got.body),
            status: answer.status,
            tag: answer.tag(),
            span: self.since(before),
        }
    }

    /// Answers events with the command.
    pub(super) fn respond_all(mut self, rounds: usize) -> Vec<Responded> {
        (0..rounds).map(|_| self.respond()).collect()
    }

    fn respond(&mut self) -> Responded {
        let uid = self.event();
        let (word, partstat) = ANSWERS[self.draw.below(ANSWERS.len())];
        let before = last_revision(self.site);
        self.site.ok(&["respond", ALICE, uid, word]);
        Responded {
            uid,
            partstat,
            span: self.since(before),
        }
    }

    /// Sends new versions, of which the daemon makes what it makes.
    pub(super) fn mail_all(mut self, lmtp: &mut Lmtp, rounds: usize) -> Vec<Mailed> {
        let mut versions = [0; UIDS.len()];
        let mut moves = [0; UIDS.len()];
        let mut send = || {
            let event = self.draw.below(UIDS.len());
            versions[event] += 1;
            moves[event] += self.draw.below(2);
            let before = last_revision(self.site);
            deliver(lmtp, (event, versions[event], moves[event]), before)
        };
        (0..rounds).map(|_| send()).collect()
    }

    fn event(&mut self) -> &'static str {
        UIDS[self.draw.below(UIDS.len())]
    }

    fn since(&self, before: i64) -> Span {
        let after = last_revision(self.site);
        Span { before, after }
    }
}

/// Sends the first version of an event.
pub(super) fn invite(lmtp: &mut Lmtp, event: usize) -> Mailed {
    deliver(lmtp, (event, 0, 0), 0)
}

fn deliver(lmtp: &mut Lmtp, (event, sequence, moves): (usize, u32, usize), before: i64) -> Mailed {
    let mailed = Mailed {
        uid: UIDS[event],
        sequence,
        start: format!(
            "205503{:02}T{:02}{:02}00Z",
            10 + event,
            moves / 60,
            moves % 60
        ),
        location: format!("Room {sequence}"),
        before,
    };
    let lines = format!("LOCATION:{}\n", mailed.location);
    let mail = Invitation {
        uid: mailed.uid,
        sequence,
        start: &mailed.start,
        lines: &lines,
        ..Invitation::default()
    };
    for reply in lmtp.deliver("bob@example.com", &[ALICE], &mail.mail()) {
        assert!(reply.starts_with("250 2."), "{reply}");
    }
    mailed
}

//! The owner's own changes through CalDAV or the web, and what they send (rules F1 to F6).

use calendar::{DateOrTime, Kind};
use itip::{
    Account, Answered, Delay, OutgoingMessage, OwnersChange, Partstat, Reply, Response, Scheduled,
    StoredObject,
};

use crate::diff;
use crate::script::Step;
use crate::world::{Actor, lines};

/// When the owner changes something: 2026-11-20T12:00:00Z, unless `prefer now` says otherwise.
pub(crate) const NOW: i64 = 1_795_176_000_000;

/// What came of the owner's last change.
#[derive(Default)]
pub(crate) struct Door {
    /// The answer to a PUT in the words of `gives`.
    pub(crate) given: String,
    pub(crate) sent: Vec<OutgoingMessage>,
    /// Whose waiting REQUEST is taken back.
    pub(crate) withdrawn: Vec<String>,
}

impl Actor {
    /// `change [RECURRENCE-ID]`: as `edit`, through the door.
    pub(crate) fn change(&mut self, step: &Step, words: &[&str]) -> Option<String> {
        let before = self.stored.objects.first().cloned();
        let failure = self.edit(step, words);
        let after = self
            .stored
            .objects
            .first()
            .map(|object| object.text.clone());
        self.through(before, after);
        failure
    }

    /// `save CALENDAR`: as `put`, through the door.
    pub(crate) fn save(&mut self, step: &Step, words: &[&str]) {
        let before = self.stored.objects.first().cloned();
        let known = self.stored.state.clone();
        self.put(step, words);
        // What is decided comes before what is stored.
        self.stored.state = known;
        let after = self.stored.objects.last().map(|object| object.text.clone());
        self.through(before, after);
    }

    /// `drop [silently]`: as `delete`, through the door.
    pub(crate) fn drop_object(&mut self, words: &[&str]) {
        let before = self.stored.objects.first().cloned();
        self.gone = before.as_ref().map(|object| object.text.clone());
        self.stored.objects.clear();
        self.reply = if words.contains(&"silently") {
            Reply::Suppress
        } else {
            Reply::Send
        };
        self.through(before, None);
    }

    fn through(&mut self, before: Option<StoredObject>, after: Option<Vec<u8>>) {
        let account = Account {
            addresses: &self.addresses,
        };
        let text = before.as_ref().map(|object| object.text.clone());
        let is_todo = |text: &Vec<u8>| text.windows(11).any(|words| words == b"BEGIN:VTODO");
        let kind = if text.iter().chain(&after).any(is_todo) {
            Kind::Todo
        } else {
            Kind::Event
        };
        let change = OwnersChange {
            before: text.as_deref(),
            after: after.as_deref(),
            gone: self.gone.as_deref().filter(|_| text.is_none()),
            kind,
            now: self.now,
            reply: self.reply,
            door: itip::Door::Caldav,
            seen: self.seen,
            invitations: self.invitations,
            unheard: &self.unheard,
        };
        match itip::changed(&self.stored, &change, &account, &self.limits) {
            Ok(scheduled) => {
                self.take(scheduled);
                if let Some(object) = self.stored.objects.last() {
                    let limits = &self.limits;
                    self.stored.state.observe(&object.text, kind, limits);
                }
            }
            Err(forbidden) => {
                self.door = Door {
                    given: format!("forbidden {}", forbidden.code()),
                    ..Door::default()
                };
                self.stored.objects = before.into_iter().collect();
            }
        }
    }

    fn take(&mut self, scheduled: Scheduled) {
        let given = match &scheduled.text {
            None => "etag".to_owned(),
            Some(_) => format!("no-etag {}", scheduled.put_back.join(" ")),
        };
        if let (Some(text), Some(object)) = (scheduled.text, self.stored.objects.last_mut()) {
            object.text = text;
        }
        self.door = Door {
            given: given.trim_end().to_owned(),
            sent: scheduled.messages,
            withdrawn: scheduled.withdrawn,
        };
    }

    /// `respond PARTSTAT [instance=DATE] [comment=WORD]`: the owner answers, by whatever door.
    pub(crate) fn respond(&mut self, words: &[&str]) {
        let value = |key: &str| words.iter().find_map(|word| word.strip_prefix(key));
        let account = Account {
            addresses: &self.addresses,
        };
        let response = Response {
            partstat: match words[0] {
                "accepted" => Partstat::Accepted,
                "tentative" => Partstat::Tentative,
                "declined" => Partstat::Declined,
                other => panic!("unknown answer {other}"),
            },
            comment: value("comment="),
            instance: value("instance=").map(|date| DateOrTime::parse(date, None).unwrap()),
            now: self.now,
        };
        let responded = itip::respond(&self.stored, Kind::Event, &response, &account, &self.limits);
        self.door = match responded {
            Ok(responded) => {
                let (text, sent) = (responded.text, responded.scheduled.messages);
                let waits = responded.answered == Answered::No;
                self.stored.objects[0].text = text;
                let given = if waits {
                    "answered unanswered"
                } else {
                    "answered"
                };
                Door {
                    given: given.to_owned(),
                    sent,
                    ..Door::default()
                }
            }
            Err(refused) => Door {
                given: format!("refused: {refused}"),
                ..Door::default()
            },
        };
    }

    /// `gives etag`, `gives no-etag NAME…`, `gives forbidden WORD`: the answer to the change.
    pub(crate) fn gives(&self, step: &mut Step) -> Option<String> {
        let actual = format!("gives {}", self.door.given);
        let failure = (step.text != actual).then(|| format!("{actual}, not {}", step.text));
        step.text = actual;
        failure
    }

    /// `sent [whole]`: what goes out, each message as `METHOD to ADDRESS from ADDRESS [held]` and the
    /// lines of its components, or all of its lines.
    pub(crate) fn sent(&self, step: &mut Step, words: &[&str]) -> Option<String> {
        let whole = words.contains(&"whole");
        let withdrawn = self.door.withdrawn.iter();
        let mut actual: Vec<_> = withdrawn
            .map(|who| format!("taken back from {who}"))
            .collect();
        for message in &self.door.sent {
            let held = match message.delay {
                Delay::None => "",
                Delay::Hold => " held",
            };
            let (to, from) = (&message.recipient, &message.sender);
            actual.push(format!(
                "{} to {to} from {from}{held}",
                message.method.as_str()
            ));
            actual.extend(lines(&message.text, whole));
        }
        if actual.is_empty() {
            actual.push("nothing".to_owned());
        }
        let difference = diff::differences(&step.body, &actual);
        step.body = diff::updated(&step.body, &actual);
        difference.map(|difference| format!("what is sent\n{difference}"))
    }
}

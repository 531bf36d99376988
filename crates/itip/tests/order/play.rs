//! Plays a story to the rules themselves.

use calendar::{Document, Kind, Method};
use itip::{
    Access, AddressOwner, CancelMode, Caps, Change, Decision, Incoming, Limits, Permission, Policy,
    Route, Sender, Spam, State, Stored, StoredObject, Trust, Update,
};

use super::answers::{Answers, Who};
use super::edit::edited;
use super::message::{By, Message};
use super::story::Story;

const UID: &str = "event-1";
const NOW: i64 = 1_800_000_000_000;

/// The object's text at the end of a story; none: there is no object.
pub(crate) fn play(story: &Story) -> Option<String> {
    let mut bob = Account::default();
    for number in &story.before {
        bob.hears(&story.messages[*number], story.removes);
    }
    if let (Some(edit), Some(object)) = (story.edit, bob.stored.objects.first_mut()) {
        let text = String::from_utf8(std::mem::take(&mut object.text)).unwrap();
        object.text = edited(&text, edit).into_bytes();
    }
    for number in &story.after {
        bob.hears(&story.messages[*number], story.removes);
    }
    bob.text()
}

/// The same of answers to the user's own event.
pub(crate) fn play_answers(answers: &Answers) -> Option<String> {
    let mut bob = Account::default();
    for number in &answers.early {
        bob.hears_reply(answers, *number);
    }
    bob.puts(&answers.put(UID));
    for number in &answers.arrivals {
        bob.hears_reply(answers, *number);
    }
    bob.text()
}

/// The user's calendar.
#[derive(Default)]
struct Account {
    stored: Stored,
}

impl Account {
    fn text(mut self) -> Option<String> {
        assert!(self.stored.objects.len() <= 1, "{:?}", self.stored.objects);
        let object = self.stored.objects.pop()?;
        Some(String::from_utf8(object.text).unwrap())
    }

    fn hears(&mut self, message: &Message, removes: bool) {
        let trust = trust(message.by == By::Unauthenticated);
        let sender = (message.by.address(), trust);
        let mail = (message.number, message.calendar(UID));
        let mut policy = policy(message.by, removes);
        if message.by == By::Rival && !self.stored.objects.is_empty() {
            // Once the event is Alice's, an invitation to another of its UID may be as welcome as it likes.
            policy.permission = Permission::AddTo(None);
        }
        self.receive(sender, message.method, mail, &policy);
    }

    fn hears_reply(&mut self, answers: &Answers, number: usize) {
        let who = answers.replies[number].who;
        let trust = trust(who == Who::Unauthenticated);
        let mail = (number, answers.calendar(number, UID));
        let policy = policy(By::Mallory, false);
        self.receive((who.address(), trust), "REPLY", mail, &policy);
    }

    fn receive(
        &mut self,
        (address, trust): (&str, Trust),
        method: &str,
        (number, text): (usize, String),
        policy: &Policy,
    ) {
        let text = text.replace('\n', "\r\n");
        let document = Document::parse(text, &calendar::Limits::default()).unwrap();
        let digest = format!("{number:02}");
        let incoming = Incoming {
            document: &document,
            method: Method::parse(method).unwrap(),
            uid: UID,
            kind: Kind::Event,
            sender: Sender {
                address: Some(address.to_owned()),
                trust,
                via_service: None,
                owner: AddressOwner::Person,
            },
            received: NOW,
            date: Some(NOW + i64::try_from(number).unwrap() * 60_000),
            digest: &digest,
            route: Route::Direct,
            delivered_to: "bob@example.org",
        };
        let addresses = ["bob@example.org".to_owned()];
        let account = itip::Account {
            addresses: &addresses,
        };
        let limits = Limits::default();
        let decision = itip::receive(&self.stored, &incoming, &account, policy, &limits);
        self.apply(decision);
    }

    /// What the user's client stores, and what came too early for it.
    fn puts(&mut self, text: &str) {
        let text = text.replace('\n', "\r\n").into_bytes();
        let limits = Limits::default();
        self.stored.state.observe(&text, Kind::Event, &limits);
        self.put("personal".into(), "put.ics".into(), text);
        let addresses = ["bob@example.org".to_owned()];
        let account = itip::Account {
            addresses: &addresses,
        };
        let what = (UID, Kind::Event, NOW);
        let policy = policy(By::Mallory, false);
        if let Some(decision) = itip::recall(&self.stored, what, &account, &policy, &limits) {
            self.apply(decision);
        }
    }

    fn apply(&mut self, decision: Decision) {
        if let Some(state) = decision.state {
            self.stored.state = State::from_json(&state.to_json()).unwrap();
        }
        match decision.change {
            Change::None => {}
            Change::Put {
                calendar,
                name,
                text,
                ..
            } => self.put(calendar, name.unwrap_or_else(|| "new.ics".into()), text),
            Change::Delete { name, .. } => self.stored.objects.retain(|object| object.name != name),
        }
    }

    fn put(&mut self, calendar: String, name: String, text: Vec<u8>) {
        self.stored.objects.retain(|object| object.name != name);
        self.stored.objects.push(StoredObject {
            calendar,
            name,
            text,
            access: Access::Writable,
        });
    }
}

fn trust(has_failed: bool) -> Trust {
    if has_failed {
        Trust::Failed
    } else {
        Trust::Authenticated
    }
}

/// Alice and her assistant are among the user's contacts.
fn policy(by: By, removes: bool) -> Policy {
    Policy {
        permission: match by {
            By::Alice | By::Desk | By::Unauthenticated => Permission::AddTo(None),
            By::Mallory | By::Rival => Permission::None,
        },
        update: Update::Allowed,
        spam: Spam::Ham,
        default_calendar: "personal".into(),
        cancel: if removes {
            CancelMode::Remove
        } else {
            CancelMode::Mark
        },
        caps: Caps::default(),
    }
}

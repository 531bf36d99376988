//! Actors with their calendars, and what the verbs do to them.

use std::collections::BTreeMap;

use calendar::{Document, Kind, Message, Method};
use itip::{
    Access, Account, Answered, CancelMode, Caps, Change, Decision, Incoming, Invitations, Limits,
    Outcome, Permission, Policy, Reply, Route, Seen, Sender, Spam, State, Stored, StoredObject,
    Suggestion, Trust, Update,
};

use crate::diff;
use crate::door::{self, Door};
use crate::script::{Script, Step};
use crate::undo::Done;

/// All actors of a scenario, by name.
#[derive(Default)]
pub(crate) struct World {
    actors: BTreeMap<String, Actor>,
    current: String,
    messages: usize,
    /// The body of the last message, which an empty one stands for.
    sent: Vec<String>,
}

/// One account.
pub(crate) struct Actor {
    pub(crate) addresses: Vec<String>,
    pub(crate) stored: Stored,
    pub(crate) policy: Policy,
    pub(crate) limits: Limits,
    last: Option<Last>,
    pub(crate) done: Option<Done>,
    pub(crate) door: Door,
    pub(crate) now: i64,
    pub(crate) reply: Reply,
    pub(crate) seen: Seen,
    pub(crate) unheard: Vec<String>,
    /// What was dropped last.
    pub(crate) gone: Option<Vec<u8>>,
    pub(crate) invitations: Invitations,
}

/// What became of the last message.
#[derive(Clone)]
enum Last {
    /// It is no invitation (rules A1 and A2), for this reason.
    NotStamped(&'static str),
    Decided(Box<Decision>),
}

impl World {
    /// Plays the steps, brings what they expect up to date in them, and says what was otherwise.
    pub(crate) fn play(mut self, script: &mut Script) -> Vec<String> {
        let mut failures = Vec::new();
        for step in script.steps.iter_mut().filter(|step| step.is_verb()) {
            if let Some(failure) = self.step(step) {
                failures.push(format!("{}: {failure}", step.line));
            }
        }
        failures
    }

    fn step(&mut self, step: &mut Step) -> Option<String> {
        let text = step.text.clone();
        let words: Vec<_> = text.split_whitespace().collect();
        let (verb, rest) = words.split_first()?;
        match *verb {
            "account" => self.account(rest),
            "as" => self.current = rest[0].to_owned(),
            "receive" => self.receive(step, rest),
            "expect" => return self.expect(step),
            "get" => return self.actor().get(step, rest),
            "prefer" => self.actor().prefer(rest),
            "put" => self.actor().put(step, rest),
            "edit" => return self.actor().edit(step, rest),
            "move" => self.actor().stored.objects[0].calendar = rest[0].to_owned(),
            "delete" => self.actor().stored.objects.clear(),
            "early" => return self.actor().early(step),
            "undo" => return self.actor().undo(step),
            "change" => return self.actor().change(step, rest),
            "save" => self.actor().save(step, rest),
            "drop" => self.actor().drop_object(rest),
            "respond" => self.actor().respond(rest),
            "gives" => return self.actor().gives(step),
            "sent" => return self.actor().sent(step, rest),
            _ => return Some(format!("unknown verb {verb}")),
        }
        None
    }

    fn actor(&mut self) -> &mut Actor {
        self.actors
            .get_mut(&self.current)
            .expect("`account` comes first")
    }

    /// `account NAME ADDRESS [ALIAS]…`
    fn account(&mut self, words: &[&str]) {
        let addresses = words[1..].iter().map(|word| (*word).to_owned()).collect();
        self.current = words[0].to_owned();
        self.actors
            .insert(self.current.clone(), Actor::new(addresses));
    }

    /// `receive METHOD from ADDRESS [WORD]…`
    fn receive(&mut self, step: &Step, words: &[&str]) {
        self.messages += 1;
        let number = self.messages;
        if !step.body.is_empty() {
            self.sent.clone_from(&step.body);
        }
        let sent = Step {
            body: self.sent.clone(),
            ..step.clone()
        };
        let text = sent.calendar(Some(words[0]));
        match Document::parse(text, &calendar::Limits::default()) {
            Ok(document) => self.actor().receive(&document, &words[2..], number),
            Err(error) => self.actor().last = Some(Last::NotStamped(error.code())),
        }
    }

    /// `expect OUTCOME REASON [NOTE]… [unanswered] [suggested]`, the body: lines of mine replaced.
    fn expect(&mut self, step: &mut Step) -> Option<String> {
        let last = self.actor().last.clone().expect("a `receive` before");
        let (words, overwritten) = match last {
            Last::NotStamped(code) => (format!("not-stamped {code}"), Vec::new()),
            Last::Decided(decision) => (words_of(&decision), decision.overwritten),
        };
        let actual = vec![format!("expect {words}")];
        let expected = vec![step.text.clone()];
        let text = diff::differences(&expected, &actual);
        let body = diff::differences(&step.body, &overwritten);
        step.text = diff::updated(&expected, &actual).remove(0);
        step.body = diff::updated(&step.body, &overwritten);
        text.or(body)
            .map(|difference| format!("the decision\n{difference}"))
    }
}

/// A decision in the words of `expect`.
fn words_of(decision: &Decision) -> String {
    let mut words = vec![decision.outcome.as_str(), decision.reason.code()];
    words.extend(decision.notes.iter().map(|note| note.code()));
    if matches!(
        decision.change,
        Change::Put {
            answered: Answered::No,
            ..
        }
    ) {
        words.push("unanswered");
    }
    if decision.suggestion == Suggestion::Keep {
        words.push("suggested");
    }
    words.join(" ")
}

impl Actor {
    pub(crate) fn new(addresses: Vec<String>) -> Self {
        let policy = Policy {
            permission: Permission::AddTo(None),
            update: Update::Allowed,
            spam: Spam::Ham,
            default_calendar: "personal".into(),
            cancel: CancelMode::Mark,
            caps: Caps::default(),
        };
        Self {
            addresses,
            stored: Stored::default(),
            policy,
            limits: Limits::default(),
            last: None,
            done: None,
            door: Door::default(),
            now: door::NOW,
            reply: Reply::Send,
            seen: Seen::Current,
            unheard: Vec::new(),
            gone: None,
            invitations: Invitations::Sent,
        }
    }

    /// `prefer cancel remove|mark`, `prefer added|unanswered|early|components|waiting N`.
    fn prefer(&mut self, words: &[&str]) {
        let number = || words[1].parse().unwrap();
        match words[0] {
            "cancel" if words[1] == "remove" => self.policy.cancel = CancelMode::Remove,
            "cancel" => self.policy.cancel = CancelMode::Mark,
            "added" => self.policy.caps.added_today = number(),
            "unanswered" => self.policy.caps.unanswered_now = number(),
            "early" => self.policy.caps.early_of_sender = number(),
            "seen" if words[1] == "earlier" => self.seen = Seen::Earlier,
            "seen" => self.seen = Seen::Current,
            "address" => self.addresses.push(words[1].to_owned()),
            "unheard" => self.unheard = words[1..].iter().map(|word| (*word).to_owned()).collect(),
            "invitations" if words[1] == "off" => self.invitations = Invitations::NotSent,
            "invitations" => self.invitations = Invitations::Sent,
            "now" => {
                self.now = words[1]
                    .parse::<jiff::Timestamp>()
                    .unwrap()
                    .as_millisecond()
            }
            "components" => self.limits.components = words[1].parse().unwrap(),
            "waiting" => self.limits.early_per_uid = words[1].parse().unwrap(),
            other => panic!("unknown preference {other}"),
        }
    }

    /// `early N`: how many messages are kept for later.
    fn early(&self, step: &mut Step) -> Option<String> {
        let actual = format!("early {}", self.stored.state.early().count());
        let failure = (step.text != actual).then(|| format!("{actual}, not {}", step.text));
        step.text = actual;
        failure
    }

    /// `get [CALENDAR] [whole] [only=NAME,…]`: the object's components, unfolded; `whole` with all
    /// around them; `only` lines of these names.
    fn get(&self, step: &mut Step, words: &[&str]) -> Option<String> {
        let whole = words.contains(&"whole");
        let only = words.iter().find_map(|word| word.strip_prefix("only="));
        let is_calendar = |word: &&&str| **word != "whole" && !word.starts_with("only=");
        let calendar = words.iter().find(is_calendar);
        let mut objects = self.stored.objects.iter();
        let object =
            objects.find(|object| calendar.is_none_or(|calendar| object.calendar == *calendar));
        let actual = object.map_or_else(
            || vec!["nothing".to_owned()],
            |object| chosen(lines(&object.text, whole), only),
        );
        let difference = diff::differences(&step.body, &actual);
        step.body = diff::updated(&step.body, &actual);
        difference.map(|difference| format!("the object\n{difference}"))
    }

    /// Takes a message; `words` are the address and what else is to be known.
    pub(crate) fn receive(&mut self, document: &Document, words: &[&str], number: usize) {
        let message = match Message::read(document) {
            Ok(message) => message,
            Err(error) => {
                self.last = Some(Last::NotStamped(error.code()));
                return;
            }
        };
        let value = |key: &str| words.iter().find_map(|word| word.strip_prefix(key));
        let has = |word: &str| words.contains(&word);
        let digest = value("digest=").map_or_else(|| format!("digest-{number}"), str::to_owned);
        let received = 1_800_000_000_000 + i64::try_from(number).unwrap();
        let incoming = Incoming {
            document,
            method: message.method,
            uid: &message.uid,
            kind: message.kind,
            sender: Sender {
                address: words
                    .first()
                    .filter(|word| **word != "nobody")
                    .map(|word| (*word).to_owned()),
                trust: trust(words),
                via_service: value("via=").map(str::to_owned),
                owner: match value("owner=") {
                    Some("service") => itip::AddressOwner::Service,
                    _ => itip::AddressOwner::Person,
                },
            },
            received: value("days=").map_or(received, |days| {
                received + days.parse::<i64>().unwrap() * 86_400_000
            }),
            date: value("date=")
                .map(|date| date.parse::<jiff::Timestamp>().unwrap().as_millisecond()),
            digest: &digest,
            route: if has("list") {
                Route::List
            } else {
                Route::Direct
            },
            delivered_to: self.addresses.first().map_or("", |address| address),
        };
        let mut policy = self.policy.clone();
        if let Some(calendar) = value("addcal=") {
            policy.permission = Permission::AddTo(Some(calendar.into()));
        } else if has("by-hand") {
            policy.permission = Permission::ByHand(None);
        } else if has("updatecal") || has("no-script") {
            policy.permission = Permission::None;
        }
        policy.update = if has("no-script") {
            Update::NotAllowed
        } else {
            Update::Allowed
        };
        policy.spam = if has("spam") { Spam::Spam } else { Spam::Ham };
        let account = Account {
            addresses: &self.addresses,
        };
        let decision = itip::receive(&self.stored, &incoming, &account, &policy, &self.limits);
        self.apply(&decision, message.kind);
        self.last = Some(Last::Decided(Box::new(decision)));
    }

    fn apply(&mut self, decision: &Decision, kind: Kind) {
        let is_action = !matches!(decision.outcome, Outcome::NoAction | Outcome::Error);
        assert_eq!(is_action, decision.change != Change::None, "{decision:?}");
        if let Some(state) = &decision.state {
            let json = state.to_json();
            self.stored.state = State::from_json(&json).unwrap();
            assert_eq!(self.stored.state.to_json(), json);
        }
        let before: Vec<_> = self.stored.objects.clone();
        let text_before = |calendar: &str, name: &str| {
            let mut objects = before.iter();
            let object =
                objects.find(|object| (&*object.calendar, &*object.name) == (calendar, name));
            object.map(|object| object.text.clone())
        };
        match &decision.change {
            Change::None => {}
            Change::Put {
                calendar,
                name,
                text,
                ..
            } => {
                check(text, kind);
                let name = name.clone().unwrap_or_else(|| "new.ics".into());
                self.done = Some(Done {
                    before: text_before(calendar, &name),
                    after: Some(text.clone()),
                    calendar: calendar.clone(),
                    name: name.clone(),
                    is_removal: false,
                });
                let objects = &mut self.stored.objects;
                let object = StoredObject {
                    calendar: calendar.clone(),
                    name,
                    text: text.clone(),
                    access: Access::Writable,
                };
                match objects
                    .iter_mut()
                    .find(|other| other.calendar == object.calendar && other.name == object.name)
                {
                    Some(place) => *place = object,
                    None => objects.push(object),
                }
            }
            Change::Delete { calendar, name } => {
                self.done = Some(Done {
                    before: text_before(calendar, name),
                    after: None,
                    calendar: calendar.clone(),
                    name: name.clone(),
                    is_removal: true,
                });
                self.stored
                    .objects
                    .retain(|object| (&object.calendar, &object.name) != (calendar, name));
            }
        }
    }
}

/// What holds for every text that the rules write.
fn check(text: &[u8], kind: Kind) {
    let document = Document::parse(text, &calendar::Limits::default()).unwrap();
    assert!(document.is_well_nested());
    assert!(
        !String::from_utf8_lossy(text)
            .replace("\r\n", "")
            .contains(['\r', '\n'])
    );
    let calendar = document.components().next().unwrap();
    assert!(calendar.property("METHOD").is_none());
    let own: Vec<_> = calendar
        .components()
        .filter(|inner| !inner.is("VTIMEZONE"))
        .collect();
    assert!(
        own.iter()
            .all(|component| component.is(kind.component_name()))
    );
    let mut uids: Vec<_> = own
        .iter()
        .map(|c| c.property("UID").unwrap().value().trim().to_owned())
        .collect();
    uids.dedup();
    assert_eq!(uids.len(), 1);
}

fn trust(words: &[&str]) -> Trust {
    match () {
        () if words.contains(&"failed") => Trust::Failed,
        () if words.contains(&"unverified") => Trust::Unverified,
        () => Trust::Authenticated,
    }
}

/// The lines of these names, and what begins and ends components.
fn chosen(lines: Vec<String>, only: Option<&str>) -> Vec<String> {
    let Some(only) = only else { return lines };
    let is_meant = |line: &String| {
        let name = line.split([':', ';']).next().unwrap_or_default();
        matches!(name, "BEGIN" | "END") || only.split(',').any(|other| other == name)
    };
    lines.into_iter().filter(is_meant).collect()
}

/// A text's lines without folds.
pub(crate) fn unfolded(text: &str) -> Vec<String> {
    let text = text.replace("\r\n ", "").replace("\r\n\t", "");
    let lines = text.split("\r\n").filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// The unfolded lines of a text.
pub(crate) fn lines(text: &[u8], whole: bool) -> Vec<String> {
    let text = String::from_utf8(text.to_vec()).unwrap();
    let mut depth_of_zone = false;
    let mut depth = 0;
    let mut out = Vec::new();
    for line in unfolded(&text) {
        depth += usize::from(line.starts_with("BEGIN:"));
        depth_of_zone |= line == "BEGIN:VTIMEZONE";
        if whole || (depth > 1 && !depth_of_zone) {
            out.push(line.clone());
        }
        depth -= usize::from(line.starts_with("END:"));
        depth_of_zone &= line != "END:VTIMEZONE";
    }
    out
}

/// The METHOD words that `receive` knows.
#[test]
fn methods_are_those_of_the_standard() {
    assert!(
        Method::ALL
            .iter()
            .all(|method| Method::parse(method.as_str()) == Some(*method))
    );
}

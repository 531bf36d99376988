//! The filter: the generated Sieve unit and the user's own run over one stamped mail.

mod scripts;

use std::sync::Arc;

use imip::{Invitation, Stamp};
use sieve::{
    Effect, Fault, Known, Notify, NotifyMethod, Outcome, Question, RawMessage, Run, Script,
};
use store::{Account, CalendarId, FilterGrounds, Store};

pub use scripts::Scripts;

use crate::deliver::{Deliver, Target, folder};
use crate::examine::Examined;
use crate::guard::guarded;
use crate::intake::Refusal;
use crate::job::{Add, Effects, Update};
use crate::site::{Sending, Site, Threading};

/// The list of the account's contacts (RFC 6134, 2.7).
const CONTACTS: &str = ":addrbook:default";

/// How often a run may ask for what it needs to know, many things at a time.
const ROUNDS: usize = 64;

/// What a mail is filtered with.
pub struct Filter<'a> {
    /// Where accounts, contacts and scripts are.
    pub store: &'a dyn Store,
    /// Where folders are.
    pub deliver: &'a dyn Deliver,
    /// Compiled scripts.
    pub scripts: &'a Scripts,
    /// The site's settings.
    pub site: &'a Site,
}

/// One mail for one recipient, before the filter.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The account.
    pub account: &'a Account,
    /// RCPT TO.
    pub recipient: &'a str,
    /// MAIL FROM.
    pub reverse_path: &'a str,
    /// Our own Received field, which stands last of our fields.
    pub received: &'a str,
    /// The mail's header, as far as the limits allow.
    pub header: &'a [u8],
    /// The mail's size in octets.
    pub size: u64,
    /// What was read of it; `None` when reading failed.
    pub examined: Option<&'a Examined>,
}

impl Subject<'_> {
    fn invitation(&self) -> Option<&Invitation> {
        self.examined?.detection.invitation.as_ref()
    }

    /// Who invites, when that is sure.
    fn sender(&self) -> Option<&str> {
        self.invitation()?;
        self.examined?.sender.authenticated()
    }
}

/// What shall happen to one mail of one recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filtered {
    /// Our fields: stamps and References, CRLF lines; empty for a mail without event.
    pub fields: Vec<u8>,
    /// Where it is stored.
    pub targets: Vec<Target>,
    /// Whom it is sent on to.
    pub redirects: Vec<String>,
    /// What may happen to the calendar.
    pub effects: Effects,
    /// Why a unit's own effects were dropped, for log and person.
    pub faults: Vec<String>,
}

impl Filtered {
    /// Files the mail; into the inbox where no folder can have that name.
    fn file(&mut self, folder: String, flags: Vec<String>) {
        if folder::directory(&folder).is_some() {
            add_target(&mut self.targets, Target { folder, flags });
        } else {
            self.faults.push(format!(
                "fileinto became keep: {folder:?} cannot be a folder's name"
            ));
            add_target(&mut self.targets, inbox(flags));
        }
    }
}

impl Filter<'_> {
    /// Stamps the mail's header and runs the account's units over it.
    ///
    /// Fails only when the store or the folders cannot be asked: then the mail is not taken yet.
    pub async fn run(&self, subject: Subject<'_>) -> Result<Filtered, Refusal> {
        let grounds = self.grounds(subject).await?;
        self.filtered(subject, &grounds).await
    }

    /// As [`run`](Self::run), with a script in place of the user's own one.
    pub async fn try_script(
        &self,
        subject: Subject<'_>,
        script: &str,
    ) -> Result<Filtered, Refusal> {
        let mut grounds = self.grounds(subject).await?;
        grounds.script = Some(script.to_owned());
        self.filtered(subject, &grounds).await
    }

    async fn filtered(
        &self,
        subject: Subject<'_>,
        grounds: &FilterGrounds,
    ) -> Result<Filtered, Refusal> {
        let fields = self.stamp(subject, grounds.holding.as_ref());
        let units = self.units(subject.account, grounds);
        let header = [&fields, subject.received.as_bytes(), subject.header].concat();
        let known = known(subject, grounds);
        let outcome = self.interpret(&units, &header, subject, known).await?;
        let mut filtered = Filtered {
            fields,
            faults: units.faults.clone(),
            ..Filtered::default()
        };
        match outcome {
            Ok(outcome) => {
                let faults = outcome.faults.iter().map(|fault| units.describe(fault));
                filtered.faults.extend(faults);
                self.resolve(outcome.effects, &mut filtered);
            }
            Err(fault) => {
                filtered.faults.push(fault.to_owned());
                filtered.targets.push(inbox(Vec::new()));
            }
        }
        Ok(filtered)
    }

    /// What the account has set, and what it holds of the mail's event.
    async fn grounds(&self, subject: Subject<'_>) -> Result<FilterGrounds, Refusal> {
        let uid = subject.invitation().map(|invitation| &*invitation.uid);
        let grounds = self
            .store
            .filter_grounds(subject.account.id, uid, subject.sender());
        grounds.await.map_err(database)
    }

    /// Our fields for a mail with an event: stamps, and References where it has none.
    fn stamp(&self, subject: Subject<'_>, holding: Option<&CalendarId>) -> Vec<u8> {
        let Some(invitation) = subject.invitation() else {
            return Vec::new();
        };
        let stamp = Stamp {
            method: invitation.method,
            uid: &invitation.uid,
            exists: holding.map(|calendar| calendar.0.as_str()),
            sender: subject.sender(),
        };
        let thread = self.site.thread;
        let fields = guarded("stamping", || {
            let mut fields = imip::stamp_fields(&stamp);
            if thread == Threading::On {
                let event = imip::event_id(stamp.uid);
                fields.extend(imip::references_field(subject.header, &event).unwrap_or_default());
            }
            fields
        });
        fields.unwrap_or_default()
    }

    /// The account's two units, and why one is missing.
    fn units(&self, account: &Account, grounds: &FilterGrounds) -> Units {
        let preferences = grounds.preferences.as_deref();
        let own_domains = &self.site.trust.own_domains;
        let mut units = Units::default();
        units.take(
            "generated",
            self.scripts.generated(account, preferences, own_domains),
        );
        if let Some(own) = &grounds.script {
            units.take("own", self.scripts.own(own));
        }
        units
    }

    /// Runs the units, looking up what they ask. The inner error is why they came to no end.
    async fn interpret(
        &self,
        units: &Units,
        header: &[u8],
        subject: Subject<'_>,
        mut known: Known,
    ) -> Result<Result<Outcome, &'static str>, Refusal> {
        let scripts: Vec<&Script> = units.compiled.iter().map(|(_, script)| &**script).collect();
        for _ in 0..ROUNDS {
            let run = guarded("running a script", || {
                let from = Some(subject.reverse_path);
                let message =
                    RawMessage::new(header, from, subject.recipient).with_size(subject.size);
                sieve::run(&scripts, &message, &known, &self.site.script_limits)
            });
            match run {
                None => return Ok(Err("the scripts could not be run; the mail is kept")),
                Some(Run::Done(outcome)) => return Ok(Ok(outcome)),
                Some(Run::Need(questions)) => {
                    for question in questions {
                        let answer = self.answer(subject.account, &question).await?;
                        known.learn(question, answer);
                    }
                }
            }
        }
        Ok(Err(
            "the scripts ask for too much about folders and contacts; the mail is kept",
        ))
    }

    async fn answer(&self, account: &Account, question: &Question) -> Result<bool, Refusal> {
        match question {
            Question::List { list, value } if list == CONTACTS => self
                .store
                .is_contact(account.id, value)
                .await
                .map_err(database),
            Question::Mailbox(name) => self.deliver.folder_exists(account, name).await,
            _ => Ok(false),
        }
    }

    /// Sorts effects into folders, addresses and permissions.
    fn resolve(&self, effects: Vec<Effect>, filtered: &mut Filtered) {
        for effect in effects {
            match effect {
                Effect::Keep { flags } => add_target(&mut filtered.targets, inbox(flags)),
                Effect::FileInto { mailbox, flags, .. } => filtered.file(mailbox, flags),
                Effect::Redirect { address, .. } => match self.site.sending {
                    Sending::ThroughRelay => filtered.redirects.push(address),
                    Sending::NoRelay => {
                        filtered.faults.push(format!(
                            "redirect to {address} became keep: no [smtp] relay is configured"
                        ));
                        add_target(&mut filtered.targets, inbox(Vec::new()));
                    }
                },
                Effect::Notify(Notify { method, .. }) => {
                    let wanted = std::mem::take(&mut filtered.effects);
                    filtered.effects = wanted.or(permission(method));
                }
                _ => {}
            }
        }
    }
}

/// The units that compiled, in the order in which they run, and why others did not.
#[derive(Default)]
struct Units {
    compiled: Vec<(&'static str, Arc<Script>)>,
    faults: Vec<String>,
}

impl Units {
    fn take(&mut self, name: &'static str, unit: Result<Arc<Script>, String>) {
        match unit {
            Ok(script) => self.compiled.push((name, script)),
            Err(fault) => self.faults.push(fault),
        }
    }

    fn describe(&self, fault: &Fault) -> String {
        let name = self.compiled.get(fault.unit).map_or("", |(name, _)| name);
        let Fault { line, message, .. } = fault;
        format!("the {name} script failed in line {line}: {message}")
    }
}

/// The answers to what the generated unit asks.
fn known(subject: Subject<'_>, grounds: &FilterGrounds) -> Known {
    let mut known = Known::default();
    if let (Some(sender), Some(answer)) = (subject.sender(), grounds.is_contact) {
        let (list, value) = (CONTACTS.to_owned(), sender.to_owned());
        known.learn(Question::List { list, value }, answer);
    }
    known
}

fn permission(method: NotifyMethod) -> Effects {
    match method {
        NotifyMethod::AddCal { calendar } => Effects {
            add: Some(Add {
                calendar: calendar.map(CalendarId),
            }),
            update: Update::Yes,
        },
        NotifyMethod::UpdateCal => Effects {
            add: None,
            update: Update::Yes,
        },
        _ => Effects::default(),
    }
}

fn inbox(flags: Vec<String>) -> Target {
    Target {
        folder: "INBOX".to_owned(),
        flags,
    }
}

/// Adds a folder once, whatever its spelling; the last flags win (RFC 5232, 2).
fn add_target(targets: &mut Vec<Target>, target: Target) {
    let directory = folder::directory(&target.folder);
    match targets
        .iter_mut()
        .find(|known| folder::directory(&known.folder) == directory)
    {
        Some(known) => known.flags = target.flags,
        None => targets.push(target),
    }
}

/// A store that cannot be asked: the mail comes again later.
pub(crate) fn database(error: store::Error) -> Refusal {
    tracing::error!(%error, "the store could not be asked");
    Refusal::Database
}

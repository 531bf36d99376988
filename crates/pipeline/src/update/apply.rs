//! One job applied: read again, decided by the rules, written in one commit.

use itip::{Decision, Outcome, Suggestion};
use store::{Account, Commit, Expect, Job, NewDecision, Store};

use super::change;
use super::decide::{Decided, Question, decide};
use crate::clock::Clock;
use crate::examine::{self, Examined, Route};
use crate::job::{self, Detail};
use crate::meanwhile::ROUNDS;
use crate::site::Site;
use crate::words;

/// The most octets of a message that is kept for its owner to apply by hand: anyone can send one.
const LARGEST_SUGGESTION: usize = 128 << 10;

/// What became of a job, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The METHOD.
    pub method: String,
    /// The UID.
    pub uid: String,
    /// The sender's address.
    pub sender: String,
    /// The outcome, in the word of RULES.md G.
    pub outcome: String,
    /// The reason code.
    pub reason: String,
}

/// Why a job could not be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Trying again may help.
    Later(String),
    /// It will not.
    Never(String),
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        if error.is_transient() {
            Self::Later(error.to_string())
        } else {
            Self::Never(error.to_string())
        }
    }
}

/// Applies a taken job. The job ends with the commit; after an error it is still taken.
///
/// `None`: a person dropped it meanwhile, or removed its account. Then nothing was written, and it is still
/// taken too.
pub async fn apply(
    store: &dyn Store,
    clock: &dyn Clock,
    site: &Site,
    job: &Job,
) -> Result<Option<Applied>, Failure> {
    let Some(account) = store.account(job.key.account).await? else {
        return Ok(None);
    };
    let (told, examined) = read(site, job)?;
    let invitation = examined.detection.invitation.as_ref();
    let again = "the mail's invitation cannot be read again";
    let question = Question {
        account: &account,
        examined: &examined,
        invitation: invitation.ok_or_else(|| Failure::Never(again.to_owned()))?,
        effects: &told.effects,
        recipient: &told.recipient,
        digest: &job.key.id,
        received: job.received,
    };
    for _ in 0..ROUNDS {
        let decided = decide(store, clock, site, question).await?;
        let commit = commit(clock, job, &account, question, &decided);
        let applied = applied(&commit);
        fail::fail_point!("update::decided");
        match store.commit(commit).await {
            Ok(_) => return Ok(Some(applied)),
            Err(store::Error::Dropped) => return Ok(None),
            Err(store::Error::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Failure::Later(
        "the calendar changed again and again".to_owned(),
    ))
}

/// What a job says of how its mail came, and what is read of the mail.
fn read(site: &Site, job: &Job) -> Result<(Detail, Examined), Failure> {
    let (header, parts) =
        job::decode(&job.content).ok_or_else(|| Failure::Never("the job is damaged".to_owned()))?;
    let told = Detail::united(&job.details)
        .map_err(|error| Failure::Never(format!("the job cannot be read: {error}")))?;
    let writer = told.writer.as_deref();
    let examined = examine::examine(&header, &parts, writer, &site.limits, &site.trust)
        .ok_or_else(|| Failure::Never("reading the mail failed".to_owned()))?;
    Ok((told, examined))
}

/// The decision as a change of the store.
fn commit(
    clock: &dyn Clock,
    job: &Job,
    account: &Account,
    question: Question<'_>,
    decided: &Decided,
) -> Commit {
    let mut commit = Commit::new(account.id, question.invitation.uid.clone());
    commit.expect = Some(Expect::unchanged(&decided.event));
    commit.job = Some(job.key.clone());
    let invitation = question.invitation;
    let (event, decision) = (&decided.event, &decided.decision);
    let by = change::by(event, decision, invitation.method, &invitation.uid);
    change::write(&mut commit, decision, by);
    commit.decision = Some(record(clock, job, question, decided));
    commit
}

fn record(clock: &dyn Clock, job: &Job, question: Question<'_>, decided: &Decided) -> NewDecision {
    let Question {
        examined,
        invitation,
        ..
    } = question;
    let decision = &decided.decision;
    let change::Turn {
        place,
        before,
        after,
    } = change::Turn::of(&decided.event, decision, &invitation.uid);
    let (calendar, name) = place.unzip();
    NewDecision {
        job: job.key.id.clone(),
        outcome: decision.outcome.as_str().to_owned(),
        reason: decision.reason.code().to_owned(),
        notes: notes(examined, decision),
        calendar,
        name,
        before,
        after,
        received: job.received,
        decided: clock.now(),
        ..of_message(question, decision.suggestion)
    }
}

/// What a record says of the message itself, with all that its owner needs to apply it by hand later.
fn of_message(question: Question<'_>, suggestion: Suggestion) -> NewDecision {
    let examined = question.examined;
    let text = question.invitation.document.as_bytes();
    if suggestion == Suggestion::None || text.len() > LARGEST_SUGGESTION {
        return examined.record();
    }
    NewDecision {
        suggestion: Some(text.to_vec()),
        date: examined.date,
        through_list: Some(examined.route == Route::List),
        delivered_to: question.recipient.to_owned(),
        ..examined.record()
    }
}

/// What was noticed, each once.
pub(crate) fn notes(examined: &Examined, decision: &Decision) -> Vec<String> {
    let mut notes = examined.notes();
    for note in &decision.notes {
        let code = note.code().to_owned();
        if !notes.contains(&code) {
            notes.push(code);
        }
    }
    notes
}

fn applied(commit: &Commit) -> Applied {
    let record = commit.decision.as_ref();
    let text = |field: fn(&NewDecision) -> &String| record.map(field).cloned().unwrap_or_default();
    Applied {
        method: text(|record| &record.method),
        uid: words::shown(&text(|record| &record.uid)),
        sender: words::shown(&text(|record| &record.sender)),
        outcome: record.map_or(Outcome::Error.as_str().to_owned(), |record| {
            record.outcome.clone()
        }),
        reason: text(|record| &record.reason),
    }
}

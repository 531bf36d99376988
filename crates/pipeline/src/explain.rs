//! A dry run: what would be detected, stamped and decided for one mail of one account, and why.

use store::Timestamp;

use crate::examine::Examined;
use crate::filter::{Filtered, Subject};
use crate::intake::{Recipient, Refusal};
use crate::job;
use crate::receive::Receive;
use crate::spool::Message;
use crate::update::apply::{Failure, notes};
use crate::update::decide::{Decided, Question, decide, offered};

/// What would happen to a mail.
#[derive(Debug)]
pub struct Explanation {
    /// What was read of it; `None` when reading failed.
    pub examined: Option<Examined>,
    /// What the filter would do.
    pub filtered: Filtered,
    /// What the rules would do, when the filter asks for something.
    pub decided: Option<Decided>,
    /// What the rules would do if the owner applied the message by hand; `None` when it is not kept
    /// for that.
    pub offered: Option<Decided>,
    /// The outcome, in the word of RULES.md G; `None` for mail with nothing that could be an event.
    pub outcome: Option<String>,
    /// The reason code; `None` as with the outcome.
    pub reason: Option<String>,
    /// What was noticed, in codes.
    pub notes: Vec<String>,
}

/// Why a dry run could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The filter could not be run.
    #[error("{0}")]
    Filter(#[from] Refusal),
    /// The rules could not be asked.
    #[error("{0}")]
    Rules(String),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let (Failure::Later(error) | Failure::Never(error)) = failure;
        Self::Rules(error)
    }
}

impl Receive {
    /// Says what would happen to the mail. Changes nothing.
    pub async fn explain(
        &self,
        reverse_path: &str,
        recipient: &Recipient,
        message: &Message,
        now: Timestamp,
    ) -> Result<Explanation, Error> {
        let examined = self.examine(message, None);
        let subject = subject(reverse_path, recipient, message, examined.as_ref());
        let filtered = self.filter().run(subject).await?;
        let (decided, offered) = self
            .would_decide(recipient, message, examined.as_ref(), &filtered, now)
            .await?
            .unzip();
        let (outcome, reason) = outcome(message, examined.as_ref(), decided.as_ref()).unzip();
        Ok(Explanation {
            notes: noticed(examined.as_ref(), decided.as_ref()),
            examined,
            filtered,
            decided,
            offered: offered.flatten(),
            outcome,
            reason,
        })
    }

    /// Says what the filter would do with the mail if `script` were the user's own. Changes nothing.
    pub async fn try_script(
        &self,
        reverse_path: &str,
        recipient: &Recipient,
        message: &Message,
        script: &str,
    ) -> Result<Filtered, Refusal> {
        let examined = self.examine(message, None);
        let subject = subject(reverse_path, recipient, message, examined.as_ref());
        self.filter().try_script(subject, script).await
    }

    async fn would_decide(
        &self,
        recipient: &Recipient,
        message: &Message,
        examined: Option<&Examined>,
        filtered: &Filtered,
        now: Timestamp,
    ) -> Result<Option<(Decided, Option<Decided>)>, Error> {
        let (Some(examined), Some(structure)) = (examined, message.structure()) else {
            return Ok(None);
        };
        let Some(invitation) = &examined.detection.invitation else {
            return Ok(None);
        };
        if filtered.effects.is_empty() {
            return Ok(None);
        }
        let key = job::key(
            recipient.account.id,
            &structure.header,
            &structure.parts,
            &filtered.effects,
            None,
        );
        let question = Question {
            account: &recipient.account,
            examined,
            invitation,
            effects: &filtered.effects,
            recipient: &recipient.address,
            digest: &key.id,
            received: now,
        };
        let decided = decide(&*self.store, &*self.clock, &self.site, question).await?;
        let offered = offered(&*self.store, question, &decided).await?;
        Ok(Some((decided, offered)))
    }
}

fn subject<'a>(
    reverse_path: &'a str,
    recipient: &'a Recipient,
    message: &'a Message,
    examined: Option<&'a Examined>,
) -> Subject<'a> {
    Subject {
        account: &recipient.account,
        recipient: &recipient.address,
        reverse_path,
        // A field of the server's own stands before the mail's, so that folds of its first line do.
        received: "Received: by localhost\r\n",
        header: message.header(),
        size: message.size(),
        examined,
    }
}

/// The outcome and its reason, of mail with something that could be an event.
fn outcome(
    message: &Message,
    examined: Option<&Examined>,
    decided: Option<&Decided>,
) -> Option<(String, String)> {
    let Some(Decided { decision, .. }) = decided else {
        let reason = crate::receive::reason(message, examined)?;
        return Some(("no-action".to_owned(), reason));
    };
    let (outcome, reason) = (decision.outcome.as_str(), decision.reason.code());
    Some((outcome.to_owned(), reason.to_owned()))
}

/// What was noticed, in codes.
fn noticed(examined: Option<&Examined>, decided: Option<&Decided>) -> Vec<String> {
    match (examined, decided) {
        (Some(examined), Some(decided)) => notes(examined, &decided.decision),
        (Some(examined), None) => examined.notes(),
        (None, _) => Vec::new(),
    }
}

//! What the script, the owner's preferences and the caps allow, for the rules (rules B6, B7, D1).

use itip::{CancelMode, Caps, Permission, Policy, Spam};
use store::{AccountId, CalendarId, Grounds, Store};

use super::apply::Failure;
use super::decide::Question;
use crate::examine::Verdict;
use crate::job::Update;
use crate::preferences::{Cancelled, Preferences};
use crate::site::Site;

/// What is allowed for a message that came.
pub(super) fn of_message(
    site: &Site,
    question: Question<'_>,
    grounds: &Grounds,
) -> Result<Policy, Failure> {
    let Question {
        examined, effects, ..
    } = question;
    let preferences = grounds.preferences.as_deref();
    Ok(Policy {
        permission: match &effects.add {
            None => Permission::None,
            Some(add) => {
                Permission::AddTo(add.calendar.as_ref().map(|calendar| calendar.0.clone()))
            }
        },
        update: match effects.update {
            Update::Yes => itip::Update::Allowed,
            Update::No => itip::Update::NotAllowed,
        },
        spam: match examined.verdict {
            Verdict::Ham => Spam::Ham,
            Verdict::Spam => Spam::Spam,
        },
        caps: Caps {
            added_today: grounds.added,
            per_sender_and_day: site.caps.new_per_sender_and_day,
            unanswered_now: grounds.unanswered,
            unanswered: site.caps.unanswered,
            early_of_sender: grounds.early,
        },
        ..of_preferences(grounds.default_calendar.as_ref(), preferences)?
    })
}

/// What is allowed for an act of the owner: everything, a new event into the calendar of the
/// preferences.
pub(crate) async fn of_owner(store: &dyn Store, account: AccountId) -> Result<Policy, Failure> {
    let calendars = store.calendars(account).await?;
    let default = calendars.first().map(|calendar| &calendar.id);
    let preferences = store.preferences(account).await?;
    of_preferences(default, preferences.as_deref())
}

/// The same where no message counts, so that his preferences need not be asked.
pub(crate) fn of_nothing_early() -> Policy {
    preferred(None, Preferences::default())
}

fn of_preferences(
    default: Option<&CalendarId>,
    preferences: Option<&str>,
) -> Result<Policy, Failure> {
    let preferences = match preferences {
        None => Preferences::default(),
        Some(json) => Preferences::from_json(json)
            .map_err(|error| Failure::Never(format!("the preferences cannot be read: {error}")))?,
    };
    Ok(preferred(default, preferences))
}

fn preferred(default: Option<&CalendarId>, preferences: Preferences) -> Policy {
    Policy {
        permission: Permission::ByHand(preferences.calendar.map(|calendar| calendar.0)),
        update: itip::Update::Allowed,
        spam: Spam::Ham,
        default_calendar: default.map(|id| id.0.clone()).unwrap_or_default(),
        cancel: match preferences.cancelled {
            Cancelled::Mark => CancelMode::Mark,
            Cancelled::Remove => CancelMode::Remove,
        },
        caps: Caps::default(),
    }
}

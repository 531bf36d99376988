//! What the script and the owner's preferences allow (RULES.md B6, B7, C1, D1).

/// What is allowed for this message.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Whether a new event may be added, and where.
    pub permission: Permission,
    /// Whether what is stored may be changed.
    pub update: Update,
    /// What the spam filter said.
    pub spam: Spam,
    /// The id of the account's default calendar.
    pub default_calendar: String,
    /// What a CANCEL of a whole object does.
    pub cancel: CancelMode,
    /// How much there is already.
    pub caps: Caps,
}

/// Who lets a new event in (rule B6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Nobody: the script sent no `addcal`.
    None,
    /// The script, by `addcal`, into this calendar or the default one.
    AddTo(Option<String>),
    /// The owner, who applies a suggestion by hand: rules B3 to B7 do not stand in the way.
    ByHand(Option<String>),
}

impl Permission {
    /// The calendar that was named.
    pub fn calendar(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::AddTo(calendar) | Self::ByHand(calendar) => calendar.as_deref(),
        }
    }
}

/// Whether stored objects may be changed: the script sent `updatecal` or `addcal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// It did.
    Allowed,
    /// It did not.
    NotAllowed,
}

/// What the configured header says (rule B6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spam {
    /// No spam, or nothing.
    Ham,
    /// Spam.
    Spam,
}

/// What a CANCEL of a whole object does (rule D1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelMode {
    /// It stays, marked STATUS:CANCELLED.
    Mark,
    /// It goes.
    Remove,
}

/// Counts of the account and the most that they may reach (rules B7 and D3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Events of this sender added within a day.
    pub added_today: u64,
    /// The most of them.
    pub per_sender_and_day: u64,
    /// Objects of the account that wait for an answer.
    pub unanswered_now: u64,
    /// The most of them.
    pub unanswered: u64,
    /// Messages of this sender that came too early and are kept, over all UIDs.
    pub early_of_sender: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            added_today: 0,
            per_sender_and_day: 50,
            unanswered_now: 0,
            unanswered: 1000,
            early_of_sender: 0,
        }
    }
}

//! What is to be done with a message: the values that a run ends in (RFC 5228 section 4).

/// One thing to do with the message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Store the message in the inbox; stands for explicit, implicit and `fileinto "INBOX"` alike.
    Keep {
        /// IMAP flags to set (RFC 5232).
        flags: Vec<String>,
    },
    /// Store the message in a mailbox.
    FileInto {
        /// The mailbox's name as the script gives it, in UTF-8.
        mailbox: String,
        /// Whether a missing mailbox is made (RFC 5490).
        create: Create,
        /// Whether the script asked for a copy (RFC 3894).
        transfer: Transfer,
        /// IMAP flags to set (RFC 5232).
        flags: Vec<String>,
    },
    /// Send the message on.
    Redirect {
        /// One addr-spec, checked.
        address: String,
        /// Whether the script asked for a copy (RFC 3894).
        transfer: Transfer,
    },
    /// The script throws the message away; listed only when nothing else delivers it.
    Discard,
    /// Hand a notification to one of our own methods (RFC 5435).
    Notify(Notify),
}

/// Whether `fileinto` may make the mailbox (RFC 5490 section 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Create {
    /// The mailbox must be there; what happens otherwise is the store's choice.
    #[default]
    Never,
    /// `:create`: made when it is missing.
    IfMissing,
}

/// Whether an action takes the message or only a copy of it (RFC 3894).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transfer {
    /// The action cancels the implicit keep.
    #[default]
    Move,
    /// `:copy`: the implicit keep stays.
    Copy,
}

/// One `notify` (RFC 5435 section 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notify {
    /// Who is notified.
    pub method: NotifyMethod,
    /// `:message`, or nothing for the method's own text.
    pub message: Option<String>,
    /// `:from` as the script wrote it, not checked.
    pub from: Option<String>,
    /// `:importance`.
    pub importance: Importance,
}

/// The notification methods that exist, with their checked options.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotifyMethod {
    /// `addcal`: the event may be added to the calendar; on a known one it acts as `updatecal`.
    AddCal {
        /// `calendarId`, matching `[A-Za-z0-9-]{1,64}`; nothing means the default calendar.
        calendar: Option<String>,
    },
    /// `updatecal`: a known event is brought up to date, none is added.
    UpdateCal,
}

/// How quickly a notification is wanted (RFC 5435 section 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Importance {
    /// `"1"`.
    High,
    /// `"2"`.
    #[default]
    Normal,
    /// `"3"`.
    Low,
}

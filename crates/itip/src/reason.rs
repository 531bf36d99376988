//! Why a message was decided as it was: a closed set of words, each of one rule (RULES.md G).

use std::fmt;

/// Makes a closed enum of words with their rule and one sentence for a person.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $word:ident = $code:literal, $rule:literal, $text:literal;)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = $text] $(#[$doc])* $word,)+
        }

        impl $name {
            /// Every word.
            pub const ALL: &[Self] = &[$(Self::$word,)+];

            /// The stable word for records, logs and metrics.
            pub fn code(self) -> &'static str {
                match self { $(Self::$word => $code,)+ }
            }

            /// The rule of RULES.md that it comes from.
            pub fn rule(self) -> &'static str {
                match self { $(Self::$word => $rule,)+ }
            }

            /// One plain sentence for a person.
            pub fn text(self) -> &'static str {
                match self { $(Self::$word => $text,)+ }
            }

            /// The word of this code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.code() == code)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Why a message was decided as it was.
    Reason {
        New = "new", "C1", "A new event was added to the calendar.";
        Update = "update", "C3", "The organizer's changes were taken over.";
        Cancel = "cancelled-by-organizer", "D1", "The organizer cancelled it.";
        Reply = "reply", "E1", "An attendee's answer was noted.";
        Instances = "instances-added", "D4", "The organizer added dates to the event.";
        Uninvited = "uninvited", "C9", "The organizer took you off the list of attendees.";
        Stale = "stale", "C2", "A newer message about this event was taken before.";
        Duplicate = "duplicate", "C2", "This message was taken before.";
        StillCancelled = "still-cancelled", "C2", "A newer message cancelled the event.";
        NotPermitted = "not-permitted", "B6", "Your settings do not let this message change the calendar.";
        NotAuthenticated = "not-authenticated", "B6", "The sender's address could not be verified.";
        Spam = "spam", "B6", "The message was marked as spam.";
        Cap = "cap", "B7", "There are too many unanswered or new events already.";
        NotTheOrganizer = "not-the-organizer", "B3", "The message does not come from the event's organizer.";
        NotTheAttendee = "not-the-attendee", "B4", "The message does not come from the attendee that it speaks for.";
        OwnEvent = "own-event", "B5", "The event is your own; others cannot change it.";
        NotYourEvent = "not-your-event", "B5", "The answer is about an event that you do not organize.";
        PrivateEvent = "private-event", "B5", "The event in your calendar has no organizer; messages cannot change it.";
        NoOrganizer = "no-organizer", "A6", "The message does not name an organizer.";
        NotForYou = "not-for-you", "D2", "The message is meant for other attendees.";
        DeletedByYou = "deleted-by-you", "C10", "You deleted this event.";
        ReadOnly = "read-only", "C7", "The event stands in a calendar that you cannot change.";
        UnknownEvent = "unknown-event", "D4", "The event is not in your calendar.";
        AnswersOldVersion = "answers-old-version", "E1", "The answer was given before the event's time changed.";
        NoSuchInstance = "no-such-instance", "E2", "The event has no such date.";
        UnknownTimeZone = "unknown-time-zone", "A4", "The message uses a time zone that nobody knows.";
        BadRecurrence = "bad-recurrence", "A3", "The event repeats in a way that is not understood.";
        PartyCrasher = "party-crasher", "E3", "The answer comes from someone who was not invited.";
        Counter = "counter", "E4", "An attendee proposes another time.";
        CounterDeclined = "counter-declined", "E4", "The organizer declined the proposed time.";
        Refresh = "refresh", "E4", "An attendee asks for the current version.";
        KindDiffers = "kind-differs", "A2", "The message and the stored object are not of one kind.";
        BadDate = "bad-date", "A3", "A date in the message cannot be read.";
        NoComponent = "no-component", "A2", "The message holds no event.";
        TooMuch = "too-much", "A2", "The event is too large, or repeats too often.";
        StoredUnreadable = "stored-unreadable", "G", "The stored event cannot be read.";
    }
}

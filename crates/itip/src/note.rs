//! What else is to be known about a decision (RULES.md G).

use std::fmt;

use crate::reason::words;

words! {
    /// What else was noticed.
    Note {
        Unverified = "unverified", "B1", "The sender's address was not verified, because no trusted server is configured.";
        NotAuthenticated = "not-authenticated", "B1", "The sender's address could not be verified.";
        ViaService = "via-service", "B2", "A calendar service sent it for the organizer or attendee.";
        ForwardedBy = "forwarded-by", "B6", "The sender is not the organizer.";
        NotAnAttendee = "not-an-attendee", "C8", "You are not on the list of attendees.";
        Uninvited = "uninvited", "C9", "You were taken off the list of attendees of a part of it.";
        SequenceNotRaised = "sequence-not-raised", "C2", "The content changed, but not the version number.";
        AsksAgain = "asks-again", "C4", "The time changed: your answer is asked for again.";
        OwnChangeReplaced = "own-change-replaced", "C3", "The organizer's text replaced what you had written.";
        CancellationStays = "cancellation-stays", "C2", "The event stays cancelled.";
        Reinstated = "reinstated", "C2", "The event was cancelled before and takes place again.";
        OrganizerChanged = "organizer-changed", "A6", "The event has another organizer now.";
        KeptForLater = "kept-for-later", "D3", "The message came too early and is kept until the event appears.";
        EarlyApplied = "early-applied", "D3", "A message that had come too early was taken now.";
        EarlyCap = "early-cap", "D3", "Too many messages of this sender came too early; this one is not kept.";
        StaleIgnored = "stale-ignored", "C2", "An older part of the message was ignored.";
        ZoneDisagrees = "zone-disagrees", "A4", "The name of a time zone and its rules in the message say different times.";
        NoSuchInstance = "no-such-instance", "E2", "A part about a date that the event does not have was ignored.";
        AnswersOldVersion = "answers-old-version", "E1", "A part that answers an older version was ignored.";
        DelegateAdded = "delegate-added", "E3", "The attendee sends someone else.";
        RefreshOffered = "refresh-offered", "D4", "You can ask the organizer for the whole event.";
        AddedAgain = "added-again", "C10", "You had deleted the event; it has a new time and was added again.";
        NoDtstamp = "no-dtstamp", "A5", "The message has no DTSTAMP; its date counts.";
    }
}

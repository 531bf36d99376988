//! The mails of the demo, and what shall come of each.

/// One mail of the story.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mail {
    /// Its file under `samples/`.
    pub(super) file: &'static str,
    /// Its text, LF lines.
    pub(super) text: &'static [u8],
    /// Who gets it, and what shall be decided for each.
    pub(super) recipients: &'static [(&'static str, Expected)],
}

/// What shall be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// No record: there is nothing that could be an invitation.
    Nothing,
    /// A record with this outcome; the reason where it matters.
    Record(&'static str, &'static str),
}

const ALICE: &str = "alice@example.org";
const CAROL: &str = "carol@example.org";

const fn added() -> Expected {
    Expected::Record("added", "")
}

macro_rules! mail {
    ($file:literal, $($to:expr => $expected:expr),+) => {
        Mail {
            file: $file,
            text: include_bytes!(concat!("../../../../../samples/", $file)),
            recipients: &[$(($to, $expected)),+],
        }
    };
}

/// The address book that Alice imports first.
pub(super) const CONTACTS: &[u8] = include_bytes!("../../../../../samples/alice-contacts.vcf");

/// The calendar that Alice imports first.
pub(super) const CALENDAR: &[u8] = include_bytes!("../../../../../samples/alice-calendar.ics");

/// The mails in the order of their coming.
pub(super) const MAILS: [Mail; 27] = [
    mail!("01-google-request.eml", ALICE => added()),
    mail!("02-exchange-request.eml", ALICE => added()),
    mail!("03-google-update.eml", ALICE => Expected::Record("updated", "")),
    mail!("04-google-stale.eml", ALICE => Expected::Record("no-action", "stale")),
    mail!("05-apple-request.eml", ALICE => added()),
    mail!("06-thunderbird-request.eml", ALICE => added()),
    mail!("07-zimbra-request.eml", ALICE => added()),
    mail!("08-teams-request.eml",
        ALICE => added(), CAROL => Expected::Record("no-action", "not-permitted")),
    mail!("09-exchange-cancel.eml", ALICE => Expected::Record("cancelled", "")),
    mail!("10-cancel-before-request.eml", ALICE => Expected::Record("no-action", "")),
    mail!("11-request-after-cancel.eml", ALICE => added()),
    mail!("12-stranger-request.eml", ALICE => Expected::Record("no-action", "not-permitted")),
    mail!("13-forged-update.eml", ALICE => Expected::Record("no-action", "not-the-organizer")),
    mail!("14-iphone-reply.eml", ALICE => Expected::Record("updated", "")),
    mail!("15-theatre-publish.eml", ALICE => Expected::Record("no-action", "not-permitted")),
    mail!("16-ordinary.eml", ALICE => Expected::Nothing),
    mail!("17-forged-headers.eml", ALICE => Expected::Nothing),
    mail!("18-non-ascii-request.eml", ALICE => added()),
    mail!("19-encoded-file-name.eml", ALICE => added()),
    mail!("20-no-method-in-data.eml", ALICE => Expected::Record("no-action", "no-method")),
    mail!("21-two-uids.eml", ALICE => Expected::Record("no-action", "several-uids")),
    mail!("22-weekly-request.eml", ALICE => added()),
    mail!("23-weekly-one-moved.eml", ALICE => Expected::Record("updated", "update")),
    mail!("24-weekly-stale.eml", ALICE => Expected::Record("no-action", "stale")),
    mail!("25-weekly-one-cancelled.eml",
        ALICE => Expected::Record("cancelled", "cancelled-by-organizer")),
    mail!("26-weekly-forged-cancel.eml", ALICE => Expected::Record("no-action", "not-the-organizer")),
    mail!("27-outlook-reply-one-date.eml", ALICE => Expected::Record("updated", "reply")),
];

/// The mail whose decision Alice undoes at the end.
pub(super) const UNDONE: &str = "25-weekly-one-cancelled.eml";

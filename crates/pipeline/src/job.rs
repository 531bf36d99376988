//! A calendar job: what a message shall do to an account's calendar, with all that is needed to
//! decide it again.

use imip::Part;
use serde::{Deserialize, Serialize};
use store::{AccountId, CalendarId, JobKey};

use crate::digest::Digest;

/// What a filter allowed, and how the message came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// What the script asked for.
    pub effects: Effects,
    /// The address that the mail was sent to.
    pub recipient: String,
    /// As in [`Envelope::writer`](crate::intake::Envelope::writer).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writer: Option<String>,
}

impl Detail {
    /// As the store keeps it.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What all deliveries of a message allowed together; the rest is the first one's.
    pub fn united(details: &[String]) -> Result<Self, serde_json::Error> {
        let mut details = details
            .iter()
            .map(|json| serde_json::from_str::<Self>(json));
        let first = details.next().transpose()?.unwrap_or_default();
        details.try_fold(first, |united, detail| {
            let effects = united.effects.or(detail?.effects);
            Ok(Self { effects, ..united })
        })
    }
}

/// The calendar effects of one message for one account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effects {
    /// The permission to add a new event, and where (`addcal`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add: Option<Add>,
    /// The permission to change an event that is there (`updatecal`; `addcal` gives it too).
    pub update: Update,
}

/// The permission to add an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Add {
    /// The calendar; none: the address's, else the account's default one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarId>,
}

/// The permission to change an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Update {
    /// Not given.
    #[default]
    No,
    /// Given.
    Yes,
}

impl Effects {
    /// Whether the script asked for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What either allows; the first calendar named wins.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let update = if self.update == Update::Yes {
            Update::Yes
        } else {
            other.update
        };
        let add = match (self.add, other.add) {
            (Some(Add { calendar: None }), Some(named)) | (None, Some(named)) => Some(named),
            (add, _) => add,
        };
        Self { add, update }
    }
}

/// The id of the job that a message makes for an account: the same message with the same
/// permissions from the same writer, the same job.
///
/// The permissions count because a script may give them for one address of the account and not for
/// another: a delivery that was allowed nothing must not make the next one count as done. So does the
/// writer: a copy that comes back from outside is not authenticated as the mail itself is.
#[must_use]
pub fn key(
    account: AccountId,
    header: &[u8],
    parts: &[Part],
    effects: &Effects,
    writer: Option<&str>,
) -> JobKey {
    let permissions = serde_json::to_vec(effects).unwrap_or_default();
    let mut digest = Digest::default()
        .piece(&account.0.to_be_bytes())
        .piece(&encode(header, parts))
        .piece(&permissions);
    if let Some(writer) = writer {
        digest = digest.piece(writer.as_bytes());
    }
    let id = digest.hex();
    JobKey { account, id }
}

/// Header and parts in one piece: each behind its length (64 bits, big-endian).
#[must_use]
pub fn encode(header: &[u8], parts: &[Part]) -> Vec<u8> {
    let pieces = || {
        std::iter::once(header).chain(
            parts
                .iter()
                .flat_map(|part| [part.header.as_slice(), part.body.as_slice()]),
        )
    };
    let mut content = Vec::with_capacity(pieces().map(|piece| piece.len() + 8).sum());
    for piece in pieces() {
        content.extend_from_slice(&(piece.len() as u64).to_be_bytes());
        content.extend_from_slice(piece);
    }
    content
}

/// Takes apart what [`encode`] put together; `None` when it is damaged.
#[must_use]
pub fn decode(content: &[u8]) -> Option<(Vec<u8>, Vec<Part>)> {
    let mut rest = content;
    let header = piece(&mut rest)?;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        parts.push(Part {
            header: piece(&mut rest)?,
            body: piece(&mut rest)?,
        });
    }
    Some((header, parts))
}

fn piece(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let (length, tail) = rest.split_first_chunk::<8>()?;
    let (piece, tail) =
        tail.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
    *rest = tail;
    Some(piece.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Vec<Part> {
        vec![
            Part {
                header: b"Content-Type: text/calendar\r\n\r\n".to_vec(),
                body: b"BEGIN".to_vec(),
            },
            Part {
                header: Vec::new(),
                body: Vec::new(),
            },
        ]
    }

    #[test]
    fn content_comes_back_verbatim_or_not_at_all() {
        let content = encode(b"Subject: x\r\n\r\n", &parts());
        let (header, read) = decode(&content).unwrap();
        assert_eq!(header, b"Subject: x\r\n\r\n");
        assert_eq!(read, parts());
        for cut in 0..content.len() {
            let read = decode(&content[..cut]);
            assert!(
                read.is_none_or(|(_, parts)| parts.len() < 2),
                "cut at {cut}"
            );
        }
        assert!(decode(&[0xff; 16]).is_none());
    }

    #[test]
    fn the_key_tells_accounts_messages_and_permissions_apart() {
        let none = Effects::default();
        let one = key(AccountId(1), b"a", &parts(), &none, None);
        assert_eq!(one, key(AccountId(1), b"a", &parts(), &none, None));
        assert_ne!(one.id, key(AccountId(2), b"a", &parts(), &none, None).id);
        assert_ne!(one.id, key(AccountId(1), b"b", &parts(), &none, None).id);
        assert_ne!(one.id, key(AccountId(1), b"a", &[], &none, None).id);
        let add = Effects {
            add: Some(Add::default()),
            update: Update::No,
        };
        assert_ne!(one.id, key(AccountId(1), b"a", &parts(), &add, None).id);
        assert_ne!(
            one.id,
            key(AccountId(1), b"a", &parts(), &none, Some("b@x")).id
        );
        assert_eq!(one.id.len(), 64);
    }

    #[test]
    fn effects_of_two_deliveries_add_up() {
        let update = Effects {
            add: None,
            update: Update::Yes,
        };
        let add = |calendar: Option<&str>| Effects {
            add: Some(Add {
                calendar: calendar.map(|id| CalendarId(id.into())),
            }),
            update: Update::No,
        };
        let both = update
            .clone()
            .or(add(None))
            .or(add(Some("work")))
            .or(add(Some("home")));
        assert_eq!(both.update, Update::Yes);
        assert_eq!(both.add, add(Some("work")).add);
        assert!(Effects::default().is_empty() && !update.is_empty());
    }
}

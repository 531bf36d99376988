//! The `X-ME-*` fields that tell filters and people what a mail is about.

use calendar::Method;

use crate::encoded_word;
use crate::event_id::event_id;

/// What the fields say.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// METHOD of the calendar data.
    pub method: Method,
    /// UID of the event, whatever it holds.
    pub uid: &'a str,
    /// The calendar that has the UID, of the one recipient this copy is for.
    pub exists: Option<&'a str>,
    /// The sender by rules B1 and B2, if authenticated.
    pub sender: Option<&'a str>,
}

/// The fields as header lines, each ended by CRLF.
///
/// No line is over 998 octets, and no value can begin a field of its own: what is long or not plain
/// printable ASCII is written as encoded words (RFC 2047).
///
/// These must not be the last fields before the mail: it may begin with folded lines, which would
/// continue the last of them (`X-ME-Cal-Sender: alice@example.com` and ` , bob@example.com`). A field
/// that may be continued, such as Received, has to stand between.
#[must_use]
pub fn stamp_fields(stamp: &Stamp<'_>) -> Vec<u8> {
    let mut fields = Vec::new();
    push_field(&mut fields, "X-ME-Cal-Method", stamp.method.to_lower());
    push_field(&mut fields, "X-ME-Cal-UID", stamp.uid);
    if let Some(calendar) = stamp.exists {
        push_field(&mut fields, "X-ME-Cal-Exists", calendar);
    }
    push_field(&mut fields, "X-ME-Message-Id", &event_id(stamp.uid));
    if let Some(sender) = stamp.sender {
        push_field(&mut fields, "X-ME-Cal-Sender", sender);
    }
    fields
}

/// Longest value that is written as it is.
const PLAIN: usize = 200;

fn push_field(fields: &mut Vec<u8>, name: &str, value: &str) {
    fields.extend_from_slice(name.as_bytes());
    fields.extend_from_slice(b": ");
    if is_plain(value) {
        fields.extend_from_slice(value.as_bytes());
    } else {
        fields.extend_from_slice(encoded_word::encode(value).as_bytes());
    }
    fields.extend_from_slice(b"\r\n");
}

/// Whether a value means itself in a header. One that looks like an encoded word would not, and
/// blanks at its ends would be lost.
fn is_plain(value: &str) -> bool {
    value.len() <= PLAIN
        && value.bytes().all(|octet| matches!(octet, b' '..=b'~'))
        && !value.contains("=?")
        && value.trim_matches(' ') == value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::fields;

    fn stamp(uid: &str) -> String {
        let stamp = Stamp {
            method: Method::Request,
            uid,
            exists: None,
            sender: None,
        };
        String::from_utf8(stamp_fields(&stamp)).unwrap()
    }

    /// The UID as a reader of the header gets it.
    fn uid_of(stamped: &str) -> String {
        let field = fields(stamped.as_bytes())
            .find(|field| field.is("X-ME-Cal-UID"))
            .unwrap();
        String::from_utf8(encoded_word::decode(&field.value())).unwrap()
    }

    #[test]
    fn all_fields_are_written() {
        let stamp = Stamp {
            method: Method::DeclineCounter,
            uid: "WEBEX-MEETING CENTER-6.0",
            exists: Some("cal-1"),
            sender: Some("alice@example.com"),
        };
        let id = event_id(stamp.uid);
        let expected = [
            "X-ME-Cal-Method: declinecounter\r\n",
            "X-ME-Cal-UID: WEBEX-MEETING CENTER-6.0\r\n",
            "X-ME-Cal-Exists: cal-1\r\n",
            &format!("X-ME-Message-Id: {id}\r\n"),
            "X-ME-Cal-Sender: alice@example.com\r\n",
        ];
        assert_eq!(
            String::from_utf8(stamp_fields(&stamp)).unwrap(),
            expected.concat()
        );
    }

    #[test]
    fn a_plain_uid_stands_as_it_is() {
        let outlook = "040000008200E00074C5B7101A82E00800000000F04B734EABD5C501".repeat(2);
        for uid in ["a@b.c", "{CFEE0F33}", "j3+zOQy/6UiarOwVH2IAmA==", &outlook] {
            assert!(stamp(uid).contains(&format!("X-ME-Cal-UID: {uid}\r\n")));
        }
    }

    #[test]
    fn an_odd_uid_is_encoded() {
        let long = "x".repeat(201);
        for uid in [
            "Doppelg\u{e4}nger",
            "=?utf-8?Q?x?=",
            "a\tb",
            " a",
            "a ",
            "a\u{7f}",
            "\u{feff}",
            &long,
        ] {
            let stamped = stamp(uid);
            assert!(stamped.contains("X-ME-Cal-UID: =?utf-8?B?"), "{uid:?}");
            assert_eq!(uid_of(&stamped), uid);
        }
    }

    #[test]
    fn no_uid_forges_a_field() {
        let forger = "x\r\nX-ME-Cal-Sender: boss@example.com\r\n\r\nbody\0\n.\r\n";
        for uid in [
            forger.to_owned(),
            forger.repeat((64 << 10) / forger.len()),
            "\u{2028}\u{85}\r".to_owned(),
        ] {
            let stamped = stamp(&uid);
            let names: Vec<_> = fields(stamped.as_bytes())
                .map(|field| field.name().to_owned())
                .collect();
            assert_eq!(
                names,
                ["X-ME-Cal-Method", "X-ME-Cal-UID", "X-ME-Message-Id"]
            );
            assert!(
                stamped
                    .split("\r\n")
                    .all(|line| line.len() <= 81 && !line.contains(['\r', '\n', '\0']))
            );
            assert!(stamped.is_ascii());
            assert_eq!(uid_of(&stamped), uid);
        }
    }
}

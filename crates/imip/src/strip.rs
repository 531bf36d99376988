//! Takes our own fields out of incoming mail, so that nobody else can write them.

/// Removes `X-ME-Cal-*` and `X-ME-Message-Id` fields from a message's header, fed in chunks of any size.
///
/// All else passes byte for byte. A name counts in any case, with blanks before its colon, and with
/// the lines that continue it. Lines end at LF or CRLF; a bare CR is the mail server session's to mend
/// before. Memory does not depend on the mail.
///
/// A mail may begin with lines that look continued, and they pass too: whoever puts fields before the
/// mail must end them with one that may be continued, such as Received, and never with one that
/// [`stamp_fields`](crate::stamp_fields) or [`references_field`](crate::references_field) wrote.
#[derive(Debug, Default)]
pub struct Strip {
    place: Place,
    /// What happens to the field that is being read; before the first, to what stands there instead.
    fate: Fate,
    /// See [`Strip::pending`].
    pending: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// At a line's begin, or in what may be one of our names.
    #[default]
    Begin,
    /// Inside a line whose fate is known.
    Inside,
    /// Past the blank line.
    Body,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Fate {
    #[default]
    Keep,
    Drop,
}

const PREFIX: &[u8] = b"x-me-cal-";
const MESSAGE_ID: &[u8] = b"x-me-message-id";

impl Strip {
    /// Most octets that [`Strip::pending`] gives: those of our longest name.
    pub const MAX_PENDING: usize = MESSAGE_ID.len();

    /// Begins at the first octet of a message.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next octets; what passes goes to `out`, in order.
    pub fn feed(&mut self, octets: &[u8], out: &mut impl FnMut(&[u8])) {
        let mut rest = octets;
        while let Some((&octet, tail)) = rest.split_first() {
            match self.place {
                Place::Body => return out(rest),
                Place::Begin => {
                    self.begin(octet, out);
                    rest = tail;
                }
                Place::Inside => {
                    let end = memchr::memchr(b'\n', rest);
                    let (line, tail) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
                    self.pass(line, out);
                    rest = tail;
                }
            }
        }
    }

    /// The octets that were taken in but neither passed on nor dropped yet: a line's begin that may
    /// still become one of our names, at most [`Strip::MAX_PENDING`].
    ///
    /// What [`Strip::feed`] got from the first octet on is what passed, what was dropped and these, in
    /// that order. Copied before a call of it, they and that call's octets are what is left of the mail
    /// when the call fails.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        &self.pending
    }

    /// Ends the message; what was held back goes to `out`.
    pub fn finish(mut self, out: &mut impl FnMut(&[u8])) {
        self.fate = Fate::Keep;
        self.release(out);
    }

    fn begin(&mut self, octet: u8, out: &mut impl FnMut(&[u8])) {
        self.pending.push(octet);
        match self.pending.as_slice() {
            b"\n" | b"\r\n" => {
                self.fate = Fate::Keep;
                self.release(out);
                self.place = Place::Body;
            }
            b"\r" => {}
            [b' ' | b'\t'] => self.release(out),
            name => {
                if let Some(fate) = fate(name) {
                    self.fate = fate;
                    self.release(out);
                }
            }
        }
    }

    fn release(&mut self, out: &mut impl FnMut(&[u8])) {
        let pending = std::mem::take(&mut self.pending);
        self.pass(&pending, out);
    }

    /// Lets octets of one line pass, or not.
    fn pass(&mut self, octets: &[u8], out: &mut impl FnMut(&[u8])) {
        self.place = if octets.ends_with(b"\n") {
            Place::Begin
        } else {
            Place::Inside
        };
        if self.fate == Fate::Keep && !octets.is_empty() {
            out(octets);
        }
    }
}

/// What happens to a field whose line begins so; `None` while that cannot be told.
fn fate(begin: &[u8]) -> Option<Fate> {
    if starts(PREFIX, begin) {
        return (begin.len() == PREFIX.len()).then_some(Fate::Drop);
    }
    if starts(MESSAGE_ID, begin) {
        return None;
    }
    match begin.split_last() {
        Some((&after, name)) if ends_name(after) && name.eq_ignore_ascii_case(MESSAGE_ID) => {
            Some(Fate::Drop)
        }
        _ => Some(Fate::Keep),
    }
}

/// A colon, or what a lenient reader might take for a blank before it.
fn ends_name(octet: u8) -> bool {
    octet == b':' || !(octet.is_ascii_graphic() || matches!(octet, b'\r' | b'\n'))
}

/// Whether `name` starts with `begin`, in any case.
fn starts(name: &[u8], begin: &[u8]) -> bool {
    name.get(..begin.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(message: &[u8], chunk: usize) -> String {
        let mut passed = Vec::new();
        let mut out = |octets: &[u8]| passed.extend_from_slice(octets);
        let mut strip = Strip::new();
        for octets in message.chunks(chunk) {
            strip.feed(octets, &mut out);
            assert!(strip.pending().len() <= Strip::MAX_PENDING);
        }
        strip.finish(&mut out);
        String::from_utf8(passed).unwrap()
    }

    fn check(message: &str, expected: &str) {
        for (message, expected) in [
            (message.to_owned(), expected.to_owned()),
            (crlf(message), crlf(expected)),
        ] {
            for chunk in [1, 2, 7, 4096] {
                assert_eq!(strip(message.as_bytes(), chunk), expected);
            }
        }
    }

    fn crlf(text: &str) -> String {
        text.replace('\n', "\r\n")
    }

    #[test]
    fn our_fields_go() {
        check(
            "A: 1\nX-ME-Cal-Method: request\nX-ME-Cal-UID: x\nX-ME-Message-Id: <a@b>\nB: 2\n\nc",
            "A: 1\nB: 2\n\nc",
        );
    }

    #[test]
    fn our_fields_go_in_any_spelling() {
        check(
            "x-me-cal-METHOD : a\nX-Me-Message-ID \t: <a@b>\nX-ME-CAL-Anything: x\nx-me-message-id\x0c: y\nA: 1\n\n",
            "A: 1\n\n",
        );
        check("X-ME-Cal-: x\nX-ME-Cal-Foo\nA: 1\n\n", "A: 1\n\n");
    }

    #[test]
    fn our_fields_go_with_their_folds() {
        check("X-ME-Cal-UID:\n a\n\tb\n \nA: 1\n\n", "A: 1\n\n");
        check("A: 1\n 2\nX-ME-Message-Id:\n <a@b>\n\n c", "A: 1\n 2\n\n c");
    }

    #[test]
    fn lines_that_a_mail_begins_with_pass_though_they_continue_nothing() {
        for message in [
            "  total 42 files, backup ok\nsecond line",
            " , friend@example.org\n\tx\nA: 1\n 2\n\n b",
            " \n\nbody\n",
            " X-ME-Cal-UID: x\n\n",
            "\t",
        ] {
            check(message, message);
        }
        check(" a\nX-ME-Cal-UID: x\n y\nA: 1\n\n", " a\nA: 1\n\n");
        check("X-ME-Cal-UID: x\n y\n\n z", "\n z");
    }

    #[test]
    fn other_fields_pass() {
        for message in [
            "X-ME-Calendar: 1\nX-ME-Ca: 2\nX-ME-Message-Idx: 3\nX-ME-Message: 4\nX: 5\n X-ME-Cal-UID: 6\n\n",
            "X-ME-Message-Id",
            "X-ME-Message-Id\n",
            "X-ME-",
            "",
            "\n",
            "\nX-ME-Cal-UID: in the body\n",
            "no field at all\n\nX-ME-Cal-UID: in the body",
        ] {
            check(message, message);
        }
    }

    /// What is pending after a begin of a message.
    fn pending(begin: &str) -> Vec<u8> {
        let mut strip = Strip::new();
        strip.feed(begin.as_bytes(), &mut |_| {});
        strip.pending().to_vec()
    }

    #[test]
    fn what_may_still_be_ours_is_pending() {
        for (begin, expected) in [
            ("", ""),
            ("X", "X"),
            ("A: 1\r\nX-me-Cal", "X-me-Cal"),
            ("A: 1\r\nX-me-Cal-", ""),
            ("X-ME-Message-Id", "X-ME-Message-Id"),
            ("X-ME-Message-Id:", ""),
            ("X-ME-Message-Idx", ""),
            ("A: 1\r\n\r", "\r"),
            ("A: 1\r\n\r\nX-ME", ""),
            (" X-ME", ""),
            ("X-ME-Cal-A: 1\r\n X-ME", ""),
            ("X-ME-Cal-A: 1\r\nX-ME", "X-ME"),
        ] {
            assert_eq!(pending(begin), expected.as_bytes(), "{begin:?}");
        }
        assert_eq!(pending("X-ME-Message-Id").len(), Strip::MAX_PENDING);
    }

    #[test]
    fn a_mail_is_whole_after_feeding_failed() {
        let mail = b"A: 1\r\nX-ME-Subject: x\r\nX-ME-Message-Ids: 2\r\n\r\nX-ME-Cal-UID: body";
        for cut in 0..=mail.len() {
            let (fed, failed) = mail.split_at(cut);
            let mut recovered = Vec::new();
            let mut strip = Strip::new();
            strip.feed(fed, &mut |octets| recovered.extend_from_slice(octets));
            recovered.extend_from_slice(strip.pending());
            recovered.extend_from_slice(failed);
            assert_eq!(recovered, mail, "cut at {cut}");
        }
    }

    #[test]
    fn broken_mail_is_stripped_too() {
        check("X-ME-Cal-UID: x", "");
        check(
            "A: 1\nnot a field\nX-ME-Cal-UID: x\n",
            "A: 1\nnot a field\n",
        );
        assert_eq!(
            strip(b"A: 1\r\n\rB: 2\r\nX-ME-Cal-UID: x\r\n\r\n", 1),
            "A: 1\r\n\rB: 2\r\n\r\n"
        );
        assert_eq!(
            strip(b"\rX-ME-Cal-A: 1\r\n\r\n", 1),
            "\rX-ME-Cal-A: 1\r\n\r\n"
        );
    }
}

//! Line ends: CRLF by RFC 5545 section 3.1, LF in what many senders write.

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Eol {
    CrLf,
    Lf,
}

impl Eol {
    pub(crate) fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::CrLf => b"\r\n",
            Self::Lf => b"\n",
        }
    }

    /// The line end of `raw`; none for the last line of a text that lacks it.
    pub(crate) fn of(raw: &[u8]) -> Option<Self> {
        if raw.ends_with(b"\r\n") {
            Some(Self::CrLf)
        } else {
            raw.ends_with(b"\n").then_some(Self::Lf)
        }
    }

    /// Gives every line end in `raw` this form.
    pub(crate) fn applied_to(self, raw: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(raw.len() + 8);
        for line in raw.split_inclusive(|&b| b == b'\n') {
            out.extend_from_slice(without(line));
            if line.ends_with(b"\n") {
                out.extend_from_slice(self.as_bytes());
            }
        }
        out
    }
}

/// The line without its end: one LF and every CR before it (doubled CRs come from broken converters).
pub(crate) fn without(raw: &[u8]) -> &[u8] {
    let mut line = raw.strip_suffix(b"\n").unwrap_or(raw);
    while let Some(shorter) = line.strip_suffix(b"\r") {
        line = shorter;
    }
    line
}

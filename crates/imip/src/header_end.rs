//! Finds the blank line that ends a header, in chunks of any size.

/// Where in a line the header stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum HeaderEnd {
    /// At a line's begin.
    #[default]
    Line,
    /// After a CR at a line's begin.
    Return,
    /// Further inside a line.
    Inside,
}

impl HeaderEnd {
    /// Where the octets after the blank line begin, if it ends in these octets.
    pub(crate) fn seek(&mut self, octets: &[u8]) -> Option<usize> {
        let mut position = 0;
        while let Some(&octet) = octets.get(position) {
            position += 1;
            *self = match (*self, octet) {
                (Self::Line | Self::Return, b'\n') => return Some(position),
                (Self::Line, b'\r') => Self::Return,
                (_, b'\n') => Self::Line,
                _ => {
                    let rest = octets.get(position..)?;
                    let Some(end) = memchr::memchr(b'\n', rest) else {
                        *self = Self::Inside;
                        return None;
                    };
                    position += end + 1;
                    Self::Line
                }
            };
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_blank_line_is_found_in_any_chunks() {
        for (header, end) in [
            ("A: b\r\nC: d\r\n\r\nbody", Some(14)),
            ("A: b\nC: d\n\nbody", Some(11)),
            ("\r\nbody", Some(2)),
            ("\nbody", Some(1)),
            ("A: b\r\n\r", None),
            ("A: b\n\rx\n\n", Some(9)),
            ("A: b\n\r\r\n\n", Some(9)),
            ("A: b\r\r\n\r\n", Some(9)),
            ("", None),
        ] {
            assert_eq!(
                HeaderEnd::default().seek(header.as_bytes()),
                end,
                "{header:?}"
            );
            let mut state = HeaderEnd::default();
            let single = header
                .bytes()
                .position(|octet| state.seek(&[octet]).is_some());
            assert_eq!(single.map(|index| index + 1), end, "{header:?}");
        }
    }
}

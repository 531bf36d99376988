//! Command and reply lines out of a stream of octets, in bounded memory (RFC 5321, section 2.3.8).
//!
//! A line ends at CRLF and nowhere else. A bare CR or LF is an octet of the line like any other;
//! the command parser then refuses the line for it.

/// A line without its CRLF.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Its octets.
    Complete(&'a [u8]),
    /// It was longer than the limit and has been skipped.
    TooLong,
}

/// Cuts a stream into lines.
#[derive(Debug)]
pub struct LineDecoder {
    line: Vec<u8>,
    limit: usize,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Collecting,
    Skipping(Last),
    Given,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Cr,
    Other,
}

impl LineDecoder {
    /// A decoder of lines of at most `limit` octets, CRLF included.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            line: Vec::new(),
            limit: limit.max(2),
            state: State::Collecting,
        }
    }

    /// Takes octets off the front of `input` up to the end of a line; `None` when it runs out.
    pub fn next(&mut self, input: &mut &[u8]) -> Option<Line<'_>> {
        if self.state == State::Given {
            self.line.clear();
            self.state = State::Collecting;
        }
        while !input.is_empty() {
            let ended = match self.state {
                State::Skipping(last) => self.skip(last, input),
                State::Collecting | State::Given => self.collect(input),
            };
            if let Some(ended) = ended {
                return Some(self.give(ended));
            }
        }
        None
    }

    /// Octets set aside for a line; never above the limit.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.line.capacity()
    }

    fn collect(&mut self, input: &mut &[u8]) -> Option<Ended> {
        let upto = input.iter().position(|octet| *octet == b'\n');
        let taken = upto.map_or(input.len(), |at| at + 1);
        let (piece, rest) = input.split_at_checked(taken)?;
        if self.line.len() + piece.len() > self.limit {
            return self.overflow(input);
        }
        *input = rest;
        self.line.reserve_exact(self.limit - self.line.len());
        self.line.extend_from_slice(piece);
        self.line.ends_with(b"\r\n").then_some(Ended::Complete)
    }

    fn overflow(&mut self, input: &mut &[u8]) -> Option<Ended> {
        let last = match self.line.last() {
            Some(b'\r') => Last::Cr,
            _ => Last::Other,
        };
        self.line.clear();
        self.skip(last, input)
    }

    fn skip(&mut self, mut last: Last, input: &mut &[u8]) -> Option<Ended> {
        while let Some((octet, rest)) = input.split_first() {
            *input = rest;
            match (octet, last) {
                (b'\n', Last::Cr) => return Some(Ended::TooLong),
                (b'\r', _) => last = Last::Cr,
                _ => last = Last::Other,
            }
        }
        self.state = State::Skipping(last);
        None
    }

    fn give(&mut self, ended: Ended) -> Line<'_> {
        self.state = State::Given;
        match ended {
            Ended::Complete => Line::Complete(self.line.strip_suffix(b"\r\n").unwrap_or_default()),
            Ended::TooLong => Line::TooLong,
        }
    }
}

enum Ended {
    Complete,
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(limit: usize, chunks: &[&[u8]]) -> Vec<Option<Vec<u8>>> {
        let mut decoder = LineDecoder::new(limit);
        let mut found = Vec::new();
        for chunk in chunks {
            let mut input = *chunk;
            while let Some(line) = decoder.next(&mut input) {
                found.push(match line {
                    Line::Complete(octets) => Some(octets.to_vec()),
                    Line::TooLong => None,
                });
            }
            assert!(decoder.capacity() <= limit);
        }
        found
    }

    #[test]
    fn only_crlf_ends_a_line() {
        let found = lines(64, &[b"a\nb\rc\r\n\r\n\n\r\r\nrest"]);
        let expected: [&[u8]; 3] = [b"a\nb\rc", b"", b"\n\r"];
        assert_eq!(found, expected.map(|line| Some(line.to_vec())));
    }

    #[test]
    fn chunks_do_not_matter() {
        let wire = b"LHLO x\r\nNO\nOP\r\n0123456789abcdef\r\nQUIT\r\r\n";
        let whole = lines(12, &[wire]);
        let single: Vec<&[u8]> = wire.chunks(1).collect();
        assert_eq!(whole, lines(12, &single));
        assert_eq!(whole.len(), 4);
        assert_eq!(whole.get(2), Some(&None));
    }

    #[test]
    fn the_limit_counts_the_line_end() {
        assert_eq!(lines(6, &[b"NOOP\r\n"]), [Some(b"NOOP".to_vec())]);
        assert_eq!(lines(5, &[b"NOOP\r\n"]), [None]);
    }

    #[test]
    fn a_long_line_is_skipped_to_the_next_crlf() {
        let long = vec![b'x'; 100_000];
        let found = lines(16, &[&long, b"\n.\r", b"x\r\r", b"\nNOOP\r\n"]);
        assert_eq!(found, [None, Some(b"NOOP".to_vec())]);
    }

    #[test]
    fn an_end_split_over_the_limit_is_seen() {
        assert_eq!(
            lines(4, &[b"abc\r", b"\n", b"x\r\n"]),
            [None, Some(b"x".to_vec())]
        );
    }
}

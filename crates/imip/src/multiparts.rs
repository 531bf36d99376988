//! The multiparts that are open at one place of a mail, and the lines that delimit them (RFC 2046 section 5.1.1).

use crate::entity::ImplicitType;

/// Open multiparts, the innermost last.
#[derive(Debug, Default)]
pub(crate) struct Multiparts {
    open: Vec<Multipart>,
    comparisons: u64,
}

#[derive(Debug)]
struct Multipart {
    boundary: Vec<u8>,
    children: ImplicitType,
}

/// What a delimiter line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delimiter {
    /// Begins a part, which has this type if it names none.
    Part(ImplicitType),
    /// Ends the multipart.
    Last,
}

impl Multiparts {
    pub(crate) fn open(&mut self, boundary: Vec<u8>, children: ImplicitType) {
        self.open.push(Multipart { boundary, children });
    }

    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn comparisons(&self) -> u64 {
        self.comparisons
    }

    /// Reads a line that began with `--`, given without it and without the line's end.
    ///
    /// Closes what the delimiter ends, inner multiparts without a closing delimiter included.
    pub(crate) fn delimiter(&mut self, text: &[u8]) -> Option<Delimiter> {
        let text = text.trim_ascii_end();
        for level in (0..self.open.len()).rev() {
            let multipart = self.open.get(level)?;
            self.comparisons += 1;
            let Some(after) = text.strip_prefix(multipart.boundary.as_slice()) else {
                continue;
            };
            if after.is_empty() {
                let children = multipart.children;
                self.open.truncate(level + 1);
                return Some(Delimiter::Part(children));
            }
            if after == b"--" {
                self.open.truncate(level);
                return Some(Delimiter::Last);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PART: Option<Delimiter> = Some(Delimiter::Part(ImplicitType::Text));

    fn nested(boundaries: &[&str]) -> Multiparts {
        let mut multiparts = Multiparts::default();
        for boundary in boundaries {
            multiparts.open(boundary.as_bytes().to_vec(), ImplicitType::Text);
        }
        multiparts
    }

    #[test]
    fn an_outer_delimiter_closes_inner_multiparts() {
        let mut multiparts = nested(&["a", "b", "c"]);
        assert_eq!(multiparts.delimiter(b"a"), PART);
        assert_eq!((multiparts.depth(), multiparts.comparisons()), (1, 3));
        assert_eq!(multiparts.delimiter(b"a-- \t"), Some(Delimiter::Last));
        assert_eq!(multiparts.depth(), 0);
    }

    #[test]
    fn one_boundary_may_begin_like_another() {
        let mut multiparts = nested(&["ab", "a"]);
        assert_eq!(multiparts.delimiter(b"abc"), None);
        assert_eq!(multiparts.delimiter(b"a--b"), None);
        assert_eq!(multiparts.delimiter(b"ab "), PART);
        assert_eq!(multiparts.depth(), 1);
    }

    #[test]
    fn of_equal_boundaries_the_innermost_counts() {
        let mut multiparts = nested(&["a", "a"]);
        assert_eq!(multiparts.delimiter(b"a--"), Some(Delimiter::Last));
        assert_eq!(multiparts.depth(), 1);
        assert_eq!(multiparts.delimiter(b"a"), PART);
    }

    #[test]
    fn a_boundary_may_end_in_dashes() {
        let mut multiparts = nested(&["a--"]);
        assert_eq!(multiparts.delimiter(b"a--"), PART);
        assert_eq!(multiparts.delimiter(b"a----"), Some(Delimiter::Last));
    }
}

//! What a reader noticed about calendar text and read all the same (RFC 5545 section 3.1).

/// One defect and where it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Index of the logical line, from 0.
    pub line: usize,
    /// What is wrong there.
    pub defect: Defect,
}

/// A way in which calendar text departs from RFC 5545 without being refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Defect {
    /// The text begins with a UTF-8 octet order mark.
    ByteOrderMark,
    /// Lines end with LF alone; noted once.
    BareLf,
    /// A CR stands alone inside a line; noted once.
    BareCr,
    /// There are NUL octets; noted once.
    Nul,
    /// The text is not UTF-8; noted once.
    NotUtf8,
    /// A line is empty; noted once.
    BlankLine,
    /// A line has no colon or no name.
    NotAProperty,
    /// An END has no open BEGIN of its name.
    UnexpectedEnd,
    /// A BEGIN has no END of its name: the END of an outer component or the end of the text closes it.
    Unclosed,
}

impl Defect {
    /// The stable word for records.
    pub fn code(self) -> &'static str {
        match self {
            Self::ByteOrderMark => "byte-order-mark",
            Self::BareLf => "bare-lf",
            Self::BareCr => "bare-cr",
            Self::Nul => "nul",
            Self::NotUtf8 => "not-utf-8",
            Self::BlankLine => "blank-line",
            Self::NotAProperty => "not-a-property",
            Self::UnexpectedEnd => "unexpected-end",
            Self::Unclosed => "unclosed",
        }
    }

    fn is_noted_once(self) -> bool {
        !matches!(
            self,
            Self::NotAProperty | Self::UnexpectedEnd | Self::Unclosed
        )
    }
}

/// A list of problems that stops growing, so that hostile text cannot fill memory through it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    /// The most problems that are listed; a text with more is garbage already.
    pub(crate) const MOST: usize = 64;

    pub(crate) fn note(&mut self, line: usize, defect: Defect) {
        let known = defect.is_noted_once() && self.0.iter().any(|p| p.defect == defect);
        if !known && self.0.len() < Self::MOST {
            self.0.push(Problem { line, defect });
        }
    }

    pub(crate) fn as_slice(&self) -> &[Problem] {
        &self.0
    }
}

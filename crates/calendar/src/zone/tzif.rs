//! A list of changes as TZif data (RFC 9636), the form in which jiff takes a zone of several eras.

use jiff::tz::Offset;

use super::posix;

/// One change of offset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    /// The second since 1970.
    pub(super) at: i64,
    /// The offset before.
    pub(super) from: Offset,
    /// The offset from then on.
    pub(super) to: Offset,
}

/// What goes on after the last change.
#[derive(Clone, Debug)]
pub(super) struct Footer {
    /// The POSIX rule.
    pub(super) rule: String,
    /// The offset that the rule calls daylight time, if it has one.
    pub(super) daylight: Option<Offset>,
}

/// The most different offsets: designations of five letters are told apart by one octet.
const MOST_OFFSETS: usize = 40;

/// TZif version 2 of these changes; none when there are too many offsets.
pub(super) fn bytes(first: Offset, changes: &[Change], footer: &Footer) -> Option<Vec<u8>> {
    let offsets = offsets(first, changes);
    if offsets.len() > MOST_OFFSETS {
        return None;
    }
    let mut out = Vec::new();
    // The block of version 1 must be there, and is passed over.
    header(&mut out, 0, 1);
    local_time_types(&mut out, &[first], footer);
    header(&mut out, changes.len(), offsets.len());
    for change in changes {
        out.extend_from_slice(&change.at.to_be_bytes());
    }
    for change in changes {
        let index = offsets.iter().position(|offset| *offset == change.to);
        out.push(u8::try_from(index?).ok()?);
    }
    local_time_types(&mut out, &offsets, footer);
    out.extend_from_slice(format!("\n{}\n", footer.rule).as_bytes());
    Some(out)
}

/// Each offset once, the first one first.
fn offsets(first: Offset, changes: &[Change]) -> Vec<Offset> {
    let mut offsets = vec![first];
    for change in changes {
        if !offsets.contains(&change.to) {
            offsets.push(change.to);
        }
    }
    offsets
}

/// A header for so many changes and types, without leap seconds and indicators.
fn header(out: &mut Vec<u8>, changes: usize, types: usize) {
    out.extend_from_slice(b"TZif2");
    out.extend_from_slice(&[0; 15]);
    let designations = types * DESIGNATION;
    for count in [0, 0, 0, changes, types, designations] {
        out.extend_from_slice(&u32::try_from(count).unwrap_or(0).to_be_bytes());
    }
}

/// Octets of a designation such as `+0100`, its NUL counted.
const DESIGNATION: usize = 6;

/// Offset, daylight or not, place of the designation, for each; then the designations.
fn local_time_types(out: &mut Vec<u8>, offsets: &[Offset], footer: &Footer) {
    for (index, offset) in offsets.iter().enumerate() {
        out.extend_from_slice(&offset.seconds().to_be_bytes());
        out.push(u8::from(footer.daylight == Some(*offset)));
        out.push(u8::try_from(index * DESIGNATION).unwrap_or(0));
    }
    for offset in offsets {
        out.extend_from_slice(posix::designation(*offset).as_bytes());
        out.push(0);
    }
}

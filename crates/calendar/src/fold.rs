//! Folding of long content lines and its undoing (RFC 5545 section 3.1).

use std::borrow::Cow;

use crate::eol::{self, Eol};

/// Octets of a folded line, its line end not counted.
const WIDTH: usize = 75;

/// The logical line of `raw`, without folds and without its line end.
pub(crate) fn unfold(raw: &[u8]) -> Cow<'_, [u8]> {
    let line = eol::without(raw);
    if memchr::memchr(b'\n', line).is_none() {
        return Cow::Borrowed(line);
    }
    let mut out = Vec::with_capacity(line.len());
    for (index, piece) in line.split_inclusive(|&b| b == b'\n').enumerate() {
        let piece = eol::without(piece);
        out.extend_from_slice(if index == 0 {
            piece
        } else {
            piece.get(1..).unwrap_or_default()
        });
    }
    Cow::Owned(out)
}

/// A whole text without its folds.
pub(crate) fn joined(text: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|&b| b == b'\n') {
        match line.first() {
            Some(b' ' | b'\t') if out.ends_with(b"\n") => {
                let whole = eol::without(&out).len();
                out.truncate(whole);
                out.extend_from_slice(line.get(1..).unwrap_or_default());
            }
            _ => out.extend_from_slice(line),
        }
    }
    out
}

/// A stored text as characters: as it is, or without its folds if one stands in the middle of a character.
pub fn readable(text: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(text) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(String::from_utf8_lossy(&joined(text)).into_owned()),
    }
}

/// Writes `content` as lines of at most 75 octets, each with its line end, no UTF-8 character split.
pub(crate) fn fold(content: &[u8], eol: Eol, out: &mut Vec<u8>) {
    let mut rest = content;
    let mut width = WIDTH;
    while rest.len() > width {
        let (line, tail) = rest.split_at(cut(rest, width));
        out.extend_from_slice(line);
        out.extend_from_slice(eol.as_bytes());
        out.push(b' ');
        rest = tail;
        width = WIDTH - 1;
    }
    out.extend_from_slice(rest);
    out.extend_from_slice(eol.as_bytes());
}

/// A text as it travels: CRLF ends every line, none is longer than 75 octets, and no fold stands in the
/// middle of a character. Lines that are so already stay as they are.
pub fn refolded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 32);
    let mut rest = text;
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(logical_line(rest));
        let mut pieces = line.split_inclusive(|&b| b == b'\n');
        let are_short = pieces.all(|piece| piece.ends_with(b"\r\n") && piece.len() <= WIDTH + 2);
        if are_short && std::str::from_utf8(line).is_ok() {
            out.extend_from_slice(line);
        } else {
            fold(&unfold(line), Eol::CrLf, &mut out);
        }
        rest = tail;
    }
    out
}

/// Where the first line ends, with all that is folded onto it.
fn logical_line(text: &[u8]) -> usize {
    let ends = memchr::memchr_iter(b'\n', text).map(|at| at + 1);
    let is_last = |end: &usize| !matches!(text.get(*end), Some(b' ' | b'\t'));
    ends.into_iter().find(is_last).unwrap_or(text.len())
}

/// Where to cut at or before `width`; octets that are no UTF-8 are cut at `width` itself.
fn cut(bytes: &[u8], width: usize) -> usize {
    let is_inside = |at: &usize| bytes.get(*at).is_some_and(|b| b & 0xC0 == 0x80);
    (width - 3..=width)
        .rev()
        .find(|at| !is_inside(at))
        .unwrap_or(width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(content: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        fold(content, Eol::CrLf, &mut out);
        out
    }

    #[test]
    fn takes_75_octets_on_a_line_and_not_one_more() {
        let line = folded(&[b'a'; 75]);
        assert_eq!(line.len(), 77);
        let two = folded(&[b'a'; 76]);
        assert_eq!(two, [&[b'a'; 75][..], b"\r\n a\r\n"].concat());
    }

    #[test]
    fn never_cuts_a_character() {
        for lead in 0..8 {
            let text = format!("{}{}", "a".repeat(lead), "é€😀".repeat(40));
            let lines = folded(text.as_bytes());
            for line in lines.split_inclusive(|&b| b == b'\n') {
                assert!(std::str::from_utf8(line).is_ok());
                assert!(line.len() <= 77);
            }
            assert_eq!(unfold(&lines), text.as_bytes());
        }
    }

    #[test]
    fn cuts_what_is_no_utf8_at_the_width() {
        let lines = folded(&[0x80; 200]);
        assert_eq!(unfold(&lines), &[0x80; 200][..]);
    }

    #[test]
    fn a_text_with_split_characters_is_read_without_its_folds() {
        let whole = b"A:b\r\n c\r\nD:e\r\n";
        assert_eq!(readable(whole), "A:b\r\n c\r\nD:e\r\n");
        assert_eq!(
            readable(b"A:\xC3\r\n \xA9b\n\tc\r\nD:e\n"),
            "A:\u{e9}bc\r\nD:e\n"
        );
        assert_eq!(readable(b"A:\xC3\r\nB:\xA9"), "A:\u{fffd}\r\nB:\u{fffd}");
    }

    #[test]
    fn a_text_travels_in_short_lines_ended_by_crlf() {
        let long = "DESCRIPTION:".to_owned() + &"é".repeat(100);
        let text = format!("BEGIN:X\n{long}\r\nSUMMARY:a\n b\r\n  c\r\nEND:X");
        let travels = refolded(text.as_bytes());
        let unfolded = String::from_utf8(travels.clone())
            .unwrap()
            .replace("\r\n ", "");
        assert_eq!(
            unfolded,
            format!("BEGIN:X\r\n{long}\r\nSUMMARY:ab c\r\nEND:X\r\n")
        );
        let mut lines = travels.split_inclusive(|&b| b == b'\n');
        assert!(lines.all(|line| line.ends_with(b"\r\n") && line.len() <= 77));
        assert_eq!(refolded(&travels), travels);
        assert_eq!(refolded(b"UID:a\r\n b\r\n"), b"UID:a\r\n b\r\n");
        assert_eq!(refolded(b"A:\xC3\r\n \xA9\r\n"), "A:é\r\n".as_bytes());
    }

    #[test]
    fn joins_a_character_that_was_split_by_a_fold() {
        assert_eq!(
            unfold(b"SUMMARY:\xC3\r\n \xA9t\xC3\n\t\xA9\r\n"),
            "SUMMARY:été".as_bytes()
        );
    }
}

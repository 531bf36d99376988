//! The data decoder against a naive model, and sessions of arbitrary octets.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod fake;

use fake::converse;
use lmtp::Limits;
use lmtp::data::{DataDecoder, DataEncoder, Fed};
use lmtp::line::LineDecoder;
use proptest::prelude::*;

/// Octets that matter to the decoder far more often than others.
fn wire() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![3 => Just(b'\r'), 3 => Just(b'\n'), 3 => Just(b'.'), 1 => any::<u8>()];
    prop::collection::vec(octet, 0..40)
}

/// The text and how many octets it took, worked out on the whole: cut at the first end of data,
/// unstuff at true line starts, then mend the line ends.
fn model(wire: &[u8]) -> (Vec<u8>, Option<usize>) {
    let marked = [b"\r\n", wire].concat();
    let end = marked.windows(5).position(|window| window == b"\r\n.\r\n");
    let marked = end.map_or(marked.as_slice(), |end| &marked[..end + 2]);
    let mut unstuffed = Vec::new();
    for (at, octet) in marked.iter().enumerate().skip(2) {
        let is_stuffed = *octet == b'.' && marked[..at].ends_with(b"\r\n");
        unstuffed.push(if is_stuffed { STUFFED } else { *octet });
    }
    let text = mend(&unstuffed);
    (text, end.map(|end| end + 3))
}

/// Stands for a dot that was removed, so that what was around it does not become a CRLF.
///
/// The wires of the test do not have it.
const STUFFED: u8 = 0xfe;

fn mend(text: &[u8]) -> Vec<u8> {
    let mut mended = Vec::new();
    for (at, octet) in text.iter().enumerate() {
        let is_lf_of_crlf = *octet == b'\n' && at > 0 && text[at - 1] == b'\r';
        match octet {
            b'\n' if is_lf_of_crlf => {}
            b'\r' | b'\n' => mended.extend_from_slice(b"\r\n"),
            &STUFFED => {}
            octet => mended.push(*octet),
        }
    }
    mended
}

fn decode(chunks: &[&[u8]]) -> (Vec<u8>, Option<usize>) {
    let mut decoder = DataDecoder::new();
    let mut decoded = Vec::new();
    let mut taken = 0;
    for chunk in chunks {
        match decoder.feed(chunk, &mut decoded) {
            Fed::End(octets) => return (decoded, Some(taken + octets)),
            Fed::More => taken += chunk.len(),
        }
    }
    (decoded, None)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn decodes_as_the_model(wire in wire(), cut in 0_usize..40) {
        prop_assume!(!wire.contains(&STUFFED));
        // Two line ends after the text settle what a CR or dot at its end means.
        let whole = [wire.as_slice(), b"x\r\n.\r\n"].concat();
        let (front, back) = whole.split_at(cut.min(whole.len()));
        let found = decode(&[&whole]);
        prop_assert_eq!(&found, &model(&whole));
        prop_assert_eq!(&found, &decode(&[front, back]));
        let octets: Vec<&[u8]> = whole.chunks(1).collect();
        prop_assert_eq!(&found, &decode(&octets));
    }

    #[test]
    fn what_comes_out_has_true_line_ends_alone(wire in wire()) {
        let (text, _) = decode(&[&wire]);
        for (at, octet) in text.iter().enumerate() {
            prop_assert!(*octet != b'\n' || at.checked_sub(1).and_then(|at| text.get(at)) == Some(&b'\r'));
            prop_assert!(*octet != b'\r' || text.get(at + 1) == Some(&b'\n'));
        }
        prop_assert!(text.len() <= 2 * wire.len() + 2);
    }

    #[test]
    fn the_encoder_is_undone(text in wire(), cut in 0_usize..40) {
        let mut sent = Vec::new();
        let mut encoder = DataEncoder::new();
        let (front, back) = text.split_at(cut.min(text.len()));
        encoder.feed(front, &mut sent);
        encoder.feed(back, &mut sent);
        encoder.finish(&mut sent);
        let mut expected = mend(&text.iter().map(|octet| if *octet == STUFFED { b'x' } else { *octet }).collect::<Vec<_>>());
        if !expected.is_empty() && !expected.ends_with(b"\r\n") {
            expected.extend_from_slice(b"\r\n");
        }
        let sent: Vec<u8> = sent.iter().map(|octet| if *octet == STUFFED { b'x' } else { *octet }).collect();
        prop_assert_eq!(decode(&[&sent]), (expected, Some(sent.len())));
    }

    #[test]
    fn lines_keep_to_their_limit(wire in prop::collection::vec(any::<u8>(), 0..500), limit in 2_usize..64) {
        let mut decoder = LineDecoder::new(limit);
        let mut rest = wire.as_slice();
        while decoder.next(&mut rest).is_some() {}
        prop_assert!(decoder.capacity() <= limit);
        prop_assert!(rest.is_empty());
    }
}

/// Pieces that make an arbitrary session get somewhere.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "LHLO c\r\n",
        "MAIL FROM:<>\r\n",
        "MAIL FROM:<a@b> SIZE=5\r\n",
        "RCPT TO:<alice@b>\r\n",
        "RCPT TO:<panic@b>\r\n",
        "RCPT TO:<crash@b>\r\n",
        "DATA\r\n",
        ".\r\n",
        "\r\n.\r\n",
        "\n.\n",
        "RSET\r\n",
        "NOOP",
        "\r\n",
        "QUIT\r\n",
        "EHLO x\r\n",
        "crash",
    ]);
    prop_oneof![6 => known.prop_map(|text| text.as_bytes().to_vec()), 1 => prop::collection::vec(any::<u8>(), 0..30)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_session_panics_and_cuts_do_not_matter(pieces in prop::collection::vec(piece(), 0..40), size in 1_usize..50) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let limits = Limits { message_size: 200, errors: 10, ..Limits::default() };
        let wire = pieces.concat();
        let chunks: Vec<&[u8]> = wire.chunks(size).collect();
        let (heard, messages, summary) = runtime.block_on(converse(limits.clone(), &[&wire]));
        let (heard_in_pieces, messages_in_pieces, summary_in_pieces) = runtime.block_on(converse(limits, &chunks));
        prop_assert_eq!(heard, heard_in_pieces);
        prop_assert_eq!(messages, messages_in_pieces);
        prop_assert_eq!(summary.end, summary_in_pieces.end);
    }
}

//! Folder names as IMAP clients know them, and as Maildir++ directories (RFC 3501, 5.1.3).

use std::fmt::Write as _;

/// The most octets of a folder's directory name; file systems take 255.
const LONGEST: usize = 200;

/// The directory of a folder below the account's Maildir: `""` for the inbox, else
/// `.Parent.Child` in modified UTF-7.
///
/// Both `/` and `.` part the levels, as Maildir++ has no other. `None`: the name has an empty
/// level, a control character, or is too long.
#[must_use]
pub fn directory(folder: &str) -> Option<String> {
    if folder.eq_ignore_ascii_case("INBOX") {
        return Some(String::new());
    }
    let folder = strip_inbox(folder);
    let mut directory = String::new();
    for level in folder.split(['/', '.']) {
        if level.is_empty() || level.chars().any(char::is_control) {
            return None;
        }
        directory.push('.');
        modified_utf7(level, &mut directory);
    }
    (directory.len() <= LONGEST).then_some(directory)
}

/// Folders below the inbox are where Maildir++ puts all folders anyway.
fn strip_inbox(folder: &str) -> &str {
    match folder.get(..6) {
        Some(prefix)
            if prefix.eq_ignore_ascii_case("INBOX/") || prefix.eq_ignore_ascii_case("INBOX.") =>
        {
            &folder[6..]
        }
        _ => folder,
    }
}

/// Appends `text` in the UTF-7 of IMAP mailbox names.
fn modified_utf7(text: &str, out: &mut String) {
    let mut shifted = Vec::new();
    for c in text.chars() {
        if matches!(c, ' '..='~') {
            unshift(&mut shifted, out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            shifted.extend(
                c.encode_utf16(&mut units)
                    .iter()
                    .flat_map(|unit| unit.to_be_bytes()),
            );
        }
    }
    unshift(&mut shifted, out);
}

/// Ends a run of characters that are not ASCII: `&`, base64 with `,` for `/`, `-`.
fn unshift(octets: &mut Vec<u8>, out: &mut String) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
    if octets.is_empty() {
        return;
    }
    out.push('&');
    for chunk in octets.chunks(3) {
        let bits = chunk
            .iter()
            .fold(0u32, |bits, octet| bits << 8 | u32::from(*octet))
            << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let index = (bits >> (18 - 6 * place)) & 63;
            let _ = out.write_char(char::from(ALPHABET[index as usize]));
        }
    }
    out.push('-');
    octets.clear();
}

#[cfg(test)]
mod tests {
    use super::directory;

    #[test]
    fn names_are_encoded_as_imap_clients_expect() {
        let cases = [
            ("INBOX", Some("")),
            ("inbox", Some("")),
            ("Invitations", Some(".Invitations")),
            ("Work/Invitations", Some(".Work.Invitations")),
            ("Work.Invitations", Some(".Work.Invitations")),
            ("INBOX/Work", Some(".Work")),
            ("Entwürfe", Some(".Entw&APw-rfe")),
            (
                "~peter/mail/台北/日本語",
                Some(".~peter.mail.&U,BTFw-.&ZeVnLIqe-"),
            ),
            ("R&D", Some(".R&-D")),
            ("🎉", Some(".&2DzfiQ-")),
            ("", None),
            ("a//b", None),
            ("..", None),
            ("../../etc", None),
            ("a\0b", None),
            ("a\nb", None),
        ];
        for (name, expected) in cases {
            assert_eq!(directory(name).as_deref(), expected, "{name:?}");
        }
        assert_eq!(
            directory(&"x".repeat(199)).map(|name| name.len()),
            Some(200)
        );
        assert_eq!(directory(&"x".repeat(200)), None);
    }
}

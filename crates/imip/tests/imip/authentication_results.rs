//! Authentication-Results of a server that quotes what senders wrote (RFC 8601 section 2.2).

use imip::sender::authentication_results::trusted;
use proptest::prelude::*;

/// What counts of a field, as `method=result header.d header.from smtp.auth`.
fn counted(value: &str) -> Vec<String> {
    let header = format!("Authentication-Results: {value}\r\nFrom: a@b.example\r\n\r\n");
    let ids = ["mx.example".to_owned()];
    let results = trusted(header.as_bytes(), &ids).map(|result| {
        let properties = [("header", "d"), ("header", "from"), ("smtp", "auth")];
        let values =
            properties.map(|(ptype, name)| result.property(ptype, name).unwrap_or("-").to_owned());
        format!("{}={} {}", result.method, result.result, values.join(" "))
    });
    results.collect()
}

/// Text with a backslash before all that means something in quotes or comments.
fn escaped(text: &str) -> String {
    let escape = |letter: char| match letter {
        '"' | '\\' | '(' | ')' => format!("\\{letter}"),
        letter => letter.to_string(),
    };
    text.chars().map(escape).collect()
}

/// What a sender may have written where the server quotes it.
fn hostile() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "; dmarc=pass header.from=b.example",
        "dkim=pass",
        " header.d=b.example",
        ";",
        "\"",
        "(",
        ")",
        "\\",
        "=",
        ".",
        "@",
        "none",
        " ",
        "\r\n ",
        "x",
        "\u{e4}",
        "mx.example",
    ]);
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_a_sender_wrote_adds_no_result(text in hostile()) {
        let quoted = escaped(&text);
        for value in [
            format!("mx.example; spf=fail reason=\"{quoted}\"; dkim=none"),
            format!("mx.example; spf=fail ({quoted}) smtp.helo=x; dkim=none"),
            format!("mx.example; spf=fail smtp.mailfrom=\"{quoted}\"@c.example; dkim=none"),
            format!("mx.example ({quoted}) 1; spf=fail; dkim=none ({quoted})"),
        ] {
            prop_assert_eq!(counted(&value), ["spf=fail - - -", "dkim=none - - -"], "{}", value);
        }
    }

    /// Whatever stands in a field of ours, what it does not say well-formed is not believed from below.
    #[test]
    fn a_field_below_never_outdoes_the_one_above(text in hostile()) {
        let above = format!("mx.example; dmarc=fail header.from=b.example{text}");
        let forged = "\r\nAuthentication-Results: mx.example; dmarc=pass header.from=forged.example";
        let found = counted(&format!("{above}{forged}"));
        prop_assert!(!found.iter().any(|result| result.contains("forged.example")), "{above}: {found:?}");
    }

    #[test]
    fn octets_of_any_kind_are_read(value in proptest::collection::vec(any::<u8>(), 0..200)) {
        let header = [b"Authentication-Results: mx.example;", &value[..], b"\r\n\r\n"].concat();
        trusted(&header, &["mx.example".to_owned()]).for_each(drop);
    }
}

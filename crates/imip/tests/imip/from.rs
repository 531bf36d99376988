//! From fields and whom they name: one address, or nobody (rule B1).

use imip::sender::Mailbox;
use mail_parser::MessageParser;
use proptest::prelude::*;

/// Fields as they stand in a mail, and the address that they name; `-`: nobody.
const FIELDS: &[(&str, &str)] = &[
    // One address (RFC 5322 section 3.4).
    ("From: a@b.example", "a@b.example"),
    ("FROM:a@b.example", "a@b.example"),
    ("From : a@b.example", "a@b.example"),
    ("From: Ann Bee <a@b.example>", "a@b.example"),
    ("From: \"Bee, Ann\" <a@b.example>", "a@b.example"),
    ("From: Ann B. Bee <a@b.example>", "a@b.example"),
    (
        "From:\r\n Ann\r\n\tBee\r\n <a@b.example>\r\n ",
        "a@b.example",
    ),
    ("From: a.b+c-d_e=f@b.example", "a.b+c-d_e=f@b.example"),
    ("From: a@b.example\r\nSender: c@d.example", "a@b.example"),
    ("From: a@b.example\r\nReply-To: c@d.example", "a@b.example"),
    (
        "From: a@b.example\r\nResent-From: c@d.example",
        "a@b.example",
    ),
    ("X-From: c@d.example\r\nFrom: a@b.example", "a@b.example"),
    // Case: the domain has none, the local part keeps it.
    ("From: Ann@B.EXAMPLE", "Ann@b.example"),
    // Comments, nested ones too.
    ("From: a@b.example (c@d.example)", "a@b.example"),
    (
        "From: (c@d.example, (<e@f.example>)) a@b.example",
        "a@b.example",
    ),
    (
        "From: Ann (\\) <c@d.example> \\() <a@b.example>",
        "a@b.example",
    ),
    ("From: a (x) @ (y) b.example", "a@b.example"),
    ("From: a@b(x).example", "-"),
    ("From: a@b.example (open", "-"),
    ("From: a@b.example )", "-"),
    // A name that is an address.
    ("From: \"c@d.example\" <a@b.example>", "a@b.example"),
    ("From: \"<c@d.example>\" <a@b.example>", "a@b.example"),
    ("From: \"\\\" <c@d.example>\" <a@b.example>", "a@b.example"),
    (
        "From: =?utf-8?Q?c=40d=2Eexample?= <a@b.example>",
        "a@b.example",
    ),
    (
        "From: =?utf-8?Q?=3Cc=40d=2Eexample=3E=00?= <a@b.example>",
        "a@b.example",
    ),
    (
        "From: =?utf-8?B?PGNAZC5leGFtcGxlPiw=?= <a@b.example>",
        "a@b.example",
    ),
    ("From: a@b.example <a@b.example>", "a@b.example"),
    ("From: c@d.example <a@b.example>", "-"),
    ("From: Ann c@d.example <a@b.example>", "-"),
    ("From: Ann, <a@b.example>", "-"),
    ("From: Ann; <a@b.example>", "-"),
    // Quoted local parts.
    ("From: \"ann\"@b.example", "ann@b.example"),
    ("From: \"a\\nn\"@b.example", "ann@b.example"),
    ("From: \"a n\"@b.example", "\"a n\"@b.example"),
    (
        "From: \"c@d.example\"@b.example",
        "\"c@d.example\"@b.example",
    ),
    (
        "From: \"c@d.example>\"@b.example",
        "\"c@d.example>\"@b.example",
    ),
    ("From: \"a\"\"b\"@b.example", "-"),
    ("From: \"a\".\"b\"@b.example", "-"),
    ("From: \"a@b.example", "-"),
    ("From: a\\b@b.example", "-"),
    // Encoded words are never part of an address (RFC 2047 section 5).
    ("From: =?utf-8?Q?c?=@b.example", "-"),
    ("From: <=?utf-8?Q?c=40d.example?=@b.example>", "-"),
    ("From: \"=?utf-8?Q?c?=\"@b.example", "-"),
    ("From: a@=?utf-8?Q?d?=.example", "-"),
    ("From: =?utf-8?Q?a=40b=2Eexample?=", "-"),
    // Several addresses, several fields, none.
    ("From: a@b.example, c@d.example", "-"),
    ("From: a@b.example,", "-"),
    ("From: <a@b.example> <c@d.example>", "-"),
    ("From: a@b.example c@d.example", "-"),
    ("From: a@b.example\r\nFrom: a@b.example", "-"),
    ("From: a@b.example\r\nFROM : c@d.example", "-"),
    ("From: a@b.example\r\nFrom:", "-"),
    ("Sender: a@b.example", "-"),
    ("From: ", "-"),
    ("From: <>", "-"),
    ("From: Ann", "-"),
    ("From: a", "-"),
    // Groups and routes (RFC 5322 sections 3.4 and 4.4).
    ("From: Team: a@b.example;", "-"),
    ("From: Team: a@b.example, c@d.example;", "-"),
    ("From: undisclosed-recipients:;", "-"),
    ("From: <@c.example:a@b.example>", "-"),
    ("From: <@c.example,@d.example:a@b.example>", "-"),
    ("From: mailto:a@b.example", "-"),
    // Angle brackets.
    ("From: <<a@b.example>>", "-"),
    ("From: <a@b.example", "-"),
    ("From: a@b.example>", "-"),
    ("From: <a@b.example> Ann", "-"),
    ("From: Ann <c@d.example> <a@b.example>", "-"),
    // Controls: readers end a value there, or pass over them.
    ("From: a@b.example\0", "-"),
    ("From: a@b.example\0@d.example", "-"),
    ("From: a\u{7f}@b.example", "-"),
    ("From: a@b.example\r c@d.example", "-"),
    ("From: a@b.exa\rmple", "-"),
    ("From: a@b.exa\r\n mple", "-"),
    ("From: a\u{85}@b.example", "-"),
    ("From: a\u{2028}@b.example", "-"),
    ("From: a\u{a0}@b.example", "-"),
    // Domains.
    ("From: a@b.example.", "-"),
    ("From: a@.b.example", "-"),
    ("From: a@b..example", "-"),
    ("From: a@b@d.example", "-"),
    ("From: a@b%40d.example", "-"),
    ("From: a@[192.0.2.1]", "-"),
    ("From: a@b\u{3002}example", "-"),
    ("From: a@b\u{ad}.example", "-"),
    ("From: a@ban\u{212a}.example", "-"),
    // Percent signs mean themselves.
    ("From: a%40d.example@b.example", "a%40d.example@b.example"),
    ("From: a%d.example@b.example", "a%d.example@b.example"),
    // International addresses (RFC 6532): nothing is folded into something else.
    (
        "From: j\u{f6}rg@b\u{fc}cher.example",
        "j\u{f6}rg@b\u{fc}cher.example",
    ),
    (
        "From: j\u{f6}rg@xn--bcher-kva.example",
        "j\u{f6}rg@xn--bcher-kva.example",
    ),
    ("From: \u{430}@b.example", "\u{430}@b.example"),
    ("From: a@\u{432}.example", "a@\u{432}.example"),
    ("From: boo\u{212a}@b.example", "-"),
];

/// A field as the table has it.
fn address(fields: &str) -> String {
    let header = format!("Subject: x\r\n{fields}\r\n\r\nFrom: body@b.example\r\n");
    Mailbox::of_header(header.as_bytes(), "From")
        .map_or_else(|_| "-".to_owned(), |address| address.to_string())
}

#[test]
fn a_field_names_one_address_or_nobody() {
    let wrong: Vec<_> = FIELDS
        .iter()
        .map(|(fields, expected)| (fields, *expected, address(fields)))
        .filter(|(_, expected, found)| expected != found)
        .collect();
    assert!(wrong.is_empty(), "field, expected, found: {wrong:#?}");
}

#[test]
fn an_address_has_at_most_320_octets() {
    let of = |local: usize, domain: usize| {
        let host = "d".repeat(domain - ".example".len());
        format!("{}@{host}.example", "l".repeat(local))
    };
    for (local, domain) in [(64, 255), (80, 60), (300, 19)] {
        let long = of(local, domain);
        assert_eq!(address(&format!("From: <{long}>")), long);
        assert_eq!(Mailbox::parse(&long).map(|one| one.to_string()), Some(long));
    }
    for (local, domain) in [(65, 255), (64, 256), (301, 19), (100_000, 19)] {
        assert_eq!(address(&format!("From: <{}>", of(local, domain))), "-");
    }
    let field = format!("From: \"{}\" <a@b.example>", "n".repeat(10_000));
    assert_eq!(address(&field), "a@b.example", "a name may be long");
}

#[test]
fn octets_that_are_no_text_name_nobody() {
    for field in [
        &b"From: \xe4@b.example"[..],
        b"From: a@b\xfc.example",
        b"From: J\xf6rg <a@b.example>",
        b"From: \x83\x5c\x22 <c@d.example> \x22 <a@b.example>",
    ] {
        let header = [field, b"\r\n\r\n"].concat();
        assert!(Mailbox::of_header(&header, "From").is_err(), "{field:?}");
    }
}

/// What another reader takes for the one sender.
fn oracle(header: &str) -> Option<String> {
    let message = MessageParser::default().parse(header.as_bytes())?;
    let from = message.from()?;
    let address = from.as_list()?.first()?.address.as_ref()?;
    Some(address.to_string())
}

/// Addresses as people have them, in the ways in which programs write them.
fn ordinary() -> impl Strategy<Value = (String, String)> {
    let address = "[a-zA-Z0-9]{1,8}([.+_-][a-zA-Z0-9]{1,6}){0,3}@[a-z0-9]{1,8}(-[a-z0-9]{1,4})?(\\.[a-z]{2,6}){1,3}";
    let name = "[A-Z][a-z]{0,8}( [A-Z]\\.)?( [A-Z][a-z]{1,8}){0,2}";
    let form = prop_oneof![
        Just("{a}"),
        Just("<{a}>"),
        Just("{n} <{a}>"),
        Just("\"{n}\" <{a}>"),
        Just("\"{n}, \\\"{n}\\\"\" <{a}>"),
        Just("=?utf-8?Q?{n}=2C?= <{a}>"),
        Just("{a} ({n})"),
        Just("\"{n}\"\r\n <{a}>"),
        Just("\"x@y.example\" <{a}>"),
    ];
    (address, name, form).prop_map(|(address, name, form)| {
        let name = if form.contains("=?") {
            name.replace(' ', "_")
        } else {
            name
        };
        let value = form.replace("{a}", &address).replace("{n}", &name);
        (value, address)
    })
}

proptest! {
    #[test]
    fn ordinary_senders_are_read_as_another_reader_does((value, address) in ordinary()) {
        let header = format!("From: {value}\r\nSubject: x\r\n\r\n");
        let found = Mailbox::of_header(header.as_bytes(), "From");
        prop_assert_eq!(found.map(|one| one.to_string()), Ok(address), "{}", value);
        let other = oracle(&header).unwrap_or_default();
        prop_assert_eq!(other, self::address(&format!("From: {value}")), "{}", value);
    }

    /// Where we see one address, another reader sees that one or none.
    #[test]
    fn no_field_names_one_here_and_another_there(value in jumble()) {
        let ours = address(&format!("From: {value}"));
        if ours != "-" {
            let other = oracle(&format!("From: {value}\r\nSubject: x\r\n\r\n"));
            let other = other.filter(|other| other.contains('@')).unwrap_or_else(|| ours.clone());
            prop_assert_eq!(other, ours, "{}", value);
        }
    }
}

/// Addresses, and everything that stands around them, in no order.
fn jumble() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "a@b.example",
        "c@d.example",
        "<a@b.example>",
        "<c@d.example>",
        "<",
        ">",
        "(",
        ")",
        "\"",
        "\\",
        ",",
        ":",
        ";",
        " ",
        "\r\n ",
        "n",
        "@",
        ".",
        "=?utf-8?Q?c=40d.example?=",
    ]);
    proptest::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

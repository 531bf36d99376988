//! Which results of which Authentication-Results fields count (rule B1).

use super::*;

#[test]
fn b1_dmarc_must_be_for_froms_domain() {
    assert_eq!(code("dmarc=pass header.from=corp.example"), "dmarc");
    assert_eq!(
        code("dmarc=pass (p=none) header.from=CORP.example"),
        "dmarc"
    );
    assert_eq!(code("dmarc/1=pass header.from=@corp.example"), "dmarc");
    assert_eq!(code("dmarc=pass header.from=boss@corp.example"), "dmarc");
    for result in [
        "dmarc=fail header.from=corp.example",
        "dmarc/2=pass header.from=corp.example",
        "dmarc=pass header.from=\"corp.example@evil.example\"",
        "dmarc=pass header.from=boss@corp.example.evil",
        "dmarc=pass header.from=\"boss@corp.example \"",
        "dmarc=pass header.from=corp.example.",
        "dmarc=pass header.d=corp.example",
        "dmarc=pass policy.from=corp.example",
        "dmarc=pass reason=\"header.from=corp.example\"",
        "dmarc=pass (header.from=corp.example)",
        "dmarc=none header.from=corp.example",
        "dmarc=bestguesspass header.from=corp.example",
        "dmarc=pass header.from=other.example",
        "dmarc=pass header.from=sub.corp.example",
        "dmarc=pass header.from=example",
        "dmarc=pass smtp.from=corp.example",
        "dmarc=pass",
        "spf=pass header.from=corp.example",
        "dmarc=pass header.from=corp.example header.from=evil.example",
        "none",
    ] {
        assert_eq!(code(result), "failed", "{result}");
    }
}

#[test]
fn b1_dkim_must_be_of_froms_domain_or_a_parent() {
    assert_eq!(code("dkim=pass header.d=corp.example"), "dkim");
    assert_eq!(
        code("dkim=fail header.d=evil.example; dkim=pass header.d=Corp.Example"),
        "dkim"
    );
    let from_sub = |result: &str| {
        let fields =
            format!("Authentication-Results: mx.us; {result}\r\nFrom: a@mail.corp.example");
        judged(&fields, &SpokenFor::default(), &trust()).1
    };
    assert_eq!(from_sub("dkim=pass header.d=corp.example"), "dkim");
    for result in [
        "dkim=pass header.d=example",
        "dkim=pass header.d=orp.example",
        "dkim=pass header.d=x.mail.corp.example",
    ] {
        assert_eq!(from_sub(result), "failed", "{result}");
    }
    for result in [
        "dkim=fail header.d=corp.example",
        "dkim=pass header.i=@corp.example",
        "dkim=pass header.i=@corp.example header.d=evil.example",
        "dkim=pass header.d=evil.example; dkim=fail header.d=corp.example",
        "dkim=policy header.d=corp.example",
        "dkim=neutral header.d=corp.example",
        "dkim=pass header.d=boss@corp.example",
        "dkim=pass header.d=example",
        "dkim=pass header.d=evil.example",
        "dkim=pass header.d=mail.corp.example",
        "dkim=none header.d=evil.example; spf=pass header.d=corp.example",
    ] {
        assert_eq!(code(result), "failed", "{result}");
    }
}

/// A server that takes a HELO name or an address into its field as it came lets a sender write there.
#[test]
fn b1_a_second_result_where_there_can_be_one_is_not_believed() {
    let injected = "smtp.mailfrom=x; dmarc=pass header.from=corp.example";
    for result in [
        format!("spf=none {injected}; dmarc=fail header.from=corp.example"),
        format!("dmarc=fail header.from=corp.example; spf=none {injected}"),
        "auth=pass smtp.auth=eve@corp.example; auth=pass smtp.auth=boss@corp.example".to_owned(),
    ] {
        assert_eq!(code(&result), "failed", "{result}");
    }
}

#[test]
fn b1_an_international_domain_has_two_spellings() {
    let code = |from: &str, result: &str| {
        let fields = format!("Authentication-Results: mx.us; {result}\r\nFrom: a@{from}");
        judged(&fields, &SpokenFor::default(), &trust()).1
    };
    let (a_label, u_label) = ("xn--bcher-kva.example", "b\u{fc}cher.example");
    for (from, said) in [(a_label, u_label), (u_label, a_label), (u_label, u_label)] {
        assert_eq!(
            code(from, &format!("dmarc=pass header.from={said}")),
            "dmarc"
        );
        let below = format!("mail.{from}");
        assert_eq!(code(&below, &format!("dkim=pass header.d={said}")), "dkim");
    }
    let other = "dmarc=pass header.from=bucher.example";
    assert_eq!(code(u_label, other), "failed");
}

#[test]
fn b1_auth_must_be_the_from_address() {
    assert_eq!(code("auth=pass smtp.auth=boss@CORP.example"), "auth");
    assert_eq!(
        code("auth=pass (login) smtp.auth=\"boss\"@corp.example"),
        "auth"
    );
    for result in [
        "auth=pass smtp.auth=boss",
        "auth=pass smtp.auth=Boss@corp.example",
        "auth=fail smtp.auth=boss@corp.example",
    ] {
        assert_eq!(code(result), "failed", "{result}");
    }
}

#[test]
fn b1_a_forged_field_below_is_not_read() {
    let forged = "Authentication-Results: mx.us; dmarc=pass header.from=corp.example";
    let fields = |above: &str| format!("{above}\r\n{forged}\r\nFrom: {ORGANIZER}");
    let judge_below = |above: &str| judged(&fields(above), &SpokenFor::default(), &trust()).1;
    assert_eq!(
        judge_below("Authentication-Results: mx.evil; dmarc=fail"),
        "failed"
    );
    assert_eq!(
        judge_below("Authentication-Results: mx.us; spf=pass"),
        "dmarc"
    );
}

/// The code of a mail of boss@corp.example with these Authentication-Results, from the top.
fn code_of_fields(results: &[&str]) -> &'static str {
    let fields: String = results
        .iter()
        .map(|result| format!("Authentication-Results: {result}\r\n"))
        .collect();
    let fields = format!("{fields}From: {ORGANIZER}");
    judged(&fields, &SpokenFor::default(), &trust()).1
}

#[test]
fn b1_a_forged_field_of_a_trusted_id_below_the_true_one_is_not_believed() {
    for (truth, forged) in [
        (
            "dmarc=fail header.from=corp.example",
            "dmarc=pass header.from=corp.example",
        ),
        ("dmarc=none", "dmarc=pass header.from=corp.example"),
        (
            "dkim=fail header.d=corp.example",
            "dkim=pass header.d=corp.example",
        ),
        (
            "dkim=pass header.d=evil.example",
            "dkim=pass header.d=corp.example",
        ),
        (
            "auth=pass smtp.auth=eve@corp.example",
            "auth=pass smtp.auth=boss@corp.example",
        ),
        (
            "dmarc=fail header.from=\"",
            "dmarc=pass header.from=corp.example",
        ),
    ] {
        let truth = format!("mx.us; {truth}");
        let forged = format!("mx.us; {forged}");
        assert_eq!(code_of_fields(&[&truth, &forged]), "failed", "{truth}");
        assert_ne!(code_of_fields(&[&forged, &truth]), "failed", "{forged}");
    }
}

#[test]
fn b1_a_forged_field_of_another_id_above_ends_the_reading() {
    let truth = "mx.us; dmarc=pass header.from=corp.example";
    assert_eq!(code_of_fields(&[truth]), "dmarc");
    for above in [
        "mx.evil; dmarc=pass header.from=corp.example",
        "mx.us.evil; none",
        ";",
    ] {
        assert_eq!(code_of_fields(&[above, truth]), "failed", "{above}");
    }
}

#[test]
fn b1_each_method_may_have_a_field_of_its_own() {
    let opendkim =
        |d: &str| format!("mx.us;\r\n\tdkim=pass (2048-bit key) header.d={d} header.b=x");
    let opendmarc =
        |result: &str| format!("mx.us; dmarc={result} (p=none dis=none) header.from=corp.example");
    let login = "mx.us; auth=pass smtp.auth=boss@corp.example";
    for (fields, expected) in [
        ([opendmarc("pass"), opendkim("corp.example")], "dmarc"),
        ([opendkim("evil.example"), opendmarc("pass")], "dmarc"),
        ([opendmarc("fail"), opendkim("corp.example")], "dkim"),
        ([opendkim("corp.example"), opendmarc("fail")], "dkim"),
        ([opendmarc("fail"), opendkim("evil.example")], "failed"),
    ] {
        let [first, second] = &fields;
        assert_eq!(code_of_fields(&[first, second]), expected, "{fields:?}");
        let with_login = if expected == "failed" {
            "auth"
        } else {
            expected
        };
        assert_eq!(
            code_of_fields(&[first, second, login]),
            with_login,
            "{fields:?}"
        );
        let forged = [opendmarc("pass"), opendkim("corp.example")];
        assert_eq!(
            code_of_fields(&[first, second, &forged[0], &forged[1]]),
            expected,
            "{fields:?}"
        );
    }
}

#[test]
fn b1_every_signature_in_the_deciding_field_counts() {
    let own = "dkim=pass header.d=corp.example";
    let list = "dkim=pass header.d=list.example";
    let broken = "dkim=fail header.d=corp.example";
    for results in [[own, list], [list, own], [broken, own]] {
        assert_eq!(code(&results.join("; ")), "dkim", "{results:?}");
    }
}

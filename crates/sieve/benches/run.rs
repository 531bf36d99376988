//! Compiling and running the script that the calendar preferences make; results in RESULTS.md.

use divan::{Bencher, black_box};
use sieve::{Known, Limits, Question, RawMessage, Script, compile, run};

fn main() {
    divan::main();
}

const GENERATED: &str = r#"require ["enotify", "extlists", "fileinto", "mailbox"];

# Made from your calendar preferences.
if exists "X-ME-Cal-Method" {
    notify "updatecal";
    if allof(header :is "X-ME-Cal-Method" "request", header :list "X-ME-Cal-Sender" ":addrbook:default") {
        notify :options "calendarId=0a1b" "addcal";
    }
}
"#;

const INVITATION: &[u8] =
    b"Received: from a.example by b.example; Sat, 21 Nov 2026 07:00:00 +0000\r\n\
    From: Bob <bob@example.org>\r\nTo: Alice <alice@example.com>\r\nSubject: Invitation: Lunch\r\n\
    Date: Sat, 21 Nov 2026 07:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\
    X-ME-Cal-Method: request\r\nX-ME-Cal-UID: 1@example.org\r\nX-ME-Cal-Sender: bob@example.org\r\n\
    MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n";

const ORDINARY: &[u8] = b"From: Bob <bob@example.org>\r\nTo: Alice <alice@example.com>\r\n\
    Subject: Lunch\r\nDate: Sat, 21 Nov 2026 07:00:00 +0000\r\n\r\n";

fn bench_run(bencher: Bencher<'_, '_>, mail: &[u8]) {
    let limits = Limits::default();
    let Ok(script) = compile(GENERATED, &limits) else {
        return;
    };
    let mut known = Known::default();
    known.learn(
        Question::List {
            list: ":addrbook:default".to_owned(),
            value: "bob@example.org".to_owned(),
        },
        true,
    );
    let message = RawMessage::new(mail, Some("bob@example.org"), "alice@example.com");
    let units: [&Script; 1] = [&script];
    bencher.bench_local(|| run(black_box(&units), &message, &known, &limits));
}

#[divan::bench]
fn compile_generated(bencher: Bencher<'_, '_>) {
    let limits = Limits::default();
    bencher.bench_local(|| compile(black_box(GENERATED), &limits));
}

#[divan::bench]
fn run_on_invitation(bencher: Bencher<'_, '_>) {
    bench_run(bencher, INVITATION);
}

#[divan::bench]
fn run_on_ordinary_mail(bencher: Bencher<'_, '_>) {
    bench_run(bencher, ORDINARY);
}

/// A pattern with thirty stars on a field of 10,000 octets.
#[divan::bench]
fn run_hostile_pattern(bencher: Bencher<'_, '_>) {
    let limits = Limits::default();
    let pattern = "*a".repeat(30) + "*b";
    let source = format!("if header :matches \"A\" \"{pattern}\" {{ discard; }}");
    let Ok(script) = compile(&source, &limits) else {
        return;
    };
    let header = format!("A: {}\r\n\r\n", "a".repeat(10_000));
    let message = RawMessage::new(header.as_bytes(), None, "alice@example.com");
    let known = Known::default();
    bencher.bench_local(|| run(black_box(&[&script]), &message, &known, &limits));
}

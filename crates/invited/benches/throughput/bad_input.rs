//! What hostile mail costs from DATA to 250; aim: 100 ms, 64 MiB.

use std::fmt::Write;
use std::time::Instant;

use crate::client::Client;
use crate::mail::{self, address};
use crate::process::Process;

const REPEATS: usize = 5;

pub fn run() {
    println!("\nbad input, DATA to 250, aims: 100 ms, 64 MiB");
    for (what, body) in [
        ("10 MB of ordinary lines", lines()),
        ("10,000 levels of multipart", levels()),
        ("a million parts", parts()),
        ("a line of 10 MB", line()),
        ("10,000 BEGIN:VEVENT", events()),
    ] {
        measure(what, &body);
    }
}

fn measure(what: &str, body: &str) {
    let server = Process::start();
    let mut client = Client::connect(&server.address);
    let mut times = Vec::new();
    let growth = server.growth(|| {
        for number in 0..REPEATS {
            let header = mail::header(
                &format!("bad-{number}@example.com"),
                &address(0),
                mail::SENDER,
            );
            let text = format!("{header}{body}");
            let start = Instant::now();
            client.deliver(&address(0), text.as_bytes());
            times.push(start.elapsed());
        }
    });
    times.sort();
    println!(
        "{what} ({:.1} MB): {:.0} ms, at most {:.0} ms, {:.1} MiB",
        body.len() as f64 / 1e6,
        times[REPEATS / 2].as_secs_f64() * 1e3,
        times[REPEATS - 1].as_secs_f64() * 1e3,
        growth as f64 / f64::from(1 << 20)
    );
}

fn lines() -> String {
    let line = "The quick brown fox jumps over the lazy dog, again and again and so on.\r\n";
    format!("\r\n{}", line.repeat(10_000_000 / line.len()))
}

fn levels() -> String {
    let mut text = "Content-Type: multipart/mixed; boundary=b0\r\n\r\n".to_owned();
    for level in 0..10_000 {
        let inner = level + 1;
        write!(
            text,
            "--b{level}\r\nContent-Type: multipart/mixed; boundary=b{inner}\r\n\r\n"
        )
        .unwrap();
    }
    text
}

fn parts() -> String {
    let head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    format!("{head}{}--b--\r\n", "--b\r\n\r\nx\r\n".repeat(1_000_000))
}

fn line() -> String {
    format!("\r\n{}\r\n", "x".repeat(10_000_000))
}

fn events() -> String {
    let head = "Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\r\n\
                BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n";
    format!("{head}{}", "BEGIN:VEVENT\r\nUID:x\r\n".repeat(10_000))
}

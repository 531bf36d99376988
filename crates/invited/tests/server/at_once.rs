//! Two calendar apps, a person who answers, and the organizer's mail write ten events at the same time:
//! the account's history must tell one order that explains every answer that they got.

mod draw;
mod event;
mod history;
mod writer;

use super::harness::{Lmtp, Site};
use draw::Draw;
use history::History;
use writer::{Acts, Races, UIDS, Writer};

const ALICE: &str = "alice@example.org";

/// How often each app writes; the others go on as long.
const ROUNDS: usize = 40;

#[test]
fn one_order_explains_every_answer() {
    let seed = Draw::seed();
    println!("AT_ONCE_SEED={seed}");
    let mut site = Site::new("");
    site.start();
    let mut lmtp = Lmtp::connect(site.address());
    let mut acts = Acts::default();
    for event in 0..UIDS.len() {
        acts.mails.push(writer::invite(&mut lmtp, event));
    }
    site.wait_for_jobs();
    let history = History::read(&site);
    let writer = |stream| Writer::new(&site, &history, Draw::new(seed, stream));
    let races = Races::new();
    std::thread::scope(|scope| {
        let apps = [0, 1].map(|_| scope.spawn(|| writer(0).put_all(&races, ROUNDS)));
        let answering = scope.spawn(|| writer(1).respond_all(ROUNDS / 2));
        let sending = scope.spawn(|| writer(2).mail_all(&mut lmtp, 2 * ROUNDS));
        for app in apps {
            acts.puts.extend(app.join().unwrap());
        }
        acts.answers = answering.join().unwrap();
        acts.mails.extend(sending.join().unwrap());
    });
    site.wait_for_jobs();
    let history = History::read(&site);
    history.explain(&acts);
    assert!(acts.lost_puts() > 0, "no two apps came at once");
}

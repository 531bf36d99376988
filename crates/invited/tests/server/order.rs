//! Stories of the rules' order test, told over LMTP to the script and the daemon of a real server.

#![allow(dead_code, reason = "the rules' own test has more families of stories")]

#[path = "../../../itip/tests/order/answers.rs"]
mod answers;
#[path = "../../../itip/tests/order/clock.rs"]
mod clock;
#[path = "../../../itip/tests/order/edit.rs"]
mod edit;
#[path = "../../../itip/tests/order/expected.rs"]
mod expected;
#[path = "../../../itip/tests/order/message.rs"]
mod message;
#[path = "../../../itip/tests/order/model.rs"]
mod model;
#[path = "../../../itip/tests/order/plot.rs"]
mod plot;
#[path = "../../../itip/tests/order/reader.rs"]
mod reader;
#[path = "../../../itip/tests/order/seed.rs"]
mod seed;
#[path = "../../../itip/tests/order/seen.rs"]
mod seen;
#[path = "../../../itip/tests/order/story.rs"]
mod story;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use store::Store;

use answers::{Answers, Who, answers};
use expected::Expected;
use message::By;
use plot::{Edit, Plot, edits, forms, of_all, of_instances, plots};
use story::Story;

use super::harness::{Lmtp, Site};

const BOB: &str = "bob@example.org";

/// How many stories of each family are told.
const STORIES: usize = 34;

/// A server where Bob takes the invitations of Alice and her assistant, and their published events.
fn site() -> Site {
    let site = Site::empty(
        "[trust]\nauthserv_ids = [\"mx.example.org\"]\n[limits]\nnew_per_sender_and_day = 1000\n",
    );
    site.ok_with(&["account", "add", BOB, "--password-stdin"], "secret\n");
    for by in [By::Alice, By::Desk] {
        let address = by.address();
        let card = format!(
            "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:{address}\r\nFN:{address}\r\nEMAIL:{address}\r\nEND:VCARD\r\n"
        );
        let file = site.write("contact.vcf", card);
        site.ok(&["contacts", "import", BOB, &file]);
    }
    site.ok(&["preferences", "set", BOB, "published", "add"]);
    site
}

/// Some stories, the same ones for the same seed.
fn drawn<S: std::fmt::Debug>(family: &str, stories: impl Strategy<Value = S>) -> Vec<S> {
    let seed = seed::seed(family);
    println!("{family}: {STORIES} stories, ORDER_SEED={seed}");
    let mut runner = TestRunner::new_with_rng(seed::config(1), seed::rng(seed));
    let mut draw = || stories.new_tree(&mut runner).unwrap().current();
    (0..STORIES).map(|_| draw()).collect()
}

fn uid(number: usize) -> String {
    format!("story-{number}@example.com")
}

/// A mail as the site's MX hands it on.
fn mail(from: &str, verdict: &str, number: usize, method: &str, calendar: &str) -> String {
    let domain = from.split('@').next_back().unwrap();
    format!(
        "Authentication-Results: mx.example.org; dmarc={verdict} header.from={domain}\n\
         From: <{from}>\nTo: <{BOB}>\nSubject: Message {number}\n\
         Date: Fri, 01 Jan 2055 10:{number:02}:00 +0000\nMIME-Version: 1.0\n\
         Content-Type: text/calendar; charset=utf-8; method={method}\n\n{calendar}"
    )
}

fn deliver(lmtp: &mut Lmtp, mail: &str) {
    for reply in lmtp.deliver("sender@example.net", &[BOB], mail) {
        assert!(reply.starts_with("250 2."), "{reply}");
    }
}

fn tell(lmtp: &mut Lmtp, story: &Story, (number, arrivals): (usize, &[usize])) {
    for arrival in arrivals {
        let message = &story.messages[*arrival];
        let verdict = if message.by == By::Unauthenticated {
            "fail"
        } else {
            "pass"
        };
        let calendar = message.calendar(&uid(number));
        let method = message.method;
        deliver(
            lmtp,
            &mail(message.by.address(), verdict, *arrival, method, &calendar),
        );
    }
}

/// The texts of the first so many events in Bob's calendar.
fn texts(site: &Site, count: usize) -> Vec<Option<String>> {
    site.with_store(async |store| {
        let account = store.account_by_address(BOB).await.unwrap().unwrap();
        let mut texts = Vec::new();
        for number in 0..count {
            let event = store.event(account.id, &uid(number)).await.unwrap();
            let object = event.objects.into_iter().next();
            texts.push(object.map(|object| String::from_utf8(object.text).unwrap()));
        }
        texts
    })
}

/// What Bob's calendar program stores.
fn import(site: &Site, texts: &[String]) {
    if !texts.is_empty() {
        let file = site.write("import.ics", texts.concat());
        site.ok(&["calendar", "import", BOB, &file]);
    }
}

/// Tells stories one beside the other, the user's edits in the middle.
fn tell_all(site: &Site, stories: &[Story]) {
    let mut lmtp = Lmtp::connect(site.address());
    for (number, story) in stories.iter().enumerate() {
        tell(&mut lmtp, story, (number, &story.before));
    }
    site.wait_for_jobs();
    let texts = texts(site, stories.len());
    let edits = stories.iter().zip(texts);
    let edited = edits.filter_map(|(story, text)| Some(edit::edited(&text?, story.edit?)));
    import(site, &edited.collect::<Vec<_>>());
    for (number, story) in stories.iter().enumerate() {
        tell(&mut lmtp, story, (number, &story.after));
    }
    site.wait_for_jobs();
}

fn check(stories: &[Story], preference: &str) {
    let mut site = site();
    site.ok(&["preferences", "set", BOB, "cancelled", preference]);
    site.start();
    tell_all(&site, stories);
    for (story, text) in stories.iter().zip(texts(&site, stories.len())) {
        let expected = Expected::of(story);
        let mut seen = text.map(|text| reader::seen(&text)).unwrap_or_default();
        expected.forgive(&mut seen, story);
        if let Some(difference) = seen::difference(&expected.seen, &seen) {
            panic!("{story:?}\n{difference}");
        }
    }
}

#[test]
fn stories_end_as_in_order() {
    let series = plots(
        of_all(),
        forms(),
        edits(&[Edit::Accept, Edit::Decorate, Edit::Retitle]),
    );
    let instances =
        plots(of_instances(), forms(), edits(&[Edit::Accept])).prop_map(Plot::of_series);
    let mut stories = drawn("series", series.prop_map(|plot| Story::of(&plot)));
    stories.extend(drawn(
        "instances",
        instances.prop_map(|plot| Story::of(&plot)),
    ));
    let (removing, marking): (Vec<_>, Vec<_>) =
        stories.into_iter().partition(|story| story.removes);
    check(&marking, "mark");
    check(&removing, "remove");
}

#[test]
fn answers_end_as_in_order() {
    let mut site = site();
    site.start();
    let stories = drawn("answers", answers(forms()));
    let puts = stories.iter().enumerate();
    let puts: Vec<_> = puts
        .map(|(number, story)| story.put(&uid(number)))
        .collect();
    import(&site, &puts);
    let mut lmtp = Lmtp::connect(site.address());
    for (number, story) in stories.iter().enumerate() {
        for arrival in story.early.iter().chain(&story.arrivals) {
            reply(&mut lmtp, story, (number, *arrival));
        }
    }
    site.wait_for_jobs();
    for (story, text) in stories.iter().zip(texts(&site, stories.len())) {
        let seen = reader::seen(&text.unwrap());
        if let Some(difference) = seen::difference(&story.expected(), &seen) {
            panic!("{story:?}\n{difference}");
        }
    }
}

fn reply(lmtp: &mut Lmtp, story: &Answers, (number, arrival): (usize, usize)) {
    let who = story.replies[arrival].who;
    let verdict = if who == Who::Unauthenticated {
        "fail"
    } else {
        "pass"
    };
    let calendar = story.calendar(arrival, &uid(number));
    deliver(
        lmtp,
        &mail(who.address(), verdict, arrival, "REPLY", &calendar),
    );
}

//! PUT, each answered when it is durable.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::content::{card, card_name, event, event_name};
use crate::load::{at_once, one_by_one};
use crate::server::Server;

const CONNECTIONS: usize = 8;

/// Events that are there, in an order that is none; at least eight apart, so that no two connections
/// write the same.
fn scattered(number: usize, size: usize) -> usize {
    number.wrapping_mul(7919) % size
}

pub fn put_over(server: &Server<'_>) -> String {
    at_once(server, CONNECTIONS, |client, number| {
        let member = scattered(number, server.site.size);
        let path = format!("{}{}", server.calendar(), event_name(member));
        client.ask(("PUT", &path, "0"), &event(member, number), &["204"]);
    })
}

pub fn put_new(server: &Server<'_>) -> String {
    let first = fresh();
    at_once(server, CONNECTIONS, |client, number| {
        let path = format!("{}{}", server.calendar(), event_name(first + number));
        let text = event(first + number, 0);
        client.ask(("PUT", &path, "0"), &text, &["201"]);
    })
}

pub fn put_alone(server: &Server<'_>) -> String {
    one_by_one(server, |client, number| {
        let member = scattered(number, server.site.size);
        let path = format!("{}{}", server.calendar(), event_name(member));
        client.ask(("PUT", &path, "0"), &event(member, number), &["204"]);
    })
}

pub fn card_over(server: &Server<'_>) -> String {
    at_once(server, CONNECTIONS, |client, number| {
        let member = scattered(number, server.site.size);
        let path = format!("{}{}", server.book(), card_name(member));
        client.ask(("PUT", &path, "0"), &card(member, number), &["204"]);
    })
}

/// A number that no member has yet.
fn fresh() -> usize {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    1_000_000 + now.as_secs() as usize % 1_000_000 * 1_000
}

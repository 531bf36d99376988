//! Requests one after the other, and from several connections at once, for a while.

use std::time::{Duration, Instant};

use crate::client::Client;
use crate::figure;
use crate::server::Server;

const TIME: Duration = Duration::from_secs(3);
/// Requests before those that count.
const WARM_UP: usize = 20;

/// Requests one after the other; the figure of one.
pub fn one_by_one(server: &Server<'_>, mut ask: impl FnMut(&mut Client, usize)) -> String {
    let mut client = server.connect();
    (0..WARM_UP).for_each(|number| ask(&mut client, number));
    let (end, before) = (Instant::now() + TIME, server.processor_time());
    let mut times = Vec::new();
    while Instant::now() < end {
        let begin = Instant::now();
        ask(&mut client, WARM_UP + times.len());
        times.push(begin.elapsed());
    }
    figure::times(times, server.processor_time() - before)
}

/// Requests from so many connections at once, each with numbers of its own; how many a second.
pub fn at_once(
    server: &Server<'_>,
    connections: usize,
    ask: impl Fn(&mut Client, usize) + Sync,
) -> String {
    let ask = &ask;
    let end = Instant::now() + TIME;
    let (begin, before) = (Instant::now(), server.processor_time());
    let requests = std::thread::scope(|scope| {
        let run = |first: usize| {
            let mut client = server.connect();
            let numbers = (first..).step_by(connections);
            let asked = numbers.take_while(|_| Instant::now() < end);
            asked.map(|number| ask(&mut client, number)).count()
        };
        let threads: Vec<_> = (0..connections)
            .map(|first| scope.spawn(move || run(first)))
            .collect();
        let counts = threads.into_iter().map(|thread| thread.join().unwrap());
        counts.sum()
    });
    figure::rate(requests, begin.elapsed(), server.processor_time() - before)
}

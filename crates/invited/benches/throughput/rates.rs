//! Messages a second of floor and product, in turns, so that what else the machine does hits both.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use store::Statistics;
use tokio::runtime::Runtime;

use crate::applied::Applied;
use crate::client::{Acknowledged, load};
use crate::floor::Floor;
use crate::mail::Kind;
use crate::process;
use crate::product::Product;

const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_secs(1);
/// How long the daemon may take for what a round left.
const PATIENCE: Duration = Duration::from_secs(120);

pub fn ordinary() {
    run(Kind::Ordinary);
}

pub fn invitations() {
    run(Kind::Invitation);
}

fn run(kind: Kind) {
    let applied = Applied::watch();
    // As `main` of the program makes it.
    let runtime = Runtime::new().unwrap();
    let floor = runtime.block_on(Floor::start());
    let product = runtime.block_on(Product::start());
    let mut bench = Bench {
        floor,
        product,
        applied,
        next: 1_000_000,
    };
    for connections in [1, 8] {
        bench.compare(kind, connections);
    }
    runtime.block_on(bench.product.running.stop());
}

struct Bench {
    floor: Floor,
    product: Product,
    applied: Applied,
    /// The number of the next mail.
    next: usize,
}

/// What the rounds of one line of the table came to.
#[derive(Default)]
struct Figures {
    floor: Vec<f64>,
    product: Vec<f64>,
    ratios: Vec<f64>,
    /// Microseconds of processor time for each mail: client, product and daemon.
    processor: Vec<f64>,
    lags: Vec<Duration>,
    daemon: Vec<f64>,
    outcomes: BTreeMap<String, usize>,
}

impl Bench {
    fn compare(&mut self, kind: Kind, connections: usize) {
        let before = self.product.running.store.statistics();
        let mut figures = Figures::default();
        for _ in 0..ROUNDS {
            let (floor, _) = self.round(&self.floor.address.clone(), kind, connections);
            let used = process::processor_time();
            let (product, mails) =
                self.round(&self.product.running.lmtp.clone(), kind, connections);
            figures.floor.push(floor);
            figures.product.push(product);
            figures.ratios.push(product / floor);
            if kind == Kind::Invitation {
                self.settle(&mails, &mut figures);
            }
            let used = process::processor_time() - used;
            figures
                .processor
                .push(used.as_secs_f64() * 1e6 / mails.len() as f64);
        }
        let after = self.product.running.store.statistics();
        figures.print(kind, connections, before, after);
    }

    fn round(&mut self, address: &str, kind: Kind, connections: usize) -> (f64, Vec<Acknowledged>) {
        let start = Instant::now();
        let mails = load(address, kind, connections, self.next, ROUND);
        let rate = mails.len() as f64 / start.elapsed().as_secs_f64();
        self.next += (mails.len() + connections) * connections;
        (rate, mails)
    }

    /// Waits for the daemon and takes the times from 250 to applied.
    fn settle(&self, mails: &[Acknowledged], figures: &mut Figures) {
        let end = Instant::now() + PATIENCE;
        while self.applied.count() < mails.len() {
            assert!(Instant::now() < end, "the daemon does not get on");
            std::thread::sleep(Duration::from_millis(5));
        }
        let applied = self.applied.take();
        let times = || applied.values().map(|(_, at)| *at);
        let (first, last) = (times().min().unwrap(), times().max().unwrap());
        figures
            .daemon
            .push(applied.len() as f64 / (last - first).as_secs_f64());
        for mail in mails {
            let (outcome, at) = &applied[&mail.id];
            figures.lags.push(at.saturating_duration_since(mail.at));
            *figures.outcomes.entry(outcome.clone()).or_default() += 1;
        }
    }
}

impl Figures {
    fn print(mut self, kind: Kind, connections: usize, before: Statistics, after: Statistics) {
        println!(
            "\n{}, {connections} connections, a second: floor {:.0}, product {:.0}; ratio {:.0} %",
            kind.name(),
            median(&mut self.floor),
            median(&mut self.product),
            100.0 * median(&mut self.ratios),
        );
        let (lowest, highest) = (self.ratios[0], self.ratios[self.ratios.len() - 1]);
        println!(
            "    ratios {:.0} to {:.0} %; {:.0} us of processor time for a mail of the product, \
             client included",
            100.0 * lowest,
            100.0 * highest,
            median(&mut self.processor),
        );
        if kind == Kind::Invitation {
            self.print_jobs(before, after);
        }
    }

    fn print_jobs(mut self, before: Statistics, after: Statistics) {
        let commits = after.commits_with_jobs - before.commits_with_jobs;
        let jobs = (after.jobs_held - before.jobs_held) as f64 / commits as f64;
        let commits = after.commits_with_ends - before.commits_with_ends;
        let ends = (after.jobs_ended - before.jobs_ended) as f64 / commits as f64;
        self.lags.sort();
        let lag = |share: usize| self.lags[self.lags.len() * share / 100].as_secs_f64() * 1e3;
        println!(
            "    {jobs:.1} jobs held by a sync, {ends:.1} ended by a commit; 250 to applied: median {:.1} ms, 99 % {:.1} ms; \
             the daemon applied {:.0} a second",
            lag(50),
            lag(99),
            median(&mut self.daemon),
        );
        for (outcome, count) in self.outcomes {
            println!("    {count} {outcome}");
        }
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

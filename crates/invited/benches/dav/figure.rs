//! Figures as they are printed: times of single requests, processor time beside them.

use std::time::Duration;

use crate::Part;

/// The figures of one part, one for each size.
pub type Row = Vec<String>;

/// Wall times of requests one after the other, and the server's processor time for all of them.
pub fn times(mut times: Vec<Duration>, processor: Duration) -> String {
    times.sort();
    let at = |hundredths: usize| milliseconds(times[(times.len() - 1) * hundredths / 100]);
    format!(
        "{:.3} ms (99 %: {:.3}; cpu {:.3})",
        at(50),
        at(99),
        milliseconds(processor) / times.len() as f64
    )
}

/// So many requests at once in this time.
pub fn rate(requests: usize, time: Duration, processor: Duration) -> String {
    format!(
        "{:.0}/s (cpu {:.0} us)",
        requests as f64 / time.as_secs_f64(),
        1000.0 * milliseconds(processor) / requests as f64
    )
}

fn milliseconds(time: Duration) -> f64 {
    1000.0 * time.as_secs_f64()
}

/// All of it for RESULTS.md.
pub fn table(sizes: &[usize], rows: &[(&Part, Row)]) {
    let heads: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    println!("\n| | {} | aim |", heads.join(" | "));
    println!("|---|{}---|", "---|".repeat(sizes.len()));
    for ((name, aim, _), row) in rows {
        println!("| {name} | {} | {aim} |", row.join(" | "));
    }
}

//! Panics end the work in which they happen, and nothing else: in the code that reads mail that reading,
//! never the mail.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Does the work; `None`, and a line in the log, when it panicked.
///
/// What the work was changing must not be used after a panic.
pub(crate) fn guarded<T>(what: &'static str, work: impl FnOnce() -> T) -> Option<T> {
    let work = || {
        assert!(!is_to_panic(what), "a fail point asked for it");
        work()
    };
    catch_unwind(AssertUnwindSafe(work))
        .inspect_err(|_| {
            tracing::error!("{what} failed; the mail is treated as if it had no event")
        })
        .ok()
}

/// Runs `future` to its end on this task; `None` when it panicked. What it was changing must not be used
/// then.
pub async fn caught<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        let poll = || future.as_mut().poll(context);
        match catch_unwind(AssertUnwindSafe(poll)) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        }
    })
    .await
}

/// Whether a test wants this work to panic: `guard::panic=return(reading a mail)`.
fn is_to_panic(what: &'static str) -> bool {
    fail::fail_point!("guard::panic", |wanted: Option<String>| wanted
        .is_some_and(|wanted| wanted == what));
    let _ = what;
    false
}

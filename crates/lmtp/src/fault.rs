//! Keeps a panic behind the intake from ending the session.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pipeline::guard::caught;

use crate::reply::Reply;

/// A call that panicked; the panic hook has said where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

impl From<Panicked> for Reply {
    fn from(_: Panicked) -> Self {
        tracing::error!("the intake panicked; the client is asked to try again later");
        Self::INTERNAL
    }
}

/// Runs `call`.
pub(crate) fn guard<T>(call: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| Panicked)
}

/// Runs `future` to its end.
pub(crate) async fn guard_async<T>(future: impl Future<Output = T>) -> Result<T, Panicked> {
    caught(future).await.ok_or(Panicked)
}

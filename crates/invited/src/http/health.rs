//! `/healthz`: whether the server can work, for what watches over it.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use store::{Store, Work};

/// Answers 200 while the database can be asked, else 503.
pub fn router(store: Arc<dyn Store>) -> Router {
    Router::new()
        .route("/healthz", get(health))
        .with_state(store)
}

async fn health(State(store): State<Arc<dyn Store>>) -> (StatusCode, &'static str) {
    match store.next_due(Work::Jobs).await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::error!(%error, "not healthy: the database cannot be asked");
            let why = "the database cannot be asked\n";
            (StatusCode::SERVICE_UNAVAILABLE, why)
        }
    }
}

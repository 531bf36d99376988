//! Bodies: read up to a limit, and written while they are made.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, StatusCode, header};
use http_body::Frame;
use tokio::sync::mpsc;

use crate::failure::{Failure, Outcome};
use crate::xml::{Element, Guard};

/// Pieces that wait for a slow client.
const WAITING: usize = 4;

/// Reads a body of at most `limit` octets; `None` when it is longer, which is known before it is here.
pub(crate) async fn read(
    fields: &HeaderMap,
    body: Body,
    limit: usize,
    patience: Duration,
) -> Outcome<Option<Vec<u8>>> {
    let reading = pieces(fields, body, limit, |_| Ok(()));
    in_time(patience, reading).await
}

/// Reads XML; `None` when there is no body. What must not be read is refused before the rest is here.
pub(crate) async fn read_xml(
    fields: &HeaderMap,
    body: Body,
    limit: usize,
    patience: Duration,
) -> Outcome<Option<Element>> {
    let mut guard = Guard::default();
    let reading = pieces(fields, body, limit, |piece| {
        guard.take(piece).map_err(|_| Failure::bad_request())
    });
    let text = in_time(patience, reading)
        .await?
        .ok_or_else(Failure::bad_request)?;
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let element = Element::parse(&text).map_err(|_| Failure::bad_request())?;
    Ok(Some(element))
}

/// A Content-Type without its parameters, in lower case.
pub(crate) fn media_type(content_type: &str) -> String {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

async fn in_time<T>(patience: Duration, reading: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let late = |_| Failure::status(StatusCode::REQUEST_TIMEOUT);
    tokio::time::timeout(patience, reading)
        .await
        .map_err(late)?
}

async fn pieces(
    fields: &HeaderMap,
    body: Body,
    limit: usize,
    mut look: impl FnMut(&[u8]) -> Outcome<()>,
) -> Outcome<Option<Vec<u8>>> {
    let length = fields.get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit as u64) {
        return Ok(None);
    }
    let mut body = body;
    let mut text = Vec::new();
    while let Some(frame) = next(&mut body).await {
        let frame = frame.map_err(|_| Failure::bad_request())?;
        let Ok(piece) = frame.into_data() else {
            continue;
        };
        look(&piece)?;
        if text.len() + piece.len() > limit {
            return Ok(None);
        }
        text.extend_from_slice(&piece);
    }
    Ok(Some(text))
}

async fn next(body: &mut Body) -> Option<Result<Frame<Bytes>, axum::Error>> {
    std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await
}

/// A body whose pieces are made while it is sent.
struct Made(mpsc::Receiver<Result<Bytes, Failed>>);

/// The rest of a body could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the rest of the response could not be made")]
pub(crate) struct Failed;

/// Where the pieces go.
pub(crate) type Pieces = mpsc::Sender<Result<Bytes, Failed>>;

impl HttpBody for Made {
    type Data = Bytes;
    type Error = Failed;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failed>>> {
        let piece = self.0.poll_recv(context);
        piece.map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}

/// A body and where its pieces go.
pub(crate) fn made() -> (Pieces, Body) {
    let (pieces, receiver) = mpsc::channel(WAITING);
    (pieces, Body::new(Made(receiver)))
}

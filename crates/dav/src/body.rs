//! Bodies: read up to a limit, and written while they are made.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body::Frame;
use tokio::sync::mpsc;

use crate::failure::{Failure, Outcome};
use crate::xml::{BadXml, Decoder, Element, Guard};

/// Pieces that wait for a slow client.
const WAITING: usize = 4;

/// Reads a body of at most `limit` octets; `None` when it is longer, which is known before it is here.
pub(crate) async fn read(
    fields: &HeaderMap,
    body: Body,
    limit: usize,
    patience: Duration,
) -> Outcome<Option<Vec<u8>>> {
    let mut text = Vec::new();
    let reading = pieces(fields, body, limit, |piece| {
        text.extend_from_slice(piece);
        Ok(())
    });
    let is_whole = in_time(patience, reading).await?;
    Ok(is_whole.then_some(text))
}

/// Reads XML; `None` when there is no body. What must not be read is refused before the rest is here.
pub(crate) async fn read_xml(
    fields: &HeaderMap,
    body: Body,
    limit: usize,
    patience: Duration,
) -> Outcome<Option<Element>> {
    let (mut guard, mut decoder) = (Guard::default(), Decoder::default());
    let (mut text, mut guarded) = (Vec::new(), 0);
    let reading = pieces(fields, body, limit, |piece| {
        let decoded = decoder.take(piece, &mut text);
        let new = text.get(guarded..).unwrap_or_default();
        decoded.and_then(|()| guard.take(new)).map_err(bad)?;
        guarded = text.len();
        Ok(())
    });
    let is_whole = in_time(patience, reading).await?;
    if !is_whole || !decoder.end(&mut text) {
        return Err(Failure::bad_request());
    }
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    Element::parse(&text).map(Some).map_err(bad)
}

fn bad(_: BadXml) -> Failure {
    Failure::bad_request()
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

/// 415 for a body that is compressed: it would be taken for the text itself (RFC 9110, 8.4).
fn check_coding(fields: &HeaderMap) -> Outcome<()> {
    let is_identity = |coding: &HeaderValue| {
        let coding = coding.as_bytes().trim_ascii();
        coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
    };
    let mut codings = fields.get_all(header::CONTENT_ENCODING).iter();
    match codings.all(is_identity) {
        true => Ok(()),
        false => {
            let unsupported = Failure::status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
            Err(unsupported.and(header::ACCEPT_ENCODING, "identity"))
        }
    }
}

/// Takes the pieces of a body of at most `limit` octets; whether that is all of it.
async fn pieces(
    fields: &HeaderMap,
    body: Body,
    limit: usize,
    mut take: impl FnMut(&[u8]) -> Outcome<()>,
) -> Outcome<bool> {
    check_coding(fields)?;
    let length = fields.get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit as u64) {
        return Ok(false);
    }
    let mut body = body;
    let mut left = limit;
    while let Some(frame) = next(&mut body).await {
        let frame = frame.map_err(|_| Failure::bad_request())?;
        let Ok(piece) = frame.into_data() else {
            continue;
        };
        let Some(rest) = left.checked_sub(piece.len()) else {
            return Ok(false);
        };
        left = rest;
        take(&piece)?;
    }
    Ok(true)
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

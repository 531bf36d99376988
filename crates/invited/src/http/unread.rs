//! What a client still sends when its request is answered already.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio::time::timeout;

/// The most octets that are thrown away: past them the connection is cut.
const MOST: usize = 64 << 20;
/// How long a client may pause meanwhile.
const PAUSE: Duration = Duration::from_secs(1);
/// How long it may take in all.
const TIME: Duration = Duration::from_secs(30);

/// The body of a request. What nobody read of it is thrown away, in bounds, once it is dropped: cutting
/// the connection at once would reset it, and most clients, which send all before they read, would
/// never see why they were refused.
pub(super) struct Unread {
    body: Body,
    /// Whether there is a rest that the client sends without being told to go on.
    is_coming: bool,
}

impl Unread {
    /// A body; one that waits for `100 Continue` is not sent before somebody reads it.
    pub(super) fn new(body: Body, is_expecting: bool) -> Self {
        Self {
            is_coming: !is_expecting && !body.is_end_stream(),
            body,
        }
    }
}

impl HttpBody for Unread {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.is_coming = true;
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.is_coming = matches!(frame, Some(Ok(_)));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        if !self.is_coming || self.body.is_end_stream() {
            return;
        }
        let body = mem::take(&mut self.body);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(timeout(TIME, throw_away(body)));
        }
    }
}

async fn throw_away(mut body: Body) {
    let mut left = MOST;
    loop {
        let next = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let Ok(Some(Ok(frame))) = timeout(PAUSE, next).await else {
            return;
        };
        let size = frame.into_data().map_or(0, |data| data.len());
        match left.checked_sub(size) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::watch;

    use super::super::{Http, Limits};
    use crate::config::Listen;

    /// What a server that reads no body answers to a client which sends all of one first.
    async fn answered(head: &str, size: usize) -> String {
        let any = "127.0.0.1:0".parse().unwrap();
        let listen = Listen::Tcp(any);
        let http = Http::bind(&listen, Limits::default()).await.unwrap();
        let address = http.local_addr();
        let (_stop, stopped) = watch::channel(false);
        tokio::spawn(http.serve(Router::new().fallback("no"), stopped));
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b'x'; size]).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn who_sends_all_first_sees_the_answer() {
        let size = 32 << 20;
        let head = format!(
            "PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"
        );
        let answer = answered(&head, size).await;
        assert!(answer.ends_with("no"), "{answer}");
    }

    #[tokio::test]
    async fn nobody_is_told_to_send_what_nobody_reads() {
        let head = "PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 9\r\n\
                    Expect: 100-continue\r\n\r\n";
        let answer = answered(head, 0).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

//! Turns clients away when the server is full, beside the accepting and never in its way.

use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::reply::{EnhancedCode, Reply};

/// How many clients are being told at once; past that they are cut off without a word.
const AT_ONCE: usize = 64;
/// How long a client may take to read it.
const PATIENCE: Duration = Duration::from_millis(500);

/// The clients that are being turned away; dropping it cuts them off.
#[derive(Default)]
pub(super) struct Dismissals(JoinSet<()>);

impl Dismissals {
    /// Tells a client that there is no room, without a session and without waiting for it.
    pub(super) fn add(&mut self, stream: impl AsyncWrite + Send + Unpin + 'static) {
        tracing::warn!("too many LMTP connections, one is turned away");
        if self.0.len() < AT_ONCE {
            self.0.spawn(say_full(stream));
        }
    }

    /// Waits until one has ended; for ever when there is none.
    pub(super) async fn ended(&mut self) {
        if self.0.join_next().await.is_none() {
            std::future::pending().await
        }
    }
}

async fn say_full(mut stream: impl AsyncWrite + Unpin) {
    let mut wire = Vec::new();
    Reply::new(
        421,
        EnhancedCode(4, 3, 2),
        "too many connections, try again later",
    )
    .encode(&mut wire);
    // A client that does not take it is cut off all the same.
    let _ = timeout(PATIENCE, async {
        stream.write_all(&wire).await?;
        stream.shutdown().await
    })
    .await;
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, DuplexStream, duplex};

    use super::*;

    async fn heard(mut client: DuplexStream) -> String {
        let mut text = String::new();
        client.read_to_string(&mut text).await.unwrap();
        text
    }

    /// Adding is not a future, so that no client can delay the next one.
    #[tokio::test]
    async fn clients_that_do_not_read_are_bounded_in_number() {
        let mut dismissals = Dismissals::default();
        let mut clients = Vec::new();
        for _ in 0..=AT_ONCE {
            let (client, server) = duplex(1);
            dismissals.add(server);
            clients.push(client);
        }
        assert_eq!(dismissals.0.len(), AT_ONCE);
        assert_eq!(heard(clients.remove(AT_ONCE)).await, "", "cut off at once");
        let text = "421 4.3.2 too many connections, try again later\r\n";
        assert_eq!(heard(clients.remove(0)).await, text);
        dismissals.ended().await;
        assert!(dismissals.0.len() < AT_ONCE, "there is room again");
    }
}

//! The relay over SMTP (RFC 5321), by `lettre`.

use std::time::Duration;

use async_trait::async_trait;
use itip::Delivery;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use store::NewMail;

use super::{Relay, SendError};

/// How long one command may take.
const TIME_OUT: Duration = Duration::from_secs(120);

/// How a relay is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// In the clear.
    Plain,
    /// TLS from the first octet.
    Tls,
    /// STARTTLS, and nothing without it.
    StartTls,
}

/// Where the relay is.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// Its host name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// User and password, if it wants them.
    pub credentials: Option<(String, String)>,
}

/// Sends through one relay over pooled connections.
pub struct SmtpRelay {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl SmtpRelay {
    /// A relay that is reached as `server` says; `hostname` is what we call ourselves.
    ///
    /// Connects only when there is mail. Fails when the host's name cannot be one of TLS.
    pub fn new(server: Server, hostname: &str) -> Result<Self, String> {
        let tls = match server.security {
            Security::Plain => Tls::None,
            Security::Tls => Tls::Wrapper(parameters(&server.host)?),
            Security::StartTls => Tls::Required(parameters(&server.host)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .hello_name(ClientId::Domain(hostname.to_owned()))
            .timeout(Some(TIME_OUT))
            .tls(tls);
        if let Some((user, password)) = server.credentials {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self {
            transport: builder.build(),
        })
    }
}

fn parameters(host: &str) -> Result<TlsParameters, String> {
    TlsParameters::new(host.to_owned()).map_err(|error| error.to_string())
}

#[async_trait]
impl Relay for SmtpRelay {
    async fn send(&self, mail: &NewMail) -> Result<Delivery, SendError> {
        let envelope = envelope(&mail.reverse_path, &mail.recipient)?;
        // lettre ends the last line itself, even when it has an end already.
        let message = &mail.message;
        let message = message.strip_suffix(b"\r\n").unwrap_or(message);
        match self.transport.send_raw(&envelope, message).await {
            Ok(_) => Ok(Delivery::Sent),
            Err(error) if error.is_permanent() && !is_about_login(&error) => {
                Err(SendError::Permanent(said(&error)))
            }
            // No time mends what the relay cannot write in an envelope (RFC 6531 section 3.5).
            Err(error) if error.is_client() && !is_ascii(mail) => {
                Err(SendError::Permanent(said(&error)))
            }
            Err(error) => Err(SendError::Transient(said(&error))),
        }
    }
}

/// Whether the relay says that we may not use it (RFC 4954 section 6): whoever runs the server mends that,
/// and the mail is none the worse.
fn is_about_login(error: &lettre::transport::smtp::Error) -> bool {
    let code = error.status().map(u16::from);
    matches!(code, Some(530 | 534 | 535 | 538))
}

fn is_ascii(mail: &NewMail) -> bool {
    mail.recipient.is_ascii() && mail.reverse_path.is_ascii()
}

fn envelope(reverse_path: &str, recipient: &str) -> Result<Envelope, SendError> {
    let address = |address: &str| {
        address
            .parse::<Address>()
            .map_err(|error| SendError::Permanent(format!("address {address}: {error}")))
    };
    let from = (!reverse_path.is_empty())
        .then(|| address(reverse_path))
        .transpose()?;
    Envelope::new(from, vec![address(recipient)?])
        .map_err(|error| SendError::Permanent(error.to_string()))
}

/// An error with what caused it: lettre's own text alone mostly says only of what sort it is.
fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        cause = inner.source();
    }
    text
}

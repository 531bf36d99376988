//! A calendar app: one connection that is kept, GET and PUT of one event after the other.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::dav::base64;

/// A connection to the server.
pub(crate) struct App {
    stream: BufReader<TcpStream>,
    token: String,
}

/// What the server says.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Its fields, their names in lower case.
    fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl App {
    pub(crate) fn connect(address: &str, account: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        Self {
            stream: BufReader::new(stream),
            token: base64(&format!("{account}:secret")),
        }
    }

    /// Sends a request whose answer has a length, and waits for it.
    pub(crate) fn ask(&mut self, method: &str, path: &str, fields: &str, body: &str) -> Answer {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Basic {}\r\n{fields}\
             Content-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let status = self.line();
        let status = status.split(' ').nth(1).unwrap().parse().unwrap();
        let mut fields = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer {
            status,
            fields,
            body: Vec::new(),
        };
        let length = answer.field("content-length").unwrap_or("0");
        answer.body.resize(length.parse().unwrap(), 0);
        self.stream.read_exact(&mut answer.body).unwrap();
        answer
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Answer {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(one, _)| one == name)?;
        Some(found.1.as_str())
    }

    /// The revision in the entity tag.
    pub(crate) fn tag(&self) -> Option<i64> {
        self.field("etag")?.trim_matches('"').parse().ok()
    }
}

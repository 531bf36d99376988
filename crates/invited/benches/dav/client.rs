//! An HTTP/1.1 client that keeps its connection and reads each answer whole.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

pub struct Client {
    stream: BufReader<TcpStream>,
    authorization: String,
    request: Vec<u8>,
    body: Vec<u8>,
}

impl Client {
    pub fn connect(address: &str, authorization: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream: BufReader::with_capacity(64 << 10, stream),
            authorization: authorization.to_owned(),
            request: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Sends a request and gives the body of its answer, which must have this status.
    pub fn ask(
        &mut self,
        (method, path, depth): (&str, &str, &str),
        body: &str,
        status: &[&str],
    ) -> &[u8] {
        self.request.clear();
        write!(
            self.request,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {}\r\n\
             User-Agent: bench\r\nDepth: {depth}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.authorization,
            content_type(method, path),
            body.len()
        )
        .unwrap();
        self.stream.get_mut().write_all(&self.request).unwrap();
        let line = self.line();
        let is_expected = status.iter().any(|one| line.split(' ').nth(1) == Some(one));
        self.read_body();
        assert!(
            is_expected,
            "{line}: {}",
            String::from_utf8_lossy(&self.body)
        );
        &self.body
    }

    fn read_body(&mut self) {
        self.body.clear();
        let (mut length, mut is_chunked) = (0, false);
        loop {
            let line = self.line().to_ascii_lowercase();
            match line.split_once(": ") {
                None => break,
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("transfer-encoding", value)) => is_chunked = value == "chunked",
                Some(_) => {}
            }
        }
        if !is_chunked {
            return self.read(length);
        }
        loop {
            let size = usize::from_str_radix(&self.line(), 16).unwrap();
            self.read(size);
            self.line();
            if size == 0 {
                return;
            }
        }
    }

    fn read(&mut self, octets: usize) {
        let before = self.body.len();
        self.body.resize(before + octets, 0);
        self.stream.read_exact(&mut self.body[before..]).unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        line.truncate(line.trim_end().len());
        line
    }
}

fn content_type(method: &str, path: &str) -> &'static str {
    match method {
        "PUT" if path.ends_with(".ics") => "text/calendar; charset=utf-8",
        "PUT" => "text/vcard; charset=utf-8",
        _ => "application/xml; charset=utf-8",
    }
}

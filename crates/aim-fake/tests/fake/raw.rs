//! A client of bare sockets, which shows what a library hides.
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value as Json;

/// How the bytes of an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The answer is whole, and the connection open.
    Whole,
    /// The connection was closed.
    Closed,
    /// The connection was reset.
    Reset,
    /// Nothing more came for a while.
    Silence,
}

/// An answer as it was received.
#[derive(Debug)]
pub struct Answer {
    pub head: String,
    pub body: Vec<u8>,
    pub end: End,
}

impl Answer {
    pub fn status(&self) -> u16 {
        let line = self.head.lines().next().unwrap_or_default();
        line.split(' ').nth(1).unwrap_or("0").parse().unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A connection that is kept, and what came behind the last answer.
pub struct Raw(pub TcpStream, Vec<u8>);

impl Raw {
    pub fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        // It takes this long only when a test fails.
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        Self(stream, Vec::new())
    }

    /// Sets how long nothing must arrive to count as silence.
    pub fn patience(self, milliseconds: u64) -> Self {
        let patience = Some(Duration::from_millis(milliseconds));
        self.0.set_read_timeout(patience).unwrap();
        self
    }

    /// Sends bytes and reads one answer; a reset may arrive before all is sent.
    pub fn send(&mut self, bytes: &[u8]) -> Answer {
        let sent = self.0.write_all(bytes);
        let mut answer = self.read();
        if sent.is_err() && answer.head.is_empty() {
            answer.end = End::Reset;
        }
        answer
    }

    /// Reads one answer, by its `Content-Length` or its chunks.
    pub fn read(&mut self) -> Answer {
        let mut bytes = std::mem::take(&mut self.1);
        let mut buffer = vec![0; 65536];
        loop {
            if let Some((head, body, length)) = whole(&bytes) {
                self.1 = bytes.split_off(length);
                return Answer {
                    head,
                    body,
                    end: End::Whole,
                };
            }
            let end = match self.0.read(&mut buffer) {
                Ok(0) => End::Closed,
                Ok(length) => {
                    bytes.extend_from_slice(&buffer[..length]);
                    continue;
                }
                // A signal to the process, such as one to go on.
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::TimedOut => End::Silence,
                    _ => End::Reset,
                },
            };
            let (head, body) = split(&bytes).unwrap_or((bytes.as_slice(), &[]));
            return Answer {
                head: String::from_utf8_lossy(head).into_owned(),
                body: body.to_vec(),
                end,
            };
        }
    }

    /// Whether the connection is closed; call it after all answers were read.
    pub fn is_closed(&mut self) -> bool {
        matches!(self.0.read(&mut [0; 1]), Ok(0))
    }
}

fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some((&bytes[..at], &bytes[at + 4..]))
}

/// The first answer, and how long it is as it came.
fn whole(bytes: &[u8]) -> Option<(String, Vec<u8>, usize)> {
    let (head, body) = split(bytes)?;
    let before = bytes.len() - body.len();
    let head = String::from_utf8_lossy(head).into_owned();
    let lower = head.to_ascii_lowercase();
    if lower.contains("transfer-encoding: chunked") {
        let is_whole = body.ends_with(b"0\r\n\r\n");
        return is_whole.then(|| (head, chunks(body), bytes.len()));
    }
    let length = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |text| text.parse().unwrap());
    (body.len() >= length).then(|| (head, body[..length].to_vec(), before + length))
}

fn chunks(mut bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let line = bytes.windows(2).position(|two| two == b"\r\n").unwrap();
        let length = std::str::from_utf8(&bytes[..line]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return out;
        }
        out.extend_from_slice(&bytes[line + 2..line + 2 + length]);
        bytes = &bytes[line + 2 + length + 2..];
    }
}

/// A request with the credentials that the fake requires.
pub fn request(method: &str, target: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {target} HTTP/1.1\r\nHost: fake\r\nApiKey: key\r\nAppId: app\r\n\
         Accept: application/json\r\nContent-Type: application/json\r\n{headers}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A request that books a contract.
pub fn booking() -> Vec<u8> {
    request(
        "POST",
        "/aeservices30/api/C2BPostContract",
        "",
        r#"{"RefNumber":"R-1"}"#,
    )
}

/// Sends a request on a new connection.
pub fn send(address: SocketAddr, bytes: &[u8]) -> Answer {
    Raw::new(address).send(bytes)
}

/// Calls the control interface on a new connection; an empty text means no
/// body.
pub fn control(address: SocketAddr, method: &str, path: &str, body: &str) -> (u16, Json) {
    let answer = send(address, &request(method, path, "", body));
    (answer.status(), answer.json())
}

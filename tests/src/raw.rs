//! A client that sends exactly the given bytes: it normalizes no URL, and adds
//! only the headers that a message needs.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// How long to wait for more of an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that is kept alive.
pub struct Raw {
    stream: BufReader<TcpStream>,
}

/// An answer as it was received.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// Names and values of the header fields, in their order.
    pub headers: Vec<(String, String)>,
    /// The body, without the framing of chunks.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header, by its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl Raw {
    /// Connects.
    ///
    /// # Errors
    ///
    /// The error of the system.
    pub fn connect(address: impl ToSocketAddrs) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Sends a request and reads its answer. It adds Host, and Content-Length
    /// if there is a body and no header states its length.
    ///
    /// # Errors
    ///
    /// The error of the system, or that the answer is not HTTP.
    pub fn send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> io::Result<Answer> {
        let mut message = format!("{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n").into_bytes();
        let mut chunked = false;
        let mut has_length = false;
        for (name, value) in headers {
            chunked |= name.eq_ignore_ascii_case("Transfer-Encoding");
            has_length |= name.eq_ignore_ascii_case("Content-Length");
            message.extend(format!("{name}: {value}\r\n").into_bytes());
        }
        if let Some(body) = body.filter(|_| !chunked && !has_length) {
            message.extend(format!("Content-Length: {}\r\n", body.len()).into_bytes());
        }
        message.extend(b"\r\n");
        match body {
            Some(body) if chunked => {
                if !body.is_empty() {
                    message.extend(format!("{:x}\r\n", body.len()).into_bytes());
                    message.extend(body);
                    message.extend(b"\r\n");
                }
                message.extend(b"0\r\n\r\n");
            }
            Some(body) => message.extend(body),
            None => {}
        }
        self.stream.get_mut().write_all(&message)?;
        loop {
            let answer = self.answer(method.eq_ignore_ascii_case("HEAD"))?;
            // `100 Continue` comes before the answer.
            if answer.status >= 200 {
                return Ok(answer);
            }
        }
    }

    fn answer(&mut self, head_only: bool) -> io::Result<Answer> {
        let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let line = self.line()?;
        let mut words = line.splitn(3, ' ');
        let status = words.nth(1).and_then(|status| status.parse().ok());
        let mut answer = Answer {
            status: status.ok_or_else(|| bad("the answer has no status"))?,
            reason: words.next().unwrap_or_default().to_owned(),
            ..Answer::default()
        };
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line
                .split_once(':')
                .ok_or_else(|| bad("a header without colon"))?;
            answer
                .headers
                .push((name.to_owned(), value.trim().to_owned()));
        }
        if head_only || answer.status < 200 || answer.status == 204 || answer.status == 304 {
            return Ok(answer);
        }
        if answer.header("transfer-encoding").is_some() {
            loop {
                let size = usize::from_str_radix(self.line()?.trim(), 16);
                let size = size.map_err(|_| bad("a chunk without size"))?;
                let start = answer.body.len();
                answer.body.resize(start + size, 0);
                self.stream.read_exact(&mut answer.body[start..])?;
                self.line()?;
                if size == 0 {
                    return Ok(answer);
                }
            }
        }
        let length = answer.header("content-length").map(str::parse);
        match length {
            Some(Ok(length)) => {
                answer.body.resize(length, 0);
                self.stream.read_exact(&mut answer.body)?;
            }
            Some(Err(_)) => return Err(bad("a Content-Length that is not a number")),
            None => {
                self.stream.read_to_end(&mut answer.body)?;
            }
        }
        Ok(answer)
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        if self.stream.read_until(b'\n', &mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        while line.last().is_some_and(|byte| b"\r\n".contains(byte)) {
            line.pop();
        }
        Ok(String::from_utf8_lossy(&line).into_owned())
    }
}

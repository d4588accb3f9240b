//! A server on a real socket that keeps the exact bytes it received and answers
//! as the test says.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::document;

/// A request as it was received.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// `POST /api/X HTTP/1.1`, without the line ending.
    pub line: String,
    /// The header lines as they were received.
    pub headers: Vec<String>,
    /// The body, by its Content-Length.
    pub body: Vec<u8>,
}

impl Received {
    /// The value of a header, by its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// `POST` of `POST /api/X HTTP/1.1`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.line.split(' ').next().unwrap_or_default()
    }

    /// `/api/X?Ref=1` of `GET /api/X?Ref=1 HTTP/1.1`.
    #[must_use]
    pub fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }
}

/// An answer to send.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// Headers besides Content-Length and Connection.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A JSON answer with status 200.
    #[must_use]
    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::of(200, "application/json; charset=utf-8", body)
    }

    /// An answer with a status and a content type.
    #[must_use]
    pub fn of(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            reason: "Reason".to_owned(),
            headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
            body: body.into(),
        }
    }
}

/// A running server; its thread ends with the process.
pub struct Server {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    /// Starts a server that answers each operation of the document with proof
    /// that it ran, and anything else with an empty object.
    ///
    /// # Errors
    ///
    /// The error of the operating system about the port, or of serde_json about
    /// the document.
    pub fn proving() -> io::Result<Self> {
        let operations = document::operations()?;
        let proofs: Vec<_> = operations
            .into_iter()
            .map(|operation| (operation.proof(), operation))
            .collect();
        Self::start(move |received| {
            let path = received.target().split('?').next().unwrap_or_default();
            let proof = proofs.iter().find(|(_, operation)| {
                operation.method == received.method() && path.ends_with(&operation.path)
            });
            Reply::json(proof.map_or("{}", |(proof, _)| proof.as_str()))
        })
    }

    /// Starts a server on a free port of the loopback.
    ///
    /// # Errors
    ///
    /// The error of the operating system about the port.
    pub fn start(answer: impl Fn(&Received) -> Reply + Send + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&received);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that disconnects must not stop the server.
                let _ = serve(&stream, &answer, &log);
            }
        });
        Ok(Self { address, received })
    }

    /// Starts a server that reads requests and never answers; the test is
    /// notified of each.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn silent(arrived: impl Fn() + Send + 'static) -> io::Result<Self> {
        Self::start(move |_| {
            arrived();
            loop {
                thread::park();
            }
        })
    }

    /// The address, without any path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes what was received since the last call, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut *self.received.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Answers the requests of one connection, one after the other.
fn serve(
    stream: &TcpStream,
    answer: &impl Fn(&Received) -> Reply,
    log: &Mutex<Vec<Received>>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut request = Received::default();
    reader.read_line(&mut request.line)?;
    request.line = request.line.trim_end().to_owned();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        request.headers.push(line.to_owned());
    }
    let length = request
        .header("content-length")
        .and_then(|value| value.parse().ok());
    request.body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut request.body)?;
    let reply = answer(&request);
    log.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(request);
    let mut head = format!("HTTP/1.1 {} {}\r\n", reply.status, reply.reason);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if reply.status != 204 && reply.status != 304 {
        head.push_str(&format!("Content-Length: {}\r\n", reply.body.len()));
    }
    head.push_str("Connection: close\r\n\r\n");
    let mut stream = stream;
    stream.write_all(head.as_bytes())?;
    stream.write_all(&reply.body)?;
    stream.flush()
}

//! Answers that HTTP does not know: cut short, dripping, far too large, or
//! none at all. They are written to the bare socket.

use std::fmt::Write as _;
use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::socket::reset;
use crate::engine::Delivery;
use crate::engine::faults::Moment;
use crate::model::http::Response;

/// What a fault does with the socket.
#[derive(Clone)]
pub(super) struct FaultyAnswer {
    pub(super) response: Response,
    pub(super) delivery: Delivery,
    /// What is written behind the answer at once, where another one is.
    pub(super) another: Option<Response>,
    /// Whether the request was a HEAD, whose answers have no body.
    pub(super) head_only: bool,
}

impl FaultyAnswer {
    /// Does it, and leaves the socket closed; or gives it back where it is to
    /// be served on.
    pub(super) async fn apply_fault(mut self, mut stream: TcpStream) -> Option<TcpStream> {
        if self.delivery == Delivery::Reset {
            reset(stream);
            return None;
        }
        if self.head_only {
            self.response.body.clear();
            self.another
                .iter_mut()
                .for_each(|another| another.body.clear());
        }
        // An error means that the client is gone, which ends it as well.
        self.write(&mut stream).await.ok()?;
        if matches!(self.delivery, Delivery::ThenAnother(_)) {
            return Some(stream);
        }
        let _ = stream.shutdown().await;
        None
    }

    async fn write(&self, stream: &mut TcpStream) -> io::Result<()> {
        let body = &self.response.body;
        match self.delivery {
            Delivery::Reset | Delivery::Close => Ok(()),
            Delivery::Hang(end) => match end {
                Some(end) => timeout(end, gone(stream)).await.unwrap_or(Ok(())),
                None => gone(stream).await,
            },
            Delivery::Truncated(keep) => {
                let mut bytes = whole(&self.response);
                let cut = body.len().saturating_sub(keep);
                bytes.truncate(bytes.len() - cut);
                stream.write_all(&bytes).await
            }
            Delivery::Drip(size, pause) => {
                for piece in whole(&self.response).chunks(size.max(1)) {
                    stream.write_all(piece).await?;
                    sleep(pause).await;
                }
                Ok(())
            }
            Delivery::Oversized(size, declared) => {
                self.oversized(stream, body, size, declared).await
            }
            Delivery::ThenClose(when) => {
                stream.write_all(&whole(&self.response)).await?;
                if when == Moment::NextRequest {
                    let _ = stream.read(&mut [0; 8192]).await?;
                }
                Ok(())
            }
            Delivery::ThenAnother(_) => {
                let mut bytes = whole(&self.response);
                bytes.extend(self.another.iter().flat_map(whole));
                stream.write_all(&bytes).await
            }
            // These go through hyper.
            Delivery::Whole | Delivery::Late(_) => Ok(()),
        }
    }

    /// Pads the body to `size` bytes, and streams it.
    async fn oversized(
        &self,
        stream: &mut TcpStream,
        body: &[u8],
        size: u64,
        declared: bool,
    ) -> io::Result<()> {
        let before = b"{\"Padding\":\"";
        let (before, filler, after, rest) = match body {
            b"{}" => (&before[..], b'x', &b"\""[..], &b"}"[..]),
            [b'{', rest @ ..] if rest.starts_with(b"\"") => (&before[..], b'x', &b"\","[..], rest),
            _ => (body, b' ', &b""[..], &b""[..]),
        };
        let fixed = before.len() + after.len() + rest.len();
        let mut padding = size.saturating_sub(u64::try_from(fixed).unwrap_or(u64::MAX));
        let total = padding.saturating_add(u64::try_from(fixed).unwrap_or(u64::MAX));
        let mut out = Chunks {
            stream,
            chunked: !declared,
        };
        let head = if declared {
            head(&self.response, &("Content-Length", total.to_string()))
        } else {
            head(&self.response, &("Transfer-Encoding", "chunked".to_owned()))
        };
        out.stream.write_all(&head).await?;
        out.write(before).await?;
        let block = [filler; 65536];
        while padding > 0 {
            let length = usize::try_from(padding)
                .unwrap_or(block.len())
                .min(block.len());
            out.write(block.get(..length).unwrap_or(&block)).await?;
            padding -= u64::try_from(length).unwrap_or(padding);
        }
        out.write(after).await?;
        out.write(rest).await?;
        out.end().await
    }
}

/// The answer, as hyper writes it.
fn whole(response: &Response) -> Vec<u8> {
    let length = ("Content-Length", response.body.len().to_string());
    let mut bytes = head(response, &length);
    bytes.extend_from_slice(&response.body);
    bytes
}

/// The head of the answer, as hyper writes it.
fn head(response: &Response, length: &(&str, String)) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, response.reason);
    for (name, value) in &response.headers {
        // Writing to a text cannot fail.
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "{}: {}\r\n\r\n", length.0, length.1);
    head.into_bytes()
}

/// Waits until the client closes the connection.
async fn gone(stream: &mut TcpStream) -> io::Result<()> {
    let mut bytes = [0; 1024];
    while stream.read(&mut bytes).await? > 0 {}
    Ok(())
}

/// A body under way.
struct Chunks<'a> {
    stream: &'a mut TcpStream,
    chunked: bool,
}

impl Chunks<'_> {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if !self.chunked {
            return self.stream.write_all(bytes).await;
        }
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend_from_slice(bytes);
        chunk.extend_from_slice(b"\r\n");
        self.stream.write_all(&chunk).await
    }

    async fn end(self) -> io::Result<()> {
        if self.chunked {
            self.stream.write_all(b"0\r\n\r\n").await?;
        }
        Ok(())
    }
}

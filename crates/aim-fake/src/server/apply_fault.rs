//! Answers that HTTP does not know: cut short, dripping, far too large, or
//! none at all. They are written to the bare socket.

use std::fmt::Write as _;
use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::socket::reset;
use crate::engine::Delivery;
use crate::engine::faults::CloseWhen;
use crate::model::http::Response;

/// What a fault does with the socket.
#[derive(Clone)]
pub(super) struct FaultyAnswer {
    pub(super) response: Response,
    pub(super) delivery: Delivery,
    /// Whether the request was a HEAD, whose answers have no body.
    pub(super) head_only: bool,
}

impl FaultyAnswer {
    /// Does it, and leaves the socket closed.
    pub(super) async fn apply_fault(mut self, mut stream: TcpStream) {
        if self.delivery == Delivery::Reset {
            return reset(stream);
        }
        // An error means that the client is gone, which ends it as well.
        if self.write(&mut stream).await.is_ok() {
            let _ = stream.shutdown().await;
        }
    }

    async fn write(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        let body = if self.head_only {
            Vec::new()
        } else {
            std::mem::take(&mut self.response.body)
        };
        let length = ("Content-Length", body.len().to_string());
        match self.delivery {
            Delivery::Reset | Delivery::Close => Ok(()),
            Delivery::Hang(end) => match end {
                Some(end) => timeout(end, gone(stream)).await.unwrap_or(Ok(())),
                None => gone(stream).await,
            },
            Delivery::Truncated(keep) => {
                let mut bytes = self.head(&length);
                bytes.extend_from_slice(body.get(..keep).unwrap_or(&body));
                stream.write_all(&bytes).await
            }
            Delivery::Drip(size, pause) => {
                let mut bytes = self.head(&length);
                bytes.extend_from_slice(&body);
                for piece in bytes.chunks(size.max(1)) {
                    stream.write_all(piece).await?;
                    sleep(pause).await;
                }
                Ok(())
            }
            Delivery::Oversized(size, declared) => {
                self.oversized(stream, &body, size, declared).await
            }
            Delivery::ThenClose(when) => {
                let mut bytes = self.head(&length);
                bytes.extend_from_slice(&body);
                stream.write_all(&bytes).await?;
                if when == CloseWhen::NextRequest {
                    let _ = stream.read(&mut [0; 8192]).await?;
                }
                Ok(())
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
            self.head(&("Content-Length", total.to_string()))
        } else {
            self.head(&("Transfer-Encoding", "chunked".to_owned()))
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

    /// The head of the answer, as hyper writes it.
    fn head(&self, length: &(&str, String)) -> Vec<u8> {
        let response = &self.response;
        let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, response.reason);
        for (name, value) in &response.headers {
            // Writing to a text cannot fail.
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = write!(head, "{}: {}\r\n\r\n", length.0, length.1);
        head.into_bytes()
    }
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

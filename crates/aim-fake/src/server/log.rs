//! Lines for standard error, one of JSON per request and without secrets.
//!
//! A pipe that nobody reads takes no more after 64 KiB or so, and a write to
//! it then waits for ever. So a thread of its own writes, and whoever logs
//! only queues: a full queue drops lines, which are counted and reported.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use hyper::body::Incoming;
use hyper::{Request, Response};
use serde_json::json;

use super::socket::target;
use crate::engine::request_log::{Received, masked_target, utc};
use crate::model::schema::Schema;

/// How much waits to be written, in bytes.
const MOST: usize = 1024 * 1024;

/// How long the end waits for what is still to be written.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where the program's lines go; a copy of it goes to the same place.
#[derive(Clone)]
pub(crate) struct Log(Arc<Queue>);

#[derive(Default)]
struct Queue {
    lines: Mutex<Lines>,
    changed: Condvar,
}

#[derive(Default)]
struct Lines {
    waiting: Vec<String>,
    /// How long those are together.
    bytes: usize,
    /// How many found the queue full since the writer last looked. From the
    /// first of them on all are dropped, so that the line that tells of them
    /// stands where they are missing.
    dropped: u64,
    /// Nothing comes any more.
    ended: bool,
    /// All is written.
    done: bool,
}

impl Log {
    /// Lines go to standard error.
    ///
    /// # Errors
    ///
    /// What the operating system says about another thread.
    pub(crate) fn start() -> io::Result<Self> {
        Self::to(io::stderr())
    }

    fn to(out: impl Write + Send + 'static) -> io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let log = Self(Arc::clone(&queue));
        thread::Builder::new()
            .name("aim-fake log".to_owned())
            .spawn(move || queue.write_to(out))?;
        Ok(log)
    }

    /// Has a line written some time, or dropped; never waits.
    pub(crate) fn line(&self, mut line: String) {
        line.push('\n');
        let mut lines = self.0.lock();
        if lines.dropped > 0 || lines.bytes + line.len() > MOST {
            lines.dropped += 1;
        } else {
            lines.bytes += line.len();
            lines.waiting.push(line);
        }
        self.0.changed.notify_all();
    }

    /// Waits until all is written, though not long: where nobody reads, what
    /// is left is lost.
    pub(crate) fn finish(self) {
        let mut lines = self.0.lock();
        lines.ended = true;
        self.0.changed.notify_all();
        // Written or not, this is the end.
        let _ = self
            .0
            .changed
            .wait_timeout_while(lines, PATIENCE, |lines| !lines.done);
    }
}

impl Queue {
    /// Nothing that holds the lock can panic.
    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_to(&self, mut out: impl Write) {
        // What is missing above what is written next.
        let mut missing = 0;
        loop {
            let mut lines = self
                .changed
                .wait_while(self.lock(), |lines| {
                    lines.waiting.is_empty() && lines.dropped == 0 && !lines.ended
                })
                .unwrap_or_else(PoisonError::into_inner);
            let waiting = std::mem::take(&mut lines.waiting);
            let dropped = std::mem::take(&mut lines.dropped);
            let ended = lines.ended;
            lines.bytes = 0;
            drop(lines);
            // One write for each line: what a pipe takes of a short one is
            // all of it or nothing.
            for line in waiting {
                tell_missing(&mut missing, &mut out);
                if out.write_all(line.as_bytes()).is_err() {
                    missing += 1;
                }
            }
            missing += dropped;
            tell_missing(&mut missing, &mut out);
            if ended {
                self.lock().done = true;
                self.changed.notify_all();
                return;
            }
        }
    }
}

/// Says how many lines are missing, as soon as it can be said.
fn tell_missing(missing: &mut u64, out: &mut impl Write) {
    if *missing > 0 {
        let line = json!({ "time": utc(SystemTime::now()), "dropped": *missing });
        if out.write_all(format!("{line}\n").as_bytes()).is_ok() {
            *missing = 0;
        }
    }
}

/// What was noted of a request, for the log.
#[derive(Clone)]
pub(super) struct Noted(pub(super) Arc<Received>);

/// What is known of a request before it is answered.
pub(super) struct Line {
    connection: u64,
    method: String,
    target: String,
}

impl Line {
    pub(super) fn new(
        request: &Request<Incoming>,
        connection: u64,
        schema: &'static Schema,
    ) -> Self {
        Self {
            connection,
            method: request.method().to_string(),
            target: masked_target(target(request.uri()), schema),
        }
    }

    pub(super) fn write(self, log: &Log, response: &Response<Body>, took: Duration) {
        let mut line = json!({
            "time": utc(SystemTime::now()),
            "connection": self.connection,
            "method": self.method,
            "target": self.target,
            "status": response.status().as_u16(),
            "microseconds": u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        });
        if let Some(Noted(received)) = response.extensions().get() {
            line["status"] = json!(received.status);
            line["operation"] = json!(received.operation);
            line["applied"] = json!(received.applied);
            line["ignored"] = received.ignored_json();
            line["not_kept"] = json!(received.not_kept);
            line["scripted"] = json!(received.scripted);
            line["fault"] = json!(received.fault);
        }
        log.line(line.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails at the writes with these numbers, counted from 0.
    struct Failing {
        numbers: &'static [usize],
        count: usize,
        written: Arc<Mutex<String>>,
    }

    impl Write for Failing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.count += 1;
            if self.numbers.contains(&(self.count - 1)) {
                return Err(io::Error::other("no"));
            }
            *self.written.lock().unwrap() += std::str::from_utf8(bytes).unwrap();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_that_cannot_be_written_are_counted_when_one_can() {
        let written = Arc::new(Mutex::new(String::new()));
        let log = Log::to(Failing {
            // The second line, the note of it, and the third line.
            numbers: &[1, 2, 3],
            count: 0,
            written: Arc::clone(&written),
        })
        .unwrap();
        for line in ["a", "b", "c", "d"] {
            log.line(line.to_owned());
        }
        log.finish();
        let written = written.lock().unwrap();
        let lines: Vec<&str> = written.lines().collect();
        assert_eq!((lines[0], lines[2], lines.len()), ("a", "d", 3));
        assert!(lines[1].contains("\"dropped\":2"), "{written}");
    }
}

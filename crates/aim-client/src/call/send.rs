//! Sends a request: attempt by attempt, within every limit.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Body, Method, Request, Response, StatusCode};
use tokio::sync::SemaphorePermit;

use crate::call::answer::Answer;
use crate::call::compression::decompressed;
use crate::call::credentials::TOKEN;
use crate::call::error::{Delivery, Error};
use crate::call::journal::Entry;
use crate::call::judge::{Asked, OperationAnswer, judge};
use crate::call::limits::Limit;
use crate::call::options::Session;
use crate::call::received::Received;
use crate::call::retry::may_repeat;
use crate::call::runtime::{Runtime, Sleep};
use crate::call::shared::Shared;
use crate::call::trace;
use crate::call::watch::Watch;
use crate::operation::{Effect, Operation};

/// How many bytes are reserved for an answer before they have come.
const MOST_RESERVED: usize = 64 << 10;

/// A call of an operation.
pub(crate) struct Call<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) session: &'a Session,
    pub(crate) operation: &'static Operation,
}

impl Call<'_> {
    /// Makes the call: everything that all operations have in common. One whose
    /// request cannot be written is a call, too.
    pub(crate) async fn make<T: OperationAnswer>(
        &self,
        write: impl FnOnce() -> Result<Request, Error>,
    ) -> Result<Answer<T>, Error> {
        let span = trace::call(self.operation, &self.shared.host, self.shared.port);
        let call = async {
            let outcome = match write() {
                Ok(request) => self.journaled(&request).await,
                Err(error) => Err(error),
            };
            trace::finish(&span, &outcome);
            outcome
        };
        trace::within(span.clone(), call).await
    }

    async fn journaled<T: OperationAnswer>(&self, request: &Request) -> Result<Answer<T>, Error> {
        if let Some(problem) = self.session.problem() {
            return Err(Error::refused(Some(self.operation), problem));
        }
        let id = self.session.booking_id.as_deref();
        let id = id.filter(|_| self.operation.effect() == Effect::Books);
        let Some(id) = id else {
            return self.named(request, None).await;
        };
        let time = self.shared.runtime.time_of_day();
        let taken = id.take(self.operation, time).map_err(|earlier| {
            let mut error = Error::duplicate(self.operation, earlier);
            error.set_booking_id(id.name.as_str().into());
            error
        })?;
        let outcome = self.named(request, Some(&id.name)).await;
        taken.settle(&outcome);
        outcome
    }

    async fn named<T: OperationAnswer>(
        &self,
        request: &Request,
        id: Option<&str>,
    ) -> Result<Answer<T>, Error> {
        // If this future is dropped, the entry is closed as unknown.
        let mut entry = Entry::open(
            self.shared.journal.as_ref(),
            &*self.shared.runtime,
            id,
            self.operation,
            request,
        )?;
        let mut outcome = self.attempts(request, &mut entry).await;
        entry.close(&mut outcome);
        outcome
    }

    /// Makes attempts until one succeeds, or none may follow, or time is over.
    async fn attempts<T: OperationAnswer>(
        &self,
        request: &Request,
        entry: &mut Entry,
    ) -> Result<Answer<T>, Error> {
        let runtime = &*self.shared.runtime;
        let retry = self.session.retry;
        let deadline = Deadline {
            runtime,
            started: runtime.now(),
            total: self.session.timeout,
        };
        let mut delays = None;
        let mut number = 0;
        let mut last = None;
        let mut may_log_in = self.operation.effect() == Effect::ReadOnly;
        loop {
            let permit = match self.permit(&deadline).await {
                Ok(permit) => permit,
                // What came of the attempt before says more.
                Err(too_late) => return Err(last.unwrap_or(too_late)),
            };
            number += 1;
            let (headers, login) = self.session.current();
            let has_token = headers.contains_key(TOKEN);
            let attempt = self.attempt(request, headers, number, &deadline, entry);
            let outcome = attempt.await;
            drop(permit);
            let error = match outcome {
                Ok(mut answer) => {
                    answer.attempts = number;
                    return Ok(answer);
                }
                Err(error) => error.after(number),
            };
            let has_ended = has_token && self.has_ended(&error);
            let error = error.of_session(has_ended);
            let renewal = self.session.renewal.as_ref();
            let renewal = renewal.filter(|_| may_log_in && has_ended);
            if renewal.is_none() && !may_repeat(self.operation, &error) {
                return Err(error);
            }
            let delays = delays.get_or_insert_with(|| retry.delays(runtime.random()));
            let Some(delay) = delays.next() else {
                return Err(error);
            };
            if let Some(renewal) = renewal {
                may_log_in = false;
                match deadline.race(renewal.renew(login, runtime)).await {
                    Some(Ok(())) => last = Some(error),
                    Some(Err(why)) => return Err(error.without_login(why)),
                    None => return Err(error),
                }
                continue;
            }
            let delay = retry.obeying(delay, &error, runtime.time_of_day());
            if delay >= deadline.rest() {
                return Err(error);
            }
            last = Some(error);
            runtime.sleep(delay).await;
        }
    }

    /// Whether the server says that the session has ended.
    fn has_ended(&self, error: &Error) -> bool {
        let words = &self.shared.words;
        error.http_status() == Some(StatusCode::UNAUTHORIZED)
            || error
                .aim_status()
                .is_some_and(|status| words.say_ended(&status.words()))
    }

    /// Waits for a permit to be among the requests in flight.
    async fn permit(&self, deadline: &Deadline<'_>) -> Result<SemaphorePermit<'_>, Error> {
        let too_late = |limit, set| Error::limit_hit(self.operation, Delivery::NotSent, limit, set);
        // The semaphore is never closed; if it were, nothing would be sent.
        let Some(Ok(permit)) = deadline.race(self.shared.in_flight.acquire()).await else {
            let set = format!("{} for {:?}", self.shared.limits.in_flight, deadline.total);
            return Err(too_late(Limit::InFlight, set));
        };
        if deadline.rest().is_zero() {
            return Err(too_late(Limit::TotalTime, format!("{:?}", deadline.total)));
        }
        Ok(permit)
    }

    /// Makes one attempt.
    async fn attempt<T: OperationAnswer>(
        &self,
        request: &Request,
        headers: HeaderMap,
        number: u32,
        deadline: &Deadline<'_>,
        entry: &mut Entry,
    ) -> Result<Answer<T>, Error> {
        let original = request;
        let mut request = request
            .try_clone()
            .ok_or_else(|| Error::refused(Some(self.operation), "the request cannot be copied"))?;
        *request.headers_mut() = headers;
        if request.method() != Method::POST {
            request.headers_mut().remove(CONTENT_TYPE);
        }
        let watch = Watch::start(self.shared, self.operation, number, &request);
        entry.may_be_sent(true);
        let sending = self.shared.http(self.operation, number).execute(request);
        let mut received = None;
        let exchange = self.exchange(sending, original, &mut received);
        let mut outcome = match deadline.race(exchange).await {
            Some(outcome) => outcome,
            None => Err(Error::limit_hit(
                self.operation,
                Delivery::Unknown,
                Limit::TotalTime,
                format!("{:?}", deadline.total),
            )),
        };
        if let Err(error) = &mut outcome {
            entry.may_be_sent(error.delivery() != Delivery::NotSent);
            error.set_received(received);
        }
        watch.end(&outcome);
        outcome
    }

    /// Sends, reads the answer to its end and judges it. What is received on the
    /// way is kept if that was asked for.
    async fn exchange<T: OperationAnswer>(
        &self,
        sending: impl Future<Output = reqwest::Result<Response>>,
        original: &Request,
        received: &mut Option<Received>,
    ) -> Result<Answer<T>, Error> {
        let limits = self.shared.limits;
        let mut response = self
            .in_read_time(sending)
            .await?
            .map_err(|error| Error::transport(self.operation, error, None, &limits))?;
        let status = response.status();
        let kept = limits.received_bytes;
        *received = kept.map(|most| Received::new(status, response.headers(), most));
        let too_large = |limit, set: u64| {
            let set = format!("{set} bytes");
            Error::limit_hit(self.operation, Delivery::Unknown, limit, set).with_status(status)
        };
        if header_bytes(&response) > u64::from(limits.header_bytes) {
            return Err(too_large(Limit::HeaderSize, limits.header_bytes.into()));
        }
        let most = limits.answer_bytes as u64;
        let announced = response.content_length().unwrap_or(0);
        if announced > most {
            return Err(too_large(Limit::AnswerSize, most));
        }
        // What is announced need not come.
        let announced = usize::try_from(announced).unwrap_or(MOST_RESERVED);
        let mut body = Vec::with_capacity(announced.min(MOST_RESERVED));
        while let Some(chunk) = self
            .in_read_time(response.chunk())
            .await
            .map_err(|error| error.with_status(status))?
            .map_err(|error| Error::transport(self.operation, error, Some(status), &limits))?
        {
            if let Some(received) = received {
                received.push(&chunk);
            }
            if chunk.len() > limits.answer_bytes - body.len() {
                return Err(too_large(Limit::AnswerSize, most));
            }
            body.extend_from_slice(&chunk);
        }
        let Some(body) = decompressed(body, limits.answer_bytes) else {
            return Err(too_large(Limit::AnswerSize, most));
        };
        let headers = std::mem::take(response.headers_mut());
        let asked = Asked {
            operation: self.operation,
            sent: original.body().and_then(Body::as_bytes).unwrap_or_default(),
            words: &self.shared.words,
            items: limits.answer_items,
        };
        judge(&asked, status, headers, &body)
    }

    /// Waits for something to arrive.
    async fn in_read_time<F: Future>(&self, work: F) -> Result<F::Output, Error> {
        let limit = Limit::ReadTime;
        let time = self.shared.limits.read_time;
        race(work, || self.shared.runtime.timer(limit, time))
            .await
            .ok_or_else(|| {
                Error::limit_hit(
                    self.operation,
                    Delivery::Unknown,
                    limit,
                    format!("{time:?}"),
                )
            })
    }
}

/// The end of a call's time.
struct Deadline<'a> {
    runtime: &'a dyn Runtime,
    started: Instant,
    total: Duration,
}

impl Deadline<'_> {
    fn rest(&self) -> Duration {
        let spent = self.runtime.now().saturating_duration_since(self.started);
        self.total.saturating_sub(spent)
    }

    async fn race<F: Future>(&self, work: F) -> Option<F::Output> {
        race(work, || self.runtime.timer(Limit::TotalTime, self.rest())).await
    }
}

/// What the work gives, unless the timer ends before it. There is no timer
/// until the work has to wait.
async fn race<F: Future>(work: F, timer: impl Fn() -> Sleep) -> Option<F::Output> {
    let mut work = pin!(work);
    let mut running = None;
    poll_fn(|context| {
        if let Poll::Ready(output) = work.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        let timer = running.get_or_insert_with(&timer);
        timer.as_mut().poll(context).map(|()| None)
    })
    .await
}

/// The size of the headers as HTTP/1 would write them.
fn header_bytes(response: &Response) -> u64 {
    let line = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        (name.as_str().len() + value.len() + ": \r\n".len()) as u64
    };
    response.headers().iter().map(line).sum()
}

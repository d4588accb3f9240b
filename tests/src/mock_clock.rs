//! A clock under the control of a test, so that no test waits.

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aim_client::Limit;
use aim_client::runtime::{Runtime, Sleep};
use tokio::sync::Notify;

use crate::patience::patiently;

/// A runtime whose pauses end at once and move its clock, and whose time limits
/// are hit only when the test says so. A call that would wait for ever panics
/// after a minute of real time; so tokio's time must not be paused, which would
/// let that minute pass at once.
#[derive(Clone)]
pub struct MockClock(Arc<Inner>);

struct Inner {
    start: Instant,
    state: Mutex<State>,
    hit: Notify,
}

#[derive(Default)]
struct State {
    slept: Vec<Duration>,
    timers: Vec<(Limit, Duration)>,
    to_hit: Option<Limit>,
}

impl Default for MockClock {
    fn default() -> Self {
        Self(Arc::new(Inner {
            start: Instant::now(),
            state: Mutex::default(),
            hit: Notify::new(),
        }))
    }
}

impl MockClock {
    /// A clock whose timers for this limit end with [`hit`](Self::hit).
    #[must_use]
    pub fn hitting(limit: Limit) -> Self {
        let clock = Self::default();
        clock.state().to_hit = Some(limit);
        clock
    }

    /// Ends a timer for the limit, now or when it starts.
    pub fn hit(&self) {
        self.0.hit.notify_one();
    }

    /// The client's pauses, in order.
    #[must_use]
    pub fn slept(&self) -> Vec<Duration> {
        self.state().slept.clone()
    }

    /// The timers that were started.
    #[must_use]
    pub fn timers(&self) -> Vec<(Limit, Duration)> {
        self.state().timers.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spent(&self) -> Duration {
        self.state().slept.iter().sum()
    }
}

impl Runtime for MockClock {
    fn now(&self) -> Instant {
        self.0.start + self.spent()
    }

    /// 1994-11-06 08:49:37 at the start, as in HTTP's examples.
    fn time_of_day(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777) + self.spent()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.state().slept.push(duration);
        Box::pin(async {})
    }

    fn timer(&self, limit: Limit, duration: Duration) -> Sleep {
        let mut state = self.state();
        state.timers.push((limit, duration));
        let is_steered = state.to_hit == Some(limit);
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            if is_steered {
                patiently("a hit of the limit", inner.hit.notified()).await;
            } else {
                let what = format!("an end of what {limit:?} guards, a limit that is never hit");
                patiently(&what, pending::<()>()).await;
            }
        })
    }

    fn random(&self) -> u64 {
        7
    }
}

//! Where time and chance come from.

use std::future::Future;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

use crate::call::limits::Limit;

/// A future that ends when a time is over.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where a client takes time and chance from; given to
/// [`AimClientBuilder::runtime`](crate::AimClientBuilder::runtime).
///
/// Every method has a default: tokio's timers, the system's clocks and random
/// numbers. A test replaces what it wants to steer, so that it need not wait:
///
/// ```
/// use std::sync::Mutex;
/// use std::time::Duration;
/// use aim_client::runtime::{Runtime, Sleep};
///
/// /// Does not wait between attempts, and keeps how long it would have been.
/// #[derive(Default)]
/// struct NoWait(Mutex<Vec<Duration>>);
///
/// impl Runtime for NoWait {
///     fn sleep(&self, duration: Duration) -> Sleep {
///         self.0.lock().unwrap().push(duration);
///         Box::pin(async {})
///     }
/// }
/// ```
///
/// The time-out of making a connection is reqwest's own and runs on tokio.
pub trait Runtime: Send + Sync + 'static {
    /// The time by a clock that never goes back.
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// The time of day: what a date in `Retry-After` is compared with, and
    /// when a booking was journaled.
    fn time_of_day(&self) -> SystemTime {
        SystemTime::now()
    }

    /// Waits between two attempts.
    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }

    /// Ends when a limit of time is hit: the one that is named. What it guards
    /// is given up then.
    fn timer(&self, limit: Limit, duration: Duration) -> Sleep {
        let _ = limit;
        Box::pin(tokio::time::sleep(duration))
    }

    /// A random number, for jitter and for the ids of journaled bookings.
    fn random(&self) -> u64 {
        // Each is seeded anew, by the system's randomness.
        RandomState::new().build_hasher().finish()
    }
}

/// tokio and the system.
pub(crate) struct System;

impl Runtime for System {}

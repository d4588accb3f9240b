//! Independent cases on all cores, so that no long test is the last one alone.

use std::future::Future;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::runtime::Builder;

/// What `work` makes of each case, in their order.
///
/// # Panics
///
/// If `work` panics.
pub fn each<'a, T: Sync, R: Send>(cases: &'a [T], work: impl Fn(&'a T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || {
        let places = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)));
        let cases = places.map_while(|place| Some((place, cases.get(place)?)));
        cases
            .map(|(place, case)| (place, work(case)))
            .collect::<Vec<_>>()
    };
    let mut done: Vec<_> = thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(take)).collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined
            .flat_map(|done| done.unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What a future gives, on a runtime of its own.
///
/// # Panics
///
/// If the operating system has no room for one more.
#[allow(
    clippy::expect_used,
    reason = "only tests use this, and that is how a test fails"
)]
pub fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

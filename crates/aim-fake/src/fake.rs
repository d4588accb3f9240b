//! The fake as a test uses it: in the test's process, on a free port, gone
//! when it is dropped.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use serde_json::Value as Json;
use tokio::sync::watch;

use crate::engine::faults::Fault;
use crate::engine::request_log::Received;
use crate::engine::{Engine, InitialState};
use crate::model::schema::Schema;
use crate::model::settings::Settings;
use crate::problem::Problem;
use crate::server;
use crate::state::State;

/// A fake that runs on a thread of its own, so that it answers whatever the
/// test's own runtime is busy with. Dropped, it has stopped: its port is free
/// and its thread has ended.
pub struct AimFake {
    engine: Arc<Engine>,
    address: SocketAddr,
    base_url: String,
    /// Tells the thread to stop, by being dropped.
    stop: Option<watch::Sender<bool>>,
    thread: Option<JoinHandle<()>>,
}

/// How a fake is to begin.
#[derive(Clone, Debug)]
pub struct Builder {
    initial: InitialState,
    address: SocketAddr,
}

/// Why a fake does not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A setting or a fault does not fit.
    Start(Problem),
    /// What the operating system says.
    Io(io::Error),
}

impl Builder {
    /// Serves this document in place of the one that comes with the crate: its
    /// types, its routes and its pages.
    #[must_use]
    pub fn document(mut self, schema: &'static Schema) -> Self {
        self.initial.schema = schema;
        self
    }

    /// Begins with these settings.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.initial.settings = settings;
        self
    }

    /// Begins with this state.
    #[must_use]
    pub fn state(mut self, state: State) -> Self {
        self.initial.state = state;
        self
    }

    /// Begins with this fault too.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.initial.faults.push(fault);
        self
    }

    /// Listens here; port 0 is a free one. By default that is a free port of
    /// 127.0.0.1.
    #[must_use]
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Starts it; connections wait from now on.
    ///
    /// # Errors
    ///
    /// A setting or fault that does not fit, or an address that cannot be had.
    pub async fn start(self) -> Result<AimFake, Error> {
        let engine = Arc::new(Engine::new(self.initial).map_err(Error::Start)?);
        let listener = server::bind(self.address).map_err(Error::Io)?;
        let address = listener.local_addr().map_err(Error::Io)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::Io)?;
        let (stop, stopped) = watch::channel(false);
        let served = Arc::clone(&engine);
        let thread = thread::Builder::new()
            .name("aim-fake".to_owned())
            .spawn(move || {
                let mut gone = stopped.clone();
                runtime.block_on(async {
                    tokio::select! {
                        // Without a listener every request is refused, which
                        // the test cannot miss.
                        _ = server::serve(vec![listener], served, None, stopped) => {}
                        // What is under way is dropped, not finished.
                        _ = gone.changed() => {}
                    }
                });
            })
            .map_err(Error::Io)?;
        Ok(AimFake {
            engine,
            address,
            base_url: server::base_url(address),
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl AimFake {
    /// Starts a fake on a free port of the loopback, with nothing in it.
    ///
    /// # Errors
    ///
    /// What the operating system says.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// For a fake that begins in another way.
    #[must_use]
    pub fn builder() -> Builder {
        Builder {
            initial: InitialState::default(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        }
    }

    /// The base URL of a client, without a slash at its end: the paths of the
    /// document append to it. A fake that listens on all addresses has that of
    /// the loopback here.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Has the next call of an operation answered so, as it stands:
    /// credentials, rules and state are not looked at. `answer` has the form
    /// of `POST /_aim/answers`.
    ///
    /// # Errors
    ///
    /// The first thing that does not fit, by JSON pointer.
    pub fn answer(&self, operation: &str, answer: &Json) -> Result<(), Problem> {
        self.answer_times(operation, answer, Some(1))
    }

    /// As [`answer`](Self::answer), for so many calls; for all of them with no
    /// number.
    ///
    /// # Errors
    ///
    /// As [`answer`](Self::answer).
    pub fn answer_times(
        &self,
        operation: &str,
        answer: &Json,
        times: Option<u32>,
    ) -> Result<(), Problem> {
        self.engine.script(operation, answer, times)
    }

    /// The scripted answers that were not given yet: none if all that the
    /// test expected was asked for. In the form of `POST /_aim/answers`.
    #[must_use]
    pub fn pending_answers(&self) -> Vec<Json> {
        match self.engine.answers() {
            Json::Array(answers) => answers,
            _ => Vec::new(),
        }
    }

    /// Sets a fault and gives its number. When this comes back, a listener
    /// that is to be closed now is closed.
    ///
    /// # Errors
    ///
    /// What does not fit together, by JSON pointer.
    pub async fn fault(&self, fault: Fault) -> Result<u64, Problem> {
        let id = self.engine.add_fault(fault)?;
        self.engine.settled().await;
        Ok(id)
    }

    /// Removes all faults.
    pub fn remove_faults(&self) {
        self.engine.remove_faults();
    }

    /// The faults that are still to trigger, in the form of
    /// `GET /_aim/faults`.
    #[must_use]
    pub fn faults(&self) -> Vec<Json> {
        match self.engine.faults() {
            Json::Array(faults) => faults,
            _ => Vec::new(),
        }
    }

    /// What was received on the vendor's paths and is remembered, oldest
    /// first.
    #[must_use]
    pub fn requests(&self) -> Vec<Arc<Received>> {
        self.engine.requests().0
    }

    /// Forgets what was received.
    pub fn forget_requests(&self) {
        self.engine.forget_requests();
    }

    /// The settings as they are now.
    #[must_use]
    pub fn settings(&self) -> Settings {
        (*self.engine.settings()).clone()
    }

    /// Changes settings by their names, all of them or none.
    ///
    /// # Errors
    ///
    /// The first that does not fit, by JSON pointer.
    pub fn patch_settings(&self, changes: &Json) -> Result<(), Problem> {
        self.engine.patch_settings(changes).map(drop)
    }

    /// A copy of the state.
    #[must_use]
    pub fn state(&self) -> State {
        self.engine.state()
    }

    /// Puts another state in its place.
    pub fn set_state(&self, state: State) {
        self.engine.set_state(state);
    }

    /// Brings back how the fake began, and forgets everything else.
    pub async fn reset(&self) {
        self.engine.reset();
        self.engine.settled().await;
    }
}

impl Drop for AimFake {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was printed there.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for AimFake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AimFake")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(problem) => write!(f, "the fake does not start: {problem}"),
            Self::Io(error) => write!(f, "the fake does not start: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Start(problem) => Some(problem),
            Self::Io(error) => Some(error),
        }
    }
}

//! Canaries: a secret of its own in every sensitive member of every type and in
//! every credential, searched for in all that a program shows, logs or sends in
//! a URL, after success and after each fault.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write as _};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::{fs, panic, thread};

use aim_client::journal::{Booking, FileJournal, Journal, Outcome, Refusal};
use aim_client::{
    AimClient, AimClientBuilder, Attempt, AttemptEnd, CallOptions, Credentials, Delivery, Effect,
    Error, Limit, Login, Observer, Operation,
};
use aim_fake::internals::names;
use aim_fake::{AimFake, Fault, FaultKind, State};
use aim_tests::calls;
use aim_tests::error_text::error_text;
use aim_tests::fixture;
use aim_tests::log::Log;
use aim_tests::mock_clock::MockClock;
use aim_tests::ordered::{self, Value, at, items, leaves, members, resolved, text, type_name};
use aim_tests::server::{Reply, Server};
use aim_tests::types::TYPES;
use serde_json::{Map, Value as Json, json};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// What no text may hold. The form is one that nothing else has, unless the
/// document asks for another.
static CANARIES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let document = ordered::document();
    let mut canaries: BTreeSet<String> = CREDENTIALS.iter().map(ToString::to_string).collect();
    canaries.insert(HEADER.to_owned());
    for (name, schema) in members(&document, "/components/schemas") {
        for (member, property) in members(schema, "/properties") {
            if at(property, "/x-aim-sensitive").is_some() {
                assert_eq!(text(property, "/type"), "string", "{name}.{member}");
                canaries.insert(canary(name, member, property));
            }
        }
    }
    canaries
});

/// How a canary begins that has no form of its own: a text without this is
/// searched once for all of them.
const BEGINNING: &str = "canary.";

const CREDENTIALS: [&str; 5] = [
    "canary.ApiKey.x",
    "canary.AppId.x",
    "canary.Token.x",
    "canary.DeviceId.x",
    "canary.OAuthToken.x",
];
/// In a header of the user's own, and in those of an answer.
const HEADER: &str = "canary.header.x";

/// What the server writes where the document knows no secret: a code, a name, a
/// page. It may repeat what it was sent all the same.
const OF_THE_SERVER: [&str; 3] = ["canary of the server", "CANARYkey", "424242"];

fn canary(schema: &str, member: &str, property: &Value) -> String {
    match text(property, "/x-aim-pattern") {
        "" => format!("canary.{schema}.{member}.x"),
        "^[0-9]{4}$" => "7391".to_owned(),
        "^(0[1-9]|1[0-2])/[0-9]{2}$" => "09/37".to_owned(),
        _ => text(property, "/example").to_owned(),
    }
}

/// The canary that a text holds: as it is, with its slash escaped, or as the
/// numbers of its bytes.
fn found(text: &str) -> Option<&'static str> {
    let has_a_beginning = text.contains(BEGINNING) || text.contains(&numbers(BEGINNING));
    let canaries = CANARIES.iter().map(String::as_str);
    canaries
        .filter(|canary| has_a_beginning || !canary.starts_with(BEGINNING))
        .find(|canary| {
            stands_in(text, canary)
                || stands_in(text, &canary.replace('/', "%2F"))
                || text.contains(&numbers(canary))
        })
}

/// The numbers of a text's bytes, as `Debug` writes them.
fn numbers(text: &str) -> String {
    let bytes = format!("{:?}", text.as_bytes());
    bytes.trim_matches(['[', ']']).to_owned()
}

/// Whether a text holds another, not as a part of a longer word or number.
fn stands_in(text: &str, part: &str) -> bool {
    text.match_indices(part).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + part.len()..].chars().next();
        let is_outside = |letter: Option<char>| letter.is_none_or(|one| !one.is_alphanumeric());
        is_outside(before) && is_outside(after)
    })
}

/// All of them in one text.
fn everything() -> String {
    let canaries: Vec<_> = CANARIES.iter().map(String::as_str).collect();
    canaries.join(" ")
}

#[track_caller]
fn check(case: &str, channel: &str, text: &str) {
    if let Some(canary) = found(text) {
        panic!("{case}: {channel} shows {canary}: {text}");
    }
}

/// As `check`, for what may not even repeat the server's words.
#[track_caller]
fn check_strictly(case: &str, channel: &str, text: &str) {
    check(case, channel, text);
    for word in OF_THE_SERVER {
        assert!(!stands_in(text, word), "{case}: {channel}: {text}");
    }
}

/// JSON for a schema with every member, and a canary in each sensitive one;
/// what is sent has no members that exclude each other.
fn planted(document: &Value, name: &str, is_sent: bool) -> Json {
    let schema = at(document, &format!("/components/schemas/{name}")).unwrap();
    let planted = |(member, property): (&str, &Value)| {
        let value = if at(property, "/x-aim-sensitive").is_some() {
            canary(name, member, property).into()
        } else {
            value(document, property, is_sent)
        };
        (member.to_owned(), value)
    };
    let mut object: Map<String, Json> = members(schema, "/properties").map(planted).collect();
    let required = items(schema, "/required");
    for pair in items(schema, "/x-aim-exclusive") {
        let [one, other] = [text(pair, "/0"), text(pair, "/1")];
        if is_sent && has(&object, one) && has(&object, other) {
            let is_required = required.iter().any(|name| name == one);
            let left_out = if is_required { other } else { one };
            object.remove(left_out.split('=').next().unwrap());
        }
    }
    object.into()
}

/// Whether an object has what a part of `x-aim-exclusive` says: a member, or
/// `Member=value`.
fn has(object: &Map<String, Json>, part: &str) -> bool {
    match part.split_once('=') {
        Some((member, value)) => object.get(member).is_some_and(|found| found == value),
        None => object.contains_key(part),
    }
}

fn value(document: &Value, property: &Value, is_sent: bool) -> Json {
    if let Some(name) = type_name(property) {
        return planted(document, name, is_sent);
    }
    if let Some(name) = at(property, "/items").and_then(type_name) {
        return json!([planted(document, name, is_sent)]);
    }
    let example = at(property, "/example").unwrap_or_else(|| panic!("{property:?}"));
    serde_json::from_str(&ordered::json(example).unwrap()).unwrap()
}

/// What the user's hooks are given, as they would log it.
#[derive(Clone)]
struct Hooks {
    file: FileJournal,
    bookings: Arc<AtomicUsize>,
    seen: Arc<Mutex<String>>,
    /// The operations whose payload had a canary.
    exposed: Arc<Mutex<BTreeSet<&'static str>>>,
}

impl Hooks {
    /// The booking under an id of its own, which the clock of the tests has not.
    fn numbered(&self, booking: &Booking) -> Booking {
        let mut booking = booking.clone();
        booking.id = self.bookings.load(Ordering::Relaxed).to_string();
        booking
    }

    fn see(&self, what: impl Debug) {
        writeln!(self.seen.lock().unwrap(), "{what:?} {what:#?}").unwrap();
    }

    fn take(&self) -> String {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

impl Observer for Hooks {
    fn attempt_started(&self, attempt: &Attempt<'_>) {
        self.see(attempt);
    }

    fn attempt_ended(&self, attempt: &Attempt<'_>, end: &AttemptEnd) {
        self.see((attempt, end));
    }
}

impl Journal for Hooks {
    fn before(&self, booking: &Booking) -> Result<(), Refusal> {
        // This is the one way to the payload, and says so by its name.
        if found(booking.expose_request()).is_some() {
            let mut exposed = self.exposed.lock().unwrap();
            exposed.insert(booking.operation.id());
        }
        self.see(booking);
        self.bookings.fetch_add(1, Ordering::Relaxed);
        self.file.before(&self.numbered(booking))
    }

    fn after(&self, booking: &Booking, outcome: &Outcome<'_>) {
        self.see((booking, outcome.delivery, outcome.error, outcome.status));
        self.file.after(&self.numbered(booking), outcome);
    }
}

/// Begins the message of each panic that is meant.
const MEANT: &str = "a program gives up";

/// Every channel but the URLs, which the servers see.
struct Channels {
    /// By `tracing` and by `log`, of all crates.
    log: Log,
    /// All that was ever logged, to know that anything was.
    logged: String,
    hooks: Hooks,
    panics: Arc<Mutex<String>>,
    /// Whether a body that an error has kept had a canary.
    received_a_canary: bool,
}

impl Channels {
    fn open(file: &Path) -> Self {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish()
            .init();
        let panics = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&panics);
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            let text = info.to_string();
            if text.contains(MEANT) {
                kept.lock().unwrap().push_str(&text);
            } else {
                usual(info);
            }
        }));
        Self {
            log,
            logged: String::new(),
            hooks: Hooks {
                file: FileJournal::open(file).unwrap(),
                bookings: Arc::default(),
                seen: Arc::default(),
                exposed: Arc::default(),
            },
            panics,
            received_a_canary: false,
        }
    }

    fn builder(&self, base_url: &str) -> AimClientBuilder {
        calls::builder(base_url)
            .credentials(credentials())
            .observer(self.hooks.clone())
            .journal(self.hooks.clone())
            .runtime(MockClock::default())
            .max_answer_bytes(100_000)
            .keep_received(100_000)
    }

    fn client(&self, base_url: &str) -> AimClient {
        let client = self.builder(base_url).build().unwrap();
        client.with(CallOptions::new().header("X-Own", HEADER))
    }

    async fn call(&mut self, case: &str, client: &AimClient, id: &str, request: &str) -> Outcomes {
        let called = calls::call(client, id, request).await.unwrap();
        self.hidden(case);
        if let Some(answer) = called.debug {
            let debug = format!("{answer:?} {answer:#?}");
            check(case, "the answer", &debug);
            self.panics(case, || panic!("{MEANT}: {debug}"));
        }
        let outcomes = called.error.as_ref().map(Error::delivery);
        if let Some(error) = called.error {
            self.error(case, &error);
            self.panics(case, || panic!("{MEANT}: {error:?}"));
        }
        outcomes
    }

    async fn check(&mut self, case: &str, client: &AimClient) {
        match client.check().await {
            Ok(checked) => check(case, "the check", &format!("{checked:?} {checked:#?}")),
            Err(error) => {
                let text = format!("{error} {error:#} {error:?} {error:#?}");
                check_strictly(case, "the check", &text);
                check_strictly(case, "the check", &error_text(error.call()));
            }
        }
        self.hidden(case);
    }

    /// What is logged and what hooks get.
    fn hidden(&mut self, case: &str) {
        let log = self.log.take();
        check_strictly(case, "the log", &log);
        self.logged.push_str(&log);
        check_strictly(case, "a hook", &self.hooks.take());
    }

    fn error(&mut self, case: &str, error: &Error) {
        check_strictly(case, "the error", &error_text(error));
        if let Some(received) = error.received() {
            // The one way to the body says so by its name.
            let has_canary = found(&String::from_utf8_lossy(received.expose_body()));
            self.received_a_canary |= has_canary.is_some();
            let debug = format!("{received:?} {received:#?} {:?}", received.headers());
            check_strictly(case, "what was received", &debug);
        }
    }

    /// What a program says that dies of it.
    fn panics(&self, case: &str, die: impl FnOnce()) {
        assert!(catch_unwind(AssertUnwindSafe(die)).is_err());
        let text = std::mem::take(&mut *self.panics.lock().unwrap());
        assert!(text.contains(MEANT), "{text}");
        check(case, "a panic", &text);
    }
}

/// What is certain after a call that failed.
type Outcomes = Option<Delivery>;

fn credentials() -> Credentials {
    let [api_key, app_id, token, device_id, oauth_token] = CREDENTIALS;
    Credentials::new(api_key, app_id)
        .token(token)
        .device_id(device_id)
        .oauth_token(oauth_token)
}

/// Each operation with a request that has every member, and its answer
/// likewise. A GET is without what must not stand in a URL, and with it
/// refused.
struct Planted {
    id: String,
    request: Json,
    answer: Json,
    /// What is refused, for a GET.
    kept_out: Option<Json>,
}

fn planted_operations() -> Vec<Planted> {
    let document = ordered::document();
    let planted = |operation: ordered::Operation<'_>| {
        let id = text(operation.value, "/operationId").to_owned();
        let request = planted(&document, text(operation.value, "/x-aim-request"), true);
        let success = resolved(&document, at(operation.value, "/responses/200").unwrap());
        let schema = at(success, "/content/application~1json/schema").unwrap();
        let mut answer = planted(&document, type_name(schema).unwrap(), true);
        if let Some(status) = answer.get_mut(names::BaseResponse::STATUS) {
            status[names::BaseResponseResult::STATUS_CODE] = "OK".into();
            for failure in [
                names::BaseResponseResult::ERROR_CODE,
                names::BaseResponseResult::ERROR_DISPLAY_TEXT,
                names::BaseResponseResult::ERROR_MESSAGE,
            ] {
                status[failure] = "".into();
            }
        }
        let partial = text(operation.value, "/x-aim-partial");
        answer.as_object_mut().unwrap().remove(partial);
        let mut planted = Planted {
            id,
            request,
            answer,
            kept_out: None,
        };
        if operation.method == "GET" {
            let all = planted.request.clone();
            let open = planted.request.as_object_mut().unwrap();
            open.retain(|_, value| found(&value.to_string()).is_none());
            planted.kept_out = (all != planted.request).then_some(all);
        }
        planted
    };
    let operations = ordered::operations(&document);
    operations.into_iter().map(planted).collect()
}

#[test]
fn types_do_not_show_what_is_sensitive() {
    let document = ordered::document();
    let mut carried = BTreeSet::new();
    for kind in TYPES {
        let json = planted(&document, kind.name, false).to_string();
        // It is in there, and it gets to the server.
        let written = (kind.rewrite)(&json).unwrap();
        carried.extend(CANARIES.iter().filter(|one| stands_in(&written, one)));
        check(kind.name, "Debug", &(kind.debug)(&json).unwrap());
    }
    let of_types: BTreeSet<_> = CANARIES
        .iter()
        .filter(|one| !CREDENTIALS.contains(&one.as_str()) && *one != HEADER)
        .collect();
    assert_eq!(carried, of_types);
    assert!(of_types.len() > 15, "{of_types:?}");
}

#[tokio::test]
async fn no_channel_shows_a_canary() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bookings.jsonl");
    let mut channels = Channels::open(&file);
    settings(&channels);
    refusals(&mut channels).await;
    faults(&mut channels).await;
    answers(&mut channels).await;
    broken_connections(&mut channels).await;
    sign_in(&mut channels).await;
    let kept = fs::read_to_string(file).unwrap();
    check("a journal", "its file", &kept);
    assert!(kept.contains(names::operation::C2B_POST_CONTRACT) && kept.contains("unknown"));
    let exposed = channels.hooks.exposed.lock().unwrap().clone();
    for operation in planted_operations() {
        let id = operation.id.as_str();
        let known = Operation::all().iter().find(|one| one.id() == id).unwrap();
        let books = known.effect() == Effect::Books;
        let has_canary = found(&operation.request.to_string()).is_some();
        assert_eq!(exposed.contains(id), books && has_canary, "{id}");
    }
    assert!(channels.received_a_canary);
    for target in ["aim_client", "reqwest", "hyper_util"] {
        assert!(channels.logged.contains(&format!(" {target}")), "{target}");
    }
}

/// What holds credentials, and what is refused for them.
fn settings(channels: &Channels) {
    let options = CallOptions::new()
        .token(CREDENTIALS[2])
        .header("X-Own", HEADER);
    let builder = channels.builder("https://shop.example");
    let blocking = channels.builder("https://shop.example").build_blocking();
    let client = channels.client("https://shop.example");
    let session = client.with_token(CREDENTIALS[2]);
    let debug = format!(
        "{:?} {:#?} {options:?} {options:#?} {builder:?} {builder:#?} {:?} {client:?} {client:#?} {session:?}",
        credentials(),
        credentials(),
        blocking.unwrap(),
    );
    check_strictly("settings", "Debug", &debug);
    for broken in ["\n", "\u{e9}", " "] {
        let secret = format!("{}{broken}", CREDENTIALS[0]);
        let address = format!("https://user:{HEADER}{broken}@shop.example");
        let proxy = format!("http://user:{HEADER}{broken}@[shop.example");
        let builder = || channels.builder("https://shop.example");
        let refused = [
            builder().credentials(Credentials::new(secret.as_str(), "app")),
            builder().credentials(credentials().oauth_token(secret.as_str())),
            builder().base_url(address),
            builder().proxy(proxy),
            builder().root_certificate(secret),
        ];
        for builder in refused {
            let error = builder.build().unwrap_err();
            check_strictly("a setting", "the error", &error_text(&error));
        }
    }
}

/// Each sensitive member of each request, with something that is refused.
async fn refusals(channels: &mut Channels) {
    let server = Server::start(|_| Reply::json("{}")).unwrap();
    let client = channels.client(&server.url());
    let mut refused = BTreeSet::new();
    for operation in planted_operations() {
        let Planted { id, request, .. } = &operation;
        if let Some(request) = &operation.kept_out {
            let outcome = channels.call(id, &client, id, &request.to_string()).await;
            assert_eq!(outcome, Some(Delivery::NotSent), "{id}");
        }
        let request = request.to_string();
        for canary in CANARIES.iter() {
            let broken = request.replace(&format!("\"{canary}\""), &format!("\"{canary}\\u0001\""));
            if broken != request {
                refused.insert(canary);
                let outcome = channels.call(id, &client, id, &broken).await;
                assert_eq!(outcome, Some(Delivery::NotSent), "{id} {canary}");
            }
        }
    }
    assert!(refused.len() > 12, "{refused:?}");
    assert!(server.take().is_empty());
}

/// Each operation, with each fault and without.
async fn faults(channels: &mut Channels) {
    // Without users, whoever has a password is let in.
    let mut state = State::example().unwrap().to_json();
    state["users"] = json!([]);
    let state = State::from_json(&state).unwrap();
    let fake = AimFake::builder().state(state).start().await.unwrap();
    let client = channels.client(fake.base_url());
    for operation in planted_operations() {
        let request = operation.request.to_string();
        for kind in FaultKind::NAMES {
            let case = format!("{} {kind}", operation.id);
            // No test waits for long.
            let fault = match *kind {
                "slow_first_byte" | "hang" => format!("{kind},milliseconds=5"),
                "slow_drip" => format!("{kind},bytes=100,milliseconds=1"),
                _ => kind.to_string(),
            };
            fake.reset().await;
            fake.fault(Fault::from_text(&fault).unwrap()).await.unwrap();
            channels.call(&case, &client, &operation.id, &request).await;
            fake.remove_faults();
            let Some(received) = fake.requests().last().cloned() else {
                continue;
            };
            check(&case, "the url", &received.target);
        }
        fake.reset().await;
        let outcome = channels
            .call(&operation.id, &client, &operation.id, &request)
            .await;
        assert!(
            matches!(outcome, None | Some(Delivery::PartlyApplied)),
            "{}: {outcome:?}",
            operation.id
        );
        let [received] = <[_; 1]>::try_from(fake.requests()).unwrap();
        check(&operation.id, "the url", &received.target);
        // The canaries were sent: the state, which is there to be looked at,
        // shows them.
        let bound = received.to_json(true).to_string();
        assert_eq!(found(&bound), found(&request), "{}", operation.id);
    }
}

/// Each operation, with answers that are full of canaries.
async fn answers(channels: &mut Channels) {
    let next = Arc::new(Mutex::new(Reply::json("")));
    let reply = Arc::clone(&next);
    let server = Server::start(move |_| reply.lock().unwrap().clone()).unwrap();
    let client = channels.client(&server.url());
    let everything = format!("{} {}", everything(), OF_THE_SERVER.join(" "));
    let exception = json!({"ResponseStatus": {
        "ErrorCode": everything, "Message": everything, "StackTrace": everything,
        "Errors": [{"ErrorCode": everything, "FieldName": everything, "Message": everything}],
    }});
    for operation in planted_operations() {
        let Planted {
            id,
            answer,
            request,
            ..
        } = operation;
        let full = answer.to_string();
        let mut failed = answer.clone();
        failed[names::BaseResponse::STATUS][names::BaseResponseResult::STATUS_CODE] =
            "Error".into();
        failed[names::BaseResponse::STATUS][names::BaseResponseResult::ERROR_CODE] =
            OF_THE_SERVER[0].into();
        failed[names::BaseResponse::STATUS][names::BaseResponseResult::ERROR_MESSAGE] =
            everything.as_str().into();
        let mut nothing = answer.clone();
        let mut partial = answer;
        partial[names::ContractFulfillmentResponse::MASS_UPDATE_ERRORS] =
            json!([{"ContractNumber": 1, "ErrorMessage": everything}]);
        for (member, value) in nothing.as_object_mut().unwrap() {
            // What has the wrong type in a place that the reader names.
            *value = json!([[{ member.clone(): everything }]]);
        }
        let xml = format!("<{id}Response><Status><Login>{everything}</Login>");
        let page = format!("<html><body>{everything}</body></html>");
        let mut replies = vec![
            Reply::json(full.clone()),
            Reply::json(failed.to_string()),
            Reply::json(partial.to_string()),
            Reply::json(nothing.to_string()),
            Reply::json(&full.as_bytes()[..full.len() - 1]),
            Reply::json(format!("{full}{full}")),
            Reply::json(format!("\"{everything}\"")),
            Reply::json(format!("{{\"{everything}\":1}}")),
            Reply::of(500, "application/json", exception.to_string()),
            Reply::of(400, "application/json", exception.to_string()),
            Reply::of(200, "application/xml", xml),
            Reply::of(200, "text/html", page.clone()),
            Reply::of(503, "text/html", page.clone()),
            Reply::of(401, "text/html", page.clone()),
            Reply::of(404, "text/plain", everything.clone()),
            Reply::of(302, "text/html", page),
            Reply::of(200, "text/plain", everything.repeat(1000)),
        ];
        for code in OF_THE_SERVER {
            let status = |status_code: &str| {
                let status = json!({"StatusCode": status_code, "ErrorCode": code});
                Reply::json(json!({ "Status": status }).to_string())
            };
            let field = json!({"ErrorCode": code, "FieldName": code});
            let thrown = json!({"ErrorCode": code, "Errors": [field]});
            let thrown = json!({ "ResponseStatus": thrown }).to_string();
            replies.extend([status("Error"), status("OK"), status(code)]);
            replies.push(Reply::of(400, "application/json", thrown));
        }
        let mut verdicts = BTreeSet::new();
        for (index, mut reply) in replies.into_iter().enumerate() {
            for name in ["Location", "Set-Cookie", "X-Own", "Server"] {
                let value = format!("https://elsewhere.example/?{everything}");
                reply.headers.push((name.to_owned(), value));
            }
            reply.reason.clone_from(&everything);
            *next.lock().unwrap() = reply;
            let case = format!("{id}, answer {index}");
            let outcome = channels
                .call(&case, &client, &id, &request.to_string())
                .await;
            channels.check(&case, &client).await;
            verdicts.insert(outcome.map_or("applied".to_owned(), |said| said.to_string()));
        }
        assert!(verdicts.len() >= 3, "{id}: {verdicts:?}");
        for request in server.take() {
            check(&id, "the url", &request.line);
        }
    }
}

/// Answers that are not HTTP, no answer, and no server.
async fn broken_connections(channels: &mut Channels) {
    let everything = everything();
    let heads = [
        format!("{everything}\r\n\r\n"),
        format!("HTTP/1.1 999999 {everything}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\n{everything}: 1\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nContent-Length: {everything}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{everything}\r\n"),
        format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", everything.repeat(2000)),
    ];
    let heads = Arc::new(Mutex::new(heads.to_vec()));
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let left = Arc::clone(&heads);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut head = [0; 4096];
            let _ = (&stream).read(&mut head);
            let Some(head) = left.lock().unwrap().pop() else {
                break;
            };
            let _ = (&stream).write_all(head.as_bytes());
        }
    });
    let client = channels.client(&url);
    let id = names::operation::C2B_POST_CONTRACT;
    let operations = planted_operations();
    let planted = operations.iter().find(|one| one.id == id).unwrap();
    let request = planted.request.to_string();
    while !heads.lock().unwrap().is_empty() {
        let outcome = channels.call("no http", &client, id, &request).await;
        assert_eq!(outcome, Some(Delivery::Unknown));
    }
    for limit in [Limit::ReadTime, Limit::TotalTime] {
        let time = MockClock::hitting(limit);
        let hit = time.clone();
        let server = Server::silent(move || hit.hit()).unwrap();
        let client = channels
            .builder(&server.url())
            .runtime(time)
            .build()
            .unwrap();
        let outcome = channels.call("a limit", &client, id, &request).await;
        assert_eq!(outcome, Some(Delivery::Unknown));
    }
    let closed = "http://127.0.0.1:1";
    let outcome = channels
        .call("nobody", &channels.client(closed), id, &request)
        .await;
    assert_eq!(outcome, Some(Delivery::NotSent));
}

/// Discovery, logins and what logs in again, with answers full of canaries; also
/// where the password has to stand in the URL.
async fn sign_in(channels: &mut Channels) {
    let operations = planted_operations();
    let planted = |id: &str| operations.iter().find(|one| one.id == id).unwrap();
    let everything = format!("{} {}", everything(), OF_THE_SERVER.join(" "));
    let replies = Arc::new(Mutex::new(BTreeMap::<&str, Reply>::new()));
    let next = Arc::clone(&replies);
    let server = Server::start(move |received| {
        let mut replies = next.lock().unwrap();
        let asked = replies
            .keys()
            .copied()
            .find(|id| received.line.contains(id));
        let reply = replies[asked.unwrap()].clone();
        if asked == Some("GetContractDetails") {
            // The session has ended once.
            replies.insert("GetContractDetails", Reply::json(r#"{"TotalDue":1}"#));
        }
        reply
    })
    .unwrap();
    let mut ended = Reply::of(401, "text/html", everything.clone());
    ended.headers.push(("X-Own".to_owned(), everything.clone()));
    let request = planted("GetContractDetails").request.to_string();
    let login = &planted("Security").request;
    let user = login["Username"].as_str().unwrap();
    let login = Login::new(user, login["Password"].as_str().unwrap())
        .device_id(CREDENTIALS[3])
        .log_in_again(true);
    check("a login", "Debug", &format!("{login:?} {login:#?}"));

    let secret = CREDENTIALS[2];
    for address in [
        server.url(),
        format!("https://{secret}:{secret}@elsewhere.example/{secret}?{secret}#{secret}"),
        format!("http://127.0.0.1/{secret}?{everything}"),
        everything.clone(),
    ] {
        let case = format!("discovery of {address}");
        let mut answer = planted("GetEndPoint").answer.clone();
        answer["NewEndpointDomain"] = address.as_str().into();
        answer["NewEndpoint"] = format!("{}/{everything}", server.url()).into();
        let reply = Reply::json(answer.to_string());
        replies.lock().unwrap().insert("GetEndPoint", reply);
        let builder = channels.builder(&server.url()).allow_host("127.0.0.1");
        match builder.discover().await {
            Ok(builder) => check_strictly(&case, "Debug", &format!("{builder:?} {builder:#?}")),
            Err(error) => channels.error(&case, &error),
        }
        channels.hidden(&case);
    }

    let answer = &planted("Security").answer;
    let mut failed = answer.clone();
    failed["Status"]["StatusCode"] = "Error".into();
    failed["Status"]["ErrorMessage"] = everything.as_str().into();
    let mut no_header = answer.clone();
    no_header["OAuthToken"] = format!("{secret}\n").into();
    let good = Reply::json(answer.to_string());
    for is_in_url in [false, true] {
        let _ = server.take();
        let client = channels
            .builder(&server.url())
            .danger_send_password_in_url(is_in_url)
            .build()
            .unwrap();
        for (index, reply) in [
            good.clone(),
            Reply::json(failed.to_string()),
            Reply::json(no_header.to_string()),
            Reply::json(&answer.to_string()[1..]),
            ended.clone(),
        ]
        .into_iter()
        .enumerate()
        {
            let case = format!("login {index}");
            replies.lock().unwrap().extend([
                ("GetContractDetails", ended.clone()),
                ("Security", good.clone()),
            ]);
            let user = client.log_in(login.clone()).await.unwrap();
            let debug = format!("{user:?} {user:#?}");
            check(&case, "the answer", &debug);
            channels.panics(&case, || panic!("{MEANT}: {debug}"));

            // The second login is the client's own.
            replies.lock().unwrap().insert("Security", reply);
            let id = "GetContractDetails";
            channels.call(&case, &user.client, id, &request).await;
            if let Err(error) = client.log_in(login.clone()).await {
                channels.error(&case, &error);
                channels.panics(&case, || panic!("{MEANT}: {error:?}"));
            }
            channels.hidden(&case);
        }
        let sent = server.take();
        assert_eq!(sent.len(), 5 * 4 + 1, "{sent:?}");
        for request in sent {
            let is_meant = is_in_url && request.line.contains("/Security");
            assert_eq!(found(&request.line).is_some(), is_meant, "{request:?}");
        }
    }
}

/// The snapshots show what is sent, and so hold what was invented for them: of
/// credentials what their test made up, of the rest the document's examples.
#[test]
fn snapshots_hold_invented_secrets_only() {
    let document = ordered::document();
    let headers: BTreeSet<String> = members(&document, "/components/parameters")
        .filter(|(_, parameter)| text(parameter, "/in") == "header")
        .chain(members(&document, "/components/securitySchemes"))
        .map(|(name, _)| name.to_lowercase())
        .collect();
    let operations = ordered::operations(&document);
    let requests: BTreeMap<&str, &str> = operations
        .iter()
        .map(|operation| {
            let [id, request] = ["/operationId", "/x-aim-request"];
            (text(operation.value, id), text(operation.value, request))
        })
        .collect();
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(fixture::root().join("tests/snapshots")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.extension().is_none_or(|end| end != "snap") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines() {
            if let Some((header, value)) = line.split_once(": ")
                && headers.contains(header)
            {
                seen.insert(header.to_owned());
                assert!(value.starts_with("fake-"), "{name}: {header}");
            }
        }
        // At the edges stand texts of every kind of letter, and empty ones.
        let body = text.lines().find(|line| line.starts_with('{'));
        let Some(body) = body.filter(|_| !name.contains(".edge")) else {
            continue;
        };
        let request = requests[name.split('.').next().unwrap()];
        for (pointer, value) in leaves(body).unwrap() {
            // An empty request is a leaf itself.
            if pointer.is_empty() {
                continue;
            }
            let (type_, member, property) = property_at(&document, request, &pointer).unwrap();
            if at(property, "/x-aim-sensitive").is_none() {
                continue;
            }
            let example = ordered::json(&property["example"]).unwrap();
            assert_eq!(value, example, "{name}: {pointer}");
            let is_invented = match (type_, member) {
                (names::schema::CC_INFO, names::CcInfo::TOKEN_STR) => value.contains("invented"),
                (names::schema::CUSTOMER_INFO, names::CustomerInfo::EMAIL) => {
                    value.ends_with("@example.com\"")
                }
                (names::schema::CUSTOMER_INFO, names::CustomerInfo::PHONE) => {
                    value.starts_with("\"555-01")
                }
                (names::schema::CC_INFO, names::CcInfo::LAST_FOUR) => value == "\"4242\"",
                _ => continue,
            };
            seen.insert(member.to_owned());
            assert!(is_invented, "{name}: {pointer}");
        }
    }
    for name in [
        names::CcInfo::TOKEN_STR,
        names::CustomerInfo::EMAIL,
        names::CustomerInfo::PHONE,
        names::CcInfo::LAST_FOUR,
    ] {
        assert!(seen.remove(name), "{name}");
    }
    assert_eq!(seen, headers);
}

/// The member that a pointer into a request leads to: its type, its name and
/// its property.
fn property_at<'a>(
    document: &'a Value,
    request: &'a str,
    pointer: &'a str,
) -> Option<(&'a str, &'a str, &'a Value)> {
    let (mut type_, mut found) = (request, None);
    let is_name = |token: &&str| token.parse::<usize>().is_err();
    for member in pointer.split('/').skip(1).filter(is_name) {
        let schema = at(document, &format!("/components/schemas/{type_}"))?;
        let property = at(schema, &format!("/properties/{member}"))?;
        found = Some((type_, member, property));
        let items = || at(property, "/items").and_then(type_name);
        type_ = type_name(property).or_else(items).unwrap_or_default();
    }
    found
}

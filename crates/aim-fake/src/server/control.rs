//! The routes: the control interface, and as fallback the vendor's paths.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{HeaderMap, Method, Request, StatusCode, Uri};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use tokio::time::{sleep, timeout};

use super::apply_fault::FaultyAnswer;
use super::connection::{Behind, Number, sent};
use super::cors;
use super::describe;
use super::log::Noted;
use super::pages;
use super::socket::{IDLE, target};
use crate::engine::faults::{Fault, Moment};
use crate::engine::limits;
use crate::engine::{Delivery, Engine};
use crate::model::http;
use crate::problem::{Problem, expectation, pointer};
use crate::state;

/// The largest body that the control interface takes, in bytes: a state may
/// hold many contracts.
const MAX_CONTROL: usize = 256 * 1024 * 1024;

/// How much of a body is read only to be thrown away, in bytes, so that the
/// client gets to read the page that refuses it.
const MAX_IGNORED: usize = 256 * 1024 * 1024;

type App = State<Arc<Engine>>;

/// All routes.
pub(super) fn router(engine: &Arc<Engine>) -> Router {
    let control = Router::new()
        .route("/", get(describe))
        .route("/answers", get(answers).post(script).delete(forget_answers))
        .route("/requests", get(requests).delete(forget_requests))
        .route("/settings", get(settings).patch(patch_settings))
        .route("/faults", get(faults).post(add_fault).delete(remove_faults))
        .route("/faults/{id}", delete(remove_fault))
        .route("/bookings", get(bookings))
        .route("/state", get(get_state).put(put_state))
        .route("/reset", post(reset))
        .fallback(no_such_path);
    Router::new()
        .nest("/_aim", control)
        .route("/_aim/", get(describe))
        .route("/health", get(health))
        .route("/", get(pages::home).fallback(vendor))
        .merge(pages::router())
        .method_not_allowed_fallback(no_such_verb)
        .fallback(vendor)
        .layer(from_fn_with_state(Arc::clone(engine), cors::layer))
        .with_state(Arc::clone(engine))
}

async fn health() -> Response {
    let version = env!("CARGO_PKG_VERSION");
    answer(
        StatusCode::OK,
        &json!({ "status": "ok", "version": version }),
    )
}

async fn no_such_path() -> Response {
    error(
        StatusCode::NOT_FOUND,
        "the control interface has no such path; GET /_aim/ lists them",
    )
}

async fn no_such_verb() -> Response {
    error(
        StatusCode::METHOD_NOT_ALLOWED,
        "this path does not take this verb; see Allow",
    )
}

async fn answers(State(engine): App) -> Response {
    answer(StatusCode::OK, &json!({ "answers": engine.answers() }))
}

async fn script(State(engine): App, body: Body) -> Result<Response, Response> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Script {
        operation: String,
        answer: Json,
        #[serde(default = "once")]
        times: Option<u32>,
    }
    fn once() -> Option<u32> {
        Some(1)
    }

    let json = read(body).await?;
    let script: Script = serde_path_to_error::deserialize(json).map_err(|error| {
        let message = error.inner().to_string();
        refuse(&Problem {
            pointer: pointer(error.path()),
            reason: expectation(&message),
        })
    })?;
    engine
        .script(&script.operation, &script.answer, script.times)
        .map_err(|problem| refuse(&problem))?;
    Ok(answer(
        StatusCode::OK,
        &json!({ "answers": engine.answers() }),
    ))
}

async fn forget_answers(State(engine): App) -> Response {
    engine.forget_answers();
    answer(StatusCode::OK, &json!({}))
}

/// What the control interface takes.
async fn describe(State(engine): App, headers: HeaderMap) -> Response {
    let base_url = pages::server(pages::host(&headers));
    answer(StatusCode::OK, &describe::all(engine.schema(), &base_url))
}

/// What a query asks for of a list.
struct Wanted {
    reveal: bool,
    last: usize,
}

/// Reads the query of a list; whether it may reveal is the list's to know.
///
/// # Errors
///
/// What was expected.
fn wanted(uri: &Uri, may_reveal: bool) -> Result<Wanted, &'static str> {
    let mut wanted = Wanted {
        reveal: false,
        last: usize::MAX,
    };
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        match (&*name, &*value, value.parse()) {
            ("reveal", "true", _) if may_reveal => wanted.reveal = true,
            ("reveal", "false", _) if may_reveal => wanted.reveal = false,
            ("last", _, Ok(last)) => wanted.last = last,
            _ if may_reveal => {
                return Err("in the query: reveal=true, reveal=false or last=50 is expected");
            }
            _ => return Err("in the query: last=50 is expected, or another number"),
        }
    }
    Ok(wanted)
}

fn bad_query(reason: &str) -> Response {
    error(StatusCode::BAD_REQUEST, reason)
}

async fn requests(State(engine): App, uri: Uri) -> Result<Response, Response> {
    let Wanted { reveal, last } = wanted(&uri, true).map_err(bad_query)?;
    let (requests, dropped) = engine.requests();
    let earlier = requests.len().saturating_sub(last);
    let requests: Vec<Json> = (dropped + 1..)
        .zip(&requests)
        .skip(earlier)
        .map(|(number, one)| {
            let mut json = one.to_json(reveal);
            json["number"] = json!(number);
            json
        })
        .collect();
    let json = json!({ "requests": requests, "dropped": dropped });
    Ok(answer(StatusCode::OK, &json))
}

async fn forget_requests(State(engine): App) -> Response {
    engine.forget_requests();
    answer(StatusCode::OK, &json!({}))
}

async fn settings(State(engine): App) -> Response {
    answer(StatusCode::OK, &json!(*engine.settings()))
}

async fn patch_settings(State(engine): App, body: Body) -> Result<Response, Response> {
    let changes = read(body).await?;
    let settings = engine
        .patch_settings(&changes)
        .map_err(|problem| refuse(&problem))?;
    Ok(answer(StatusCode::OK, &json!(*settings)))
}

async fn faults(State(engine): App) -> Response {
    answer(StatusCode::OK, &json!({ "faults": engine.faults() }))
}

async fn add_fault(State(engine): App, body: Body) -> Result<Response, Response> {
    let json = read(body).await?;
    let id = Fault::from_json(&json)
        .and_then(|fault| engine.add_fault(fault))
        .map_err(|problem| refuse(&problem))?;
    // A listener that is to be closed now is closed when this answer comes.
    engine.settled().await;
    Ok(answer(StatusCode::OK, &json!({ "id": id })))
}

async fn remove_faults(State(engine): App) -> Response {
    engine.remove_faults();
    answer(StatusCode::OK, &json!({}))
}

async fn remove_fault(State(engine): App, Path(id): Path<String>) -> Response {
    if id.parse().is_ok_and(|id| engine.remove_fault(id)) {
        return answer(StatusCode::OK, &json!({}));
    }
    error(
        StatusCode::NOT_FOUND,
        "no fault that is still to trigger has this number",
    )
}

async fn bookings(State(engine): App, uri: Uri) -> Result<Response, Response> {
    let last = wanted(&uri, false).map_err(bad_query)?.last;
    Ok(answer(StatusCode::OK, &engine.bookings(last)))
}

async fn get_state(State(engine): App) -> Response {
    answer(StatusCode::OK, &engine.state().to_json())
}

async fn put_state(State(engine): App, body: Body) -> Result<Response, Response> {
    let json = read(body).await?;
    let state =
        state::State::of_document(&json, engine.schema()).map_err(|problem| refuse(&problem))?;
    engine.set_state(state);
    Ok(answer(StatusCode::OK, &json!({})))
}

async fn reset(State(engine): App) -> Response {
    engine.reset();
    engine.settled().await;
    answer(StatusCode::OK, &json!({}))
}

/// The vendor's paths.
async fn vendor(State(engine): App, request: Request<Body>) -> Response {
    let number = request
        .extensions()
        .get::<Number>()
        .map_or(0, |number| number.0);
    let head_only = *request.method() == Method::HEAD;
    let (parts, body) = request.into_parts();
    let mut request = http::Request {
        method: parts.method.to_string(),
        target: target(&parts.uri).to_owned(),
        headers: fields(&parts.headers),
        body: Vec::new(),
    };
    let reply = match receive(body, &request, engine.settings().max_body).await {
        Received::Whole(body) => {
            request.body = body.into();
            engine.exchange(&request, number)
        }
        Received::TooLarge => {
            engine.refuse(&request, number, limits::body_refusal(&engine.settings()))
        }
        Received::Broken => {
            let page = limits::page(400, "Bad Request", "The body broke off.");
            engine.refuse(&request, number, page)
        }
    };
    if let Delivery::Late(pause) = reply.delivery {
        sleep(pause).await;
    }
    let mut response = match reply.delivery {
        Delivery::Whole | Delivery::Late(_) => sent(reply.response),
        Delivery::ThenAnother(Moment::NextRequest) => {
            let mut response = sent(reply.response);
            if let Some(another) = reply.another {
                response.extensions_mut().insert(Behind(another));
            }
            response
        }
        delivery => {
            let mut response = Response::default();
            response.extensions_mut().insert(FaultyAnswer {
                response: reply.response,
                delivery,
                another: reply.another,
                head_only,
            });
            response
        }
    };
    response.extensions_mut().insert(Noted(reply.received));
    response
}

/// How the body of a request came in.
enum Received {
    Whole(Bytes),
    TooLarge,
    Broken,
}

/// Collects a body up to a limit; what is larger is read and thrown away.
async fn receive(body: Body, request: &http::Request, limit: usize) -> Received {
    let declared = request
        .header("content-length")
        .and_then(|text| text.parse::<u64>().ok());
    let too_large =
        declared.is_some_and(|length| u64::try_from(limit).is_ok_and(|limit| length > limit));
    if too_large && request.header("expect").is_some() {
        // The client waits for leave to send it.
        return Received::TooLarge;
    }
    let mut body = body;
    let mut whole = Vec::new();
    let mut ignored = 0;
    loop {
        let frame = match timeout(IDLE, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(None) => break,
            Ok(Some(Err(_))) | Err(_) => return Received::Broken,
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if ignored == 0 && whole.len() + data.len() <= limit {
            whole.extend_from_slice(&data);
            continue;
        }
        whole = Vec::new();
        ignored += data.len();
        if ignored > MAX_IGNORED {
            break;
        }
    }
    if ignored > 0 {
        return Received::TooLarge;
    }
    Received::Whole(whole.into())
}

/// Header fields as text: UTF-8, or else Latin-1, so that no byte is lost.
fn fields(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = match std::str::from_utf8(value.as_bytes()) {
                Ok(text) => text.to_owned(),
                Err(_) => value.as_bytes().iter().copied().map(char::from).collect(),
            };
            (name.as_str().to_owned(), value)
        })
        .collect()
}

/// Reads the body of a control request.
async fn read(body: Body) -> Result<Json, Response> {
    let body = match Limited::new(body, MAX_CONTROL).collect().await {
        Ok(body) => body.to_bytes(),
        Err(problem) if problem.is::<LengthLimitError>() => {
            return Err(error(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is larger than 256 MiB",
            ));
        }
        Err(_) => return Err(error(StatusCode::BAD_REQUEST, "the body broke off")),
    };
    serde_json::from_slice(&body).map_err(|problem| {
        let place = format!(" at line {} column {}", problem.line(), problem.column());
        let message = problem.to_string();
        let json = json!({
            "error": "the body is not valid JSON",
            "line": problem.line(),
            "column": problem.column(),
            "reason": message.strip_suffix(&place).unwrap_or("it cannot be read"),
        });
        answer(StatusCode::BAD_REQUEST, &json)
    })
}

/// 400, with the place and the reason.
fn refuse(problem: &Problem) -> Response {
    let json = json!({
        "error": "the body does not fit",
        "pointer": problem.pointer,
        "reason": problem.reason,
    });
    answer(StatusCode::BAD_REQUEST, &json)
}

fn error(status: StatusCode, reason: &str) -> Response {
    answer(status, &json!({ "error": reason }))
}

fn answer(status: StatusCode, json: &Json) -> Response {
    let mut body = json.to_string();
    body.push('\n');
    let fields = [("content-type", "application/json")];
    (status, fields, Cow::<str>::Owned(body)).into_response()
}

//! One recipe from its installation to the last column.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{fs, io, thread};

use aim_fake::{AimFake, Fault, FaultKind, Received, Schema, Settings, State};
use serde::Deserialize;
use serde_json::json;

use crate::calls::Calls;
use crate::column::Column;
use crate::manifest::Recipe;
use crate::place::{APP, KEY, Place, TOKEN};
use crate::row::{Cell, Row};

/// What the driver books with.
const BOOKING: &str = "C2BPostContract";
/// A member of every answer that no recipe's document has.
const EXTRA: &str = "AddedByTheVendor";

/// What all recipes share.
pub struct Bench<'b> {
    pub root: &'b Path,
    /// Where everything is installed and generated.
    pub target: PathBuf,
    pub calls: &'b Calls,
    /// The document with [`EXTRA`] and an exception in each answer.
    pub extended: &'static Schema,
}

impl<'b> Bench<'b> {
    pub fn new(root: &'b Path, target: PathBuf, calls: &'b Calls) -> Result<Self, String> {
        let text = fs::read_to_string(root.join(xtask::DOCUMENT))
            .map_err(|error| format!("{} cannot be read: {error}", xtask::DOCUMENT))?;
        let mut document: serde_json::Value =
            serde_yaml::from_str(&text).map_err(|error| format!("{}: {error}", xtask::DOCUMENT))?;
        let schemas = document.pointer_mut("/components/schemas");
        for (name, schema) in schemas
            .into_iter()
            .filter_map(|all| all.as_object_mut())
            .flatten()
        {
            if name.ends_with("Response")
                && let Some(properties) = schema["properties"].as_object_mut()
            {
                properties.insert(
                    EXTRA.to_owned(),
                    json!({"type": "string", "description": "New.", "example": "new",
                           "x-aim-dotnet-type": "string"}),
                );
                properties.insert(
                    "ResponseStatus".to_owned(),
                    json!({"allOf": [{"$ref": "#/components/schemas/ResponseStatus"}],
                           "description": "An exception.", "example": {"Message": "lost"},
                           "x-aim-dotnet-type": "ResponseStatus"}),
                );
            }
        }
        let extended = Schema::read(&document.to_string())
            .map_err(|problems| format!("the extended document: {problems}"))?;
        Ok(Self {
            root,
            target,
            calls,
            extended,
        })
    }

    /// Tries a recipe, and its default setup if that is wanted.
    ///
    /// # Errors
    ///
    /// A sentence, if the folders of this machine cannot be used.
    pub fn row<'r>(&self, recipe: &'r Recipe, with_default: bool) -> Result<Row<'r>, String> {
        let place = Place::prepare(self.root, &self.target, recipe)?;
        if let Err(why) = place.install()? {
            return Ok(Row::skipped(recipe, &why));
        }
        let mut row = Row::skipped(recipe, "the recipe does not compile");
        row.cells.remove(&Column::DefaultCompiles);
        if with_default && !recipe.default.is_empty() {
            let cell = place.make("default", &recipe.default)?;
            row.cells.insert(Column::DefaultCompiles, cell);
        }
        match place.make("recipe", &recipe.recipe)? {
            Cell::Ok => self.try_all(&place, &mut row)?,
            Cell::Skipped(why) => {
                let default = row.cells.remove(&Column::DefaultCompiles);
                row = Row::skipped(recipe, &why);
                row.cells
                    .extend(default.map(|cell| (Column::DefaultCompiles, cell)));
            }
            cell @ Cell::No(_) => {
                row.cells.insert(Column::RecipeCompiles, cell);
            }
        }
        Ok(row)
    }

    /// Lets the driver, which compiles, do all that a column is about.
    fn try_all(&self, place: &Place, row: &mut Row) -> Result<(), String> {
        row.cells.insert(Column::RecipeCompiles, Cell::Ok);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let mut put = |column, found: Result<(), String>| {
            row.cells
                .insert(column, found.map_or_else(Cell::No, |()| Cell::Ok));
        };
        put(Column::Calls, runtime.block_on(self.calls(place, None)));
        put(
            Column::UnknownMembers,
            runtime.block_on(self.calls(place, Some(EXTRA))),
        );
        put(
            Column::SeesFailure,
            runtime.block_on(self.sees_failure(place)),
        );
        put(
            Column::BooksOnceOnBreak,
            runtime.block_on(self.books_once_on_break(place)),
        );
        let (once, status) = runtime.block_on(self.books_once_on_503(place));
        put(Column::BooksOnceOn503, once);
        put(Column::ReportsStatus, status);
        put(Column::KeepsKeys, runtime.block_on(self.keeps_keys(place)));
        Ok(())
    }

    /// Every call with scripted answers; and a booking that is not scripted.
    async fn calls(&self, place: &Place<'_>, extra: Option<&str>) -> Result<(), String> {
        let fake = self.fake(extra.map(|_| self.extended)).await?;
        self.calls.script(&fake, extra)?;
        let printed = place.driver(fake.base_url(), "calls")?;
        let received = fake.requests();
        let received: Vec<&Received> = received.iter().map(AsRef::as_ref).collect();
        self.calls.check(&received, &printed)?;
        if extra.is_some() {
            return Ok(());
        }
        sends_credentials(place)?;
        let fake = self.fake(None).await?;
        let booked = Booked::read(&place.driver(fake.base_url(), "book")?)?;
        match (booked.outcome.as_str(), applied(&fake)) {
            ("booked", 1) => Ok(()),
            (outcome, count) => Err(format!(
                "without a fault the driver says `{outcome}`, and there are {count} bookings"
            )),
        }
    }

    /// A `WebRef` is no booking if the rest of the answer says otherwise.
    async fn sees_failure(&self, place: &Place<'_>) -> Result<(), String> {
        for (value, outcome) in [
            (
                json!({"WebRef": "W-1", "Status": {"StatusCode": "Error"}}),
                "error",
            ),
            (
                json!({"WebRef": "W-1", "Status": {"StatusCode": "OK", "ErrorCode": "17"}}),
                "error",
            ),
            (
                json!({"WebRef": "W-1", "Status": {"ErrorMessage": "It is sold."}}),
                "error",
            ),
            (
                json!({"WebRef": "W-1", "ResponseStatus": {"ErrorCode": "TimeoutException"}}),
                "error",
            ),
            (json!({"WebRef": " ", "Status": {}}), "error"),
            (
                json!({"WebRef": "W-1", "Status": {
                    "StatusCode": " ok", "ErrorCode": "0", "ErrorDisplayText": "", "ErrorMessage": "Success",
                }}),
                "booked",
            ),
        ] {
            let fake = self.fake(Some(self.extended)).await?;
            let answer = json!({"kind": "dto", "value": value});
            let scripted = fake.answer(BOOKING, &answer);
            scripted.map_err(|problem| problem.to_string())?;
            let booked = Booked::read(&place.driver(fake.base_url(), "book")?)?;
            if booked.outcome != outcome {
                return Err(format!("the driver says `{}` of {value}", booked.outcome));
            }
        }
        Ok(())
    }

    async fn books_once_on_break(&self, place: &Place<'_>) -> Result<(), String> {
        for kind in [
            FaultKind::CloseBeforeAnswer {},
            FaultKind::ResetBeforeAnswer {},
        ] {
            let fault = Fault::new(kind).on(BOOKING);
            let (booked, count) = self.book(place, fault).await?;
            once("the connection breaks", &booked, count)?;
        }
        Ok(())
    }

    async fn books_once_on_503(
        &self,
        place: &Place<'_>,
    ) -> (Result<(), String>, Result<(), String>) {
        let kind = FaultKind::HtmlError {
            status: 503,
            // Some stacks take it for the word to repeat at once.
            retry_after: Some("0".to_owned()),
        };
        let fault = Fault::new(kind).on(BOOKING).apply(true);
        match self.book(place, fault).await {
            Err(why) => (Err(why.clone()), Err(why)),
            Ok((booked, count)) => {
                let status = match booked.status {
                    Some(503) => Ok(()),
                    other => Err(format!("the driver learns of status {other:?}, not of 503")),
                };
                (once("the answer is a 503", &booked, count), status)
            }
        }
    }

    async fn keeps_keys(&self, place: &Place<'_>) -> Result<(), String> {
        for status in [302, 307] {
            let elsewhere = Notebook::open().map_err(|error| error.to_string())?;
            let kind = FaultKind::Redirect {
                status,
                location: elsewhere.url(),
            };
            let (booked, _) = self.book(place, Fault::new(kind).on(BOOKING)).await?;
            let requests = elsewhere.requests();
            if requests
                .iter()
                .any(|text| [KEY, APP, TOKEN].iter().any(|secret| text.contains(secret)))
            {
                return Err(format!("a {status} carries the keys to another host"));
            }
            if booked.outcome == "booked" {
                return Err(format!("a {status} is taken for a booking"));
            }
        }
        Ok(())
    }

    /// What the driver says of a booking with a fault, and how many were made.
    async fn book(&self, place: &Place<'_>, fault: Fault) -> Result<(Booked, usize), String> {
        let fake = self.fake(None).await?;
        fake.fault(fault)
            .await
            .map_err(|problem| problem.to_string())?;
        let booked = Booked::read(&place.driver(fake.base_url(), "book")?)?;
        Ok((booked, applied(&fake)))
    }

    async fn fake(&self, document: Option<&'static Schema>) -> Result<AimFake, String> {
        let mut settings = Settings::default();
        settings.api_keys = vec![KEY.to_owned()];
        settings.require_token = true;
        let state = State::example().map_err(|problem| problem.to_string())?;
        let mut builder = AimFake::builder().settings(settings).state(state);
        if let Some(document) = document {
            builder = builder.document(document);
        }
        builder.start().await.map_err(|error| error.to_string())
    }
}

/// Both requests of a booking carry the three headers as they were given, and
/// an empty answer is no booking.
fn sends_credentials(place: &Place<'_>) -> Result<(), String> {
    let server = Notebook::open().map_err(|error| error.to_string())?;
    let booked = Booked::read(&place.driver(&server.url(), "book")?)?;
    let requests = server.requests();
    if requests.len() != 2 {
        return Err(format!(
            "{} requests arrive for a read and a booking",
            requests.len()
        ));
    }
    for request in requests {
        for (name, value) in [("ApiKey", KEY), ("AppId", APP), ("Token", TOKEN)] {
            let found = header(&request, name);
            if found != Some(value) {
                return Err(format!("the header {name} is {found:?}, not `{value}`"));
            }
        }
    }
    if booked.outcome == "error" {
        Ok(())
    } else {
        Err("an answer without members is taken for a booking".to_owned())
    }
}

fn applied(fake: &AimFake) -> usize {
    let requests = fake.requests();
    requests
        .iter()
        .filter(|request| request.applied && request.operation == Some(BOOKING))
        .count()
}

fn once(when: &str, booked: &Booked, count: usize) -> Result<(), String> {
    match (booked.outcome.as_str(), count) {
        ("error", 1) => Ok(()),
        (outcome, count) => Err(format!(
            "{when}: {count} bookings, and the driver says `{outcome}`"
        )),
    }
}

/// What a driver prints of its booking.
#[derive(Deserialize)]
struct Booked {
    /// `booked` or `error`.
    outcome: String,
    /// The HTTP status, if the error has it.
    #[serde(default)]
    status: Option<u16>,
}

impl Booked {
    fn read(printed: &str) -> Result<Self, String> {
        let line = printed.lines().rfind(|line| line.starts_with('{'));
        let line = line.ok_or_else(|| format!("the driver prints no outcome: `{printed}`"))?;
        serde_json::from_str(line).map_err(|error| format!("`{line}`: {error}"))
    }
}

/// A server that notes each request as it came, and answers an empty object.
///
/// It stands for another host than the fake's, and shows headers as they are.
struct Notebook {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Notebook {
    fn open() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let requests = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let text = received(&mut stream);
                if text.is_empty() {
                    continue;
                }
                notes
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(text);
                // A driver that is gone has got what it wanted.
                let _ = stream.write_all(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\
                      Connection: close\r\n\r\n{}",
                );
            }
        });
        Ok(Self { address, requests })
    }

    /// An address of another name than the fake's, which is another host to
    /// every client.
    fn url(&self) -> String {
        format!("http://localhost:{}/aeservices30", self.address.port())
    }

    fn requests(&self) -> Vec<String> {
        let requests = self.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// One request, or what came of it within a moment.
fn received(stream: &mut TcpStream) -> String {
    // Without the limit a chunked body would be waited for.
    let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        bytes.extend_from_slice(buffer.get(..count).unwrap_or_default());
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "Content-Length").unwrap_or("0");
            let is_chunked = header(head, "Transfer-Encoding").is_some();
            if !is_chunked && length.parse() == Ok(body.len()) {
                break;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The value of a header of a request.
fn header<'t>(request: &'t str, name: &str) -> Option<&'t str> {
    let head = request
        .split_once("\r\n\r\n")
        .map_or(request, |(head, _)| head);
    head.lines().skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

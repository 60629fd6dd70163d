//! A gallery of the console's components on sample pages with made-up data: `cargo run --example gallery`.
//!
//! Pages are served under the content policy of the real console. `POST /change` tells every open page that
//! something changed; `POST /sign-out-all` signs every open page out.
#![expect(clippy::expect_used, reason = "an example may stop on an error")]
#![expect(clippy::disallowed_methods, reason = "an example has no endpoint table")]

mod data;
mod pages;

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Form, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt};
use ui::assets;

const ADDRESS: &str = "127.0.0.1:18701";
const POLICY: &str = "default-src 'none'; script-src 'self' 'nonce-gallery'; style-src 'self'; img-src 'self'; \
    media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What the sample pages remember: the state of each toggle, and who listens.
struct Gallery {
    toggles: Mutex<HashMap<String, String>>,
    events: broadcast::Sender<&'static str>,
}

#[tokio::main]
async fn main() {
    let gallery = Arc::new(Gallery { toggles: Mutex::default(), events: broadcast::channel(16).0 });
    let app = Router::new()
        .route("/", get(|| async { Redirect::to("/home") }))
        .route("/{page}", get(page))
        .route("/person/access", post(save_toggle))
        .route("/roles/save", post(|| async { Redirect::to("/roles?saved") }))
        .route("/form/save", post(|| async { (StatusCode::UNPROCESSABLE_ENTITY, pages::form_with_errors()) }))
        .route("/sign-out", post(|| async { Redirect::to("/sign-in") }))
        .route("/change", post(|gallery| tell(gallery, "change")))
        .route("/sign-out-all", post(|gallery| tell(gallery, "signed-out")))
        .route("/live", get(live))
        .route("/recording.wav", get(|| async { ([(header::CONTENT_TYPE, "audio/wav")], data::tone()) }))
        .route("/assets/{*path}", get(asset))
        .layer(middleware::from_fn(with_policy))
        .with_state(gallery);
    let listener = tokio::net::TcpListener::bind(ADDRESS).await.expect("the gallery's port is free");
    println!("http://{ADDRESS}");
    axum::serve(listener, app).await.expect("the gallery serves");
}

async fn page(State(gallery): State<Arc<Gallery>>, Path(name): Path<String>, request: Request) -> Response {
    let toggles = gallery.toggles.lock().expect("no page panics").clone();
    let query = request.uri().query().unwrap_or_default();
    match pages::page(&name, query, &toggles) {
        Some(markup) => {
            (if name == "refused" { StatusCode::FORBIDDEN } else { StatusCode::OK }, markup).into_response()
        }
        None => (StatusCode::NOT_FOUND, pages::not_found()).into_response(),
    }
}

async fn save_toggle(
    State(gallery): State<Arc<Gallery>>,
    Form(form): Form<HashMap<String, String>>,
) -> Redirect {
    gallery.toggles.lock().expect("no page panics").extend(form);
    let _nobody_listens = gallery.events.send("change");
    Redirect::to("/person")
}

async fn tell(State(gallery): State<Arc<Gallery>>, event: &'static str) -> StatusCode {
    let _nobody_listens = gallery.events.send(event);
    StatusCode::NO_CONTENT
}

async fn live(State(gallery): State<Arc<Gallery>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = BroadcastStream::new(gallery.events.subscribe()).filter_map(|event| {
        let event = event.ok()?;
        Some(Ok(Event::default().event(event).data(if event == "change" {
            "page"
        } else {
            "/sign-in?reason=banned"
        })))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

async fn asset(Path(path): Path<String>) -> Response {
    assets::find(&path).map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |asset| ([(header::CONTENT_TYPE, asset.mime)], asset.bytes).into_response(),
    )
}

async fn with_policy(request: Request, next: Next) -> (HeaderMap, Response) {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    (headers, next.run(request).await)
}

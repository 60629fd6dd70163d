//! What endpoints answer with.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use schemars::JsonSchema;
use serde::Serialize;

use crate::schema::{SchemaOf, schema_of};

/// Something that an endpoint answers with.
pub trait Output: Send {
    /// The status that comes with it.
    const STATUS: u16;

    /// What comes in the body; none where that differs from answer to answer.
    const MEDIA_TYPE: Option<&'static str> = None;

    /// Whether it can be a page of the console, with the menu that says how much waits for its reader.
    const PAGE: bool = false;

    /// The answer.
    fn respond(self) -> Response;

    /// What it looks like, where it is JSON.
    fn schema() -> Option<SchemaOf> {
        None
    }
}

/// 200 with JSON.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// 201 with JSON.
#[derive(Debug)]
pub struct Created<T>(pub T);

/// 204 with nothing.
#[derive(Debug)]
pub struct Done;

impl<T: Serialize + JsonSchema + Send> Output for Json<T> {
    const STATUS: u16 = 200;
    const MEDIA_TYPE: Option<&'static str> = Some("application/json");

    fn respond(self) -> Response {
        ([(header::CACHE_CONTROL, "no-store")], axum::Json(self.0)).into_response()
    }

    fn schema() -> Option<SchemaOf> {
        Some(schema_of::<T>)
    }
}

impl<T: Serialize + JsonSchema + Send> Output for Created<T> {
    const STATUS: u16 = 201;
    const MEDIA_TYPE: Option<&'static str> = Some("application/json");

    fn respond(self) -> Response {
        (StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], axum::Json(self.0)).into_response()
    }

    fn schema() -> Option<SchemaOf> {
        Some(schema_of::<T>)
    }
}

impl Output for Done {
    const STATUS: u16 = 204;

    fn respond(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// A recording, or the part of it that was asked for.
#[derive(Debug)]
pub struct Audio(pub Response);

impl Output for Audio {
    const STATUS: u16 = 200;
    const MEDIA_TYPE: Option<&'static str> = Some("audio/wav");

    fn respond(self) -> Response {
        self.0
    }
}

/// A table as a file (RFC 4180).
#[derive(Debug)]
pub struct Csv(pub Response);

impl Output for Csv {
    const STATUS: u16 = 200;
    const MEDIA_TYPE: Option<&'static str> = Some("text/csv");

    fn respond(self) -> Response {
        self.0
    }
}

/// A log as a file, one JSON object a line.
#[derive(Debug)]
pub struct JsonLines(pub Response);

impl Output for JsonLines {
    const STATUS: u16 = 200;
    const MEDIA_TYPE: Option<&'static str> = Some("application/jsonl");

    fn respond(self) -> Response {
        self.0
    }
}

/// Server-sent events.
#[derive(Debug)]
pub struct Events(pub Response);

impl Output for Events {
    const STATUS: u16 = 200;
    const MEDIA_TYPE: Option<&'static str> = Some("text/event-stream");

    fn respond(self) -> Response {
        self.0
    }
}

/// 200 with a page.
impl Output for Markup {
    const STATUS: u16 = 200;
    const PAGE: bool = true;

    fn respond(self) -> Response {
        ([(header::CACHE_CONTROL, "no-store")], self).into_response()
    }
}

/// 303 to another page.
impl Output for Redirect {
    const STATUS: u16 = 303;

    fn respond(self) -> Response {
        self.into_response()
    }
}

/// Anything else: pages with cookies, or with a form that is shown again.
impl Output for Response {
    const STATUS: u16 = 200;
    const PAGE: bool = true;

    fn respond(self) -> Response {
        self
    }
}

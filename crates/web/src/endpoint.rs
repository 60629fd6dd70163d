//! What an endpoint is: a method, a path, the permission it asks for, and the function that does it.
//!
//! The table itself is in [`server::endpoints`]. A handler cannot be reached without its proof: the dispatcher
//! makes the decision and hands the [`Permit`] or [`Visible`] over.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use access::{Noun, Permission, Permit, Right, Thing, Visible, can};
use acts::Refusal;
use axum::http::Method;
use axum::response::Response;
use store::Identity;
use store::change::secrets::Secret;

use crate::input::{Input, Place};
use crate::output::Output;
use crate::rates::Rate;
use crate::request::{Request, over_oneself};
use crate::schema::{SchemaOf, field_names};
use crate::unread;

/// Of the endpoints about the caller alone, the one whose act is a change of access, and can be tried like any other.
const UNDO: &str = "/api/v1/undo/{undo}";

/// The largest body that anybody may send, in bytes: the forms by which people come in.
const LARGEST_OF_STRANGERS: usize = 16 << 10;

/// One endpoint.
#[derive(Clone)]
pub struct Endpoint {
    /// The HTTP method.
    pub method: Method,
    /// The path, with `{name}` for its variable parts.
    pub path: &'static str,
    /// Which face it belongs to.
    pub face: Face,
    /// What it asks of whoever calls it.
    pub asks: Asks,
    /// What it costs, and so how often it may be called.
    pub rate: Rate,
    /// One sentence about it.
    pub summary: &'static str,
    /// The largest body that is read, in bytes.
    pub largest_body: usize,
    /// Where its input is, and the input's schema.
    pub input: Option<(Place, SchemaOf)>,
    /// The query parameters that it knows, besides `try`; see [`crate::unread`].
    pub query: Vec<String>,
    /// The status of a good answer.
    pub status: u16,
    /// What a good answer's body is; none where there is none or that differs from answer to answer.
    pub media_type: Option<&'static str>,
    /// Whether a good answer can be a page of somebody who is signed in.
    pub page: bool,
    /// Whether it is open to a session that a temporary secret opened, before that is replaced ([`crate::own_secret`]).
    pub anyway: bool,
    /// The schema of a good answer, where it is JSON.
    pub output: Option<SchemaOf>,
    handler: Handler,
}

type Handler = Arc<dyn Fn(Request) -> Reply + Send + Sync>;
type Reply = Pin<Box<dyn Future<Output = Result<Response, Refusal>> + Send>>;

/// Which face of the server an endpoint belongs to: how callers show who they are, and what refusals look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// JSON with a bearer token.
    Rest,
    /// HTML pages with a session cookie.
    Console,
    /// OpenID AuthZEN with a bearer token.
    AuthZen,
    /// Files and health: no secrets, no tenant data.
    Plain,
}

impl Face {
    /// The face that a path belongs to.
    pub fn of(path: &str) -> Face {
        if path.starts_with("/api/") {
            Face::Rest
        } else if path.contains("/access/v1/") {
            Face::AuthZen
        } else if path == "/" || path.starts_with("/w/") || path == "/w" {
            Face::Console
        } else {
            Face::Plain
        }
    }
}

/// What an endpoint asks of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Nothing: it shows no tenant data. Why it may.
    Nothing(&'static str),
    /// To be somebody of the workspace, whoever; what it shows is theirs alone.
    SignedIn,
    /// A permission that concerns the workspace.
    May(Permission),
    /// A permission on the thing that the path names.
    On(Permission, Noun),
    /// A permission at any reach; the list is cut to it.
    List(Permission),
}

impl Asks {
    /// The permission, where it is one.
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Asks::Nothing(_) | Asks::SignedIn => None,
            Asks::May(permission) | Asks::On(permission, _) | Asks::List(permission) => Some(permission),
        }
    }
}

impl Endpoint {
    /// An endpoint whose act gets a proof: `prove` makes it of the request and, where the path names one, the thing.
    fn with<P, I, O, F, Fut>(
        (method, path, summary): Row,
        asks: Asks,
        prove: fn(&Request, Thing) -> Result<P, Refusal>,
        act: F,
    ) -> Endpoint
    where
        P: Send + 'static,
        I: Input,
        O: Output,
        F: Fn(Request, P, I) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Refusal>> + Send,
    {
        let handler = move |request: Request| -> Reply {
            let act = act.clone();
            Box::pin(async move {
                let thing = match asks {
                    Asks::On(_, noun) => request.thing(noun).await?,
                    _ => Thing::WORKSPACE,
                };
                let proof = prove(&request, thing)?;
                let input = I::read(&request)?;
                act(request, proof, input).await.map(O::respond)
            })
        };
        let face = Face::of(path);
        Endpoint {
            rate: Rate::usual(&method, asks, face),
            method,
            path,
            face,
            asks,
            anyway: false,
            page: O::PAGE && face == Face::Console && !matches!(asks, Asks::Nothing(_)),
            summary,
            // Anybody may send these, as often as they like: they are read into memory before anything is known.
            largest_body: if matches!(asks, Asks::Nothing(_)) {
                I::LARGEST.min(LARGEST_OF_STRANGERS)
            } else {
                I::LARGEST
            },
            query: match I::schema() {
                Some((Place::Query, schema)) if face != Face::Console => field_names(schema),
                _ => vec![],
            },
            input: I::schema(),
            status: O::STATUS,
            media_type: O::MEDIA_TYPE,
            output: O::schema(),
            handler: Arc::new(handler),
        }
    }

    /// An endpoint that anybody may call, and why.
    pub fn open<I, O, F, Fut>(row: Row, why: &'static str, act: F) -> Endpoint
    where
        I: Input,
        O: Output,
        F: Fn(Request, I) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Refusal>> + Send,
    {
        let act = move |request, (), input| act(request, input);
        Endpoint::with(row, Asks::Nothing(why), |_, _| Ok(()), act)
    }

    /// An endpoint for anybody who is signed in, about themselves.
    pub fn signed_in<I, O, F, Fut>(row: Row, act: F) -> Endpoint
    where
        I: Input,
        O: Output,
        F: Fn(Request, Identity, I) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Refusal>> + Send,
    {
        Endpoint::with(row, Asks::SignedIn, |request, _| request.identity().cloned(), act)
    }

    /// The same, open even to a session that a temporary secret opened.
    #[must_use]
    pub fn anyway(self) -> Endpoint {
        Endpoint { anyway: true, ..self }
    }

    /// An endpoint that sets a secret of one's own: for holders of the permission to change their profile, and for
    /// whoever has to replace a temporary secret, who needs none.
    pub fn own_secret<I, O, F, Fut>(row: Row, act: F) -> Endpoint
    where
        I: Input,
        O: Output,
        F: Fn(Request, OwnSecret, I) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Refusal>> + Send,
    {
        let prove = |request: &Request, _| match request.identity()?.temporary {
            Some(secret) => Ok(OwnSecret::Replaces(secret)),
            None => Ok(OwnSecret::May(over_oneself(&request.identity()?.actor.permit()?)?)),
        };
        Endpoint::with(row, Asks::May(can::ProfileUpdate::PERMISSION), prove, act).anyway()
    }

    /// An endpoint for holders of a permission that concerns the workspace.
    pub fn may<R, I, O, F, Fut>(row: Row, act: F) -> Endpoint
    where
        R: Right,
        I: Input,
        O: Output,
        F: Fn(Request, Permit<R>, I) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Refusal>> + Send,
    {
        let prove = |request: &Request, _| Ok(request.identity()?.actor.permit()?);
        Endpoint::with(row, Asks::May(R::PERMISSION), prove, act)
    }

    /// An endpoint on one thing, which the path names as its noun.
    pub fn on<R, I, O, F, Fut>(row: Row, noun: Noun, act: F) -> Endpoint
    where
        R: Right,
        I: Input,
        O: Output,
        F: Fn(Request, Permit<R>, I) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Refusal>> + Send,
    {
        let prove = |request: &Request, thing| Ok(request.identity()?.actor.permit_on(thing)?);
        Endpoint::with(row, Asks::On(R::PERMISSION, noun), prove, act)
    }

    /// An endpoint that lists what the caller may see.
    pub fn list<R, I, O, F, Fut>(row: Row, act: F) -> Endpoint
    where
        R: Right,
        I: Input,
        O: Output,
        F: Fn(Request, Visible<R>, I) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Refusal>> + Send,
    {
        let prove = |request: &Request, _| Ok(request.identity()?.actor.visible()?);
        Endpoint::with(row, Asks::List(R::PERMISSION), prove, act)
    }

    /// The same at another rate than the usual one.
    #[must_use]
    pub fn at(self, rate: Rate) -> Endpoint {
        Endpoint { rate, ..self }
    }

    /// Whether it can be asked with `try` what it would change. Whatever takes a permission makes its change in a way
    /// that can be stopped; what is about the caller alone, or for anybody, need not, and is refused a try.
    pub fn can_be_tried(&self) -> bool {
        let changes = self.face == Face::Rest && !self.method.is_safe();
        changes && (self.asks.permission().is_some() || self.path == UNDO)
    }

    /// Does it.
    pub async fn run(&self, request: Request) -> Result<Response, Refusal> {
        unread::refuse(self, &request)?;
        (self.handler)(request).await
    }
}

/// Proof that somebody may set a secret of their own.
#[derive(Debug)]
pub enum OwnSecret {
    /// They came with a temporary one, which it replaces.
    Replaces(Secret),
    /// They may change their own profile.
    May(Permit<can::ProfileUpdate>),
}

/// What the table says of an endpoint besides what it asks: method, path, one sentence.
pub type Row = (Method, &'static str, &'static str);

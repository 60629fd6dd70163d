//! A request on its way: who asks, what the path names, the body.

use std::collections::HashMap;
use std::sync::Arc;

use access::model::UnitKind;
use access::{Id, Micros, Noun, Permission, Permit, Thing, can};
use acts::entry::confirm::Confirmation;
use acts::entry::guesses::Caller;
use acts::entry::invitations::Invitation;
use acts::kernel::language::Language;
use acts::office::outbox::Post;
use acts::{Code, Refusal};
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri, header};
use jiff::tz::TimeZone;
use store::change::workspaces::WorkspaceRow;
use store::{Author, Identity, Intent, Receipt, Via};

use crate::endpoint::Face;
use crate::{Server, cookie, host};

/// A request, read whole, with whoever asks.
#[derive(Clone)]
pub struct Request {
    /// The server.
    pub server: Server,
    /// Who asks; none where they showed nothing, or nothing good.
    pub who: Option<Identity>,
    /// The secret that they showed, for what is derived from it.
    pub secret: Option<String>,
    /// The workspace that whoever asks is in, or else the one in the path once that was read; once for all that answers.
    pub workspace: Option<Arc<WorkspaceRow>>,
    /// The client's address, as strangers are counted by it.
    pub address: String,
    /// Path and query.
    pub uri: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// The variable parts of the path.
    pub path: HashMap<String, String>,
    /// The body.
    pub body: Bytes,
    /// Whether what is asked for is to be done, or only foreseen.
    pub intent: Intent,
    /// What the request's change leaves to undo it by.
    pub receipt: Receipt,
    /// How many things wait for whoever asks, by the permission that they see to them with: for the menu of a page.
    pub waiting: Vec<(Permission, i64)>,
}

/// The field of a form that has been shown what it would do, and was sent again.
pub const ASKED: &str = "sure";

/// The fields of forms that are secrets: they are never sent out again, not even hidden in a page.
pub const SECRET: [&str; 5] = ["password", "current", "pin", "secret", "client_secret"];

impl Request {
    /// How many things wait for whoever asks to see to them with a permission.
    pub fn waits(&self, permission: Permission) -> i64 {
        self.waiting.iter().filter(|(other, _)| *other == permission).map(|(_, count)| count).sum()
    }

    /// Who asks, or a refusal that says to sign in.
    pub fn identity(&self) -> Result<&Identity, Refusal> {
        self.who.as_ref().ok_or_else(|| Refusal::new(Code::Unauthenticated))
    }

    /// Who asks, for the audit log.
    pub fn author(&self) -> Author {
        let nobody = || Author::new(None, "nobody", "no credentials");
        let author = self.who.as_ref().map_or_else(nobody, Identity::author);
        Author { intent: self.intent, receipt: self.receipt.clone(), ..author }
    }

    /// What a request means: a program says `?try=true` where it only wants to know what would change; a form asks
    /// first, unless it has (`sure`) or has secrets in it, which are not to be sent out again. A `try` that is neither
    /// `true` nor `false`, said once, is refused: whoever wrote it wants nothing done.
    pub fn meaning(&self, face: Face, method: &Method) -> Result<Intent, Refusal> {
        let says = |text: &[u8], name: &str, value: &str| {
            form_urlencoded::parse(text).any(|(n, v)| n == name && v == value)
        };
        let secret = |text: &[u8]| {
            form_urlencoded::parse(text).any(|(name, value)| !value.is_empty() && SECRET.contains(&&*name))
        };
        let form = self.content_type() == "application/x-www-form-urlencoded";
        Ok(match face {
            Face::Rest | Face::AuthZen if self.is_try()? => Intent::Try,
            _ if method.is_safe() => Intent::Do,
            Face::Console if form && !says(&self.body, ASKED, "1") && !secret(&self.body) => Intent::Ask,
            _ => Intent::Do,
        })
    }

    /// Whether the query says `try=true`.
    fn is_try(&self) -> Result<bool, Refusal> {
        let query = self.uri.query().unwrap_or_default().as_bytes();
        let mut said =
            form_urlencoded::parse(query).filter(|(name, _)| name == "try").map(|(_, value)| value);
        match (said.next().as_deref(), said.next()) {
            (None, _) | (Some("false"), None) => Ok(false),
            (Some("true"), None) => Ok(true),
            _ => Err(Refusal::invalid("try", "{field} must be true or false, said once: nothing was done.")),
        }
    }

    /// Notes that whoever asks used a permission: what they act by without using it is marked in reviews.
    pub fn note_use(&self, permission: Permission) {
        // Whoever looks as somebody else uses nothing of that person's.
        let own = self.who.as_ref().filter(|who| who.viewer.is_none());
        let Some(actor) = own.map(|who| &who.actor) else { return };
        let app = &self.server.app;
        app.uses.note(actor.snapshot().model().workspace, actor.id(), permission, app.store.now());
    }

    /// Where the request comes from, for what counts guesses.
    pub fn caller(&self) -> Caller {
        Caller {
            address: self.address.clone(),
            agent: self.header(header::USER_AGENT).to_owned(),
            device: cookie::device(self),
        }
    }

    /// The password that came with an act, as a confirmation of who acts.
    pub fn confirmation<'a>(&self, password: Option<&'a str>) -> Confirmation<'a> {
        let by_token = self.who.as_ref().is_some_and(|who| matches!(who.via, Via::Token(_)));
        Confirmation { password, field: "password", by_token }
    }

    /// When the API token that was shown ends; none for sessions and for tokens without an end.
    pub fn token_end(&self) -> Option<Micros> {
        self.who.as_ref().filter(|who| matches!(who.via, Via::Token(_))).and_then(|who| who.expires_at)
    }

    /// The language to answer in (ONF-11): the user's own choice, else what this browser chose on a page before
    /// signing in, else what it asks for. None where all of them are silent: then the workspace's counts. Whoever still
    /// has to replace a temporary secret is not in yet: what the browser chose goes on until then.
    pub fn language(&self) -> Option<Language> {
        let own = self.who.as_ref().and_then(|who| Language::of(&who.language));
        let here = || self.language_chosen().or_else(|| cookie::language(self));
        let language = if self.is_in() { own.or_else(here) } else { here().or(own) };
        language.or_else(|| Language::accepted(self.header(header::ACCEPT_LANGUAGE)))
    }

    /// Whether whoever asks is signed in with a secret of their own.
    fn is_in(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.temporary.is_none())
    }

    /// The language that a link on a page before signing in chose: `?language=fr`.
    pub fn language_chosen(&self) -> Option<Language> {
        let query = self.uri.query().filter(|_| !self.is_in())?;
        let (_, code) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "language")?;
        Language::of(&code)
    }

    /// A variable part of the path; empty where the path has none of that name.
    pub fn param(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// A variable part of the path that is an id.
    pub fn id(&self, name: &str) -> Result<Id, Refusal> {
        self.param(name).parse().map(Id).map_err(|_| Refusal::new(Code::NotFound))
    }

    /// The department or branch that the path names.
    pub fn unit(&self) -> Result<(UnitKind, Id), Refusal> {
        let (word, kind) = match self.path.contains_key(Noun::Branch.word()) {
            true => (Noun::Branch.word(), UnitKind::Branch),
            false => (Noun::Department.word(), UnitKind::Department),
        };
        Ok((kind, self.id(word)?))
    }

    /// The workspace's name in the path.
    pub fn slug(&self) -> &str {
        self.param("slug")
    }

    /// The workspace that the path names, whoever asks.
    pub async fn named(&self) -> Result<Arc<WorkspaceRow>, Refusal> {
        if let Some(workspace) = &self.workspace {
            return Ok(workspace.clone());
        }
        let found = self.server.app.store.workspace_by_slug(self.slug()).await?;
        found.map(Arc::new).ok_or_else(|| Refusal::new(Code::NotFound))
    }

    /// The workspace's time zone.
    pub fn zone(&self) -> TimeZone {
        let name = self.workspace.as_ref().map_or("", |workspace| workspace.time_zone.as_str());
        TimeZone::get(name).unwrap_or(TimeZone::UTC)
    }

    /// The server's own address as whoever asks uses it, without a slash at the end: for their own eyes alone.
    pub fn base_url(&self) -> String {
        match &self.server.config.public_url {
            Some(url) => url.clone(),
            None => format!("http://{}", self.host()),
        }
    }

    /// The host that whoever asks named, in whatever version of HTTP.
    pub fn host(&self) -> &str {
        host::of(&self.headers, &self.uri)
    }

    /// How this server stands to mail, for whoever came to this address.
    pub fn post<'a>(&self, address: &'a str) -> Post<'a> {
        Post { sends: self.sends_mail(), address }
    }

    /// Whether mail to the people of the workspace is sent; else it is kept for others to pass on. A demo's never is.
    pub fn sends_mail(&self) -> bool {
        self.server.app.sends_mail && !self.is_in_demo()
    }

    /// Whether whoever asks is in a company of the demo.
    pub fn is_in_demo(&self) -> bool {
        self.workspace.as_ref().is_some_and(|workspace| workspace.is_demo)
    }

    /// An invitation as its maker sees it: with the link to pass on where no mail is sent.
    pub fn shown(&self, invitation: Invitation) -> Invitation {
        let link = invitation.link;
        let home = |slug: &str, path: String| format!("{}/w/{slug}{path}", self.base_url());
        Invitation { link: link.map(|path| home(&invitation.workspace, path)), ..invitation }
    }

    /// The media type of the body, without parameters.
    pub fn content_type(&self) -> &str {
        self.header(header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim()
    }

    /// A header as text; empty where it is absent or no text.
    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// The thing that the path names, as a decision sees it; absent ones answer like hidden ones (ALL-05).
    pub async fn thing(&self, noun: Noun) -> Result<Thing, Refusal> {
        self.find(noun, self.param(noun.word())).await
    }

    /// The thing of that kind and id, as a decision sees it.
    pub async fn find(&self, noun: Noun, id: &str) -> Result<Thing, Refusal> {
        let absent = || Refusal::new(Code::NotFound);
        let actor = &self.identity()?.actor;
        let workspace = actor.snapshot().model().workspace;
        let store = &self.server.app.store;
        match noun {
            Noun::Call => {
                let id = id.parse().map_err(|_| absent())?;
                store.call_thing(workspace, id).await?.ok_or_else(absent)
            }
            Noun::Token => {
                let id = id.parse().map(Id).map_err(|_| absent())?;
                let thing = store.token_thing(workspace, id).await?;
                // A token of somebody hidden is as hidden as they are.
                thing
                    .filter(|token| token.touches.iter().all(|user| actor.knows_user(*user)))
                    .ok_or_else(absent)
            }
            Noun::Workspace => Ok(Thing::WORKSPACE),
            _ => {
                let id = id.parse().map(Id).map_err(|_| absent())?;
                actor.snapshot().thing(noun, id).ok_or_else(absent)
            }
        }
    }
}

/// The permission over one's own record, which is the only one that it reaches.
pub fn over_oneself(permit: &Permit<can::ProfileUpdate>) -> Result<Permit<can::ProfileUpdate>, Refusal> {
    let actor = permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
    let own = actor.snapshot().thing(Noun::User, actor.id()).ok_or_else(|| Refusal::new(Code::NotFound))?;
    Ok(actor.permit_on(own)?)
}

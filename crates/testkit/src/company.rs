//! A company in a test: its people with a client each, its phone system, its calls.

use access::{Id, Permit, Preset, Thing, can};
use acts::entry::guesses::Caller;
use acts::entry::sign_in;
use acts::kernel::secrets::Turn;
use rand::Rng as _;
use serde_json::{Value, json};
use store::Author;
use store::calls::calls::NewCall;
use store::calls::recordings::NewRecording;
use store::office::workspaces::NewWorkspace;
use tokio::sync::OnceCell;

use crate::{Answer, Client, TestServer};

/// The password of a company's first user, and of whoever was given one.
pub const PASSWORD: &str = "correct horse battery";

/// The hash of [`PASSWORD`], made once.
static HASH: OnceCell<String> = OnceCell::const_new();

async fn password_hash(server: &TestServer) -> &'static str {
    HASH.get_or_init(|| async { server.app.passwords.hash(PASSWORD, Turn::SignedIn(0)).await.unwrap() }).await
}

/// A company, with its first user signed in.
pub struct Company<'s> {
    /// The server that it is on.
    pub server: &'s TestServer,
    /// The workspace's id in the database.
    pub id: i64,
    /// Its name in addresses.
    pub slug: String,
    /// The Owner, or the first Admin where the preset has no Owner.
    pub owner: Member,
}

/// Somebody of a company, signed in over REST.
#[derive(Clone)]
pub struct Member {
    /// Their id.
    pub id: u32,
    /// Their email address.
    pub email: String,
    /// A client with a session of theirs.
    pub client: Client,
    slug: String,
}

/// A call to be put into the log; who and what it touches is what is given, with the users' present units.
#[derive(Debug, Clone, Default)]
pub struct TestCall {
    /// The user who called or was called.
    pub user: Option<u32>,
    /// Another one, of an internal call.
    pub other: Option<u32>,
    /// The user's extension.
    pub extension: Option<u32>,
    /// The queue.
    pub queue: Option<u32>,
    /// The workspace's number.
    pub number: Option<u32>,
    /// Whether a recording is attached.
    pub recorded: bool,
}

impl<'s> Company<'s> {
    /// Founds a company from a preset.
    pub async fn found(server: &'s TestServer, preset: &str) -> Company<'s> {
        let slug = format!("{preset}-{:08x}", rand::rng().random::<u32>());
        let email = format!("first@{slug}.example");
        let new = NewWorkspace {
            slug: &slug,
            name: &slug,
            preset: Preset::by_key(preset).unwrap(),
            time_zone: "Europe/Berlin",
            country_code: "",
            is_demo: false,
            owner_name: "First User",
            owner_email: &email,
            owner_password: Some(password_hash(server).await),
            seats: None,
            licences: None,
        };
        let (id, owner) = server.app.store.create_workspace(&new, &Author::operator()).await.unwrap();
        let owner = Member::sign_in(server, id, &slug, owner.0, &email).await;
        let company = Company { server, id, slug, owner };
        company.own_secrets(company.owner.id).await;
        company
    }

    /// The id of the built-in role of that key.
    pub async fn role(&self, key: &str) -> u32 {
        let snapshot = self.server.app.store.snapshot(self.id).await.unwrap();
        let roles = &snapshot.model().roles;
        roles.iter().find(|(_, role)| role.key.as_deref() == Some(key)).map(|(id, _)| id.0).unwrap()
    }

    /// Adds somebody with a built-in role, through the API, by the company's first user.
    pub async fn hire(&self, role: &str) -> Member {
        self.hire_into(role, json!({})).await
    }

    /// Adds somebody with a built-in role and more fields (`department`, `branch`, …), whose password and PIN are their
    /// own.
    pub async fn hire_into(&self, role: &str, more: Value) -> Member {
        let email = format!("{role}-{:08x}@{}.example", rand::rng().random::<u32>(), self.slug);
        let mut body =
            json!({ "email": email, "name": format!("Test {role}"), "role": self.role(role).await });
        for (field, value) in more.as_object().unwrap() {
            body[field] = value.clone();
        }
        let added = self.owner.client.post("/api/v1/users", body).await.expect(201);
        let id = u32::try_from(added.json["user"]["id"].as_u64().unwrap()).unwrap();
        self.own_secrets(id).await;
        Member::sign_in(self.server, self.id, &self.slug, id, &email).await
    }

    /// Lets somebody's password and PIN count as their own, as if they had chosen others in place of those that they were
    /// given.
    pub async fn own_secrets(&self, user: u32) {
        let theirs = format!("workspace_id = {} AND user_id = {user}", self.id);
        let known = format!("DELETE FROM known_secrets WHERE secret IN ('password', 'pin') AND {theirs}");
        self.server.database.tamper(&known).await;
    }

    /// Gives somebody the password [`PASSWORD`], as their own.
    pub async fn give_password(&self, user: u32) {
        let app = &self.server.app;
        let hash = password_hash(self.server).await;
        let permit = Permit::<can::UserResetCredentials>::operator(self.id, Thing::WORKSPACE);
        let (mut change, _) = app.store.begin(&permit, &Author::operator()).await.unwrap();
        change.set_password(Id(user), hash).await.unwrap();
        change.commit().await.unwrap();
    }

    /// Makes somebody an API token of their own (`name`, `scope`, …), confirmed with [`PASSWORD`], which they are given for
    /// it: the answer, and a client that shows the token.
    pub async fn token(&self, member: &Member, mut new: Value) -> (Answer, Client) {
        self.give_password(member.id).await;
        new["password"] = json!(PASSWORD);
        let made = member.client.post("/api/v1/tokens", new).await.expect(201);
        let client = member.client.with_token(made.json["secret"].as_str().unwrap());
        (made, client)
    }

    /// Creates something through the API, by the company's first user; its id.
    pub async fn create(&self, path: &str, body: Value) -> u32 {
        let created = self.owner.client.post(path, body).await.expect(201);
        u32::try_from(created.json["id"].as_u64().unwrap()).unwrap()
    }

    /// Grants an extension, queue or number, by the company's first user.
    pub async fn grant(&self, user: u32, entity: u32, may_use: bool, may_observe: bool) {
        let path = format!("/api/v1/users/{user}/grants/{entity}");
        self.owner
            .client
            .put(&path, json!({ "may_use": may_use, "may_observe": may_observe }))
            .await
            .expect(200);
    }

    /// Sets a toggle of somebody by its name: `allow`, `deny` or `inherit`; by the company's first user.
    pub async fn toggle(&self, user: u32, name: &str, setting: &str) -> Answer {
        let snapshot = self.server.app.store.snapshot(self.id).await.unwrap();
        let toggles = &snapshot.model().toggles;
        let toggle = toggles.iter().find(|(_, t)| t.name == name).map(|(id, _)| id.0).unwrap();
        let path = format!("/api/v1/users/{user}/toggles/{toggle}");
        self.owner.client.put(&path, json!({ "setting": setting })).await
    }

    /// Sends a form from a page of somebody's session.
    pub async fn form(&self, member: &Member, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let token = member.client.token.clone().unwrap();
        let stranger = self.server.stranger();
        let request = stranger
            .request(reqwest::Method::POST, &format!("/w/{}{path}", self.slug))
            .header("cookie", format!("__Host-ringfence-{}={token}", self.slug))
            .header("x-csrf-token", web::cookie::csrf(&token));
        stranger.send(request.form(pairs)).await
    }

    /// Opens a page with somebody's session.
    pub async fn page(&self, member: &Member, path: &str) -> Answer {
        let token = member.client.token.clone().unwrap();
        let stranger = self.server.stranger();
        let request = stranger.request(reqwest::Method::GET, &format!("/w/{}{path}", self.slug));
        let request = request.header("cookie", format!("__Host-ringfence-{}={token}", self.slug));
        stranger.send(request).await
    }

    /// Puts a call into the log; its id.
    pub async fn call(&self, call: TestCall) -> i64 {
        let store = &self.server.app.store;
        let permit = Permit::<can::SettingsUpdate>::operator(self.id, Thing::WORKSPACE);
        let (mut change, _) = store.begin(&permit, &Author::operator()).await.unwrap();
        let model = change.before().model().clone();
        let users = call.user.into_iter().chain(call.other).map(Id);
        let units = users.clone().flat_map(|u| model.users[&u].units().collect::<Vec<_>>());
        let entities = [call.extension, call.queue, call.number].into_iter().flatten().map(Id);
        let mut touches: Vec<Id> = users.chain(units).chain(entities).collect();
        touches.sort_unstable();
        touches.dedup();
        let unique_id = format!("test-{:016x}", rand::rng().random::<u64>());
        let now = change.now() - 60_000_000;
        let sound = b"RIFF\x24\0\0\0WAVEfmt test";
        let recording = call.recorded.then(|| NewRecording {
            file: format!("{unique_id}.wav"),
            digest: web::recordings::digest_of(sound),
        });
        let id = change
            .add_calls(&[NewCall {
                source: "ringfence",
                unique_id: unique_id.clone(),
                started_at: now,
                answered_at: Some(now + 5_000_000),
                ended_at: now + 30_000_000,
                talk_seconds: 25,
                direction: if call.other.is_some() { "internal" } else { "inbound" },
                outcome: "answered",
                from_party: "+12025550143".into(),
                from_name: None,
                to_party: "+442079460123".into(),
                from_user: call.other.map(Id),
                to_user: call.user.map(Id),
                from_extension: None,
                to_extension: call.extension.map(Id),
                queue: call.queue.map(Id),
                number: call.number.map(Id),
                recording,
                touches,
            }])
            .await
            .unwrap();
        assert_eq!(id, 1);
        change.commit().await.unwrap();
        if call.recorded {
            let folder = self.server.data().join("recordings").join(self.id.to_string());
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(format!("{unique_id}.wav")), sound).unwrap();
        }
        let seen = self.owner.client.get("/api/v1/calls?limit=1").await.expect(200);
        seen.items()[0]["id"].as_i64().unwrap()
    }
}

impl Member {
    async fn sign_in(server: &TestServer, workspace: i64, slug: &str, id: u32, email: &str) -> Member {
        let session =
            sign_in::begin(&server.app, workspace, Id(id), email, &Caller::named("test")).await.unwrap();
        let client = Client::new(server.url(), Some(session.token));
        Member { id, email: email.to_owned(), client, slug: slug.to_owned() }
    }

    /// Signs in once more: another session of the same person.
    pub async fn again(&self, server: &TestServer) -> Member {
        let workspace = server.app.store.workspace_by_slug(&self.slug).await.unwrap().unwrap();
        Member::sign_in(server, workspace.id, &self.slug, self.id, &self.email).await
    }

    /// The AuthZEN decision about this person, asked with their own token.
    pub async fn may(&self, permission: &str, resource: &str) -> bool {
        self.may_with(permission, resource, json!({})).await
    }

    /// The same, with properties of the resource.
    pub async fn may_with(&self, permission: &str, resource: &str, properties: Value) -> bool {
        let (kind, action) = permission.split_once(':').unwrap();
        let question = json!({
            "subject": { "type": "user", "id": self.id.to_string() },
            "action": { "name": action },
            "resource": { "type": kind, "id": resource, "properties": properties },
        });
        let path = format!("/w/{}/access/v1/evaluation", self.slug);
        let answer = self.client.post(&path, question).await.expect(200);
        answer.json["decision"].as_bool().unwrap()
    }
}

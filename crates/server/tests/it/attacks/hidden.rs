//! What cannot be seen cannot be touched or found, counted or timed.

use std::collections::{BTreeMap, BTreeSet};

use access::{Permission, Reach};
use reqwest::Method;
use reqwest::header::HeaderMap;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};
use server::endpoints;
use server::mail::{Mailer, send_due};
use testkit::{Answer, Company, MailServer, Member, TestServer};
use web::endpoint::{Asks, Endpoint, Face};

use crate::browser::Browser;
use crate::sweep::{fill, name, tried_body, tried_things};

// ── Every endpoint that names something ───────────────────────────────────────────────────────────────────

/// What an id can be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Person,
    Thing,
    Unit,
    Role,
    /// A call, an API token: rows that no body names.
    Row,
    /// Somebody's own: a session, a device, a receipt.
    Own,
}

/// What a field of a body or of a query names; none where it names nothing.
///
/// # Panics
///
/// On a whole number that nobody has said of what it is: say it here when you add one.
fn named_by(field: &str, path: &str, is_number: bool) -> Option<Kind> {
    match field {
        // Forms that others share: these are read by another act.
        "user" if path.ends_with("/numbers/{number}") || path.ends_with("/queues/{queue}") => None,
        "to" if path.ends_with("/settings") => None,
        "user" | "users" | "to" | "add" | "remove" => Some(Kind::Person),
        "entity" | "number" | "touching" => Some(Kind::Thing),
        "unit" | "units" | "department" | "branch" => Some(Kind::Unit),
        "move_to" if path.contains("/roles/") => Some(Kind::Role),
        "move_to" => Some(Kind::Unit),
        "role" | "from" => Some(Kind::Role),
        // Toggles are no secret to whoever may set one, and the audit log is read whole or not at all.
        "toggle" | "actor" | "party" | "object" => None,
        "seats" | "licences" | "pin_digits" | "lead_cap" | "revision" | "limit" | "after" | "days"
        | "unused_days" | "fields" => None,
        _ => {
            assert!(!is_number, "{path}: what does the field {field} name?");
            None
        }
    }
}

fn kind_of(variable: &str) -> Option<Kind> {
    match variable {
        "user" => Some(Kind::Person),
        "entity" | "number" | "extension" | "queue" => Some(Kind::Thing),
        "department" | "branch" => Some(Kind::Unit),
        "role" => Some(Kind::Role),
        "call" | "api_token" => Some(Kind::Row),
        "session" | "device" | "undo" => Some(Kind::Own),
        // Whoever decides requests or reviews access sees them; of people whom they do not see there are no lines.
        // What somebody has for a while is seen with them.
        "access_request" | "review" | "line" | "mail" | "temporary" | "toggle" | "secret" | "slug"
        | "*file" => None,
        other => panic!("what does {{{other}}} name?"),
    }
}

fn variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

/// Somebody who asks, and the kinds of which they see nothing but their own.
struct Weak {
    name: &'static str,
    member: Member,
    blind: Vec<Kind>,
}

/// Everything that can be given, at the widest reach, but for reading these resources: that at the narrowest.
fn all_but_reading(resources: &[&str]) -> Value {
    let mut holds = Map::new();
    for permission in Permission::ALL.iter().copied().filter(|p| p.can_be_given()) {
        let (resource, reads) = (permission.resource(), permission.action() == "read");
        let reaches: Vec<Reach> = permission.entry().reaches.iter().collect();
        let widest = if reaches.contains(&Reach::All) { Reach::All } else { reaches[0] };
        let narrowest = reaches.iter().copied().find(|reach| *reach != Reach::All);
        let blind = resources.contains(&resource);
        if blind && permission.requires().or(reads.then_some(permission)).is_some_and(narrow_is_none) {
            continue;
        }
        let reach = if blind && reads { narrowest.unwrap() } else { widest };
        holds.insert(permission.name().to_owned(), json!([reach.word()]));
    }
    Value::Object(holds)
}

/// Whether a permission is for all rows or none.
fn narrow_is_none(permission: Permission) -> bool {
    permission.entry().reaches.iter().all(|reach| reach == Reach::All)
}

async fn weak<'s>(company: &Company<'s>, name: &'static str, blind: &[(Kind, &[&str])]) -> Weak {
    let resources: Vec<&str> = blind.iter().flat_map(|(_, resources)| resources.iter().copied()).collect();
    let resources = [&resources[..], &["audit", "call_record", "recording", "api_token", "access"]].concat();
    let mut role = all_but_reading(&resources);
    // Whoever reviews access or reads the log sees more than this.
    role.as_object_mut().unwrap().retain(|name, _| name != "access:review");
    let role = company.create("/api/v1/roles", json!({ "name": name, "holds": role })).await;
    let member = company.hire("agent").await;
    let path = format!("/api/v1/users/{}/role", member.id);
    company.owner.client.put(&path, json!({ "role": role })).await.expect(200);
    let kinds = blind.iter().map(|(kind, _)| *kind).chain([Kind::Row, Kind::Own]).collect();
    Weak { name, member, blind: kinds }
}

/// An id that nothing has, as long as one that something has.
fn absent(id: &str) -> String {
    if id.len() > 5 {
        let (rest, last) = id.split_at(id.len() - 1);
        return format!("{rest}{}", if last == "1" { "2" } else { "1" });
    }
    "9".repeat(id.len())
}

/// A text with an id in it made unreadable.
fn masked(text: &str, id: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(id) {
        let part_of_more = |c: char| c.is_ascii_alphanumeric();
        let before = rest[..at].chars().next_back().is_some_and(part_of_more);
        let after = rest[at + id.len()..].chars().next().is_some_and(part_of_more);
        masked.push_str(&rest[..at]);
        masked.push_str(if before || after { id } else { "ID" });
        rest = &rest[at + id.len()..];
    }
    masked + rest
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let told = headers.iter().filter(|(name, _)| *name != "date");
    told.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into())).collect()
}

type Told = (u16, String, Vec<(String, String)>);

/// Where two answers part.
fn apart(one: &Told, another: &Told) -> String {
    let parts = one.1.chars().zip(another.1.chars()).take_while(|(a, b)| a == b).count().saturating_sub(40);
    let at = |told: &Told| told.1.chars().skip(parts).take(160).collect::<String>();
    let only = |a: &Told, b: &Told| a.2.iter().filter(|h| !b.2.contains(h)).cloned().collect::<Vec<_>>();
    let say = |a: &Told, b: &Told| format!("  {} …{} {:?}", a.0, at(a), only(a, b));
    [say(one, another), say(another, one)].join("\n")
}

/// A request that names something: the path, the query and the body with the id in it.
struct Ask<'a> {
    endpoint: &'a Endpoint,
    path: String,
    query: Vec<(String, String)>,
    body: Value,
}

impl Ask<'_> {
    async fn send(&self, company: &Company<'_>, member: &Member) -> Answer {
        let query = serde_urlencoded::to_string(&self.query).unwrap();
        let address = if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) };
        if self.endpoint.face != Face::Console {
            let request = member.client.request(self.endpoint.method.clone(), &address);
            let request = if self.endpoint.method.is_safe() { request } else { request.json(&self.body) };
            return member.client.send(request).await;
        }
        let browser = Browser::of(company, member);
        let below = address.strip_prefix(&format!("/w/{}", company.slug)).unwrap();
        if self.endpoint.method.is_safe() {
            return browser.get(below).await;
        }
        let pairs = self.body.as_object().unwrap().iter().flat_map(|(name, value)| {
            let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            values.into_iter().map(move |value| {
                (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            })
        });
        let csrf = [("csrf".to_owned(), web::cookie::csrf(&browser.token))];
        let form = serde_urlencoded::to_string(csrf.into_iter().chain(pairs).collect::<Vec<_>>()).unwrap();
        browser.send(Method::POST, below, Some(form)).await
    }
}

/// The fields of an input, with whether each is a whole number or a list of such.
fn fields(endpoint: &Endpoint) -> Vec<(String, bool)> {
    let Some((_, schema)) = endpoint.input else { return vec![] };
    let mut generator = SchemaGenerator::default();
    let schema = schema(&mut generator);
    let definitions = Value::Object(generator.take_definitions(true).into_iter().collect());
    let mut schema = schema.to_value();
    if let Some(reference) = schema["$ref"].as_str() {
        schema = definitions[reference.rsplit('/').next().unwrap()].clone();
    }
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    properties.into_iter().map(|(name, schema)| (name, schema.to_string().contains("uint32"))).collect()
}

/// The forms of the console that have no schema: what is in them besides, and the fields that name something.
fn form(path: &str) -> (Value, &'static [&'static str]) {
    match path.strip_prefix("/w/{slug}/").unwrap_or_default() {
        "users" => {
            (json!({ "name": "Tried", "email": "first@taken.example" }), &["role", "department", "branch"])
        }
        "users/{user}/record" => (json!({ "name": "Tried" }), &["role", "department", "branch"]),
        "users/bulk" => (json!({ "what": "ban", "sure": "1" }), &["user"]),
        "users/{user}/role" => (json!({ "sure": "1" }), &["role"]),
        "users/{user}/grants" => (json!({ "may_use": "yes", "new": "yes", "sure": "1" }), &["entity"]),
        "users/{user}/caller-id" | "profile/caller-id" => (json!({ "sure": "1" }), &["number"]),
        "users/{user}/leads" => (json!({ "sure": "1" }), &["unit"]),
        "departments/{department}/people"
        | "departments/{department}/leaders"
        | "branches/{branch}/people"
        | "branches/{branch}/leaders" => (json!({ "sure": "1" }), &["add", "remove"]),
        "departments/{department}/delete" | "branches/{branch}/delete" | "roles/{role}/delete" => {
            (json!({ "sure": "1" }), &["move_to"])
        }
        "roles" => (json!({ "name": "Tried" }), &["from"]),
        "requests" => (json!({ "reason": "why" }), &["role"]),
        "requests/{access_request}/grant" => (json!({ "sure": "1" }), &["role"]),
        "requests/{access_request}/pass" => (json!({}), &["user"]),
        "numbers/{number}/holders" | "queues/{queue}/holders" | "extensions/{extension}/holders" => {
            (json!({ "may_use": "yes", "sure": "1" }), &[])
        }
        "extensions" => (json!({ "digits": "299" }), &[]),
        _ => (json!({}), &[]),
    }
}

/// What of an endpoint names something, as requests with `{id}` in the place of the id.
fn asks<'a>(
    endpoint: &'a Endpoint,
    server: &TestServer,
    things: &BTreeMap<&'static str, String>,
    slug: &str,
) -> Vec<(Kind, String, Ask<'a>)> {
    let (form, of_form) = form(endpoint.path);
    let base = match endpoint.face {
        Face::Rest if !endpoint.method.is_safe() => tried_body(endpoint, server, things),
        Face::Console if !endpoint.method.is_safe() => form,
        _ => json!({}),
    };
    let mut asks = vec![];
    for variable in variables(endpoint.path) {
        let Some(kind) = kind_of(variable) else { continue };
        let path = endpoint.path.replace(&format!("{{{variable}}}"), "<id>");
        let ask = Ask { endpoint, path: fill(&path, things, slug), query: vec![], body: base.clone() };
        asks.push((kind, variable.to_owned(), ask));
    }
    let of_form = of_form.iter().filter(|_| !endpoint.method.is_safe());
    let of_forms = of_form.map(|field| ((*field).to_owned(), false));
    let fields: BTreeMap<String, bool> = fields(endpoint).into_iter().chain(of_forms).collect();
    for (field, is_number) in fields {
        let Some(kind) = named_by(&field, endpoint.path, is_number) else { continue };
        let in_query = matches!(endpoint.input, Some((web::input::Place::Query, _)));
        let mut ask =
            Ask { endpoint, path: fill(endpoint.path, things, slug), query: vec![], body: base.clone() };
        if in_query {
            ask.query.push((field.clone(), "<id>".into()));
        } else {
            // Nobody comes and goes at once.
            ask.body.as_object_mut().unwrap().remove("add");
            ask.body[&field] = json!("<id>");
        }
        asks.push((kind, field, ask));
    }
    if endpoint.path == "/api/v1/users/bulk" {
        let users = json!([things["user"].parse::<u32>().unwrap()]);
        for (kind, field) in [(Kind::Role, "role"), (Kind::Unit, "department"), (Kind::Unit, "branch")] {
            let body = json!({ "users": users, "change": { field: "<id>" } });
            let ask = Ask { endpoint, path: endpoint.path.into(), query: vec![], body };
            asks.push((kind, format!("change.{field}"), ask));
        }
    }
    asks
}

/// The request with an id in it. Lists take it alone; a whole number where it is one.
fn with_id<'a>(ask: &Ask<'a>, id: &str, field: &str) -> Ask<'a> {
    let number = id.parse::<i64>().map_or_else(|_| json!(id), |id| json!(id));
    let value = match field {
        "users" | "add" | "remove" | "units" => json!([number]),
        _ if ask.endpoint.face == Face::Console => json!(id),
        "move_to" if !ask.endpoint.path.contains("/roles/") => json!(id),
        _ => number,
    };
    let body = ask.body.to_string().replace("\"<id>\"", &value.to_string());
    let query = ask.query.iter().map(|(name, value)| (name.clone(), value.replace("<id>", id))).collect();
    Ask {
        endpoint: ask.endpoint,
        path: ask.path.replace("<id>", id),
        query,
        body: serde_json::from_str(&body).unwrap(),
    }
}

#[tokio::test]
async fn all_05_whatever_an_endpoint_names_is_told_alike_whether_it_is_hidden_or_not_there() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    // Ids that stand for nothing else in a page.
    server.database.tamper("UPDATE workspaces SET next_id = 48651, next_call = 48651").await;
    let things = tried_things(&server, &company).await;
    let people: (Kind, &[&str]) = (Kind::Person, &["user", "directory", "outbox"]);
    let stock: (Kind, &[&str]) = (Kind::Thing, &["number", "extension", "queue", "license"]);
    let units: (Kind, &[&str]) = (Kind::Unit, &["department", "branch"]);
    let roles: (Kind, &[&str]) = (Kind::Role, &["role"]);
    let weak = [
        weak(&company, "sees nothing and may do everything", &[people, stock, units, roles]).await,
        weak(&company, "sees people alone", &[stock, units, roles]).await,
        weak(&company, "sees things alone", &[people]).await,
    ];
    let queue = company.create("/api/v1/queues", json!({ "name": "Zebra" })).await;
    let path = format!("/api/v1/users/{}/grants", things["user"]);
    for thing in [queue.to_string(), things["number"].clone()] {
        let path = format!("{path}/{thing}");
        company.owner.client.put(&path, json!({ "may_observe": true })).await.expect(200);
    }
    // A role that none of them could give, and a unit of which nobody whom they see is.
    let role = json!({ "name": "Secret", "holds": { "audit:read": ["all"] } });
    let role = company.create("/api/v1/roles", role).await.to_string();
    let unit = company.create("/api/v1/departments", json!({ "name": "Secret" })).await.to_string();
    let hidden = |kind: Kind, field: &str| -> Vec<String> {
        match (kind, field) {
            (Kind::Person, _) => {
                vec![things["user"].clone(), company.owner.id.to_string(), things["admin"].clone()]
            }
            (Kind::Thing, "entity" | "number" | "touching") => {
                vec![things["number"].clone(), queue.to_string()]
            }
            (Kind::Unit, "branch") => vec![things["branch"].clone()],
            (Kind::Unit, _) => vec![unit.clone()],
            (Kind::Role, _) => vec![role.clone()],
            (_, variable) => vec![things[variable].clone()],
        }
    };
    let before = server.database.fingerprint().await;
    let (mut asked, mut seen, mut differing, mut done) = (0, BTreeSet::new(), vec![], vec![]);
    for endpoint in endpoints::all() {
        if endpoint.face == Face::Plain
            || matches!(endpoint.asks, Asks::Nothing(_))
            || endpoint.path.ends_with("/live")
        {
            continue;
        }
        for (kind, field, ask) in asks(&endpoint, &server, &things, &company.slug) {
            for who in weak.iter().filter(|who| who.blind.contains(&kind)) {
                for id in hidden(kind, &field) {
                    if endpoint.face == Face::Console && id.len() < 5 {
                        continue;
                    }
                    let about = format!("{} by {field} {id} as {}", name(&endpoint), who.name);
                    let other = absent(&id);
                    let (real, none) = (with_id(&ask, &id, &field), with_id(&ask, &other, &field));
                    for tried in [false, true] {
                        if tried && !endpoint.can_be_tried() {
                            continue;
                        }
                        let told = async |mut ask: Ask<'_>, id: &str| {
                            if tried {
                                ask.query.push(("try".into(), "true".into()));
                            }
                            let answer = ask.send(&company, &who.member).await;
                            (answer.status, masked(&answer.text, id), headers(&answer.headers))
                        };
                        let again = |ask: &Ask<'_>| Ask {
                            endpoint: &endpoint,
                            path: ask.path.clone(),
                            query: ask.query.clone(),
                            body: ask.body.clone(),
                        };
                        let (one, another) =
                            (told(again(&real), &id).await, told(again(&none), &other).await);
                        assert!(one.0 < 500, "{about}: {one:?}");
                        if one.0 < 400 && !endpoint.method.is_safe() && !tried {
                            done.push(format!("{about} {} {}", one.0, ask.body));
                        }
                        if one != another {
                            let body = &ask.body;
                            differing
                                .push(format!("{about} (try: {tried}) {body}\n{}", apart(&one, &another)));
                        }
                        asked += 1;
                        seen.insert((name(&endpoint), field.clone()));
                    }
                }
            }
        }
    }
    assert!(differing.is_empty(), "{} told apart:\n{}", differing.len(), differing.join("\n"));
    assert_eq!(server.database.fingerprint().await, before, "something was done: {done:#?}");
    assert!(asked > 800 && seen.len() > 150, "only {asked} were asked, of {}", seen.len());
}

// ── Examples ──────────────────────────────────────────────────────────────────────────────────────────────

/// Somebody with a role of these permissions.
async fn with_role(company: &Company<'_>, name: &str, holds: Value) -> Member {
    let role = company.create("/api/v1/roles", json!({ "name": name, "holds": holds })).await;
    let member = company.hire("agent").await;
    let path = format!("/api/v1/users/{}/role", member.id);
    company.owner.client.put(&path, json!({ "role": role })).await.expect(200);
    member
}

/// Somebody who looks after phones and sees nobody but themself.
async fn phones(company: &Company<'_>) -> Member {
    let holds = json!({ "extension:read": ["all"], "extension:write": ["all"], "extension:delete": ["all"],
        "number:read": ["all"], "number:assign": ["all"], "user:read": ["own"] });
    with_role(company, "Phones", holds).await
}

async fn entries(company: &Company<'_>) -> i64 {
    let log = company.owner.client.get("/api/v1/audit?limit=1").await.expect(200);
    log.json["total"].as_i64().unwrap()
}

#[tokio::test]
async fn all_05_a_grant_of_something_hidden_is_neither_found_nor_taken() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let holds = json!({ "user:read": ["all"], "user:set_access": ["all"] });
    let clerk = with_role(&company, "People", holds).await.client;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    company.grant(agent.id, number, true, true).await;
    let grants = format!("/api/v1/users/{}/grants", agent.id);
    assert_eq!(clerk.get(&grants).await.expect(200).json["total"], 0);
    for query in ["", "?try=true"] {
        let hidden = clerk.delete(&format!("{grants}/{number}{query}")).await.expect(404);
        let absent = clerk.delete(&format!("{grants}/99999{query}")).await.expect(404);
        assert_eq!(hidden.text, absent.text);
    }
    assert_eq!(company.owner.client.get(&grants).await.expect(200).json["total"], 1);
}

#[tokio::test]
async fn all_05_whoever_may_act_on_people_acts_on_those_alone_whom_they_may_know() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let holds = json!({ "user:read": ["own"], "user:set_access": ["all"], "user:ban": ["all"],
        "user:delete": ["all"], "access_request:decide": ["all"], "access_request:create": ["own"],
        "access:explain": ["all"] });
    let blind = with_role(&company, "Blind", holds).await.client;
    let user = format!("/api/v1/users/{}", agent.id);
    blind.put(&format!("{user}/ban"), json!({})).await.expect(404);
    blind.delete(&user).await.expect(404);
    blind.get(&format!("{user}/access")).await.expect(404);
    let asked = json!({ "holds": { "audit:read": ["all"] }, "reason": "figures" });
    let asked = agent.client.post("/api/v1/access-requests", asked).await.expect(201).json["id"].clone();
    assert_eq!(blind.get("/api/v1/access-requests").await.expect(200).json["total"], 0);
    blind.get(&format!("/api/v1/access-requests/{asked}")).await.expect(404);
    let who = blind.get("/api/v1/who?permission=profile:update&kind=workspace&id=0").await;
    assert!(!who.text.contains("Test agent\",\"reasons") || who.items().len() <= 1, "{}", who.text);
    agent.client.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn all_05_an_extension_of_somebody_hidden_stays_theirs() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let phones = phones(&company).await;
    let own = json!({ "digits": "201", "user": agent.id });
    let extension = format!("/api/v1/extensions/{}", company.create("/api/v1/extensions", own).await);
    // They see nobody's, and say so when they save it under another name.
    let seen = phones.client.patch(&extension, json!({ "name": "Desk", "user": null })).await.expect(200);
    assert_eq!(seen.json["user"], Value::Null);
    phones.client.patch(&extension, json!({ "user": phones.id })).await.expect(403);
    let kept = company.owner.client.get(&extension).await.expect(200);
    assert_eq!((&kept.json["name"], &kept.json["user"]["id"]), (&json!("Desk"), &json!(agent.id)));
}

#[tokio::test]
async fn all_05_of_somebody_hidden_it_is_not_told_that_they_are_the_owner_or_hold_more() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = company.hire("admin").await;
    let phones = phones(&company).await;
    let mut told = vec![];
    for (digits, user) in [("201", company.owner.id), ("202", admin.id)] {
        let of = company.create("/api/v1/extensions", json!({ "digits": digits, "user": user })).await;
        let refused = phones.client.delete(&format!("/api/v1/extensions/{of}")).await.expect(403);
        assert_eq!(refused.code(), "forbidden");
        told.push(refused.text);
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn all_06_a_refusal_that_concerns_access_leaves_an_entry_whatever_its_status() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (admin, agent) = (company.hire("admin").await.client, company.hire("agent").await);
    let phones = phones(&company).await.client;
    let owner_role = company.role("owner").await;
    let agent_role = company.role("agent").await;
    let toggles = admin.get(&format!("/api/v1/users/{}/toggles", company.owner.id)).await.expect(200);
    let deny = format!("/api/v1/users/{}/toggles/{}", company.owner.id, toggles.items()[0]["id"]);
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    let new = json!({ "email": "z@z.example", "name": "Z", "role": owner_role });
    let bulk = json!({ "users": [company.owner.id], "change": { "banned": true } });
    let cases = [
        (&admin, Method::POST, "/api/v1/users".to_owned(), new, 422),
        (&admin, Method::PUT, deny, json!({ "setting": "deny" }), 422),
        (&admin, Method::PATCH, format!("/api/v1/roles/{agent_role}"), json!({ "holds": {} }), 409),
        (&phones, Method::POST, "/api/v1/users/bulk".into(), bulk, 422),
        (&agent.client, Method::GET, format!("/api/v1/calls?touching={number}"), Value::Null, 422),
        (&agent.client, Method::GET, "/api/v1/calls?touching=99999".into(), Value::Null, 422),
    ];
    for (client, method, path, body, status) in cases {
        let before = entries(&company).await;
        let request = client.request(method.clone(), &path);
        let request = if method.is_safe() { request } else { request.json(&body) };
        let refused = client.send(request).await.expect(status);
        assert_eq!(entries(&company).await, before + 1, "{method} {path}: {}", refused.text);
    }
    // A text that is too long concerns nobody.
    let before = entries(&company).await;
    admin.post("/api/v1/departments", json!({ "name": "" })).await.expect(422);
    assert_eq!(entries(&company).await, before);
}

#[tokio::test]
async fn all_06_the_rows_of_a_file_that_are_refused_leave_an_entry() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = company.hire("admin").await.client;
    for (query, added) in [("?try=true", 1), ("", 2)] {
        let before = entries(&company).await;
        let request = admin.request(Method::POST, &format!("/api/v1/users/import{query}"));
        let file = "email,name,role\nx@file.example,X,Owner\ny@file.example,Y,\n";
        let done = admin.send(request.header("content-type", "text/csv").body(file)).await.expect(200);
        assert_eq!(done.json["failed"], 1);
        assert_eq!(entries(&company).await, before + added, "{query}");
        let log = company.owner.client.get("/api/v1/audit?limit=1").await.expect(200);
        let entry = &log.items()[0];
        assert_eq!(
            (&entry["outcome"], &entry["detail"]["lines"]["out_of_reach"]),
            (&json!("refused"), &json!([2]))
        );
    }
}

// ── Counting and timing ───────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn nobody_counts_what_others_do_by_ids_receipts_and_versions() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let asked = json!({ "holds": { "audit:read": ["all"] }, "reason": "figures" });
    let (mut requests, mut sessions, mut versions) = (vec![], vec![], BTreeSet::new());
    for _ in 0..3 {
        let made = agent.client.post("/api/v1/access-requests", asked.clone()).await.expect(201);
        let request = made.json["id"].as_i64().unwrap();
        agent
            .client
            .post(&format!("/api/v1/access-requests/{request}/withdraw"), json!({}))
            .await
            .expect(204);
        requests.push(request);
        agent.again(&server).await;
        company.create("/api/v1/departments", json!({ "name": format!("D{request}") })).await;
        versions.insert(agent.client.get("/api/v1/me").await.expect(200).json["version"].to_string());
    }
    let listed = agent.client.get("/api/v1/me/sessions").await.expect(200);
    sessions.extend(listed.items().iter().map(|session| session["id"].as_i64().unwrap()));
    for ids in [requests, sessions] {
        let near = ids.iter().any(|a| ids.iter().any(|b| a != b && (a - b).abs() < 100));
        assert!(ids.len() >= 3 && !near, "{ids:?}");
    }
    assert_eq!(versions.len(), 1, "what others change is in one's own version");
    let path = format!("/api/v1/users/{}/role", agent.id);
    let role = json!({ "role": company.role("analyst").await });
    let undo = company.owner.client.put(&path, role).await.expect(200).headers["ringfence-undo"].clone();
    assert_eq!(undo.len(), 32);
    let own = agent.client.get("/api/v1/me").await.expect(200).json["version"].to_string();
    assert!(versions.insert(own), "another role is another version");
}

#[tokio::test]
async fn a_page_is_not_told_when_others_sign_in_or_are_refused_unless_it_may_read_the_log() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (agent, other) = (company.hire("agent").await, company.hire("agent").await);
    let listen = async |member: &Member| {
        let browser = Browser::of(&company, member);
        let mut stream = browser.request(Method::GET, "/live").send().await.unwrap();
        let ready = String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap()).into_owned();
        assert!(ready.contains("ready"), "{ready}");
        stream
    };
    // The watch of the database tells of the changes so far once more.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let (mut weak, mut reader) = (listen(&agent).await, listen(&company.owner).await);
    other.again(&server).await;
    other.client.get(&format!("/api/v1/users/{}", agent.id)).await.expect(404);
    let wrong = json!({ "workspace": company.slug, "email": other.email, "password": "wrong wrong" });
    server.stranger().post("/api/v1/sessions", wrong).await.expect(401);
    // Longer than the watch of the database takes to see it too.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let quiet = tokio::time::timeout(std::time::Duration::from_millis(50), weak.chunk()).await;
    assert!(quiet.is_err(), "{quiet:?}");
    let told = String::from_utf8_lossy(&reader.chunk().await.unwrap().unwrap()).into_owned();
    assert!(told.contains("event: change"), "{told}");
    // What shows is still told at once.
    company.create("/api/v1/queues", json!({ "name": "Sales" })).await;
    let told = String::from_utf8_lossy(&weak.chunk().await.unwrap().unwrap()).into_owned();
    assert!(told.contains("event: change"), "{told}");
}

// ── Undo, names ───────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn what_undo_cannot_read_is_not_undone_and_not_said_to_be() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let path = format!("/api/v1/users/{}/role", agent.id);
    let analyst = company.role("analyst").await;
    let set = company.owner.client.put(&path, json!({ "role": analyst })).await.expect(200);
    let way = format!("/api/v1/undo/{}", set.headers["ringfence-undo"].to_str().unwrap());
    let kept = "UPDATE undos SET edits = replace(edits, 'User', 'Person') WHERE undone_at IS NULL";
    assert!(server.database.tamper(kept).await > 0);
    for _ in 0..2 {
        let refused = company.owner.client.post(&way, Value::Null).await.expect(409);
        assert_eq!(refused.code(), "not_undoable");
        assert!(refused.text.contains("cannot be read"), "{}", refused.text);
    }
    let user = company.owner.client.get(&format!("/api/v1/users/{}", agent.id)).await.expect(200);
    assert_eq!(user.json["role"]["id"], analyst);
}

#[tokio::test]
async fn a_mail_names_whoever_asks_with_their_address_which_nobody_else_has() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    agent.client.patch("/api/v1/me", json!({ "name": "First User" })).await.expect(200);
    let asked = json!({ "holds": { "audit:read": ["all"] }, "reason": "figures" });
    let asked = agent.client.post("/api/v1/access-requests", asked).await.expect(201);
    assert_eq!(asked.json["email"], agent.email);
    let admin = company.hire("admin").await;
    let request = format!("/api/v1/access-requests/{}", asked.json["id"]);
    company.owner.client.post(&format!("{request}/pass"), json!({ "user": admin.id })).await.expect(200);
    let smtp = MailServer::start().await;
    let mailer = Mailer::new(&smtp.url, "Acme <phones@acme.example>", "https://phone.acme.example").unwrap();
    send_due(&server.app.store, &mailer).await.unwrap();
    let named = format!("First User <{}> asks for access", agent.email);
    assert!(smtp.taken().iter().any(|mail| mail.text.replace("\r\n ", " ").contains(&named)));
    // Whom it names is for its reader alone.
    let mails = company.owner.client.get("/api/v1/outbox").await.expect(200);
    let about: Vec<_> = mails.items().iter().filter(|mail| mail["kind"] == "request_made").collect();
    assert!(!about.is_empty() && about.iter().all(|mail| mail["subject"] == ""), "{}", mails.text);
    let page = company.page(&company.owner, "/requests").await.expect(200);
    assert!(page.text.contains(&agent.email), "{}", page.text);
}

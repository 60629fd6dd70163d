//! The OpenAPI 3.1 description of the programs' faces, made from the endpoint table and nothing else.

use acts::Code;
use acts::kernel::foresight::Foresight;
use axum::http::Method;
use schemars::generate::{Contract, SchemaSettings};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::endpoint::{Asks, Endpoint, Face};
use crate::input::Place;
use crate::rates::Rate;
use crate::refuse::Problem;

/// Makes schemas of what is sent and of what is answered; both kinds end up in one place.
struct Schemas {
    sent: SchemaGenerator,
    answered: SchemaGenerator,
}

impl Schemas {
    fn new() -> Schemas {
        let generator = |contract: Contract| {
            let at = |settings: &mut SchemaSettings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
                settings.contract = contract.clone();
            };
            SchemaSettings::draft2020_12().with(at).into_generator()
        };
        Schemas { sent: generator(Contract::Deserialize), answered: generator(Contract::Serialize) }
    }

    fn into_components(mut self) -> Map<String, Value> {
        let mut all = self.sent.take_definitions(true);
        all.extend(self.answered.take_definitions(true));
        all
    }

    /// The fields of an input, each with its schema and whether it must be there.
    fn fields(&mut self, schema: Schema) -> Vec<(String, Value, bool)> {
        let named = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
        let whole = named.and_then(|name| self.sent.definitions().get(name)).cloned();
        let whole = whole.unwrap_or_else(|| schema.to_value());
        let needed: Vec<&str> = array(&whole, "required").filter_map(Value::as_str).collect();
        let properties = whole.get("properties").and_then(Value::as_object);
        let field = |(name, schema): (&String, &Value)| {
            (name.clone(), schema.clone(), needed.contains(&name.as_str()))
        };
        properties.into_iter().flatten().map(field).collect()
    }
}

fn array<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The description of these endpoints.
pub fn document(endpoints: &[Endpoint]) -> Value {
    let mut schemas = Schemas::new();
    let mut paths = Map::new();
    for endpoint in endpoints.iter().filter(|e| matches!(e.face, Face::Rest | Face::AuthZen)) {
        let operation = operation(&mut schemas, endpoint);
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(endpoint.method.as_str().to_lowercase(), operation);
        }
    }
    let responses = problems(&mut schemas);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Ringfence",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Every operation names the permission that it asks for in `x-permission` and, in `x-asks`, \
                            over what. A session that a temporary password or PIN opened \
                            reaches only what has `x-anyway`. Things that you may not see answer 404 like things that do not exist.",
        },
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas.into_components(),
            "responses": responses,
            "securitySchemes": { "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "An API token, or the token of a session.",
            } },
        },
    });
    forget_null_defaults(&mut document);
    document
}

/// A field that may be absent is no null by default: in an edit, absent means that it stays and null that it goes.
fn forget_null_defaults(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, value| name != "default" || !value.is_null());
            fields.values_mut().for_each(forget_null_defaults);
        }
        Value::Array(values) => values.iter_mut().for_each(forget_null_defaults),
        _ => {}
    }
}

fn operation(schemas: &mut Schemas, endpoint: &Endpoint) -> Value {
    let mut operation = json!({
        "operationId": operation_id(endpoint),
        "tags": [tag(endpoint)],
        "summary": endpoint.summary,
        "parameters": parameters(schemas, endpoint),
        "responses": responses(schemas, endpoint),
        "x-asks": asks(endpoint.asks),
        "x-rate": rate(endpoint.rate),
    });
    let Some(fields) = operation.as_object_mut() else { return operation };
    if let Some(permission) = endpoint.asks.permission() {
        fields.insert("x-permission".into(), json!(permission));
    }
    if endpoint.anyway {
        fields.insert("x-anyway".into(), json!(true));
    }
    if matches!(endpoint.asks, Asks::Nothing(_)) {
        fields.insert("security".into(), json!([]));
    }
    let sent = match endpoint.input {
        Some((Place::Body, schema)) => Some(("application/json", schema)),
        Some((Place::Csv, schema)) => Some(("text/csv", schema)),
        _ => None,
    };
    if let Some((media_type, schema)) = sent {
        let schema = schema(&mut schemas.sent);
        let content = json!({ media_type: { "schema": schema } });
        fields.insert("requestBody".into(), json!({ "required": true, "content": content }));
    }
    operation
}

/// `GET /api/v1/users/{user}/role` is `get_users_user_role`.
fn operation_id(endpoint: &Endpoint) -> String {
    let words = words(endpoint).map(|part| part.replace(['{', '}'], "").replace(['-', '.'], "_"));
    std::iter::once(endpoint.method.as_str().to_lowercase()).chain(words).collect::<Vec<_>>().join("_")
}

fn tag(endpoint: &Endpoint) -> &str {
    match endpoint.face {
        Face::AuthZen => "authzen",
        _ => words(endpoint).next().unwrap_or_default(),
    }
}

/// The parts of the path, without what all have in common.
fn words(endpoint: &Endpoint) -> impl Iterator<Item = &'static str> {
    endpoint.path.trim_start_matches("/api/v1").split('/').filter(|part| !part.is_empty())
}

/// What an endpoint asks of whoever calls it, in words.
pub fn asks(asks: Asks) -> String {
    match asks {
        Asks::Nothing(why) => format!("nothing: {why}"),
        Asks::SignedIn => "to be signed in".into(),
        Asks::May(permission) => permission.name().into(),
        Asks::On(permission, noun) => format!("{permission} on the {}", noun.word().replace('_', " ")),
        Asks::List(permission) => format!("{permission} at any reach, which the answer is cut to"),
    }
}

/// What an endpoint costs, in words.
fn rate(rate: Rate) -> String {
    match rate.limit() {
        None => rate.word().into(),
        Some((second, at_once)) => format!("{}: {second} a second, {at_once} at once", rate.word()),
    }
}

fn parameters(schemas: &mut Schemas, endpoint: &Endpoint) -> Vec<Value> {
    let variables = endpoint.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let schema =
        |name| if name == "slug" { json!({ "type": "string" }) } else { json!({ "type": "integer" }) };
    let mut all: Vec<Value> = variables
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": schema(name) }))
        .collect();
    if let Some((Place::Query, schema)) = endpoint.input {
        let schema = schema(&mut schemas.sent);
        for (name, mut schema, required) in schemas.fields(schema) {
            never_null(&mut schema);
            let about = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let about = about.unwrap_or_else(|| json!(""));
            all.push(json!({ "name": name, "in": "query", "required": required, "schema": schema,
                "description": about }));
        }
    }
    if endpoint.can_be_tried() {
        all.push(json!({ "name": "try", "in": "query", "required": false, "schema": { "type": "boolean" },
            "description": "Change nothing; answer 200 with who would gain and lose what." }));
    }
    all
}

/// A query string has no null: what may be one is just not there.
fn never_null(schema: &mut Value) {
    let Some(kind) = schema.get_mut("type") else { return };
    let named = kind.as_array().and_then(|kinds| kinds.iter().find(|kind| *kind != "null")).cloned();
    if let Some(named) = named {
        *kind = named;
    }
}

fn responses(schemas: &mut Schemas, endpoint: &Endpoint) -> Value {
    let mut good = json!({ "description": good(endpoint.status) });
    if let (Some(media_type), Some(answer)) = (endpoint.media_type, good.as_object_mut()) {
        let schema = endpoint.output.map(|schema| schema(&mut schemas.answered).to_value());
        let content = schema.map_or_else(|| json!({}), |schema| json!({ "schema": schema }));
        answer.insert("content".into(), json!({ media_type: content }));
    }
    let mut all = Map::from_iter([(endpoint.status.to_string(), good)]);
    if endpoint.can_be_tried() {
        try_answer(schemas, &mut all);
    }
    for status in refusals(endpoint) {
        let reference = format!("#/components/responses/{}", response_name(status));
        all.insert(status.to_string(), json!({ "$ref": reference }));
    }
    Value::Object(all)
}

/// Adds the answer to a try: 200 with what would change, beside what an act that answers 200 answers itself.
fn try_answer(schemas: &mut Schemas, answers: &mut Map<String, Value>) {
    let foresight = schemas.answered.subschema_for::<Foresight>().to_value();
    let own = answers.get("200").and_then(|own| own.pointer("/content/application~1json/schema")).cloned();
    let schema = own.map_or_else(|| foresight.clone(), |own| json!({ "anyOf": [own, foresight] }));
    let description = "With `try=true`: who would gain and lose what. Nothing was changed.";
    let description = match answers.contains_key("200") {
        true => format!("{} {description}", good(200)),
        false => description.to_owned(),
    };
    let content = json!({ "application/json": { "schema": schema } });
    answers.insert("200".into(), json!({ "description": description, "content": content }));
}

fn good(status: u16) -> &'static str {
    match status {
        201 => "Made.",
        204 => "Done.",
        _ => "The answer.",
    }
}

/// The statuses that an endpoint can refuse with.
fn refusals(endpoint: &Endpoint) -> Vec<u16> {
    // A query parameter that is not known is refused everywhere.
    let mut all = vec![422, 429, 503];
    let changes = endpoint.method != Method::GET && endpoint.face == Face::Rest;
    match endpoint.asks {
        // Whoever shows no token shows a password.
        Asks::Nothing(_) if changes => all.push(401),
        Asks::Nothing(_) => {}
        Asks::SignedIn if endpoint.anyway => all.push(401),
        // What a session that a temporary secret opened is refused.
        Asks::SignedIn => all.extend([401, 403]),
        Asks::May(_) | Asks::List(_) | Asks::On(..) => all.extend([401, 403]),
    }
    // The path names a thing, or the query or the body can.
    let names_things = endpoint.path.contains('{') || endpoint.input.is_some();
    if matches!(endpoint.asks, Asks::On(..)) || (endpoint.face == Face::Rest && names_things) {
        all.push(404);
    }
    if changes && !matches!(endpoint.asks, Asks::Nothing(_)) {
        all.push(409);
    }
    match endpoint.input {
        Some((Place::Body | Place::Csv, _)) if endpoint.face == Face::Rest => all.extend([400, 413, 415]),
        Some((Place::Body, _)) => all.extend([400, 413]),
        _ => {}
    }
    all.sort_unstable();
    all
}

fn response_name(status: u16) -> String {
    format!("Problem{status}")
}

/// One answer for each status that a refusal can have, with the codes that come with it.
fn problems(schemas: &mut Schemas) -> Map<String, Value> {
    let schema = schemas.answered.subschema_for::<Problem>();
    let mut statuses: Vec<u16> = Code::ALL.iter().map(|code| code.status()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    let problem = |status: u16| {
        let codes = Code::ALL.iter().filter(|code| code.status() == status);
        let about: Vec<String> = codes.map(|code| format!("`{}`: {}", code.word(), code.title())).collect();
        let content = json!({ "application/problem+json": { "schema": schema } });
        (response_name(status), json!({ "description": about.join(" "), "content": content }))
    };
    statuses.into_iter().map(problem).collect()
}

/// The table as a page for people: the rates, then method, path, what it asks, its rate, what it is.
pub fn page(endpoints: &[Endpoint]) -> String {
    let mut page = String::from(
        "# Endpoints\n\nEvery address of the server, made from the table in `crates/server/src/endpoints/`. \
         What asks for nothing or says *anyway* is open to a session that a temporary password or PIN opened.\n\n\
         Each session and API token has the allowance of each rate to itself, on each node. Whoever shows none that is \
         good has the allowance of *public*, with all others of their client address; what they use up takes nothing from \
         sessions and tokens. Beyond it, answers are 429 with `Retry-After`.\n\n\
         | Rate | Requests a second | At once after a pause |\n|---|---|---|\n",
    );
    for (rate, (second, at_once)) in Rate::LIMITED.iter().filter_map(|rate| Some((rate, rate.limit()?))) {
        page.push_str(&format!("| {} | {second} | {at_once} |\n", rate.word()));
    }
    page.push_str("\n| Method | Path | Asks | Rate | What it is |\n|---|---|---|---|---|\n");
    for endpoint in endpoints {
        let Endpoint { method, path, summary, rate, .. } = endpoint;
        let anyway = if endpoint.anyway { " (anyway)" } else { "" };
        let (asks, rate) = (asks(endpoint.asks), rate.word());
        page.push_str(&format!("| {method} | `{path}` | {asks}{anyway} | {rate} | {summary} |\n"));
    }
    page
}

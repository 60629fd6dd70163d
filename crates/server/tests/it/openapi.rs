//! The OpenAPI document and the page of endpoints: whole, resolvable, and as checked in.

use serde_json::Value;
use server::endpoints;
use web::endpoint::Face;
use web::openapi;

use crate::generated::compare;

#[test]
fn every_endpoint_for_programs_is_described_with_what_it_asks() {
    let document = openapi::document(&endpoints::all());
    let mut described = 0;
    for endpoint in endpoints::all().iter().filter(|e| matches!(e.face, Face::Rest | Face::AuthZen)) {
        let method = endpoint.method.as_str().to_lowercase();
        let operation = &document["paths"][endpoint.path][&method];
        assert_eq!(operation["summary"], endpoint.summary, "{method} {}", endpoint.path);
        assert_eq!(operation["x-asks"], openapi::asks(endpoint.asks));
        assert_eq!(operation["x-permission"].as_str(), endpoint.asks.permission().map(|p| p.name()));
        assert!(operation["responses"][endpoint.status.to_string()].is_object(), "{}", endpoint.path);
        described += 1;
    }
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|p| p.as_object().unwrap().values());
    let ids: Vec<&str> = operations.map(|o| o["operationId"].as_str().unwrap()).collect();
    let distinct: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!((ids.len(), distinct.len()), (described, described));
}

#[test]
fn every_answer_of_a_try_and_every_refusal_is_described() {
    let document = openapi::document(&endpoints::all());
    let foresight = serde_json::json!({ "$ref": "#/components/schemas/Foresight" });
    let mut tried = 0;
    for endpoint in endpoints::all().iter().filter(|e| matches!(e.face, Face::Rest | Face::AuthZen)) {
        let operation = &document["paths"][endpoint.path][endpoint.method.as_str().to_lowercase()];
        let answers = &operation["responses"];
        assert!(answers["422"].is_object(), "{} {}", endpoint.method, endpoint.path);
        if endpoint.can_be_tried() {
            let schema = &answers["200"]["content"]["application/json"]["schema"];
            let any = schema["anyOf"].as_array().is_some_and(|any| any.len() == 2 && any[1] == foresight);
            assert!(*schema == foresight || any, "{} {}: {schema}", endpoint.method, endpoint.path);
            tried += 1;
        }
    }
    assert!(tried > 50, "only {tried} can be tried");
    for path in ["why", "who", "what", "unused-permissions"] {
        let answers = &document["paths"][format!("/api/v1/{path}")]["get"]["responses"];
        assert!(answers["404"].is_object(), "{path}");
    }
}

#[test]
fn every_reference_of_the_document_resolves() {
    let document = openapi::document(&endpoints::all());
    let mut references = vec![];
    walk(&document, &mut |object| {
        references.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
    });
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn every_moment_of_the_document_is_text() {
    let document = openapi::document(&endpoints::all());
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (field, kind) in schema["properties"].as_object().into_iter().flatten() {
            if field.ends_with("_at") && field != "broken_at" {
                assert_eq!(kind["format"], "date-time", "{name}.{field}");
            }
        }
    }
}

#[test]
fn no_two_schemas_of_the_document_have_one_name() {
    let document = openapi::document(&endpoints::all());
    // The second of a name would be told apart by a number.
    let numbered = |name: &&String| name.ends_with(|c: char| c.is_ascii_digit());
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert_eq!(schemas.keys().filter(numbered).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn the_page_of_endpoints_is_the_table() {
    compare("endpoints.md", &openapi::page(&endpoints::all()));
}

fn walk(value: &Value, see: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            see(object);
            object.values().for_each(|value| walk(value, see));
        }
        Value::Array(values) => values.iter().for_each(|value| walk(value, see)),
        _ => {}
    }
}

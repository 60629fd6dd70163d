//! JSON schemas of what endpoints take and answer, for the OpenAPI document.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Makes a schema.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The schema of a type, as a reference to where the document keeps it.
pub fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// The names of the fields of an input.
pub fn field_names(schema: SchemaOf) -> Vec<String> {
    let inline = |settings: &mut SchemaSettings| settings.inline_subschemas = true;
    let schema = schema(&mut SchemaSettings::draft2020_12().with(inline).into_generator());
    let fields = schema.get("properties").and_then(|fields| fields.as_object());
    fields.into_iter().flat_map(|fields| fields.keys().cloned()).collect()
}

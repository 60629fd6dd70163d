//! JSON schemas of what endpoints take and answer, for the OpenAPI document.

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Makes a schema.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The schema of a type, as a reference to where the document keeps it.
pub fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

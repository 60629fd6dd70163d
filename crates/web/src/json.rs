//! JSON as it was meant: an object where fields are expected, and each field once.
//!
//! What serde derives also takes an array for a struct, its fields by their order, and keeps the last of two fields of
//! one name. Neither is what an API promises (RFC 8259, section 4, leaves both to the reader).

use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IntoDeserializer};
use serde::de::{MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Map, Number, Value};

/// A value in which no object has two fields of one name, and that is read without taking arrays for objects.
#[derive(Debug)]
pub struct Strict(pub Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Strict, D::Error> {
        deserializer.deserialize_any(Once).map(Strict)
    }
}

/// Reads a value, and refuses a field that comes again.
struct Once;

impl<'de> DeserializeSeed<'de> for Once {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Value, A::Error> {
        let mut all = vec![];
        while let Some(value) = values.next_element_seed(Once)? {
            all.push(value);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let value = fields.next_value_seed(Once)?;
            if all.contains_key(&name) {
                return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
            }
            all.insert(name, value);
        }
        Ok(Value::Object(all))
    }
}

type Fields<'de> = MapDeserializer<'de, std::iter::Map<serde_json::map::IntoIter, Field>, Error>;
type Field = fn((String, Value)) -> (String, Strict);

fn fields<'de>(object: Map<String, Value>) -> Fields<'de> {
    MapDeserializer::new(object.into_iter().map((|(name, value)| (name, Strict(value))) as Field))
}

impl IntoDeserializer<'_, Error> for Strict {
    type Deserializer = Strict;

    fn into_deserializer(self) -> Strict {
        self
    }
}

impl<'de> Deserializer<'de> for Strict {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(values) => {
                let mut values = SeqDeserializer::new(values.into_iter().map(Strict));
                let read = visitor.visit_seq(&mut values)?;
                values.end().map(|()| read)
            }
            Value::Object(object) => {
                let mut fields = fields(object);
                let read = visitor.visit_map(&mut fields)?;
                fields.end().map(|()| read)
            }
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.0 {
            Value::Array(_) => Err(Error::invalid_type(Unexpected::Seq, &"an object")),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(object) if object.len() == 1 => {
                visitor.visit_enum(MapAccessDeserializer::new(fields(object)))
            }
            other => other.deserialize_enum(name, variants, visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde::de::IntoDeserializer as _;

    use super::Strict;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Leaf {
        name: String,
        number: Option<u32>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Choice {
        Nothing,
        Leaf(Leaf),
        Fields { name: String },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Tree {
        leaf: Leaf,
        perhaps: Option<Leaf>,
        leaves: Vec<Leaf>,
        named: BTreeMap<String, Leaf>,
        choice: Choice,
    }

    fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
        let strict: Strict = serde_json::from_str(text).map_err(|error| error.to_string())?;
        T::deserialize(strict.into_deserializer()).map_err(|error| error.to_string())
    }

    fn tree(leaf: &str, choice: &str) -> String {
        format!(
            r#"{{"leaf": {leaf}, "perhaps": {leaf}, "leaves": [{leaf}], "named": {{"x": {leaf}}}, "choice": {choice}}}"#
        )
    }

    #[test]
    fn what_is_meant_is_read_as_ever() {
        let leaf = r#"{"name": "x", "number": 7}"#;
        for choice in [r#""nothing""#, r#"{"leaf": {"name": "x"}}"#, r#"{"fields": {"name": "x"}}"#] {
            let text = tree(leaf, choice);
            assert_eq!(read::<Tree>(&text), serde_json::from_str(&text).map_err(|e| e.to_string()));
        }
        let text = tree(r#"{"name": "x", "number": null}"#, r#""nothing""#);
        assert_eq!(read::<Tree>(&text), serde_json::from_str(&text).map_err(|e| e.to_string()));
    }

    #[test]
    fn an_array_is_no_object_at_any_depth() {
        let (leaf, array) = (r#"{"name": "x"}"#, r#"["x", 7]"#);
        for text in [
            format!(r#"[{leaf}, null, [], {{}}, "nothing"]"#),
            tree(leaf, r#"{"leaf": ["x", 7]}"#),
            tree(leaf, r#"{"fields": ["x"]}"#),
            format!(r#"{{"leaf": {array}, "leaves": [], "named": {{}}, "choice": "nothing"}}"#),
            format!(
                r#"{{"leaf": {leaf}, "perhaps": {array}, "leaves": [], "named": {{}}, "choice": "nothing"}}"#
            ),
            format!(r#"{{"leaf": {leaf}, "leaves": [{array}], "named": {{}}, "choice": "nothing"}}"#),
            format!(r#"{{"leaf": {leaf}, "leaves": [], "named": {{"x": {array}}}, "choice": "nothing"}}"#),
            format!(r#"{{"leaf": {leaf}, "leaves": [], "named": [], "choice": "nothing"}}"#),
        ] {
            let said = read::<Tree>(&text).expect_err(&text);
            assert!(said.contains("invalid type: sequence, expected an object"), "{text}: {said}");
        }
    }

    #[test]
    fn a_field_that_comes_twice_is_refused_at_any_depth() {
        for text in
            [r#"{"a": 1, "a": 1}"#, r#"{"a": {"b": [{"c": 1, "d": 2, "c": 3}]}}"#, r#"{"a": 1, "\u0061": 2}"#]
        {
            let said = read::<serde_json::Value>(text).expect_err(text);
            assert!(said.contains("duplicate field"), "{text}: {said}");
        }
    }
}

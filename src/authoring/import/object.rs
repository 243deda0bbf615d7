//! JSON objects whose values are not parsed yet.

use crate::dataset::RecordFormat;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt;

/// The members of an object in their order, including repeated ones, with the JSON of their values.
#[derive(Clone, Debug, Default)]
pub(super) struct RawObject(pub Vec<(String, Box<RawValue>)>);

impl RecordFormat for RawObject {
    const NAME: &'static str = "proposal";
}

impl<'de> Deserialize<'de> for RawObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;

        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = RawObject;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(RawObject(members))
            }
        }

        deserializer.deserialize_map(ObjectVisitor)
    }
}

impl RawObject {
    /// The object in a JSON text; `None` if it is something else.
    pub(super) fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, value)| value.get())
    }

    /// The string in a member; `None` if it has another type.
    pub(super) fn string(&self, name: &str) -> Option<String> {
        parse_string(self.get(name)?)
    }

    /// The object on one line.
    pub(super) fn to_json(&self) -> String {
        let member = |(name, value): &(String, Box<RawValue>)| format!("{}:{}", json_string(name), value.get());
        format!("{{{}}}", self.0.iter().map(member).collect::<Vec<_>>().join(","))
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|(member, _)| member != name);
    }

    pub(super) fn push(&mut self, name: &str, json: String) {
        // Anything else than JSON would be an error of this program.
        if let Ok(value) = RawValue::from_string(json) {
            self.0.push((name.to_owned(), value));
        }
    }
}

/// The string in JSON; `None` if it is something else.
pub(super) fn parse_string(json: &str) -> Option<String> {
    json.starts_with('"').then(|| serde_json::from_str(json).ok())?
}

/// A string as JSON.
pub(super) fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The elements of a list in JSON; `None` if it is something else.
pub(super) fn parse_list(json: &str) -> Option<Vec<&RawValue>> {
    json.starts_with('[').then(|| serde_json::from_str(json).ok())?
}

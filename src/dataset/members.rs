//! Shapes of JSON that several formats share: objects with any names, and values that may be lists.

use super::json::without_place;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// The members of a JSON object, sorted by name, each name once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members<V>(pub Vec<(String, V)>);

impl<V> Default for Members<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Members<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for Object<V> {
            type Value = Members<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(entry) = map.next_entry::<String, V>()? {
                    members.push(entry);
                }
                members.sort_by(|a, b| a.0.cmp(&b.0));
                match members.windows(2).find(|w| w[0].0 == w[1].0) {
                    Some(twice) => Err(serde::de::Error::custom(format_args!("duplicate name `{}`", twice[0].0))),
                    None => Ok(Members(members)),
                }
            }
        }

        deserializer.deserialize_map(Object(PhantomData))
    }
}

/// A value, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<serde_json::value::RawValue>::deserialize(deserializer)?;
        let read = if raw.get().starts_with('[') {
            serde_json::from_str(raw.get())
        } else {
            serde_json::from_str(raw.get()).map(|one| vec![one])
        };
        read.map(Self).map_err(|e| serde::de::Error::custom(without_place(&e)))
    }
}

//! Expansion ([JSON-LD 1.1 API, section 5.1](https://www.w3.org/TR/json-ld11-api/#expansion-algorithm)).

use super::context::{Container, Context, RelativeTo, Term, is_keyword};
use super::json::{Json, Object};
use super::{Processor, error};
use crate::store::compiled::GraphError;
use oxigraph::model::NamedNode;
use std::rc::Rc;

/// What is being expanded, and inside of what.
#[derive(Clone)]
pub(super) struct Position<'a> {
    pub active: Rc<Context>,
    pub property: Option<&'a str>,
    /// The base of relative IRIs of contexts.
    pub base: &'a str,
    /// Whether the element is the value of a key that is not a property, in which the previous context stays hidden.
    pub is_in_map: bool,
}

impl<'a> Position<'a> {
    fn at(&self, property: Option<&'a str>) -> Self {
        Self { property, is_in_map: false, ..self.clone() }
    }

    fn term(&self) -> Option<&Rc<Term>> {
        self.active.term(self.property)
    }
}

/// What was found out about an object before its entries are expanded.
struct Element<'a> {
    position: Position<'a>,
    /// The context in which types are expanded.
    type_context: Rc<Context>,
    /// Whether the object is a value of type `@json`.
    is_json: bool,
}

impl Processor<'_> {
    /// The expanded form of an element; `None` if nothing is left of it.
    pub(super) fn expand(&self, element: &Json, position: &Position<'_>) -> Result<Option<Json>, GraphError> {
        match element {
            Json::Null => Ok(None),
            Json::Array(items) => {
                let mut expanded = Vec::new();
                let is_list = position.term().is_some_and(|term| term.has(Container::List));
                for item in items {
                    match self.expand(item, position)? {
                        Some(items @ Json::Array(_)) if is_list => expanded.push(list(items)),
                        Some(Json::Array(items)) => expanded.extend(items),
                        Some(item) => expanded.push(item),
                        None => {}
                    }
                }
                Ok(Some(Json::Array(expanded)))
            }
            Json::Object(entries) => self.expand_object(entries, position),
            scalar => {
                let Some(property) = position.property.filter(|property| *property != "@graph") else {
                    return Ok(None);
                };
                let active = self.with_property_context(&position.active, property)?;
                Ok(Some(Json::Object(self.expand_value(&active, property, scalar)?)))
            }
        }
    }

    /// The context for the values of a property.
    fn with_property_context(&self, active: &Rc<Context>, property: &str) -> Result<Rc<Context>, GraphError> {
        match active.term(Some(property)) {
            Some(term) => self.with_context_of_property(active, term),
            None => Ok(Rc::clone(active)),
        }
    }

    fn expand_object(&self, entries: &Object, position: &Position<'_>) -> Result<Option<Json>, GraphError> {
        let mut active = Rc::clone(&position.active);
        if let Some(previous) = &active.previous {
            let keyword = |key: &String, keyword| {
                active.expand(key, RelativeTo::Vocabulary).is_some_and(|expanded| expanded == keyword)
            };
            let is_value = entries.keys().any(|key| keyword(key, "@value"));
            let is_reference = entries.len() == 1 && entries.keys().all(|key| keyword(key, "@id"));
            if !position.is_in_map && !is_value && !is_reference {
                active = Rc::clone(previous);
            }
        }
        // The context of the property is that of the context outside.
        if let Some(term) = position.term() {
            active = self.with_context_of_property(&active, term)?;
        }
        if let Some(context) = entries.get("@context") {
            active = self.with_embedded_context(&active, context, position.base)?;
        }
        let type_context = Rc::clone(&active);
        let is_type = |key: &&String| type_context.expand(key, RelativeTo::Vocabulary).is_some_and(|k| k == "@type");
        let mut first_type = None;
        for key in entries.keys().filter(is_type) {
            let mut types: Vec<&str> = entries[key].items().iter().filter_map(Json::as_str).collect();
            first_type = first_type.or(types.last().copied());
            types.sort_unstable();
            for name in types {
                if let Some(term) = type_context.term(Some(name)) {
                    active = self.with_context_of_type(&active, term)?;
                }
            }
        }
        let is_json =
            first_type.is_some_and(|t| active.expand(t, RelativeTo::Vocabulary).is_some_and(|t| t == "@json"));
        let element = Element { position: Position { active, ..position.clone() }, type_context, is_json };
        let mut result = Object::new();
        self.expand_entries(entries, &element, &mut result)?;
        finish(result, position.property)
    }

    /// Adds the expanded entries of an object to a result.
    fn expand_entries(&self, entries: &Object, element: &Element<'_>, result: &mut Object) -> Result<(), GraphError> {
        let active = &element.position.active;
        let mut nests = Vec::new();
        for (key, value) in entries.iter().filter(|(key, _)| *key != "@context") {
            match self.expand_iri(active, key, RelativeTo::Vocabulary)? {
                Some(keyword) if is_keyword(&keyword) => {
                    if keyword == "@nest" {
                        nests.push(key);
                    } else {
                        self.expand_keyword(&keyword, value, element, result)?;
                    }
                }
                Some(property) if property.contains(':') => {
                    self.expand_property(&property, key, value, element, result)?;
                }
                _ => self.ignore_key(key),
            }
        }
        for key in nests {
            for nested in entries[key].items() {
                let is_value = |key: &String| {
                    active.expand(key, RelativeTo::Vocabulary).is_some_and(|expanded| expanded == "@value")
                };
                let nested = match nested {
                    Json::Object(nested) if !nested.keys().any(is_value) => nested,
                    other => return Err(error("invalid @nest value", other)),
                };
                let active = self.with_property_context(active, key)?;
                let inside = Element {
                    position: Position { active, ..element.position.clone() },
                    type_context: Rc::clone(&element.type_context),
                    is_json: element.is_json,
                };
                self.expand_entries(nested, &inside, result)?;
            }
        }
        Ok(())
    }

    fn expand_keyword(
        &self,
        keyword: &str,
        value: &Json,
        element: &Element<'_>,
        result: &mut Object,
    ) -> Result<(), GraphError> {
        let Element { position, type_context, is_json } = element;
        if position.property == Some("@reverse") {
            return Err(error("invalid reverse property map", keyword));
        }
        if result.contains_key(keyword) && !matches!(keyword, "@included" | "@type") {
            return Err(error("colliding keywords", keyword));
        }
        let invalid = |code| error(code, value);
        let string = |code| value.as_str().map(str::to_owned).ok_or_else(|| invalid(code));
        let expanded = match keyword {
            "@id" => {
                let id = string("invalid @id value")?;
                self.expand_iri(&position.active, &id, RelativeTo::Document)?.map_or(Json::Null, Json::String)
            }
            "@type" => {
                let mut types = result.remove("@type").map(into_items).unwrap_or_default();
                for name in value.items() {
                    let name = name.as_str().ok_or_else(|| invalid("invalid type value"))?;
                    types.extend(self.expand_iri(type_context, name, RelativeTo::Both)?.map(Json::String));
                }
                Json::Array(types)
            }
            "@graph" => array(self.expand(value, &position.at(Some("@graph")))?),
            "@included" => {
                let items = into_items(array(self.expand(value, &position.at(Some("@included")))?));
                if !items.iter().all(is_node) {
                    return Err(invalid("invalid @included value"));
                }
                let before = result.remove("@included").map(into_items).unwrap_or_default();
                Json::Array(before.into_iter().chain(items).collect())
            }
            "@value" => match value {
                Json::Array(_) | Json::Object(_) if !is_json => return Err(invalid("invalid value object value")),
                value => value.clone(),
            },
            "@language" => Json::String(string("invalid language-tagged string")?),
            "@direction" => match value.as_str() {
                Some("ltr" | "rtl") => value.clone(),
                _ => return Err(invalid("invalid base direction")),
            },
            "@index" => Json::String(string("invalid @index value")?),
            "@list" => match position.property {
                None | Some("@graph") => return Ok(()),
                Some(_) => array(self.expand(value, &Position { is_in_map: false, ..position.clone() })?),
            },
            "@set" => match self.expand(value, &Position { is_in_map: false, ..position.clone() })? {
                Some(expanded) => expanded,
                None => return Ok(()),
            },
            "@reverse" => return self.expand_reverse(value, position, result),
            _ => return Ok(()),
        };
        result.insert(keyword.to_owned(), expanded);
        Ok(())
    }

    fn expand_reverse(&self, value: &Json, position: &Position<'_>, result: &mut Object) -> Result<(), GraphError> {
        if !matches!(value, Json::Object(_)) {
            return Err(error("invalid @reverse value", value));
        }
        let Some(Json::Object(mut expanded)) = self.expand(value, &position.at(Some("@reverse")))? else {
            return Ok(());
        };
        if let Some(Json::Object(forward)) = expanded.remove("@reverse") {
            for (property, items) in forward {
                add(result, &property, items);
            }
        }
        for (property, items) in expanded {
            add_reverse(result, &property, items)?;
        }
        Ok(())
    }

    fn expand_property(
        &self,
        property: &str,
        key: &str,
        value: &Json,
        element: &Element<'_>,
        result: &mut Object,
    ) -> Result<(), GraphError> {
        let position = &element.position;
        let no_term = Rc::default();
        let term = position.active.term(Some(key)).unwrap_or(&no_term);
        let expanded = match value {
            _ if term.datatype.as_deref() == Some("@json") => {
                Some(object([("@value", value.clone()), ("@type", string("@json"))]))
            }
            Json::Object(map) if term.has(Container::Language) => Some(self.expand_languages(map, term, position)?),
            Json::Object(map) if [Container::Index, Container::Type, Container::Id].iter().any(|c| term.has(*c)) => {
                Some(self.expand_map(map, key, term, position)?)
            }
            value => self.expand(value, &position_of(position, key))?,
        };
        let Some(mut expanded) = expanded else { return Ok(()) };
        if term.has(Container::List) && !has_key(&expanded, "@list") {
            expanded = list(Json::Array(into_items(expanded)));
        }
        if term.has(Container::Graph) && !term.has(Container::Id) && !term.has(Container::Index) {
            expanded = Json::Array(into_items(expanded).into_iter().map(graph).collect());
        }
        if term.is_reverse {
            return add_reverse(result, property, expanded);
        }
        add(result, property, expanded);
        Ok(())
    }

    /// The strings of a map from languages.
    fn expand_languages(&self, map: &Object, term: &Term, position: &Position<'_>) -> Result<Json, GraphError> {
        let active = &position.active;
        let direction = term.direction.or(active.direction.as_ref());
        let mut strings = Vec::new();
        for (language, values) in map {
            for value in values.items() {
                let value = match value {
                    Json::Null => continue,
                    Json::String(value) => value,
                    other => return Err(error("invalid language map value", other)),
                };
                let mut entries = Object::from([("@value".to_owned(), string(value))]);
                if self.expand_iri(active, language, RelativeTo::Vocabulary)?.is_none_or(|language| language != "@none")
                {
                    entries.insert("@language".to_owned(), string(language));
                }
                if let Some(direction) = direction {
                    entries.insert("@direction".to_owned(), string(direction));
                }
                strings.push(Json::Object(entries));
            }
        }
        Ok(Json::Array(strings))
    }

    /// The values of a map from indexes, ids or types.
    fn expand_map(&self, map: &Object, key: &str, term: &Term, position: &Position<'_>) -> Result<Json, GraphError> {
        let active = &position.active;
        let index_key = term.index.as_deref().unwrap_or("@index");
        let mut values = Vec::new();
        for (index, value) in map {
            let mut map_context = Rc::clone(active);
            if term.has(Container::Id) || term.has(Container::Type) {
                map_context = active.previous.clone().unwrap_or(map_context);
            }
            if term.has(Container::Type)
                && let Some(term) = map_context.term(Some(index)).cloned()
            {
                map_context = self.with_context_of_type(&map_context, &term)?;
            }
            let expanded_index = self.expand_iri(active, index, RelativeTo::Vocabulary)?;
            let is_none = expanded_index.as_deref() == Some("@none");
            let inside = Position { active: map_context, is_in_map: true, ..position_of(position, key) };
            for item in into_items(array(self.expand(&Json::Array(value.items().to_vec()), &inside)?)) {
                let item = if term.has(Container::Graph) && !has_key(&item, "@graph") { graph(item) } else { item };
                let Json::Object(mut item) = item else { continue };
                if term.has(Container::Index) && index_key != "@index" && !is_none {
                    let index_value = self.expand_value(active, index_key, &string(index))?;
                    let property = self.expand_iri(active, index_key, RelativeTo::Vocabulary)?.unwrap_or_default();
                    let existing = item.remove(&property).map(into_items).unwrap_or_default();
                    let all = [Json::Object(index_value)].into_iter().chain(existing).collect();
                    item.insert(property, Json::Array(all));
                    if item.contains_key("@value") {
                        return Err(error("invalid value object", index));
                    }
                } else if term.has(Container::Index) && !is_none {
                    item.entry("@index".to_owned()).or_insert_with(|| string(index));
                } else if term.has(Container::Id) && !is_none && !item.contains_key("@id") {
                    let id = self.expand_iri(active, index, RelativeTo::Document)?;
                    item.insert("@id".to_owned(), id.map_or(Json::Null, Json::String));
                } else if term.has(Container::Type) && !is_none {
                    let existing = item.remove("@type").map(into_items).unwrap_or_default();
                    let types = expanded_index.clone().map(Json::String).into_iter().chain(existing).collect();
                    item.insert("@type".to_owned(), Json::Array(types));
                }
                values.push(Json::Object(item));
            }
        }
        Ok(Json::Array(values))
    }

    /// A scalar as an object.
    fn expand_value(&self, active: &Context, property: &str, value: &Json) -> Result<Object, GraphError> {
        let no_term = Rc::default();
        let term = active.term(Some(property)).unwrap_or(&no_term);
        let datatype = term.datatype.as_deref();
        if let (Some("@id" | "@vocab"), Json::String(iri)) = (datatype, value) {
            let relative_to = if datatype == Some("@id") { RelativeTo::Document } else { RelativeTo::Both };
            let id = self.expand_iri(active, iri, relative_to)?;
            return Ok(Object::from([("@id".to_owned(), id.map_or(Json::Null, Json::String))]));
        }
        let mut entries = Object::from([("@value".to_owned(), value.clone())]);
        if let Some(datatype) = datatype.filter(|datatype| !matches!(*datatype, "@id" | "@vocab" | "@none")) {
            entries.insert("@type".to_owned(), string(datatype));
        } else if let Json::String(_) = value {
            if let Some(language) = term.language.or(active.language.as_ref()) {
                entries.insert("@language".to_owned(), string(language));
            }
            if let Some(direction) = term.direction.or(active.direction.as_ref()) {
                entries.insert("@direction".to_owned(), string(direction));
            }
        }
        Ok(entries)
    }
}

/// The position of the values of a key.
fn position_of<'a>(position: &Position<'a>, key: &'a str) -> Position<'a> {
    position.at(Some(key))
}

/// Checks an expanded object, and removes it if it adds nothing to the property.
fn finish(mut result: Object, property: Option<&str>) -> Result<Option<Json>, GraphError> {
    if let Some(value) = result.get("@value") {
        let has = |key| result.contains_key(key);
        let is_known = |key: &String| matches!(&**key, "@direction" | "@index" | "@language" | "@type" | "@value");
        if !result.keys().all(is_known) || has("@type") && (has("@language") || has("@direction")) {
            return Err(error("invalid value object", value));
        }
        let types = result.get("@type").map(Json::items);
        let is_json = types.is_some_and(|types| types == [string("@json")]);
        if !is_json {
            if *value == Json::Null || matches!(value, Json::Array(items) if items.is_empty()) {
                return Ok(None);
            }
            if has("@language") && value.as_str().is_none() {
                return Err(error("invalid language-tagged value", value));
            }
            let is_type = |types: &[Json]| matches!(types, [Json::String(iri)] if NamedNode::new(iri).is_ok());
            if types.is_some_and(|types| !is_type(types)) {
                return Err(error("invalid typed value", value));
            }
        }
    }
    for key in ["@set", "@list"] {
        if !result.contains_key(key) {
            continue;
        }
        if result.keys().any(|other| other != key && other != "@index") {
            return Err(error("invalid set or list object", key));
        }
        if key == "@set" {
            return Ok(result.remove(key));
        }
    }
    if result.len() == 1 && result.contains_key("@language") {
        return Ok(None);
    }
    let is_top = property.is_none_or(|property| property == "@graph");
    let is_dropped = result.is_empty()
        || result.contains_key("@value")
        || result.contains_key("@list")
        || result.len() == 1 && result.contains_key("@id");
    Ok((!(is_top && is_dropped)).then_some(Json::Object(result)))
}

fn string(text: &str) -> Json {
    Json::String(text.to_owned())
}

fn object<const N: usize>(entries: [(&str, Json); N]) -> Json {
    Json::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn list(items: Json) -> Json {
    object([("@list", items)])
}

fn graph(item: Json) -> Json {
    object([("@graph", Json::Array(into_items(item)))])
}

/// A value as an array.
fn array(value: Option<Json>) -> Json {
    Json::Array(value.map(into_items).unwrap_or_default())
}

pub(super) fn into_items(value: Json) -> Vec<Json> {
    if let Json::Array(items) = value { items } else { vec![value] }
}

fn has_key(value: &Json, key: &str) -> bool {
    matches!(value, Json::Object(entries) if entries.contains_key(key))
}

/// Whether an expanded value is a node, not a value, a list or a set.
fn is_node(value: &Json) -> bool {
    matches!(value, Json::Object(entries) if !["@value", "@list", "@set"].iter().any(|key| entries.contains_key(*key)))
}

/// Adds values to a property.
fn add(result: &mut Object, property: &str, values: Json) {
    let existing = result.entry(property.to_owned()).or_insert_with(|| Json::Array(Vec::new()));
    if let Json::Array(items) = existing {
        items.extend(into_items(values));
    }
}

/// Adds values to a property whose subjects they are.
fn add_reverse(result: &mut Object, property: &str, values: Json) -> Result<(), GraphError> {
    let values = into_items(values);
    if let Some(value) = values.iter().find(|value| has_key(value, "@value") || has_key(value, "@list")) {
        return Err(error("invalid reverse property value", value));
    }
    let reverse = result.entry("@reverse".to_owned()).or_insert_with(|| Json::Object(Object::new()));
    if let Json::Object(reverse) = reverse {
        add(reverse, property, Json::Array(values));
    }
    Ok(())
}

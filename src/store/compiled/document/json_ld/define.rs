//! Context processing and term definitions ([JSON-LD 1.1 API, section 4](https://www.w3.org/TR/json-ld11-api/#context-processing-algorithms)).

use super::context::{
    Container, Context, RelativeTo, ScopedContext, Setting, Term, has_keyword_form, is_iri_or_blank, is_keyword,
};
use super::json::{Json, Object};
use super::{MAX_CHAIN, Processor, TERMS_OF_DEFINITION, error};
use crate::store::compiled::GraphError;
use crate::store::compiled::document::iri::{is_absolute, resolve};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The maximum number of contexts in other documents that refer to each other.
const MAX_REMOTE: usize = 32;

/// The entries of a context that are not terms.
const SETTINGS: [&str; 8] =
    ["@base", "@direction", "@import", "@language", "@propagate", "@protected", "@version", "@vocab"];
/// The entries of a term definition.
const ENTRIES: [&str; 11] = [
    "@id",
    "@reverse",
    "@container",
    "@context",
    "@direction",
    "@index",
    "@language",
    "@nest",
    "@prefix",
    "@protected",
    "@type",
];

/// How a context is processed.
#[derive(Clone)]
pub(super) struct Processing<'a> {
    /// The base of relative IRIs of contexts.
    base: &'a str,
    /// The contexts in other documents that are being processed.
    remote: Vec<String>,
    overrides_protected: bool,
    propagates: bool,
    validates_scoped: bool,
}

impl<'a> Processing<'a> {
    /// A context in a node.
    pub(super) fn embedded(base: &'a str) -> Self {
        Self { base, remote: Vec::new(), overrides_protected: false, propagates: true, validates_scoped: true }
    }

    /// The context of a property.
    pub(super) fn of_property(scoped: &'a ScopedContext) -> Self {
        Self { overrides_protected: true, ..Self::embedded(&scoped.base) }
    }

    /// The context of a type.
    pub(super) fn of_type(scoped: &'a ScopedContext) -> Self {
        Self { propagates: false, ..Self::embedded(&scoped.base) }
    }
}

impl Processor<'_> {
    /// The context that results from an active one and a local one.
    pub(super) fn process(
        &self,
        active: &Rc<Context>,
        local: &Json,
        mut processing: Processing<'_>,
    ) -> Result<Rc<Context>, GraphError> {
        self.count_terms(active.terms.len() + 1)?;
        let mut result = Context::clone(active);
        if let Json::Object(entries) = local
            && let Some(Json::Boolean(propagates)) = entries.get("@propagate")
        {
            processing.propagates = *propagates;
        }
        if !processing.propagates && result.previous.is_none() {
            result.previous = Some(Rc::clone(active));
        }
        for context in local.items() {
            result = match context {
                Json::Null => {
                    if !processing.overrides_protected && result.terms.values().any(|term| term.is_protected) {
                        return Err(error("invalid context nullification", "null"));
                    }
                    let previous = (!processing.propagates).then(|| Rc::new(result));
                    Context { base: Some(self.base.clone()), previous, ..Context::default() }
                }
                Json::String(reference) => self.process_remote(result, reference, &processing)?,
                Json::Object(entries) => self.process_entries(result, entries, &processing)?,
                other => return Err(error("invalid local context", other)),
            };
        }
        Ok(Rc::new(result))
    }

    fn process_remote(
        &self,
        active: Context,
        reference: &str,
        processing: &Processing<'_>,
    ) -> Result<Context, GraphError> {
        let iri = resolve(processing.base, reference);
        if !processing.validates_scoped && processing.remote.contains(&iri) {
            return Ok(active);
        }
        if processing.remote.len() >= MAX_REMOTE {
            return Err(error("context overflow", reference));
        }
        let context = self.load_context(&iri, reference)?;
        let remote = processing.remote.iter().cloned().chain([iri.clone()]).collect();
        let processing = Processing { base: &iri, remote, overrides_protected: false, propagates: true, ..*processing };
        let result = self.process(&Rc::new(active), &context, processing)?;
        Ok(Rc::unwrap_or_clone(result))
    }

    fn process_entries(
        &self,
        mut result: Context,
        entries: &Object,
        processing: &Processing<'_>,
    ) -> Result<Context, GraphError> {
        if let Some(version) = entries.get("@version")
            && !matches!(version, Json::Number(number) if number.parse() == Ok(1.1))
        {
            return Err(error("invalid @version value", version));
        }
        let imported = entries.get("@import").map(|import| self.import(import, entries, processing)).transpose()?;
        let entries = imported.as_ref().unwrap_or(entries);
        if let Some(base) = entries.get("@base").filter(|_| processing.remote.is_empty()) {
            result.base = match (base, &result.base) {
                (Json::Null, _) => None,
                (Json::String(iri), _) if is_absolute(iri) => Some(iri.clone()),
                (Json::String(iri), Some(base)) => Some(resolve(base, iri)),
                _ => return Err(error("invalid base IRI", base)),
            };
        }
        if let Some(vocabulary) = entries.get("@vocab") {
            let expanded = |written: &str| result.expand(written, RelativeTo::Both).filter(|iri| is_iri_or_blank(iri));
            result.vocabulary = match vocabulary {
                Json::Null => None,
                Json::String(written) => {
                    Some(expanded(written).ok_or_else(|| error("invalid vocab mapping", vocabulary))?)
                }
                _ => return Err(error("invalid vocab mapping", vocabulary)),
            };
        }
        if let Some(language) = entries.get("@language") {
            let setting = Setting::parse(language).ok_or_else(|| error("invalid default language", language))?;
            result.language = setting.or(None).cloned();
        }
        if let Some(direction) = entries.get("@direction") {
            result.direction = self::direction(direction)?.or(None).cloned();
        }
        if let Some(propagate) = entries.get("@propagate")
            && !matches!(propagate, Json::Boolean(_))
        {
            return Err(error("invalid @propagate value", propagate));
        }
        let is_protected = match entries.get("@protected") {
            None => false,
            Some(Json::Boolean(is_protected)) => *is_protected,
            Some(other) => return Err(error("invalid @protected value", other)),
        };
        let mut definitions = Definitions {
            processor: self,
            context: result,
            entries,
            defined: BTreeMap::new(),
            is_protected,
            processing,
        };
        for term in entries.keys().filter(|term| !SETTINGS.contains(&term.as_str())) {
            definitions.define(term)?;
        }
        Ok(definitions.context)
    }

    /// The entries of a context with those that it imports.
    fn import(&self, import: &Json, entries: &Object, processing: &Processing<'_>) -> Result<Object, GraphError> {
        let reference = import.as_str().ok_or_else(|| error("invalid @import value", import))?;
        let imported = self.load_context(&resolve(processing.base, reference), reference)?;
        let Json::Object(imported) = &*imported else { return Err(error("invalid remote context", reference)) };
        if imported.contains_key("@import") {
            return Err(error("invalid context entry", "@import"));
        }
        let mut all = imported.clone();
        all.extend(entries.iter().map(|(key, value)| (key.clone(), value.clone())));
        Ok(all)
    }
}

fn direction(value: &Json) -> Result<Setting, GraphError> {
    let is_valid = |setting: &Setting| !matches!(setting, Setting::Some(d) if !matches!(&**d, "ltr" | "rtl"));
    Setting::parse(value).filter(is_valid).ok_or_else(|| error("invalid base direction", value))
}

/// The terms of a context that are being defined.
struct Definitions<'a, 'p> {
    processor: &'a Processor<'p>,
    context: Context,
    entries: &'a Object,
    /// Whether a term is defined, or is being defined.
    defined: BTreeMap<&'a str, bool>,
    is_protected: bool,
    processing: &'a Processing<'a>,
}

impl<'a> Definitions<'a, '_> {
    /// Defines a term of the context, unless it is already defined.
    fn define(&mut self, term: &str) -> Result<(), GraphError> {
        let Some((term, value)) = self.entries.get_key_value(term) else { return Ok(()) };
        match self.defined.get(term.as_str()) {
            Some(true) => return Ok(()),
            Some(false) => return Err(error("cyclic IRI mapping", term)),
            None => {}
        }
        let definitions = &self.processor.definitions;
        if definitions.get() >= MAX_CHAIN {
            let exceeded = format!("more than {MAX_CHAIN} terms of contexts that refer to each other");
            return Err(GraphError::DocumentLimit(exceeded));
        }
        self.processor.count_terms(TERMS_OF_DEFINITION)?;
        definitions.set(definitions.get() + 1);
        self.defined.insert(term, false);
        let previous = self.context.terms.remove(term.as_str());
        if let Some(mut definition) = self.definition(term, value)? {
            if let Some(previous) = previous.filter(|p| p.is_protected && !self.processing.overrides_protected) {
                if (Term { is_protected: true, ..definition.clone() }) != *previous {
                    return Err(error("protected term redefinition", term));
                }
                definition = Rc::unwrap_or_clone(previous);
            }
            self.context.terms.insert(Rc::from(term.as_str()), Rc::new(definition));
        }
        definitions.set(definitions.get() - 1);
        self.defined.insert(term, true);
        Ok(())
    }

    /// The definition of a term; `None` if it is ignored.
    fn definition(&mut self, term: &'a str, value: &Json) -> Result<Option<Term>, GraphError> {
        if term.is_empty() {
            return Err(error("invalid term definition", "\"\""));
        }
        if term == "@type" {
            let is_valid = matches!(value, Json::Object(entries) if !entries.is_empty() && entries.iter().all(|(key, value)| {
                key == "@protected" || key == "@container" && value.as_str() == Some("@set")
            }));
            if !is_valid {
                return Err(error("keyword redefinition", term));
            }
        } else if is_keyword(term) {
            return Err(error("keyword redefinition", term));
        } else if has_keyword_form(term) {
            return Ok(None);
        }
        let (empty, simple);
        let (entries, is_simple) = match value {
            Json::Null => {
                empty = Object::from([("@id".to_owned(), Json::Null)]);
                (&empty, false)
            }
            Json::String(_) => {
                simple = Object::from([("@id".to_owned(), value.clone())]);
                (&simple, true)
            }
            Json::Object(entries) => (entries, false),
            _ => return Err(error("invalid term definition", term)),
        };
        let is_protected = match entries.get("@protected") {
            None => self.is_protected,
            Some(Json::Boolean(is_protected)) => *is_protected,
            Some(other) => return Err(error("invalid @protected value", other)),
        };
        let mut definition = Term { is_protected, ..Term::default() };
        if let Some(datatype) = entries.get("@type") {
            definition.datatype = Some(self.datatype(datatype)?);
        }
        if let Some(reverse) = entries.get("@reverse") {
            return self.reverse(reverse, entries, definition);
        }
        if !self.map_iri(term, entries.get("@id"), is_simple, &mut definition)? {
            return Ok(None);
        }
        self.add_containers(entries, &mut definition)?;
        self.add_settings(term, entries, &mut definition)?;
        match entries.keys().find(|key| !ENTRIES.contains(&key.as_str())) {
            Some(key) => Err(error("invalid term definition", format_args!("{term}: {key}"))),
            None => Ok(Some(definition)),
        }
    }

    fn datatype(&mut self, value: &Json) -> Result<String, GraphError> {
        let invalid = || error("invalid type mapping", value);
        let expanded = self.expand(value.as_str().ok_or_else(invalid)?)?;
        let is_valid = |datatype: &String| {
            matches!(&**datatype, "@id" | "@json" | "@none" | "@vocab")
                || is_absolute(datatype) && !is_keyword(datatype)
        };
        expanded.filter(is_valid).ok_or_else(invalid)
    }

    fn reverse(&mut self, value: &Json, entries: &Object, mut term: Term) -> Result<Option<Term>, GraphError> {
        if entries.contains_key("@id") || entries.contains_key("@nest") {
            return Err(error("invalid reverse property", value));
        }
        let invalid = || error("invalid IRI mapping", value);
        let written = value.as_str().ok_or_else(invalid)?;
        if has_keyword_form(written) {
            return Ok(None);
        }
        term.iri = Some(self.expand(written)?.filter(|iri| is_iri_or_blank(iri)).ok_or_else(invalid)?);
        term.is_reverse = true;
        if let Some(container) = entries.get("@container").filter(|container| **container != Json::Null) {
            let containers = Container::parse(container).filter(|containers| {
                container.as_str().is_some() && matches!(containers[..], [Container::Set | Container::Index])
            });
            term.containers = containers.ok_or_else(|| error("invalid reverse property", container))?;
        }
        Ok(Some(term))
    }

    /// Finds out which IRI a term stands for. Returns `false` if the term is ignored.
    fn map_iri(
        &mut self,
        term: &'a str,
        id: Option<&Json>,
        is_simple: bool,
        definition: &mut Term,
    ) -> Result<bool, GraphError> {
        let invalid = || error("invalid IRI mapping", term);
        match id {
            Some(Json::Null) => return Ok(true),
            Some(Json::String(id)) if id != term => {
                if !is_keyword(id) && has_keyword_form(id) {
                    return Ok(false);
                }
                let iri = self.expand(id)?.filter(|iri| is_keyword(iri) || is_iri_or_blank(iri)).ok_or_else(invalid)?;
                if iri == "@context" {
                    return Err(error("invalid keyword alias", term));
                }
                let has_colon = term.char_indices().any(|(at, c)| c == ':' && at > 0 && at + 1 < term.len());
                if has_colon || term.contains('/') {
                    self.defined.insert(term, true);
                    if self.expand(term)?.as_ref() != Some(&iri) {
                        return Err(invalid());
                    }
                }
                definition.is_prefix = !term.contains([':', '/'])
                    && is_simple
                    && (iri.ends_with([':', '/', '?', '#', '[', ']', '@']) || iri.starts_with("_:"));
                definition.iri = Some(iri);
                return Ok(true);
            }
            Some(Json::String(_)) | None => {}
            Some(_) => return Err(invalid()),
        }
        let colon = term.find(':').filter(|at| *at > 0);
        definition.iri = Some(if let Some(at) = colon {
            let (prefix, suffix) = (&term[..at], &term[at + 1..]);
            self.define(prefix)?;
            match self.context.terms.get(prefix).map(|prefix| prefix.iri.as_ref()) {
                Some(Some(iri)) => format!("{iri}{suffix}"),
                _ => term.to_owned(),
            }
        } else if term.contains('/') {
            self.expand(term)?.filter(|iri| is_absolute(iri)).ok_or_else(invalid)?
        } else if term == "@type" {
            term.to_owned()
        } else {
            let vocabulary = self.context.vocabulary.as_ref();
            vocabulary.map(|vocabulary| format!("{vocabulary}{term}")).ok_or_else(invalid)?
        });
        Ok(true)
    }

    fn add_containers(&mut self, entries: &Object, definition: &mut Term) -> Result<(), GraphError> {
        if let Some(container) = entries.get("@container") {
            definition.containers =
                Container::parse(container).ok_or_else(|| error("invalid container mapping", container))?;
            if definition.has(Container::Type) {
                let datatype = definition.datatype.get_or_insert_with(|| "@id".to_owned());
                if !matches!(&**datatype, "@id" | "@vocab") {
                    return Err(error("invalid type mapping", &**datatype));
                }
            }
        }
        if let Some(index) = entries.get("@index") {
            let invalid = || error("invalid term definition", index);
            let written = index.as_str().filter(|_| definition.has(Container::Index)).ok_or_else(invalid)?;
            self.expand(written)?.filter(|iri| is_absolute(iri) && !is_keyword(iri)).ok_or_else(invalid)?;
            definition.index = Some(written.to_owned());
        }
        Ok(())
    }

    fn add_settings(&mut self, term: &str, entries: &Object, definition: &mut Term) -> Result<(), GraphError> {
        if let Some(context) = entries.get("@context") {
            let processing =
                Processing { overrides_protected: true, validates_scoped: false, ..self.processing.clone() };
            let active = Rc::new(self.context.clone());
            self.processor.process(&active, context, processing).map_err(|problem| match problem {
                GraphError::JsonLd(problem) => error("invalid scoped context", problem),
                other => other,
            })?;
            definition.context =
                Some(ScopedContext { context: context.clone(), base: self.processing.base.to_owned() });
        }
        let has_type = entries.contains_key("@type");
        if let Some(language) = entries.get("@language").filter(|_| !has_type) {
            definition.language =
                Setting::parse(language).ok_or_else(|| error("invalid language mapping", language))?;
        }
        if let Some(value) = entries.get("@direction").filter(|_| !has_type) {
            definition.direction = direction(value)?;
        }
        if let Some(nest) = entries.get("@nest") {
            let is_valid = |nest: &&str| *nest == "@nest" || !is_keyword(nest);
            let nest = nest.as_str().filter(is_valid).ok_or_else(|| error("invalid @nest value", nest))?;
            definition.nest = Some(nest.to_owned());
        }
        if let Some(prefix) = entries.get("@prefix") {
            let Json::Boolean(is_prefix) = prefix else { return Err(error("invalid @prefix value", prefix)) };
            let is_keyword = definition.iri.as_ref().is_some_and(|iri| is_keyword(iri));
            if term.contains([':', '/']) || *is_prefix && is_keyword {
                return Err(error("invalid term definition", term));
            }
            definition.is_prefix = *is_prefix;
        }
        Ok(())
    }

    /// What a string in the context stands for. Defines the terms that it consists of first.
    fn expand(&mut self, value: &str) -> Result<Option<String>, GraphError> {
        if !is_keyword(value) && !has_keyword_form(value) {
            self.define(value)?;
            if let Some((prefix, suffix)) = value.split_once(':')
                && !self.context.terms.contains_key(value)
                && prefix != "_"
                && !suffix.starts_with("//")
            {
                self.define(prefix)?;
            }
        }
        Ok(self.context.expand(value, RelativeTo::Vocabulary))
    }
}

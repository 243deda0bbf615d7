//! Active contexts and the expansion of IRIs ([JSON-LD 1.1 API, section 5.2](https://www.w3.org/TR/json-ld11-api/#iri-expansion)).

use super::json::Json;
use crate::store::compiled::document::iri::{is_absolute, resolve};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What the terms of a document stand for.
#[derive(Clone, Default)]
pub(super) struct Context {
    pub terms: BTreeMap<Rc<str>, Rc<Term>>,
    /// The base of relative IRIs; `None` if a context removes it.
    pub base: Option<String>,
    pub vocabulary: Option<String>,
    pub language: Option<String>,
    pub direction: Option<String>,
    /// The context that nodes inside return to, if this one does not propagate.
    pub previous: Option<Rc<Context>>,
}

/// A term definition.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Term {
    /// `None` if the term is ignored.
    pub iri: Option<String>,
    pub is_prefix: bool,
    pub is_protected: bool,
    pub is_reverse: bool,
    pub datatype: Option<String>,
    pub containers: Vec<Container>,
    pub context: Option<ScopedContext>,
    pub language: Setting,
    pub direction: Setting,
    pub nest: Option<String>,
    pub index: Option<String>,
}

/// A language or a direction.
#[derive(Clone, Default, PartialEq)]
pub(super) enum Setting {
    /// That of the context.
    #[default]
    Inherited,
    None,
    Some(String),
}

impl Setting {
    /// The value of a string or null.
    pub(super) fn parse(value: &Json) -> Option<Self> {
        match value {
            Json::Null => Some(Self::None),
            Json::String(string) => Some(Self::Some(string.clone())),
            _ => None,
        }
    }

    /// The value, with that of the context.
    pub(super) fn or<'a>(&'a self, inherited: Option<&'a String>) -> Option<&'a String> {
        match self {
            Self::Inherited => inherited,
            Self::None => None,
            Self::Some(value) => Some(value),
        }
    }
}

/// The context of a term, and the base of relative IRIs of further contexts in it.
#[derive(Clone, PartialEq)]
pub(super) struct ScopedContext {
    pub context: Json,
    pub base: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Graph,
    Id,
    Index,
    Language,
    List,
    Set,
    Type,
}

impl Container {
    fn from_keyword(keyword: &str) -> Option<Self> {
        Some(match keyword {
            "@graph" => Self::Graph,
            "@id" => Self::Id,
            "@index" => Self::Index,
            "@language" => Self::Language,
            "@list" => Self::List,
            "@set" => Self::Set,
            "@type" => Self::Type,
            _ => return None,
        })
    }

    /// The containers in the value of `@container`; `None` if it is invalid.
    pub(super) fn parse(value: &Json) -> Option<Vec<Self>> {
        let parsed: Vec<Self> =
            value.items().iter().map(|item| Self::from_keyword(item.as_str()?)).collect::<Option<_>>()?;
        let has = |container| parsed.contains(&container);
        let is_valid = match parsed.len() {
            0 => false,
            1 => true,
            _ if has(Self::List) => false,
            _ if has(Self::Graph) => !(has(Self::Language) || has(Self::Type) || has(Self::Id) && has(Self::Index)),
            _ => has(Self::Set),
        };
        is_valid.then_some(parsed)
    }
}

/// What an IRI may be relative to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RelativeTo {
    Vocabulary,
    Document,
    Both,
}

impl Term {
    pub(super) fn has(&self, container: Container) -> bool {
        self.containers.contains(&container)
    }
}

impl Context {
    /// The definition of a term.
    pub(super) fn term(&self, term: Option<&str>) -> Option<&Rc<Term>> {
        self.terms.get(term?)
    }

    /// What a string stands for: an IRI, a keyword, or a relative IRI that cannot be resolved. `None` if it is to be ignored.
    pub(super) fn expand(&self, value: &str, relative_to: RelativeTo) -> Option<String> {
        if is_keyword(value) {
            return Some(value.to_owned());
        }
        if has_keyword_form(value) {
            return None;
        }
        if let Some(term) = self.terms.get(value) {
            match &term.iri {
                Some(keyword) if is_keyword(keyword) => return Some(keyword.clone()),
                iri if relative_to != RelativeTo::Document => return iri.clone(),
                _ => {}
            }
        }
        if let Some((prefix, suffix)) = value.split_once(':').filter(|(prefix, _)| !prefix.is_empty()) {
            if prefix == "_" || suffix.starts_with("//") {
                return Some(value.to_owned());
            }
            if let Some(term) = self.terms.get(prefix)
                && term.is_prefix
                && let Some(iri) = &term.iri
            {
                return Some(format!("{iri}{suffix}"));
            }
            if is_absolute(value) {
                return Some(value.to_owned());
            }
        }
        if relative_to != RelativeTo::Document
            && let Some(vocabulary) = &self.vocabulary
        {
            return Some(format!("{vocabulary}{value}"));
        }
        if relative_to != RelativeTo::Vocabulary
            && let Some(base) = &self.base
        {
            return Some(resolve(base, value));
        }
        Some(value.to_owned())
    }
}

const KEYWORDS: [&str; 25] = [
    "@any",
    "@base",
    "@container",
    "@context",
    "@default",
    "@direction",
    "@graph",
    "@id",
    "@import",
    "@included",
    "@index",
    "@json",
    "@language",
    "@list",
    "@nest",
    "@none",
    "@prefix",
    "@propagate",
    "@protected",
    "@reverse",
    "@set",
    "@type",
    "@value",
    "@version",
    "@vocab",
];

pub(super) fn is_keyword(value: &str) -> bool {
    value.starts_with('@') && KEYWORDS.contains(&value)
}

/// Whether a string is reserved for keywords: `@` and letters.
pub(super) fn has_keyword_form(value: &str) -> bool {
    let name = value.strip_prefix('@');
    name.is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// Whether a string is an absolute IRI, or the identifier of a blank node.
pub(super) fn is_iri_or_blank(value: &str) -> bool {
    value.starts_with("_:") || is_absolute(value)
}

//! References in Turtle and SPARQL: prefixed names, and IRIs in angle brackets.

use super::names::Names;
use crate::authoring::edit::TextEdit;
use crate::model::{EntityId, TokenKind, tokenize};
use oxigraph::model::NamedNode;
use oxttl::TurtleParser;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// The language of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Only the prefixes that the text declares are known.
    Turtle,
    /// The prefixes of the dataset are known as well.
    Sparql,
}

/// The edits that rename the terms of a text. Linear in the text.
pub(super) fn edits(text: &str, syntax: Syntax, names: &Names<'_>) -> Vec<TextEdit> {
    if !names.may_occur_in(text) {
        return Vec::new();
    }
    let tokens = tokenize(text);
    let token = |index: usize| tokens.get(index).map_or("", |token| &text[token.span.clone()]);
    let mut scope = Scope { names, syntax, prefixes: HashMap::new(), base: None };
    let mut edits = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        let span = tokens[index].span.clone();
        let follows_string = index > 0 && tokens[index - 1].kind == TokenKind::String;
        let directive = token(index).trim_start_matches('@');
        match tokens[index].kind {
            TokenKind::Word | TokenKind::Punctuation
                if !follows_string && directive.eq_ignore_ascii_case("prefix") && token(index + 2).starts_with('<') =>
            {
                let namespace = scope.resolve(inside(token(index + 2)));
                scope.prefixes.insert(token(index + 1).trim_end_matches(':').to_owned(), namespace);
                index += 2;
            }
            TokenKind::Word | TokenKind::Punctuation
                if !follows_string && directive.eq_ignore_ascii_case("base") && token(index + 1).starts_with('<') =>
            {
                scope.base = scope.resolve(inside(token(index + 1)));
                index += 1;
            }
            TokenKind::Iri => edits.extend(scope.iri(token(index)).map(|text| TextEdit { range: span, text })),
            TokenKind::PrefixedName => {
                edits.extend(scope.prefixed(token(index)).map(|text| TextEdit { range: span, text }));
            }
            _ => {}
        }
        index += 1;
    }
    edits
}

/// The text in the angle brackets of an IRI.
fn inside(iri: &str) -> &str {
    iri.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(iri)
}

/// What the names in a text stand for.
struct Scope<'a> {
    names: &'a Names<'a>,
    syntax: Syntax,
    /// The prefixes that the text has declared; `None` for an invalid IRI.
    prefixes: HashMap<String, Option<String>>,
    base: Option<String>,
}

impl Scope<'_> {
    /// The absolute IRI of a reference.
    fn resolve(&self, reference: &str) -> Option<String> {
        if NamedNode::new(reference).is_ok() {
            return Some(reference.to_owned());
        }
        let of_dataset = || (self.syntax == Syntax::Turtle).then(|| self.names.dataset.namespaces.base().to_owned());
        let base = self.base.clone().or_else(of_dataset)?;
        let parser = TurtleParser::new().with_base_iri(base).ok()?;
        let document = format!("<{reference}> a <urn:x> .");
        let triple = parser.for_slice(document.as_bytes()).next()?.ok()?;
        match triple.subject {
            oxigraph::model::NamedOrBlankNode::NamedNode(iri) => Some(iri.into_string()),
            oxigraph::model::NamedOrBlankNode::BlankNode(_) => None,
        }
    }

    /// The new form of an IRI in angle brackets.
    fn iri(&self, token: &str) -> Option<String> {
        let (names, reference) = (self.names, inside(token));
        let before = reference.strip_suffix(names.old.as_str())?;
        if self.resolve(reference)? != names.old_iri.as_str() {
            return None;
        }
        let relative = format!("{before}{}", names.new);
        let is_right = self.resolve(&relative).is_some_and(|iri| iri == names.new_iri.as_str());
        Some(if is_right { format!("<{relative}>") } else { names.new_iri.to_string() })
    }

    /// The new form of a prefixed name.
    fn prefixed(&self, token: &str) -> Option<String> {
        let (names, (prefix, local)) = (self.names, token.split_once(':')?);
        let namespace = match self.prefixes.get(prefix) {
            Some(declared) => declared.as_deref()?,
            None if self.syntax == Syntax::Sparql => names.dataset.namespaces.namespace(prefix)?,
            None => return None,
        };
        let local: Cow<'_, str> = if local.contains('\\') { local.replace('\\', "").into() } else { local.into() };
        let rest = names.old_iri.as_str().strip_prefix(namespace)?;
        if rest != local {
            return None;
        }
        let new = names.new_iri.as_str().strip_prefix(namespace).filter(|rest| EntityId::new(rest).is_ok());
        Some(new.map_or_else(|| names.new_iri.to_string(), |rest| format!("{prefix}:{rest}")))
    }
}

/// The strings of a query that contain the old name as a word: the program cannot tell whether they stand for it.
pub(super) fn strings_with_name(text: &str, names: &Names<'_>) -> Vec<Range<usize>> {
    let strings = tokenize(text).into_iter().filter(|token| token.kind == TokenKind::String);
    strings.map(|token| token.span).filter(|span| has_word(&text[span.clone()], names)).collect()
}

/// Whether a text contains the old name as a word; see [`occurrences`].
pub(super) fn has_word(text: &str, names: &Names<'_>) -> bool {
    !occurrences(text, names).is_empty()
}

/// The places at which a text contains the old name as a word, except in the base of the dataset, which may contain the same word.
pub(super) fn occurrences(text: &str, names: &Names<'_>) -> Vec<Range<usize>> {
    let base = names.dataset.namespaces.base();
    let bases: Vec<Range<usize>> = match base.contains(&names.old) {
        true => text.match_indices(base).map(|(start, base)| start..start + base.len()).collect(),
        false => Vec::new(),
    };
    let is_in_base = |word: &Range<usize>| {
        let last = bases.partition_point(|base| base.start <= word.start).checked_sub(1);
        last.is_some_and(|last| word.end <= bases[last].end)
    };
    words(text, &names.old).filter(|word| !is_in_base(word)).collect()
}

/// The places at which a text contains a name as a word: no character of an id is before or after it.
pub(super) fn words<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let continues = |c: char| c.is_alphanumeric() || c == '-' || c == '_' || EntityId::new(&format!("a{c}")).is_ok();
    text.match_indices(name).map(|(start, found)| start..start + found.len()).filter(move |range| {
        !text[..range.start].chars().next_back().is_some_and(continues)
            && !text[range.end..].chars().next().is_some_and(continues)
    })
}

//! The dictionary: terms by id, and ids by term.
//!
//! The encoding of a term begins with a byte for its kind:
//!
//! | byte | term | then |
//! | --- | --- | --- |
//! | 0 | IRI | the IRI |
//! | 1 | blank node | its label |
//! | 2 | string | its value |
//! | 3, 4, 5 | language-tagged string; left to right; right to left | length of the tag (one byte), the tag, the value |
//! | 6 | any other literal | id of the datatype (four bytes), the value |
//! | 7 | triple term | ids of subject, predicate and object (four bytes each) |
//!
//! Invariant: a term refers only to terms with smaller ids.

use super::GraphError;
use super::blocks::{Bytes, Words};
use crate::model::MAX_TERM_DEPTH;
use crate::model::literal::{literal_value, term_value};
use oxigraph::model::{
    BaseDirection, BlankNodeRef, LiteralRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, TermRef, Triple,
    vocab::xsd,
};
use spareval::ExpressionTerm;
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64;

/// The id of a term: 1, 2, 3 … in the order in which terms were first inserted.
pub(crate) type Id = u32;

/// The greatest nesting depth of triple terms.
pub(super) const MAX_DEPTH: usize = MAX_TERM_DEPTH;
/// The number of terms in a group. Offsets are relative to the first term of the group.
pub(super) const GROUP_SIZE: usize = 1 << 12;

pub(super) const IRI: u8 = 0;
pub(super) const BLANK: u8 = 1;
pub(super) const STRING: u8 = 2;
pub(super) const TAGGED: u8 = 3;
pub(super) const TAGGED_LTR: u8 = 4;
pub(super) const TAGGED_RTL: u8 = 5;
pub(super) const TYPED: u8 = 6;
pub(super) const TRIPLE: u8 = 7;

/// The number of slots in the table: one and a half for each term.
pub(super) fn table_size(terms: usize) -> usize {
    terms + terms / 2
}

/// The slot where the search for a term begins: the upper 32 bits of its hash, scaled to the size of the table.
pub(super) fn slot(hash: u64, size: usize) -> usize {
    (((hash >> 32) * size as u64) >> 32) as usize
}

/// A term that borrows its strings from the graph, or a triple term.
pub(super) enum Borrowed<'a> {
    Plain(TermRef<'a>),
    Triple(Term),
}

impl Borrowed<'_> {
    pub(super) fn as_ref(&self) -> TermRef<'_> {
        match self {
            Self::Plain(term) => *term,
            Self::Triple(term) => term.as_ref(),
        }
    }
}

/// The immutable terms of a graph.
pub(super) struct Dictionary {
    /// The offset of each group of terms in `bytes`: the low and the high half of 64 bits.
    pub(super) groups: Words,
    /// The offset of each term from that of its group, with an entry for id 0 and one for the end.
    pub(super) offsets: Words,
    pub(super) bytes: Bytes,
    /// The ids by hash: open addressing with linear probing from [`slot`] on; 0 is an empty slot.
    pub(super) table: Words,
}

impl Dictionary {
    /// The number of terms.
    pub(super) fn len(&self) -> usize {
        self.offsets.len().saturating_sub(2)
    }

    /// The offset of a group in `bytes`.
    fn group(&self, group: usize) -> Result<u64, GraphError> {
        let halves = self.groups.slice(group * 2..group * 2 + 2)?;
        Ok(u64::from(halves[0].get()) | u64::from(halves[1].get()) << 32)
    }

    /// The range of a term in `bytes`.
    fn range(&self, id: usize) -> Result<Range<usize>, GraphError> {
        let (group, next) = (id / GROUP_SIZE, (id + 1) / GROUP_SIZE);
        let offsets = self.offsets.slice(id..id + 2)?;
        let from = self.group(group)?;
        let to = if next == group { from } else { self.group(next)? };
        let absolute = |group: u64, offset: u32| usize::try_from(group.checked_add(u64::from(offset))?).ok();
        match (absolute(from, offsets[0].get()), absolute(to, offsets[1].get())) {
            (Some(start), Some(end)) => Ok(start..end),
            _ => Err(GraphError::Corrupt("a term is outside of its section")),
        }
    }

    /// The encoding of a term.
    pub(super) fn encoded(&self, id: Id) -> Result<&[u8], GraphError> {
        let index = id as usize;
        if index == 0 || index > self.len() {
            return Err(GraphError::Corrupt("an id has no term"));
        }
        let bytes = self.bytes.slice(self.range(index)?)?;
        if bytes.is_empty() { Err(GraphError::Corrupt("a term is empty")) } else { Ok(bytes) }
    }

    /// The id of a term, given its encoding.
    pub(super) fn find(&self, encoded: &[u8]) -> Result<Option<Id>, GraphError> {
        let size = self.table.len();
        if size == 0 {
            return Ok(None);
        }
        let mut at = slot(xxh3_64(encoded), size);
        for _ in 0..size {
            match self.table.get(at)? {
                0 => return Ok(None),
                id if self.encoded(id)? == encoded => return Ok(Some(id)),
                _ => at = (at + 1) % size,
            }
        }
        Ok(None)
    }

    /// The id of a term; `None` if the dictionary does not have it.
    pub(super) fn id_of(&self, term: TermRef<'_>) -> Result<Option<Id>, GraphError> {
        let mut encoded = Vec::new();
        match encode(term, &mut encoded, &mut |inner| self.id_of(inner))? {
            Some(()) => self.find(&encoded),
            None => Ok(None),
        }
    }

    /// The ids of the subject, predicate and object of a triple term; `None` if the term is of another kind.
    pub(super) fn components(&self, id: Id) -> Result<Option<[Id; 3]>, GraphError> {
        match self.encoded(id)? {
            [TRIPLE, rest @ ..] => triple_ids(rest, id).map(Some),
            _ => Ok(None),
        }
    }

    /// The first byte of a term's encoding.
    pub(super) fn kind(&self, id: Id) -> Result<u8, GraphError> {
        Ok(self.encoded(id)?[0])
    }

    /// Returns an error if terms cannot be the subject, predicate and object of a triple.
    pub(super) fn check_triple(&self, [subject, predicate, object]: [Id; 3]) -> Result<(), GraphError> {
        self.kind(object)?;
        match self.kind(subject)? <= BLANK && self.kind(predicate)? == IRI {
            true => Ok(()),
            false => Err(GraphError::Corrupt("a term is of a kind that cannot be in its position")),
        }
    }

    /// The value and the language tag of a string or a language-tagged string without base direction.
    pub(super) fn text(&self, id: Id) -> Result<Option<(&str, Option<&str>)>, GraphError> {
        let encoded = self.encoded(id)?;
        Ok(match encoded[0] {
            STRING => Some((text(&encoded[1..])?, None)),
            TAGGED => {
                let (tag, value) = tagged(&encoded[1..])?;
                Some((value, Some(tag)))
            }
            _ => None,
        })
    }

    /// The value of a term. Numbers, dates and strings are decoded without building a term first.
    pub(super) fn value(&self, id: Id) -> Result<ExpressionTerm, GraphError> {
        let encoded = self.encoded(id)?;
        let (kind, rest) = (encoded[0], &encoded[1..]);
        match kind {
            IRI => return Ok(ExpressionTerm::NamedNode(NamedNode::new_unchecked(text(rest)?))),
            STRING => return Ok(ExpressionTerm::StringLiteral(text(rest)?.to_owned())),
            TYPED => {
                let (datatype, value) = typed(rest, id)?;
                let value = text(value)?;
                if let [IRI, iri @ ..] = self.encoded(datatype)?
                    && let Some(known) = literal_value(value, text(iri)?)
                {
                    return Ok(known);
                }
            }
            _ => {}
        }
        self.term(id).map(term_value)
    }

    /// The term with an id.
    pub(super) fn term(&self, id: Id) -> Result<Term, GraphError> {
        self.term_within(id, 0)
    }

    /// The term with an id, without copying its strings unless it is a triple term.
    pub(super) fn borrowed(&self, id: Id) -> Result<Borrowed<'_>, GraphError> {
        match self.plain(id)? {
            Some(term) => Ok(Borrowed::Plain(term)),
            None => Ok(Borrowed::Triple(self.term(id)?)),
        }
    }

    /// The term with an id; `None` if it is a triple term.
    fn plain(&self, id: Id) -> Result<Option<TermRef<'_>>, GraphError> {
        let encoded = self.encoded(id)?;
        let (kind, rest) = (encoded[0], &encoded[1..]);
        Ok(Some(match kind {
            IRI => NamedNodeRef::new_unchecked(text(rest)?).into(),
            BLANK => BlankNodeRef::new_unchecked(text(rest)?).into(),
            STRING => LiteralRef::new_simple_literal(text(rest)?).into(),
            TAGGED..=TAGGED_RTL => {
                let (tag, value) = tagged(rest)?;
                match kind {
                    TAGGED => LiteralRef::new_language_tagged_literal_unchecked(value, tag).into(),
                    _ => {
                        let direction = if kind == TAGGED_LTR { BaseDirection::Ltr } else { BaseDirection::Rtl };
                        LiteralRef::new_directional_language_tagged_literal_unchecked(value, tag, direction).into()
                    }
                }
            }
            TYPED => {
                let (datatype, value) = typed(rest, id)?;
                match self.encoded(datatype)? {
                    [IRI, iri @ ..] => {
                        LiteralRef::new_typed_literal(text(value)?, NamedNodeRef::new_unchecked(text(iri)?)).into()
                    }
                    _ => return Err(GraphError::Corrupt("a datatype is not an IRI")),
                }
            }
            TRIPLE => return Ok(None),
            _ => return Err(GraphError::Corrupt("a term is of an unknown kind")),
        }))
    }

    fn term_within(&self, id: Id, depth: usize) -> Result<Term, GraphError> {
        if let Some(term) = self.plain(id)? {
            return Ok(term.into_owned());
        }
        let (Some([subject, predicate, object]), 0..MAX_DEPTH) = (self.components(id)?, depth) else {
            return Err(GraphError::Corrupt("triple terms are nested too deeply"));
        };
        let subject = match self.term_within(subject, depth + 1)? {
            Term::NamedNode(node) => NamedOrBlankNode::NamedNode(node),
            Term::BlankNode(node) => NamedOrBlankNode::BlankNode(node),
            _ => return Err(GraphError::Corrupt("the subject of a triple term is a literal or a triple term")),
        };
        let Term::NamedNode(predicate) = self.term_within(predicate, depth + 1)? else {
            return Err(GraphError::Corrupt("the predicate of a triple term is not an IRI"));
        };
        Ok(Triple::new(subject, predicate, self.term_within(object, depth + 1)?).into())
    }
}

/// Encodes a term. `id_of` gives the ids of the terms that it refers to. Returns `None` if one of them has no id.
pub(super) fn encode(
    term: TermRef<'_>,
    out: &mut Vec<u8>,
    id_of: &mut dyn FnMut(TermRef<'_>) -> Result<Option<Id>, GraphError>,
) -> Result<Option<()>, GraphError> {
    match term {
        TermRef::NamedNode(node) => {
            out.push(IRI);
            out.extend_from_slice(node.as_str().as_bytes());
        }
        TermRef::BlankNode(node) => {
            out.push(BLANK);
            out.extend_from_slice(node.as_str().as_bytes());
        }
        TermRef::Literal(literal) => {
            if let Some(language) = literal.language() {
                out.push(match literal.direction() {
                    None => TAGGED,
                    Some(BaseDirection::Ltr) => TAGGED_LTR,
                    Some(BaseDirection::Rtl) => TAGGED_RTL,
                });
                let length = u8::try_from(language.len()).map_err(|_| GraphError::TooLarge("a language tag"))?;
                out.push(length);
                out.extend_from_slice(language.as_bytes());
            } else if literal.datatype() == xsd::STRING {
                out.push(STRING);
            } else {
                let Some(datatype) = id_of(literal.datatype().into())? else { return Ok(None) };
                out.push(TYPED);
                out.extend_from_slice(&datatype.to_le_bytes());
            }
            out.extend_from_slice(literal.value().as_bytes());
        }
        TermRef::Triple(triple) => {
            let parts = [triple.subject.as_ref().into(), triple.predicate.as_ref().into(), triple.object.as_ref()];
            out.push(TRIPLE);
            for part in parts {
                let Some(id) = id_of(part)? else { return Ok(None) };
                out.extend_from_slice(&id.to_le_bytes());
            }
        }
    }
    Ok(Some(()))
}

pub(super) fn text(bytes: &[u8]) -> Result<&str, GraphError> {
    std::str::from_utf8(bytes).map_err(|_| GraphError::Corrupt("a string is not UTF-8"))
}

/// The language tag and the value of a language-tagged string.
pub(super) fn tagged(rest: &[u8]) -> Result<(&str, &str), GraphError> {
    let (length, rest) = rest.split_first().ok_or_else(truncated)?;
    let (tag, value) = rest.split_at_checked(usize::from(*length)).ok_or_else(truncated)?;
    Ok((text(tag)?, text(value)?))
}

/// The datatype and the value of a typed literal.
pub(super) fn typed(rest: &[u8], id: Id) -> Result<(Id, &[u8]), GraphError> {
    let (datatype, value) = rest.split_first_chunk().ok_or_else(truncated)?;
    Ok((earlier(u32::from_le_bytes(*datatype), id)?, value))
}

/// The ids of the components of a triple term.
pub(super) fn triple_ids(rest: &[u8], id: Id) -> Result<[Id; 3], GraphError> {
    let ([s, p, o], []) = rest.as_chunks::<4>() else { return Err(truncated()) };
    let part = |bytes: &[u8; 4]| earlier(u32::from_le_bytes(*bytes), id);
    Ok([part(s)?, part(p)?, part(o)?])
}

fn truncated() -> GraphError {
    GraphError::Corrupt("a term is truncated")
}

/// Returns an error if a term refers to itself or a later one, so that following references ends.
fn earlier(part: Id, whole: Id) -> Result<Id, GraphError> {
    if part < whole { Ok(part) } else { Err(GraphError::Corrupt("a term refers to a later one")) }
}

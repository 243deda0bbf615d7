//! The dictionary: terms by id, and ids by term.
//!
//! A term is kept as bytes, after a first byte that says its kind:
//!
//! | byte | term | then |
//! | --- | --- | --- |
//! | 0 | IRI | the IRI |
//! | 1 | blank node | its label |
//! | 2 | string | its text |
//! | 3, 4, 5 | text with a language; left to right; right to left | length of the tag (one byte), the tag, the text |
//! | 6 | any other literal | id of the datatype (four bytes), the text |
//! | 7 | triple term | ids of subject, predicate and object (four bytes each) |
//!
//! Ids that a term refers to are smaller than its own.

use super::GraphError;
use super::blocks::{Bytes, Words};
use oxigraph::model::{
    BaseDirection, BlankNodeRef, LiteralRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, TermRef, Triple,
    vocab::xsd,
};
use spareval::ExpressionTerm;
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64;

/// The id of a term, from 1 on in the order in which terms came.
pub(crate) type Id = u32;

/// How deep triple terms may be nested.
pub(super) const MAX_DEPTH: usize = 128;
/// Offsets of terms are kept relative to that of the first of so many.
pub(super) const GROUP: usize = 1 << 12;

pub(super) const IRI: u8 = 0;
pub(super) const BLANK: u8 = 1;
pub(super) const STRING: u8 = 2;
pub(super) const TAGGED: u8 = 3;
pub(super) const TAGGED_LTR: u8 = 4;
pub(super) const TAGGED_RTL: u8 = 5;
pub(super) const TYPED: u8 = 6;
pub(super) const TRIPLE: u8 = 7;

/// How many places the table has for so many terms: half as many again.
pub(super) fn table_size(terms: usize) -> usize {
    terms + terms / 2
}

/// Where the search for a term begins in a table: its hash, as a part of all there are, by its upper 32 bits.
pub(super) fn slot(hash: u64, size: usize) -> usize {
    (((hash >> 32) * size as u64) >> 32) as usize
}

/// A term that borrows its texts from the graph; a triple term is made anew.
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

/// The terms of a graph, which cannot be changed.
pub(super) struct Dictionary {
    /// Where each group of terms begins in `bytes`: the low and the high half of 64 bits.
    pub(super) groups: Words,
    /// Where each term begins, counted from its group; one more than there are terms, and one for id 0.
    pub(super) offsets: Words,
    pub(super) bytes: Bytes,
    /// Open addressing with linear probing from [`slot`] on; 0 is an empty place.
    pub(super) table: Words,
}

impl Dictionary {
    /// How many terms there are.
    pub(super) fn len(&self) -> usize {
        self.offsets.len().saturating_sub(2)
    }

    /// Where the terms of a group begin in `bytes`.
    fn group(&self, group: usize) -> Result<u64, GraphError> {
        let halves = self.groups.slice(group * 2..group * 2 + 2)?;
        Ok(u64::from(halves[0].get()) | u64::from(halves[1].get()) << 32)
    }

    /// Where a term lies in `bytes`.
    fn place(&self, id: usize) -> Result<Range<usize>, GraphError> {
        let (group, next) = (id / GROUP, (id + 1) / GROUP);
        let offsets = self.offsets.slice(id..id + 2)?;
        let from = self.group(group)?;
        let to = if next == group { from } else { self.group(next)? };
        let place = |group: u64, offset: u32| usize::try_from(group.checked_add(u64::from(offset))?).ok();
        match (place(from, offsets[0].get()), place(to, offsets[1].get())) {
            (Some(start), Some(end)) => Ok(start..end),
            _ => Err(GraphError::Corrupt("a term lies outside of its section")),
        }
    }

    /// A term as it is kept.
    pub(super) fn encoded(&self, id: Id) -> Result<&[u8], GraphError> {
        let index = id as usize;
        if index == 0 || index > self.len() {
            return Err(GraphError::Corrupt("there is no term with such an id"));
        }
        let bytes = self.bytes.slice(self.place(index)?)?;
        if bytes.is_empty() { Err(GraphError::Corrupt("a term is empty")) } else { Ok(bytes) }
    }

    /// The id of a term, given as it is kept.
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

    /// The id of a term in the form in which terms are kept; `None` where no triple holds it.
    pub(super) fn id_of(&self, term: TermRef<'_>) -> Result<Option<Id>, GraphError> {
        let mut encoded = Vec::new();
        match encode(term, &mut encoded, &mut |inner| self.id_of(inner))? {
            Some(()) => self.find(&encoded),
            None => Ok(None),
        }
    }

    /// The ids of subject, predicate and object of a triple term; `None` where the term is none.
    pub(super) fn components(&self, id: Id) -> Result<Option<[Id; 3]>, GraphError> {
        match self.encoded(id)? {
            [TRIPLE, rest @ ..] => triple_ids(rest, id).map(Some),
            _ => Ok(None),
        }
    }

    /// The first byte of a term as it is kept.
    pub(super) fn kind(&self, id: Id) -> Result<u8, GraphError> {
        Ok(self.encoded(id)?[0])
    }

    /// The text of a literal that is a text, with its language, and no direction.
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

    /// The value of a term. Numbers and texts are read without making a term first.
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
                    && let Some(known) = computable(iri, value)
                {
                    return Ok(known);
                }
            }
            _ => {}
        }
        self.term(id).map(ExpressionTerm::from)
    }

    /// The term with an id.
    pub(super) fn term(&self, id: Id) -> Result<Term, GraphError> {
        self.term_within(id, 0)
    }

    /// The term with an id, for as long as it is looked at: nothing is copied but triple terms.
    pub(super) fn borrowed(&self, id: Id) -> Result<Borrowed<'_>, GraphError> {
        match self.plain(id)? {
            Some(term) => Ok(Borrowed::Plain(term)),
            None => Ok(Borrowed::Triple(self.term(id)?)),
        }
    }

    /// A term that is not a triple term.
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
                    _ => return Err(GraphError::Corrupt("a datatype is no IRI")),
                }
            }
            TRIPLE => return Ok(None),
            _ => return Err(GraphError::Corrupt("a term is of no known kind")),
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
            _ => return Err(GraphError::Corrupt("the subject of a triple term is no node")),
        };
        let Term::NamedNode(predicate) = self.term_within(predicate, depth + 1)? else {
            return Err(GraphError::Corrupt("the predicate of a triple term is no IRI"));
        };
        Ok(Triple::new(subject, predicate, self.term_within(object, depth + 1)?).into())
    }
}

/// Writes a term as it is kept. `id_of` gives the ids of the terms that it refers to; where one has none, neither has this.
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

/// The value of a text of a datatype that is computed with often.
fn computable(datatype: &[u8], text: &str) -> Option<ExpressionTerm> {
    let name = datatype.strip_prefix(b"http://www.w3.org/2001/XMLSchema#")?;
    Some(match name {
        b"integer" => ExpressionTerm::IntegerLiteral(text.parse().ok()?),
        b"decimal" => ExpressionTerm::DecimalLiteral(text.parse().ok()?),
        b"double" => ExpressionTerm::DoubleLiteral(text.parse().ok()?),
        b"date" => ExpressionTerm::DateLiteral(text.parse().ok()?),
        b"dateTime" => ExpressionTerm::DateTimeLiteral(text.parse().ok()?),
        b"gYear" => ExpressionTerm::GYearLiteral(text.parse().ok()?),
        b"gYearMonth" => ExpressionTerm::GYearMonthLiteral(text.parse().ok()?),
        b"boolean" => ExpressionTerm::BooleanLiteral(text.parse().ok()?),
        _ => return None,
    })
}

pub(super) fn text(bytes: &[u8]) -> Result<&str, GraphError> {
    std::str::from_utf8(bytes).map_err(|_| GraphError::Corrupt("a text is not UTF-8"))
}

/// The tag and the text of a literal with a language.
pub(super) fn tagged(rest: &[u8]) -> Result<(&str, &str), GraphError> {
    let (length, rest) = rest.split_first().ok_or(GraphError::Corrupt("a literal is cut off"))?;
    let (tag, value) =
        rest.split_at_checked(usize::from(*length)).ok_or(GraphError::Corrupt("a literal is cut off"))?;
    Ok((text(tag)?, text(value)?))
}

/// The datatype and the text of a literal.
pub(super) fn typed(rest: &[u8], id: Id) -> Result<(Id, &[u8]), GraphError> {
    let (datatype, value) = rest.split_first_chunk().ok_or(GraphError::Corrupt("a literal is cut off"))?;
    Ok((earlier(u32::from_le_bytes(*datatype), id)?, value))
}

/// The ids of the components of a triple term.
pub(super) fn triple_ids(rest: &[u8], id: Id) -> Result<[Id; 3], GraphError> {
    let (parts, []) = rest.as_chunks::<4>() else { return Err(GraphError::Corrupt("a triple term is cut off")) };
    let [s, p, o] = parts else { return Err(GraphError::Corrupt("a triple term is cut off")) };
    let part = |bytes: &[u8; 4]| earlier(u32::from_le_bytes(*bytes), id);
    Ok([part(s)?, part(p)?, part(o)?])
}

/// Terms refer to earlier ones only, so that following them ends.
fn earlier(part: Id, whole: Id) -> Result<Id, GraphError> {
    if part < whole { Ok(part) } else { Err(GraphError::Corrupt("a term refers to a later one")) }
}

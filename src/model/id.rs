//! Ids of entities, sources, statements, evidence and statuses: the local names of their IRIs.

use regex::Regex;
use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::{Arc, LazyLock};
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Why a string is not a valid id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// It is empty.
    #[error("empty id")]
    Empty,
    /// It starts with a hyphen, unlike any SPARQL local name.
    #[error("invalid id: starts with `-`")]
    LeadingHyphen,
    /// It contains a character other than letters, digits, `-` and `_`, or one that is not shown.
    #[error("invalid character {} in an id", Shown(*.0))]
    Character(char),
    /// It is not in Unicode's normalization form C, so that another id could look the same: the id in this form.
    #[error("invalid id: not in Unicode's normalization form C")]
    NotNormalized(String),
    /// It has the form of the id of an inference or an entailment.
    #[error("invalid id: `i-` with 16 hexadecimal digits is reserved for inferences and entailments")]
    Reserved,
}

/// A character, or its number if it is not a letter or a sign that readers would recognise.
struct Shown(char);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(c) = *self;
        match c.is_alphanumeric() || c.is_ascii_graphic() || c == ' ' {
            true => write!(f, "{c:?}"),
            false => write!(f, "U+{:04X}", u32::from(c)),
        }
    }
}

/// A character that is not a letter, a combining mark of one, a digit, `-` or `_`, or that is not shown.
///
/// Combining marks are part of the words of many scripts. The [ignorable ones](https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point)
/// are invisible, so that two ids that differ in one look the same.
fn other_character() -> &'static Regex {
    static OTHER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"[^\p{L}\p{M}\p{Nd}_-]|[\p{Default_Ignorable_Code_Point}]").expect("the pattern is valid")
    });
    &OTHER
}

/// Whether a SPARQL local name can contain `c` without an escape: `PN_CHARS` of the
/// [grammar](https://www.w3.org/TR/sparql12-query/#rPN_CHARS).
pub(super) fn is_name_character(c: char) -> bool {
    matches!(c,
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '\u{B7}'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{203F}'..='\u{2040}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// A name in normalization form C, as all ids are. References to an id are compared in this form, so that they can be written in another.
pub(crate) fn nfc(name: &str) -> Cow<'_, str> {
    match name.is_ascii() || is_nfc(name) {
        true => Cow::Borrowed(name),
        false => Cow::Owned(name.nfc().collect()),
    }
}

fn validate(text: &str) -> Result<(), InvalidId> {
    match text.chars().next() {
        None => return Err(InvalidId::Empty),
        Some('-') => return Err(InvalidId::LeadingHyphen),
        Some(_) => {}
    }
    if text.is_ascii() {
        let is_valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        return text.chars().find(|c| !is_valid(*c)).map_or(Ok(()), |c| Err(InvalidId::Character(c)));
    }
    let first_mark = text.chars().next().filter(|c| is_combining_mark(*c));
    let other = other_character().find(text).and_then(|found| found.as_str().chars().next());
    let other = first_mark.or(other).or_else(|| text.chars().find(|c| !is_name_character(*c)));
    match other {
        Some(c) => Err(InvalidId::Character(c)),
        None if is_nfc(text) => Ok(()),
        None => Err(InvalidId::NotNormalized(text.nfc().collect())),
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// It consists of Unicode letters, digits, `-` and `_`, in normalization form C and without ignorable characters. So it is a
        /// valid SPARQL local name.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Validates an id.
            ///
            /// # Errors
            ///
            /// Returns the first reason for which the string is not a valid id.
            pub fn new(text: &str) -> Result<Self, InvalidId> {
                validate(text)?;
                Ok(Self(text.into()))
            }

            /// The id as a string.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// The id of an entity.
    EntityId
);
id!(
    /// The id of a source.
    SourceId
);
id!(
    /// The id of a statement.
    StatementId
);
id!(
    /// The id of a status that a dataset declares.
    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(try_from = "String", into = "String")]
    StatusId
);
id!(
    /// The id of a piece of evidence: a hash of its content.
    EvidenceId
);

impl TryFrom<String> for StatusId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::new(&text)
    }
}

impl From<StatusId> for String {
    fn from(id: StatusId) -> Self {
        id.as_str().to_owned()
    }
}

impl StatementId {
    /// The id of an inference or an entailment: `i-` and the 16 hexadecimal digits of a hash.
    pub(crate) fn of_inference(hash: u64) -> Self {
        let mut text = *b"i-0000000000000000";
        for (index, digit) in text[2..].iter_mut().enumerate() {
            *digit = b"0123456789abcdef"[(hash >> (60 - 4 * index)) as usize & 15];
        }
        Self(String::from_utf8_lossy(&text).into())
    }

    /// Validates an id that a curator chose: like [`StatementId::new`], but rejects the ids of inferences and entailments.
    ///
    /// # Errors
    ///
    /// Returns the first reason for which the string is not a valid id.
    pub fn curated(text: &str) -> Result<Self, InvalidId> {
        let hash = text.strip_prefix("i-");
        if hash.is_some_and(|h| h.len() == 16 && h.bytes().all(|b| b.is_ascii_hexdigit())) {
            return Err(InvalidId::Reserved);
        }
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_any_script_are_valid() {
        for text in ["soviet-union", "سٹیل", "कारख़ाना", "工場_2", "1973"] {
            assert!(EntityId::new(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn characters_that_sparql_must_escape_are_rejected() {
        assert_eq!(EntityId::new(""), Err(InvalidId::Empty));
        assert_eq!(EntityId::new("-a"), Err(InvalidId::LeadingHyphen));
        for (text, c) in [("a b", ' '), ("a.b", '.'), ("a/b", '/'), ("a:b", ':'), ("ª", 'ª')] {
            assert_eq!(EntityId::new(text), Err(InvalidId::Character(c)), "{text}");
        }
    }

    #[test]
    fn invisible_and_other_characters_are_rejected_although_sparql_allows_them() {
        for c in ['\u{200C}', '\u{200D}', '\u{34F}', '\u{FE0F}', '\u{3164}', '\u{E0100}', '\u{B7}', '\u{203F}', '⁴'] {
            let text = format!("a{c}b");
            assert_eq!(EntityId::new(&text), Err(InvalidId::Character(c)), "{text}");
        }
        assert_eq!(EntityId::new("\u{94D}क"), Err(InvalidId::Character('\u{94D}')));
        assert_eq!(InvalidId::Character('\u{200C}').to_string(), "invalid character U+200C in an id");
        assert_eq!(InvalidId::Character('.').to_string(), "invalid character '.' in an id");
    }

    #[test]
    fn ids_are_in_normalization_form_c() {
        assert!(EntityId::new("café").is_ok());
        assert_eq!(EntityId::new("cafe\u{301}"), Err(InvalidId::NotNormalized("café".into())));
    }

    #[test]
    fn every_id_is_a_sparql_local_name() {
        for text in ["soviet-union", "سٹیل", "कारख़ाना", "工場_2", "1973", "_", "a-"] {
            let query = format!("PREFIX e: <http://e/> SELECT * {{ e:{text} ?p ?o }}");
            assert!(spargebra::SparqlParser::new().parse_query(&query).is_ok(), "{text}");
        }
    }

    #[test]
    fn the_id_of_an_inference_has_all_digits_of_its_hash() {
        assert_eq!(StatementId::of_inference(0x0123_4567_89ab_cdef).as_str(), "i-0123456789abcdef");
        assert_eq!(StatementId::of_inference(7).as_str(), "i-0000000000000007");
    }

    #[test]
    fn the_ids_of_inferences_are_reserved() {
        assert_eq!(StatementId::curated("i-0123456789abcdef"), Err(InvalidId::Reserved));
        assert!(StatementId::curated("i-beam").is_ok());
    }
}

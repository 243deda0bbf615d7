//! Limits on XML, which are checked before a parser reads it. The time of the RDF/XML parser grows with the square of the depth, of
//! the attributes of an element and of the namespaces in scope, and it expands all entities.
//!
//! Invariant: the parser never sees more elements, attributes, namespaces or entities than are counted here. The lexer finds the
//! ends of tags, comments and declarations as the parser does, and refuses tags and entities that are not well-formed, because the
//! parser reads some of them differently.

use super::{MAX_TOKEN_BYTES, long_token};
use crate::store::compiled::{GraphError, size_text};
use rustc_hash::FxHashMap;

/// The maximum number of elements inside each other.
pub(crate) const MAX_ELEMENT_DEPTH: usize = 1_000;
/// The maximum number of attributes of an element.
const MAX_ATTRIBUTES: usize = 500;
/// The maximum number of namespaces that are declared by an element and those around it, and of bytes in their declarations.
const MAX_NAMESPACES: usize = 1_000;
const MAX_NAMESPACE_BYTES: usize = 1 << 16;
/// The maximum length of a document type declaration, and of the values of its entities, in bytes.
const MAX_ENTITIES: usize = 1 << 20;
/// How many bytes the entities of a document may add for each of its bytes, beyond [`MAX_ENTITIES`].
const MAX_EXPANSION: usize = 8;
/// How many bytes the namespaces in XML literals may add for each byte of the document, beyond [`MAX_LITERAL_BYTES`]. The parser
/// declares those in scope on each element of a literal that is in no other.
const MAX_LITERAL_EXPANSION: usize = 64;
const MAX_LITERAL_BYTES: usize = 1 << 24;

/// What a position in a document is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// After `<`.
    Open,
    /// After `<!`, and the number of bytes after it that may begin a comment or CDATA.
    Declaration,
    Comment,
    CData,
    Instruction,
    DocType,
    Tag(TagState),
    EndTag,
}

/// What a position in a start tag is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TagState {
    /// After `<`.
    Start,
    Name,
    Space,
    AttributeName,
    /// After white space that follows the name of an attribute.
    AfterAttributeName,
    /// After `=`.
    Equals,
    /// In a value with this quotation mark.
    Value(u8),
    /// After the closing quotation mark.
    AfterValue,
    /// After the `/` of an empty element.
    Slash,
}

/// An element, and the namespaces in its scope.
#[derive(Clone, Copy, Default)]
struct Element {
    namespaces: usize,
    namespace_bytes: usize,
    /// Whether its content may be an XML literal.
    is_literal: bool,
}

pub(super) struct XmlLexer {
    state: State,
    /// The bytes since the state began, or the name of the attribute.
    text: Vec<u8>,
    /// The name of an entity, if a reference has begun.
    reference: Option<Vec<u8>>,
    open: Vec<Element>,
    /// The element whose tag is being read, and its attributes.
    element: Element,
    attributes: usize,
    /// `position + expanded` at the start of the value of an attribute.
    value_start: usize,
    /// `<` without `>` in a document type declaration.
    nested: usize,
    /// The length of the value of each entity.
    entities: FxHashMap<Vec<u8>, usize>,
    entity_bytes: usize,
    /// How many bytes and lines were read.
    position: usize,
    /// Where the text, tag, comment or instruction began.
    token_start: usize,
    lines: u64,
    /// How many bytes the entities add, and the namespaces in XML literals.
    expanded: usize,
    literal_bytes: usize,
}

impl XmlLexer {
    pub(super) fn new() -> Self {
        Self {
            state: State::Text,
            text: Vec::new(),
            reference: None,
            open: Vec::new(),
            element: Element::default(),
            attributes: 0,
            value_start: 0,
            nested: 0,
            entities: FxHashMap::default(),
            entity_bytes: 0,
            position: 0,
            token_start: 0,
            lines: 0,
            expanded: 0,
            literal_bytes: 0,
        }
    }

    pub(super) fn push_all(&mut self, bytes: &[u8]) -> Result<(), GraphError> {
        let mut read = 0;
        while read < bytes.len() {
            // Without entities, only one byte ends a text or a value.
            let end = match self.state {
                State::Text if self.entities.is_empty() => Some(b'<'),
                State::Tag(TagState::Value(mark)) if self.entities.is_empty() => Some(mark),
                _ => None,
            };
            let rest = &bytes[read..];
            let skipped = end.map_or(0, |end| memchr::memchr(end, rest).unwrap_or(rest.len()));
            self.position += skipped;
            read += skipped;
            if let Some(byte) = bytes.get(read) {
                self.push(*byte).map_err(|e| e.after_lines(self.lines + line_breaks(&bytes[..read])))?;
                read += 1;
            }
            if self.position - self.token_start > MAX_TOKEN_BYTES {
                return Err(long_token(self.lines + line_breaks(&bytes[..read])));
            }
        }
        self.lines += line_breaks(bytes);
        Ok(())
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.text.clear();
        if let State::Text | State::Open = state {
            self.token_start = self.position;
        }
    }

    fn push(&mut self, byte: u8) -> Result<(), GraphError> {
        self.position += 1;
        if let State::Text | State::Tag(TagState::Value(_)) = self.state {
            self.count_reference(byte)?;
        }
        match self.state {
            State::Text if byte == b'<' => self.enter(State::Open),
            State::Text => {}
            State::Open => match byte {
                b'!' => self.enter(State::Declaration),
                b'?' => self.enter(State::Instruction),
                b'/' => self.enter(State::EndTag),
                _ => {
                    self.element = Element { is_literal: false, ..self.scope() };
                    self.attributes = 0;
                    self.push_in_tag(TagState::Start, byte)?;
                }
            },
            State::Declaration => {
                self.text.push(byte);
                match &self.text[..] {
                    b"--" => self.enter(State::Comment),
                    b"[CDATA[" => self.enter(State::CData),
                    text if b"--".starts_with(text) || b"[CDATA[".starts_with(text) => {}
                    _ => {
                        self.state = State::DocType;
                        self.nested = 0;
                        let text = std::mem::take(&mut self.text);
                        text.into_iter().try_for_each(|byte| self.push_in_doctype(byte))?;
                    }
                }
            }
            State::Comment => self.end_after(byte, b"-->"),
            State::CData => self.end_after(byte, b"]]>"),
            State::Instruction => self.end_after(byte, b"?>"),
            State::DocType => self.push_in_doctype(byte)?,
            State::Tag(tag) => self.push_in_tag(tag, byte)?,
            State::EndTag if byte == b'>' => {
                self.open.pop();
                self.enter(State::Text);
            }
            State::EndTag if is_name_byte(byte) || is_space(byte) => {}
            State::EndTag => return Err(GraphError::syntax("invalid character in an end tag")),
        }
        Ok(())
    }

    /// The innermost open element.
    fn scope(&self) -> Element {
        self.open.last().copied().unwrap_or_default()
    }

    /// Returns to the text after an end mark.
    fn end_after(&mut self, byte: u8, mark: &[u8]) {
        if self.text.len() == mark.len() {
            self.text.remove(0);
        }
        self.text.push(byte);
        if self.text == mark {
            self.enter(State::Text);
        }
    }

    fn push_in_tag(&mut self, tag: TagState, byte: u8) -> Result<(), GraphError> {
        use TagState::{AfterAttributeName, AfterValue, AttributeName, Equals, Name, Slash, Space, Start, Value};
        let next = match (tag, byte) {
            (Value(mark), _) if byte == mark => {
                self.end_attribute();
                AfterValue
            }
            (Value(_), _) => tag,
            (Name | Space | AfterValue, b'/') => Slash,
            (Name | Space | AfterValue, b'>') => return self.end_tag(false),
            (Slash, b'>') => return self.end_tag(true),
            (Name | Space | AfterValue, _) if is_space(byte) => Space,
            (AttributeName | AfterAttributeName, _) if is_space(byte) => AfterAttributeName,
            (AttributeName | AfterAttributeName, b'=') => Equals,
            (Equals, _) if is_space(byte) => Equals,
            (Equals, b'"' | b'\'') => {
                self.value_start = self.position + self.expanded;
                Value(byte)
            }
            (Start | Name, _) if is_name_byte(byte) => Name,
            (AttributeName, _) if is_name_byte(byte) => {
                self.text.push(byte);
                AttributeName
            }
            (Space, _) if is_name_byte(byte) => {
                self.attributes += 1;
                if self.attributes > MAX_ATTRIBUTES {
                    return Err(limit(format!("an element with more than {MAX_ATTRIBUTES} attributes")));
                }
                self.text.clear();
                self.text.push(byte);
                AttributeName
            }
            (Start, _) => return Err(GraphError::syntax("expected the name of an element after `<`")),
            (Name | Space | Slash, _) => return Err(GraphError::syntax("invalid character in a tag")),
            (AttributeName | AfterAttributeName, _) => {
                return Err(GraphError::syntax("expected `=` after the name of an attribute"));
            }
            (Equals, _) => return Err(GraphError::syntax("expected a value in quotation marks after `=`")),
            (AfterValue, _) => return Err(GraphError::syntax("expected white space before an attribute")),
        };
        self.state = State::Tag(next);
        Ok(())
    }

    /// Counts the attribute whose value ends.
    fn end_attribute(&mut self) {
        if self.text.starts_with(b"xmlns") {
            self.element.namespaces += 1;
            self.element.namespace_bytes += self.text.len() + self.position + self.expanded - self.value_start;
        } else {
            // A namespace may end within the IRI of `rdf:parseType`.
            let local = self.text.splitn(2, |byte| *byte == b':').last().unwrap_or_default();
            self.element.is_literal |= b"parseType".ends_with(local) || local.ends_with(b"parseType");
        }
    }

    fn end_tag(&mut self, is_empty: bool) -> Result<(), GraphError> {
        let Element { namespaces, namespace_bytes, .. } = self.element;
        if self.open.len() >= MAX_ELEMENT_DEPTH {
            return Err(limit(format!("more than {MAX_ELEMENT_DEPTH} elements inside each other")));
        }
        if namespaces > MAX_NAMESPACES {
            return Err(limit(format!("more than {MAX_NAMESPACES} namespaces in one place")));
        }
        if namespace_bytes > MAX_NAMESPACE_BYTES {
            let size = size_text(MAX_NAMESPACE_BYTES as u64);
            return Err(limit(format!("namespaces of more than {size} in one place")));
        }
        if self.scope().is_literal {
            self.literal_bytes += namespace_bytes;
            if self.literal_bytes > MAX_LITERAL_BYTES + MAX_LITERAL_EXPANSION * self.position {
                return Err(limit(format!(
                    "XML literals whose namespaces add more than {MAX_LITERAL_EXPANSION} times its length"
                )));
            }
        }
        if !is_empty {
            self.open.push(self.element);
        }
        self.enter(State::Text);
        Ok(())
    }

    fn push_in_doctype(&mut self, byte: u8) -> Result<(), GraphError> {
        match byte {
            b'<' => self.nested += 1,
            b'>' if self.nested > 0 => self.nested -= 1,
            b'>' => {
                let text = std::mem::take(&mut self.text);
                self.enter(State::Text);
                return self.declare_entities(&text);
            }
            _ => {}
        }
        self.text.push(byte);
        if self.text.len() > MAX_ENTITIES {
            let size = size_text(MAX_ENTITIES as u64);
            return Err(limit(format!("a document type declaration of more than {size}")));
        }
        Ok(())
    }

    /// Notes the lengths of the entities in a document type declaration.
    fn declare_entities(&mut self, text: &[u8]) -> Result<(), GraphError> {
        for declaration in text.split(|byte| *byte == b'<') {
            let Some(declaration) = declaration.strip_prefix(b"!ENTITY") else { continue };
            let (name, value) = entity(declaration)
                .ok_or_else(|| GraphError::syntax("unsupported entity: expected `<!ENTITY name \"value\">`"))?;
            let references = value.split('&').skip(1);
            let names = references.filter_map(|reference| reference.split(';').next());
            let expanded: usize = names.map(|name| self.entities.get(name.as_bytes()).copied().unwrap_or(1)).sum();
            let length = value.len() + expanded;
            self.entity_bytes += length;
            if self.entity_bytes > MAX_ENTITIES {
                return Err(limit(format!("entities of more than {}", size_text(MAX_ENTITIES as u64))));
            }
            self.entities.insert(name.into(), length);
        }
        Ok(())
    }

    /// Counts what a reference to an entity expands to.
    fn count_reference(&mut self, byte: u8) -> Result<(), GraphError> {
        // A document without entities needs no more than this.
        if self.entities.is_empty() {
            return Ok(());
        }
        match (byte, &mut self.reference) {
            (b'&', _) => self.reference = Some(Vec::new()),
            (b';', Some(name)) => {
                self.expanded += self.entities.get(name).copied().unwrap_or(1);
                self.reference = None;
                if self.expanded > MAX_ENTITIES + MAX_EXPANSION * self.position {
                    return Err(limit(format!("entities that expand to more than {MAX_EXPANSION} times its length")));
                }
            }
            // Names in the declaration are shorter.
            (_, Some(name)) if name.len() < MAX_ENTITIES => name.push(byte),
            (_, Some(_)) => self.reference = None,
            (_, None) => {}
        }
        Ok(())
    }
}

fn limit(exceeded: String) -> GraphError {
    GraphError::DocumentLimit(exceeded)
}

fn line_breaks(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Whether a byte is white space in XML.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Whether a byte may be part of a name. The parser checks other characters than ASCII.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.') || !byte.is_ascii()
}

/// The name and the value in the declaration of an entity, after `!ENTITY`.
fn entity(declaration: &[u8]) -> Option<(&str, &str)> {
    const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
    let text = std::str::from_utf8(declaration).ok()?.strip_prefix(SPACE)?.trim_start_matches(SPACE);
    let text = match text.strip_prefix('%') {
        Some(rest) => rest.strip_prefix(SPACE)?.trim_start_matches(SPACE),
        None => text,
    };
    let (name, rest) = text.split_once(SPACE)?;
    let (value, rest) = rest.trim_start_matches(SPACE).strip_prefix('"')?.split_once('"')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ':' | '_' | '-' | '.'));
    (is_name && rest.trim_start_matches(SPACE).starts_with('>')).then_some((name, value))
}

/// Returns an error if a text exceeds the limits.
pub(crate) fn check_xml(text: &str) -> Result<(), GraphError> {
    XmlLexer::new().push_all(text.as_bytes())
}

#[cfg(test)]
mod tests;

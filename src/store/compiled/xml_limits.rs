//! Limits on XML, which are checked before a parser reads it. The time of the RDF/XML parser grows with the square of the depth, of
//! the attributes of an element and of the namespaces in scope, and it expands all entities.
//!
//! Invariant: the parser never sees more elements, attributes, namespaces or entities than are counted here. The lexer finds the
//! ends of tags, comments and declarations as the parser does.

use super::GraphError;
use rustc_hash::FxHashMap;

/// The maximum number of elements inside each other.
pub(crate) const MAX_ELEMENTS: usize = 1_000;
/// The maximum number of attributes of an element.
const MAX_ATTRIBUTES: usize = 500;
/// The maximum number of namespaces that are declared by an element and those around it.
const MAX_NAMESPACES: usize = 1_000;
/// The maximum length of a document type declaration, and of the values of its entities, in bytes.
const MAX_ENTITIES: usize = 1 << 20;
/// How many bytes the entities of a document may add for each of its bytes, beyond [`MAX_ENTITIES`].
const MAX_EXPANSION: usize = 8;

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
    Tag,
    /// A quoted value in a tag.
    Value(u8),
    CloseTag,
}

pub(super) struct XmlLexer {
    state: State,
    /// The bytes since the state began, as far as they matter.
    text: Vec<u8>,
    /// The name of an entity, if a reference has begun.
    reference: Option<Vec<u8>>,
    /// How many namespaces each open element declares.
    open: Vec<usize>,
    namespaces: usize,
    /// The attributes of the current element, and how many of them declare namespaces.
    attributes: usize,
    declared: usize,
    /// How much of `xmlns` the current attribute name begins with; `None` if it differs.
    matched: Option<usize>,
    /// `<` without `>` in a document type declaration.
    nested: usize,
    /// The length of the value of each entity.
    entities: FxHashMap<Vec<u8>, usize>,
    entity_bytes: usize,
    /// How many bytes were read, and how many the entities add.
    position: usize,
    expanded: usize,
}

impl XmlLexer {
    pub(super) fn new() -> Self {
        Self {
            state: State::Text,
            text: Vec::new(),
            reference: None,
            open: Vec::new(),
            namespaces: 0,
            attributes: 0,
            declared: 0,
            matched: None,
            nested: 0,
            entities: FxHashMap::default(),
            entity_bytes: 0,
            position: 0,
            expanded: 0,
        }
    }

    pub(super) fn push_all(&mut self, bytes: &[u8]) -> Result<(), GraphError> {
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            // Without entities, only one byte ends a text or a value.
            let end = match self.state {
                State::Text if self.entities.is_empty() => Some(b'<'),
                State::Value(mark) if self.entities.is_empty() => Some(mark),
                _ => None,
            };
            match end {
                Some(end) if *first != end => {
                    let skipped = memchr::memchr(end, rest).unwrap_or(rest.len());
                    self.position += skipped;
                    rest = &rest[skipped..];
                }
                _ => {
                    self.push(*first)?;
                    rest = &rest[1..];
                }
            }
        }
        Ok(())
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.text.clear();
    }

    fn push(&mut self, byte: u8) -> Result<(), GraphError> {
        self.position += 1;
        if let State::Text | State::Value(_) = self.state {
            self.count_reference(byte)?;
        }
        match self.state {
            State::Text if byte == b'<' => self.enter(State::Open),
            State::Open => match byte {
                b'!' => self.enter(State::Declaration),
                b'?' => self.enter(State::Instruction),
                b'/' => self.enter(State::CloseTag),
                _ => {
                    self.enter(State::Tag);
                    (self.attributes, self.declared, self.matched) = (0, 0, None);
                    self.push_in_tag(byte)?;
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
            State::Tag => self.push_in_tag(byte)?,
            State::Value(mark) if byte == mark => self.state = State::Tag,
            State::CloseTag if byte == b'>' => {
                self.namespaces -= self.open.pop().unwrap_or(0);
                self.enter(State::Text);
            }
            State::Text | State::Value(_) | State::CloseTag => {}
        }
        Ok(())
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

    fn push_in_tag(&mut self, byte: u8) -> Result<(), GraphError> {
        match byte {
            b'"' | b'\'' => self.state = State::Value(byte),
            b'=' => {
                self.attributes += 1;
                self.declared += usize::from(self.matched == Some(b"xmlns".len()));
                self.matched = None;
                if self.attributes > MAX_ATTRIBUTES {
                    return Err(GraphError::DocumentLimit("an element with more than 500 attributes"));
                }
            }
            b'>' => {
                if self.text != b"/" {
                    self.namespaces += self.declared;
                    self.open.push(self.declared);
                    self.declared = 0;
                }
                if self.open.len() > MAX_ELEMENTS {
                    return Err(GraphError::DocumentLimit("more than 1,000 elements inside each other"));
                }
                if self.namespaces + self.declared > MAX_NAMESPACES {
                    return Err(GraphError::DocumentLimit("more than 1,000 namespaces in one place"));
                }
                self.enter(State::Text);
                return Ok(());
            }
            _ if byte.is_ascii_whitespace() => self.matched = Some(0),
            _ => {
                self.matched = match self.matched {
                    Some(count) if b"xmlns".get(count) == Some(&byte) => Some(count + 1),
                    Some(5) => Some(5),
                    _ => None,
                };
            }
        }
        // The last byte, to recognise `/>`.
        self.text.clear();
        self.text.push(byte);
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
            return Err(GraphError::DocumentLimit("a document type declaration of more than 1 MiB"));
        }
        Ok(())
    }

    /// Notes the lengths of the entities in a document type declaration.
    fn declare_entities(&mut self, text: &[u8]) -> Result<(), GraphError> {
        for declaration in text.split(|byte| *byte == b'<') {
            let Some(declaration) = declaration.strip_prefix(b"!ENTITY") else { continue };
            let declaration = declaration.trim_ascii_start();
            let declaration = declaration.strip_prefix(b"%").unwrap_or(declaration).trim_ascii_start();
            let mut parts = declaration.splitn(2, u8::is_ascii_whitespace);
            let (Some(name), Some(value)) = (parts.next(), parts.next()) else { continue };
            let Some(value) = value.split(|byte| *byte == b'"').nth(1) else { continue };
            let references = value.split(|byte| *byte == b'&').skip(1);
            let names = references.filter_map(|reference| reference.split(|byte| *byte == b';').next());
            let expanded: usize = names.map(|name| self.entities.get(name).copied().unwrap_or(1)).sum();
            let length = value.len() + expanded;
            self.entity_bytes += length;
            if self.entity_bytes > MAX_ENTITIES {
                return Err(GraphError::DocumentLimit("entities of more than 1 MiB"));
            }
            self.entities.insert(name.to_owned(), length);
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
                    return Err(GraphError::DocumentLimit("entities that expand to more than eight times its length"));
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

/// Returns an error if a text exceeds the limits.
pub(crate) fn check_xml(text: &str) -> Result<(), GraphError> {
    XmlLexer::new().push_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::GraphBuilder;
    use oxigraph::io::RdfFormat;

    const START: &str = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:e=\"http://e.org/\">";

    fn document(doctype: &str, content: &str) -> String {
        format!("<?xml version=\"1.0\"?>{doctype}{START}{content}</rdf:RDF>")
    }

    fn read(text: &str) -> Result<u64, String> {
        let mut builder = GraphBuilder::new();
        builder.read(RdfFormat::RdfXml, None, text.as_bytes()).map_err(|e| e.to_string())?;
        Ok(builder.finish().map_err(|e| e.to_string())?.len())
    }

    fn nested(levels: usize) -> String {
        document("", &format!("{}{}", "<e:C><e:p>".repeat(levels), "</e:p></e:C>".repeat(levels)))
    }

    fn attributes(count: usize) -> String {
        let attributes = (0..count).map(|n| format!(" e:p{n} = 'x'")).collect::<Vec<_>>().concat();
        document("", &format!("<e:C{attributes}/>").repeat(2))
    }

    fn namespaces(count: usize) -> String {
        let start = |n| format!("<e:C xmlns:n{n}=\"http://e.org/{n}\"><n{n}:p>");
        let content: String = (0..count).map(start).collect();
        let end = (0..count).rev().map(|n| format!("</n{n}:p></e:C>")).collect::<Vec<_>>().concat();
        document("", &(content + &end))
    }

    #[test]
    fn documents_up_to_the_limits_are_read() {
        // Each element but the first is also the object of a triple.
        assert_eq!(read(&nested(499)), Ok(2 * 499 - 1 + 1));
        assert_eq!(read(&attributes(500)), Ok(2 * 501));
        assert_eq!(read(&namespaces(499)).map(|triples| triples > 900), Ok(true));
        assert_eq!(read(&nested(500)).unwrap_err(), "the document has more than 1,000 elements inside each other");
        assert_eq!(read(&attributes(501)).unwrap_err(), "the document has an element with more than 500 attributes");
        let many = (0..400).map(|n| format!(" xmlns:n{n}=\"http://e.org/{n}\"")).collect::<Vec<_>>().concat();
        let many = document("", &format!("<e:C{many}><e:p><e:C{many}><e:p><e:C{many}/></e:p></e:C></e:p></e:C>"));
        assert_eq!(read(&many).unwrap_err(), "the document has more than 1,000 namespaces in one place");
    }

    #[test]
    fn entities_expand_to_a_limited_length() {
        let doctype = |declarations: &str| format!("<!DOCTYPE rdf:RDF [ {declarations} ]>");
        let entity = |name: &str, value: &str| format!("<!ENTITY {name} \"{value}\"> ");
        let use_of =
            |reference: &str, count: usize| format!("<e:C e:q=\"{0}\"><e:p>{0}</e:p></e:C>", reference.repeat(count));
        let usual = doctype(&(entity("e", "http://e.org/") + &entity("c", "&e;C") + &entity("% d", "&e;D")));
        assert_eq!(read(&document(&usual, &use_of("&c;&lt;&#65;", 100))), Ok(3));
        let mut laughs = entity("l0", "lol");
        (1..40).for_each(|n| laughs += &entity(&format!("l{n}"), &format!("&l{};", n - 1).repeat(10)));
        let message = read(&document(&doctype(&laughs), &use_of("&l39;", 1))).unwrap_err();
        assert_eq!(message, "the document has entities of more than 1 MiB");
        let long = doctype(&entity("long", &"x".repeat(100_000)));
        assert_eq!(read(&document(&long, &use_of("&long;", 2))), Ok(3));
        let message = read(&document(&long, &use_of("&long;", 1000))).unwrap_err();
        assert_eq!(message, "the document has entities that expand to more than eight times its length");
    }

    #[test]
    fn comments_strings_and_declarations_contain_no_elements() {
        let hidden = "<a>".repeat(2000);
        for content in [
            format!("<!-- {hidden} -- > -->"),
            format!("<e:C><e:p><![CDATA[ {hidden} ]] > ]]></e:p></e:C>"),
            format!("<?pi {hidden} ?>"),
            "<e:C e:q='>'/>".repeat(2000),
            "<e:C />".repeat(2000),
            "<e:C><e:p/></e:C>".repeat(2000),
        ] {
            assert_eq!(check_xml(&document("", &content)).map_err(|e| e.to_string()), Ok(()), "{content:.40}");
            assert!(check_xml(&document("", &(content.clone() + &hidden))).is_err(), "{content:.40}");
        }
        let doctype = "<!DOCTYPE rdf:RDF [ <!ELEMENT a (b)> <!-- <a> --> ]>";
        assert!(check_xml(&document(doctype, &hidden)).is_err());
    }
}

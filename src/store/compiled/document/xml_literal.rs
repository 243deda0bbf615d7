//! XML literals in RDF/XML, as the standard writes them.
//!
//! `rdf:parseType="Literal"` stands for the [exclusive canonical form](https://www.w3.org/TR/xml-exc-c14n/) of its content ([RDF/XML,
//! section 7.2.17](https://www.w3.org/TR/rdf-syntax-grammar/#parseTypeLiteralPropertyElt)): an element declares the namespaces that it uses,
//! if no element around it does. The parser declares all namespaces in scope on each outer element instead.

use crate::escape::xml::{canonical_attribute, canonical_text, unescaped};
use oxigraph::model::{Literal, Quad, Term, vocab::rdf};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;

const RDF_NAMESPACE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// Puts the XML literals of a quad into canonical form.
pub(super) fn canonicalize(quad: &mut Quad) {
    canonicalize_term(&mut quad.object);
}

fn canonicalize_term(term: &mut Term) {
    match term {
        Term::Literal(literal) if literal.datatype() == rdf::XML_LITERAL => {
            // The parser declares the RDF namespace, too. Without it, the literal is one with an `rdf:datatype`, which stays as it is.
            if literal.value().contains(RDF_NAMESPACE)
                && let Some(value) = canonical(literal.value())
            {
                *literal = Literal::new_typed_literal(value, rdf::XML_LITERAL);
            }
        }
        Term::Triple(triple) => canonicalize_term(&mut triple.object),
        Term::Literal(_) | Term::NamedNode(_) | Term::BlankNode(_) => {}
    }
}

/// The namespaces of prefixes. The default namespace has an empty prefix.
type Namespaces = BTreeMap<String, String>;

/// An open element: the namespaces in scope, and those that the canonical form declares there.
#[derive(Clone, Default)]
struct Scope {
    declared: Namespaces,
    rendered: Namespaces,
}

/// The exclusive canonical form of a fragment of XML; `None` if it is not well-formed.
fn canonical(xml: &str) -> Option<String> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let (mut out, mut open) = (String::with_capacity(xml.len()), vec![Scope::default()]);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let scope = open.last()?.clone();
                open.push(write_start(&start, scope, &mut out)?);
            }
            Event::End(end) => {
                open.pop();
                out.extend(["</", std::str::from_utf8(end.name().as_ref()).ok()?, ">"]);
            }
            Event::Text(text) => out.push_str(&canonical_text(&unescaped(std::str::from_utf8(&text).ok()?)?)),
            Event::GeneralRef(reference) => {
                let reference = format!("&{};", std::str::from_utf8(&reference).ok()?);
                out.push_str(&canonical_text(&unescaped(&reference)?));
            }
            Event::Eof => return Some(out),
            Event::Empty(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {
                return None;
            }
        }
    }
}

/// Writes a start tag. Returns the scope of its content.
fn write_start(start: &BytesStart<'_>, mut scope: Scope, out: &mut String) -> Option<Scope> {
    let name = std::str::from_utf8(start.name().into_inner()).ok()?.to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let key = std::str::from_utf8(attribute.key.into_inner()).ok()?.to_owned();
        let value = unescaped(std::str::from_utf8(&attribute.value).ok()?)?.into_owned();
        match key.strip_prefix("xmlns") {
            Some("") => drop(scope.declared.insert(String::new(), value)),
            Some(prefix) if prefix.starts_with(':') => drop(scope.declared.insert(prefix[1..].to_owned(), value)),
            _ => attributes.push((key, value)),
        }
    }
    let prefix_of = |name: &str| name.split_once(':').map_or(String::new(), |(prefix, _)| prefix.to_owned());
    // Attributes without a prefix are in no namespace.
    let with_prefix = attributes.iter().map(|(key, _)| prefix_of(key)).filter(|prefix| !prefix.is_empty());
    let used: BTreeMap<String, String> = with_prefix
        .chain([prefix_of(&name)])
        .filter(|prefix| prefix != "xml")
        .map(|prefix| (prefix.clone(), scope.declared.get(&prefix).cloned().unwrap_or_default()))
        .collect();
    out.extend(["<", &name]);
    for (prefix, namespace) in used {
        let rendered = scope.rendered.get(&prefix);
        // The default namespace is empty at first.
        if rendered.map_or(namespace.is_empty(), |rendered| *rendered == namespace) {
            continue;
        }
        let key = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        out.extend([" ", &key, "=\"", &canonical_attribute(&namespace), "\""]);
        scope.rendered.insert(prefix, namespace);
    }
    attributes.sort_by_cached_key(|(key, _)| match key.split_once(':') {
        Some((prefix, local)) => (scope.declared.get(prefix).cloned().unwrap_or_default(), local.to_owned()),
        None => (String::new(), key.clone()),
    });
    for (key, value) in attributes {
        out.extend([" ", &key, "=\"", &canonical_attribute(&value), "\""]);
    }
    out.push('>');
    Some(scope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::GraphBuilder;
    use oxigraph::io::RdfFormat;

    #[test]
    fn an_element_declares_the_namespaces_that_it_uses() {
        let all = format!(r#"xmlns:rdf="{RDF_NAMESPACE}" xmlns:e="http://e/" xmlns="http://d/""#);
        for (xml, expected) in [
            (format!("<e:a {all}></e:a>"), r#"<e:a xmlns:e="http://e/"></e:a>"#),
            (format!("<a {all}><a/></a>"), r#"<a xmlns="http://d/"><a></a></a>"#),
            (format!(r#"<a {all}><b xmlns=""/></a>"#), r#"<a xmlns="http://d/"><b xmlns=""></b></a>"#),
            (
                format!(r#"<a {all} z="&#9;&quot;'" e:y='2' x="1"/>"#),
                r#"<a xmlns="http://d/" xmlns:e="http://e/" x="1" z="&#x9;&quot;'" e:y="2"></a>"#,
            ),
            (format!("<b>&quot;&apos;&gt;&#13;</b> &amp; {all}"), &*format!("<b>\"'&gt;&#xD;</b> &amp; {all}")),
        ] {
            assert_eq!(canonical(&xml).as_deref(), Some(expected));
        }
        assert_eq!(canonical("<a>&unknown;</a>"), None);
    }

    #[test]
    fn a_literal_with_a_datatype_stays_as_it_is() {
        let document = format!(
            r#"<rdf:RDF xmlns:rdf="{RDF_NAMESPACE}" xmlns:e="http://e/"><rdf:Description rdf:about="http://e/a">
            <e:p rdf:parseType="Literal"><b c="d"/></e:p><e:q rdf:datatype="{RDF_NAMESPACE}XMLLiteral">&lt;b/&gt;</e:q>
            </rdf:Description></rdf:RDF>"#
        );
        let mut builder = GraphBuilder::new();
        builder.read(RdfFormat::RdfXml, None, document.as_bytes()).unwrap();
        let graph = builder.finish().unwrap();
        let mut values: Vec<String> = graph
            .quads()
            .map(|quad| match quad.unwrap().object {
                Term::Literal(literal) => literal.value().to_owned(),
                other => panic!("{other}"),
            })
            .collect();
        values.sort();
        assert_eq!(values, ["<b c=\"d\"></b>", "<b/>"]);
    }
}

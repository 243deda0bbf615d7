//! Tests of the limits on XML, which compare the counts with those of the parser.

use super::*;
use crate::store::GraphBuilder;
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::Term;
use proptest::prelude::*;
use quick_xml_0_37::events::{BytesStart, Event};

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
    assert_eq!(read(&nested(500)).unwrap_err(), "the document has more than 1000 elements inside each other");
    assert_eq!(read(&attributes(501)).unwrap_err(), "the document has an element with more than 500 attributes");
    let many = (0..400).map(|n| format!(" xmlns:n{n}=\"http://e.org/{n}\"")).collect::<Vec<_>>().concat();
    let many = document("", &format!("<e:C{many}><e:p><e:C{many}><e:p><e:C{many}/></e:p></e:C></e:p></e:C>"));
    assert_eq!(read(&many).unwrap_err(), "the document has more than 1000 namespaces in one place");
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
    assert_eq!(message, "the document has entities that expand to more than 8 times its length");
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

#[test]
fn what_is_not_well_formed_is_refused() {
    let entity = |declaration: &str| format!("<!DOCTYPE rdf:RDF [\n<!ENTITY{declaration}>]>");
    let error = Err("line 2: unsupported entity: expected `<!ENTITY name \"value\">`".to_owned());
    for space in ["\u{b}", "\u{c}", "\u{85}", "\u{a0}", "\u{3000}", ""] {
        assert_eq!(read(&document(&entity(&format!("{space}e \"x\"")), "")), error, "{space:?}");
        assert_eq!(read(&document(&entity(&format!(" {space}e \"x\"")), "")).is_ok(), space.is_empty());
        assert_eq!(read(&document(&entity(&format!(" %{space}e \"x\"")), "")), error, "{space:?}");
    }
    for (tag, message) in [
        ("<e:C e:q=\"1\"xmlns:a=\"u:\"/>", "expected white space before an attribute"),
        ("<e:C e:q=\"1\"\u{a0}e:r=\"u:\"/>", "expected white space before an attribute"),
        ("<e:C xml\" ='1' e:p0='x' xmlb\" ='2'/>", "expected `=` after the name of an attribute"),
        ("<e:C e:q/>", "expected `=` after the name of an attribute"),
        ("<e:C e:q=1/>", "expected a value in quotation marks after `=`"),
        ("<e:C e:q=='1'/>", "expected a value in quotation marks after `=`"),
        ("<e:C'>'/>", "invalid character in a tag"),
        ("<e:C / e:q='1'>", "invalid character in a tag"),
        ("<e:&lt;/>", "invalid character in a tag"),
        ("< e:C/>", "expected the name of an element after `<`"),
        ("<e:C></e:C b='>'>", "invalid character in an end tag"),
    ] {
        assert_eq!(read(&document("", &format!("\n\n{tag}"))), Err(format!("line 3: {message}")), "{tag}");
    }
}

#[test]
fn namespaces_have_a_limited_length() {
    let message = "the document has namespaces of more than 64 KiB in one place";
    let long = "x".repeat(1 << 16);
    let doctype = format!("<!DOCTYPE rdf:RDF [<!ENTITY long \"{long}\">]>");
    for (doctype, value) in [("", &*long), (&*doctype, "&long;")] {
        let document = document(doctype, &format!("<e:C xmlns:long=\"u:{value}\"/>"));
        assert_eq!(read(&document), Err(message.to_owned()));
    }
    // The parser declares the namespaces on each element.
    let literal = |attribute: &str, count: usize| {
        let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#parse";
        let long = "x".repeat(1 << 15);
        let elements = "<e:a/>".repeat(count);
        document(
            "",
            &format!("<e:C xmlns:l=\"u:{long}\" xmlns:p=\"{rdf}\"><e:p {attribute}=\"Literal\">{elements}</e:p></e:C>"),
        )
    };
    let message = "the document has XML literals whose namespaces add more than 64 times its length";
    for attribute in ["rdf:parseType", "p:Type"] {
        assert_eq!(read(&literal(attribute, 100)), Ok(2));
        assert_eq!(read(&literal(attribute, 1_000)), Err(message.to_owned()));
    }
}

/// How many attributes an element has, and how many of them declare namespaces, as the parser reads them.
fn parsed(start: &BytesStart<'_>) -> (usize, usize) {
    let attributes: Vec<_> = start.attributes().with_checks(false).map_while(Result::ok).collect();
    let declared = attributes.iter().filter(|attribute| attribute.key.as_namespace_binding().is_some()).count();
    (attributes.len(), declared)
}

/// Returns an error if the parser sees more than was counted when it has read an element.
fn compare(document: &[u8]) -> Result<(), TestCaseError> {
    let (mut reader, mut lexer) = (quick_xml_0_37::Reader::from_reader(document), XmlLexer::new());
    let (mut read, mut open) = (0, Vec::new());
    loop {
        let event = reader.read_event();
        let end = reader.buffer_position() as usize;
        if lexer.push_all(&document[read..end]).is_err() {
            return Ok(());
        }
        read = end;
        let (attributes, declared) = match event {
            Ok(Event::Start(start)) => {
                let (attributes, declared) = parsed(&start);
                open.push(declared);
                prop_assert_eq!(lexer.open.len(), open.len());
                (attributes, 0)
            }
            Ok(Event::Empty(start)) => parsed(&start),
            Ok(Event::End(_)) => {
                open.pop();
                continue;
            }
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => continue,
        };
        prop_assert!(lexer.attributes >= attributes);
        prop_assert!(lexer.element.namespaces >= open.iter().sum::<usize>() + declared);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_parser_never_sees_more_than_is_counted(
        bytes in "[<>\"'=/! &;x:mlns\u{b}\u{a0}]{0,80}",
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "<", ">", "\"", "'", "=", "/", "!", " ", "&", ";", "x", ":", "\u{b}", "\u{a0}", "\n", "]", "-", "?",
                "<x", "</x>", "/>", " xmlns", " xmlns:x=", " x='", " x=\"", "'x'", "\"x\"", "x:x", "<!--", "-->",
                "<![CDATA[", "]]>", "<?x", "?>", "<!DOCTYPE x [", "<!ENTITY x \"x\">", "]>",
            ]),
            0..40,
        ),
    ) {
        compare(bytes.as_bytes())?;
        compare(parts.concat().as_bytes())?;
    }

    #[test]
    fn entities_never_expand_to_more_than_is_counted(
        doctype in prop::collection::vec(
            prop::sample::select(vec![
                "<!ENTITY", "<!ENTITY x \"", "<!ENTITY y \"", "<!ENTITY \u{a0}x ", "\">", "\"", ">", " ", "\u{b}", "\u{85}", "\u{a0}", "%", "x", "y", "&x;",
                "&y;", "&lt;", "&#x10FFFF;", "xxxxxxxxxxxxxxxx", "'", "<", "!", "<!-- ", " -->",
            ]),
            0..30,
        ),
        value in "(&[xy];|&#88;|[xy &;]){0,6}",
    ) {
        let doctype = format!("<!DOCTYPE rdf:RDF [{}]>", doctype.concat());
        let document = document(&doctype, &format!("<e:C e:q=\"{value}\"/><e:C><e:p>{value}</e:p></e:C>"));
        let mut lexer = XmlLexer::new();
        if lexer.push_all(document.as_bytes()).is_ok() {
            let quads = RdfParser::from_format(RdfFormat::RdfXml).for_slice(document.as_bytes());
            let literals = quads.map_while(Result::ok).map(|quad| match quad.object {
                Term::Literal(literal) => literal.value().len(),
                _ => 0,
            });
            prop_assert!(literals.sum::<usize>() <= 2 * value.len() + lexer.expanded);
        }
    }
}

use super::*;
use crate::BUNDLED;
use crate::dataset::DatasetRoot;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::ops::Range;

thread_local! {
    static STORE: Store = crate::build(DatasetRoot::Bundled(BUNDLED)).expect("the bundled dataset is valid").1;
}

/// The finding about a text, with the labels of the bundled graph; `None` if the text is valid.
fn finding_of(text: &str) -> Option<Finding> {
    STORE.with(|store| {
        let error = store.namespaces().parse_query(text).err()?;
        Some(diagnose_syntax(text, &error, store.namespaces(), Some(store), FileId(0)))
    })
}

/// The text as corrected; `None` if no correction makes it valid.
fn corrected(text: &str) -> Option<String> {
    STORE.with(|store| {
        let tokens = tokenize(text);
        let error = store.namespaces().parse_query(text).expect_err(text);
        let index = failing_token(text, &tokens, &error, store.namespaces())?;
        let context = ErrorContext { text, tokens: &tokens, index, namespaces: store.namespaces(), store: Some(store) };
        correct(&context).map(|correction| correction.apply(text))
    })
}

fn underlined<'a>(text: &'a str, finding: &Finding) -> &'a str {
    let Location::Bytes(span) = &finding.location else { panic!("{text}") };
    &text[span.clone()]
}

/// Asserts the underlined token and the help, and that the text has a correction, which is valid.
#[track_caller]
fn corrects(text: &str, token: &str, help: &str) {
    let finding = finding_of(text).expect(text);
    assert_eq!((underlined(text, &finding), finding.help.as_str()), (token, help), "{text}");
    let corrected = corrected(text).expect(text);
    STORE.with(|store| {
        store.namespaces().parse_query(&corrected).unwrap_or_else(|e| panic!("{text}\n{corrected}\n{e}"))
    });
}

/// Asserts the underlined token, the message and the help.
#[track_caller]
fn reports(text: &str, token: &str, message: &str, help: &str) {
    let finding = finding_of(text).expect(text);
    let found = (underlined(text, &finding), finding.message.as_str(), finding.help.as_str());
    assert_eq!(found, (token, message, help), "{text}");
}

#[test]
fn an_unknown_prefix_is_reported_with_its_declaration() {
    reports("ASK { ?s rfds:label ?o }", "rfds:label", "unknown prefix `rfds:`", "did you mean `rdfs:label`?");
    let foaf = "add `PREFIX foaf: <http://xmlns.com/foaf/0.1/>`";
    reports("ASK { ?s foaf:name ?o }", "foaf:name", "unknown prefix `foaf:`", foaf);
    let finding = finding_of("PREFIX own: <http://e.org/> ASK { ?s nowhere:p ?o }").unwrap();
    assert_eq!(finding.message, "unknown prefix `nowhere:`");
    assert_eq!(finding.help, "declare it, as in `PREFIX nowhere: <https://example.org/>`");
    assert!(finding.notes[0].contains(" own: ") && finding.notes[0].contains(" v:"), "{:?}", finding.notes);
}

#[test]
fn a_missing_separator_is_added() {
    corrects("ASK { ?s v:a ?o ?o v:b ?x }", "?o", "add `.` before `?o`");
    corrects("ASK { ?s v:a ?o\n  # and\n  [] v:b ?x }", "[", "add `.` before `[`");
    corrects("ASK { ?s v:a ?o v:b ?x }", "v:b", "add `;` before `v:b`");
    corrects("ASK { ?s v:a ?o ?x . }", "?x", "add `,` before `?x`");
}

#[test]
fn missing_brackets_are_added_and_superfluous_ones_removed() {
    corrects("ASK { ?s ?p ?o", "", "add `}` at the end");
    corrects("ASK { ?s ?p ?o FILTER(?s = (?o", "", "add `) ) }` at the end");
    corrects("ASK { ?s ?p ?o FILTER(?s = ?o }", "}", "add `)` before `}`");
    corrects("SELECT * { ?s ?p ?o LIMIT 3", "LIMIT", "add `}` before `LIMIT`");
    corrects("ASK { ?s ?p ?o } }", "}", "remove `}`");
    corrects("ASK { ?s ?p ?o };", ";", "remove `;`");
}

#[test]
fn unterminated_strings_and_iris_are_reported() {
    reports("ASK { ?s ?p \"a b }", "\"a b }", "unterminated string", "add the closing `\"`");
    let iri = "ASK { ?s ?p <http://e.org/x . ?s ?p ?o }";
    reports(iri, "<", "syntax error: unexpected `<`", "close the IRI with `>`");
}

#[test]
fn the_operators_of_other_languages_are_replaced() {
    for (text, token, operator) in [
        ("?s == ?o", "=", "="),
        ("?s <> ?o", "<>", "!="),
        ("?s => ?o", ">", ">="),
        ("?s =< ?o", "<", "<="),
        ("?s = 1 and ?o = 2", "and", "&&"),
        ("?s = 1 | ?o = 2", "|", "||"),
        ("NOT BOUND(?s)", "BOUND", "!"),
    ] {
        let text = format!("ASK {{ ?s ?p ?o FILTER({text}) }}");
        corrects(&text, token, &format!("write `{operator}`"));
    }
}

#[test]
fn an_expression_or_a_pattern_without_brackets_gets_advice() {
    let advice = |text: &str| finding_of(text).expect(text).help;
    let expression = "put the expression in parentheses: `FILTER (…)`";
    assert_eq!(advice("ASK { ?s ?p ?o FILTER ?s = ?o . ?s a ?c }"), expression);
    assert_eq!(advice("ASK { ?s ?p ?o BIND ?s AS ?x }"), expression.replace("FILTER", "BIND"));
    assert_eq!(advice("ASK { ?s ?p ?o OPTIONAL ?s v:a ?x }"), "put the pattern in braces: `OPTIONAL { … }`");
    assert_eq!(advice("SELECT COUNT(?s) AS ?n { ?s ?p ?o }"), "name the result: `(COUNT(…) AS ?name)`");
    assert_eq!(advice("SELECT * WHERE ?s ?p ?o LIMIT 3"), "put the pattern in braces: `WHERE { … }`");
    assert_eq!(advice("PREFIX a <http://a/> ASK {}"), "end the prefix with a colon: `a:`");
}

#[test]
fn habits_from_other_languages_are_corrected() {
    corrects("SELECT ?s, ?p { ?s ?p ?o }", ",", "remove the commas: columns are separated by spaces");
    corrects("SELECT s { ?s ?p ?o }", "s", "did you mean the variable `?s`?");
    corrects("SELECT * { ?s ?p ?o } ORDER ?s", "?s", "add `BY` before `?s`");
    corrects("ASK { ?s ?p http://e.org/x. }", "http:", "write the IRI as `<http://e.org/x>`");
    corrects("ASK { ?s ?p “x” }", "“", "replace it with `\"`");
    corrects("ASK {\u{a0}?s ?p ?o }", "\u{a0}", "replace it with a plain space");
    corrects("ASK { ?s A v:Mill . ?o A v:Mill }", "A", "did you mean `a`?");
    let turtle = "write `PREFIX` without `@` and without a final `.`";
    corrects("@prefix a: <http://a/> . ASK {}", "@prefix", turtle);
}

#[test]
fn a_misspelt_keyword_is_corrected() {
    corrects("SELCT * { ?s ?p ?o }", "SELCT", "did you mean `SELECT`?");
    corrects("SELECT * WHRE { ?s ?p ?o }", "WHRE", "did you mean `WHERE`?");
    corrects("ASK { ?s ?p ?o FLITER(?s = ?o) }", "FLITER", "did you mean `FILTER`?");
    corrects("ASK { ?s ?p ?o FILTER(REGX(?o, \"a\")) }", "REGX", "did you mean `REGEX`?");
}

#[test]
fn a_label_is_replaced_by_a_name() {
    for (text, token, label, name) in [
        ("ASK { Russia v:helpedBuild ?x }", "Russia", "Russia", "e:russia"),
        ("ASK { ?x v:helpedBuild Pakistan Steel Mills }", "Pakistan", "Pakistan Steel Mills", "e:pakistan-steel-mills"),
        ("ASK { ?x helped build ?y }", "helped", "helped build", "v:helpedBuild"),
        ("ASK { ?x helpedBuild ?y }", "helpedBuild", "helpedBuild", "v:helpedBuild"),
        ("ASK { ?x \"helped build\" ?y }", "\"helped build\"", "helped build", "v:helpedBuild"),
        ("ASK { ?a ?b <<( ?x helpedBuild ?y )>> }", "helpedBuild", "helpedBuild", "v:helpedBuild"),
    ] {
        corrects(text, token, &format!("replace the label `{label}` with `{name}`"));
    }
}

#[test]
fn an_error_beyond_the_grammar_is_located() {
    let sample = "add it to `GROUP BY`, or aggregate it, as in `(SAMPLE(?x) AS ?any)`";
    let grouped = "ungrouped variable in `SELECT`";
    reports("SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }\n", "?s", grouped, sample);
    reports(
        "SELECT (COUNT(?o) AS ?n) (?s AS ?m) { ?s ?p ?o }",
        "?s",
        "ungrouped variable in an expression of `SELECT`",
        "add it to `GROUP BY`, or aggregate it, as in `SAMPLE(?x)`",
    );
    reports("ASK { ?s ?p ?o { SELECT (COUNT(?o) AS ?n) ?x { ?x ?p ?o } } ?s ?p ?n }", "?x", grouped, sample);
    let other = "choose another name after `AS`, or compare the two with `FILTER`";
    let bound = "`BIND` assigns a variable that already has a value";
    reports("ASK { ?s ?p ?o BIND(1 AS ?s) }", "?s", bound, other);
    reports(
        "ASK { VALUES (?a ?b) { (1) } }",
        "}",
        "wrong number of values in a row of `VALUES`",
        "write one value for each variable, with `UNDEF` for a missing one",
    );
    let list = "list the grouped variables instead of `*`";
    reports("SELECT * { ?s ?p ?o } GROUP BY ?s", "*", "`SELECT *` in a query with groups", list);
    let relative = "relative IRI `<mill>` without a base";
    reports("ASK { ?s ?p <mill> }", "<mill>", relative, "write the full IRI or a prefixed name");
}

#[test]
fn the_label_lists_what_was_expected() {
    let label = |text: &str| finding_of(text).expect(text).label;
    assert_eq!(label("SELECT * "), "expected `WHERE` or `{`");
    assert_eq!(label("ASK { ?s ?p }"), "expected a variable, an IRI or a literal");
    assert_eq!(label("ASK { ?s ?p ?o . ) }"), "expected a triple pattern, `}` or `{`");
    assert_eq!(label("ASK { ?s ?p ?o ?o"), "expected `.`, `;`, `,`, `}` or `{`");
    assert_eq!(label("hello"), "expected `SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`");
    assert_eq!(label("ASK { <<( ?a ?b ?c ) }"), "expected `)>>`");
}

#[test]
fn an_update_is_rejected() {
    for (text, keyword) in
        [("INSERT DATA { e:a v:b e:c }", "INSERT"), ("PREFIX a: <http://a/>\ndelete where { ?s ?p ?o }", "DELETE")]
    {
        let finding = finding_of(text).unwrap();
        assert_eq!(finding.message, format!("unsupported update `{keyword}`: the graph is read-only"));
    }
}

#[test]
fn a_long_text_gets_a_position_but_no_label() {
    let text = format!("ASK {{ {} ?s ?p }}", "?s v:made ?o . ".repeat(20_000));
    let finding = finding_of(&text).unwrap();
    assert_eq!(finding.location, Location::Bytes(text.len() - 1..text.len()));
    assert_eq!(finding.label, "");
}

/// A stored query, or a random text that is mostly SPARQL.
fn texts() -> impl Strategy<Value = String> {
    let stored = BUNDLED.iter().filter(|(name, _)| name.contains("queries/")).map(|(_, text)| (*text).to_owned());
    prop_oneof![
        8 => select(stored.collect::<Vec<String>>()),
        1 => "(?s).{0,40}",
        1 => "(SELECT|ASK|\\{|\\}|\\(|\\)|<|>|<<|\\?x|v:a|e:é|\"|'|'''|\\.|;|,|=|FILTER|AS|BY|@en|\\\\u|#|\r\n| |🙂|中){0,24}",
    ]
}

#[derive(Clone, Debug)]
enum Change {
    Remove,
    Double,
    Swap,
    Insert(String),
}

fn changes() -> impl Strategy<Value = (bool, Index, Change)> {
    let change = prop_oneof![
        Just(Change::Remove),
        Just(Change::Double),
        Just(Change::Swap),
        select(vec!["\"", "<", "}", "(", " Russia ", " foaf:x ", "🙂", "\r\n", "\\u0041", " == ", "?"])
            .prop_map(|text| Change::Insert(text.to_owned())),
    ];
    (any::<bool>(), any::<Index>(), change)
}

/// A text with one of its characters, or of its tokens, removed, doubled or exchanged with the next.
fn changed(text: &str, whole_tokens: bool, index: Index, change: &Change) -> String {
    let parts: Vec<Range<usize>> = match whole_tokens {
        true => tokenize(text).into_iter().map(|token| token.span).collect(),
        false => text.char_indices().map(|(at, c)| at..at + c.len_utf8()).collect(),
    };
    let Some(at) = (!parts.is_empty()).then(|| index.index(parts.len())) else { return text.to_owned() };
    let part = parts[at].clone();
    let (before, words, behind) = (&text[..part.start], &text[part.clone()], &text[part.end..]);
    match (change, parts.get(at + 1)) {
        (Change::Remove, _) => format!("{before}{behind}"),
        (Change::Double, _) => format!("{before}{words} {words}{behind}"),
        (Change::Insert(other), _) => format!("{before}{other}{words}{behind}"),
        (Change::Swap, Some(next)) => {
            format!("{before}{}{}{words}{}", &text[next.clone()], &text[part.end..next.start], &text[next.end..])
        }
        (Change::Swap, None) => text.to_owned(),
    }
}

proptest! {
    #[test]
    fn the_finding_about_any_text_has_a_message_help_and_a_valid_span(text in texts(), changes in prop::collection::vec(changes(), 0..3)) {
        let text = changes.iter().fold(text, |text, (tokens, index, change)| changed(&text, *tokens, *index, change));
        if let Some(finding) = finding_of(&text) {
            prop_assert!(!finding.message.is_empty() && !finding.message.contains('\n'), "{:?}", finding.message);
            prop_assert!(!finding.help.is_empty());
            if let Location::Bytes(span) = finding.location {
                prop_assert!(span.start <= span.end && text.get(span).is_some());
            }
        }
    }
}

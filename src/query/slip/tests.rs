//! Slips that people make, and what they are told.

use super::*;
use crate::BUNDLED;
use crate::dataset::DatasetRoot;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What is said of a text, with the bundled graph at hand; its correction, where there is one, must be SPARQL. `None` where
/// the text is SPARQL.
fn problem_of(text: &str) -> Option<QueryDiagnostic> {
    thread_local! {
        static STORE: Store = crate::build(DatasetRoot::Bundled(BUNDLED)).expect("the bundled dataset is sound").1;
    }
    STORE.with(|store| {
        let error = store.names().parse_query(text).err()?;
        let problem = diagnose_syntax(text, &error, store.names(), Some(store));
        if let Some(corrected) = &problem.corrected {
            store.names().parse_query(corrected).unwrap_or_else(|e| panic!("{text}\n{corrected}\n{e}"));
        }
        Some(problem)
    })
}

/// Asserts that these words of a text are underlined, and this is the next step; and that with it the text is SPARQL.
fn mended(text: &str, words: &str, help: &str) {
    let problem = problem_of(text).expect(text);
    let span = problem.span.clone().expect(text);
    assert_eq!((&text[span], problem.help.as_str()), (words, help), "{text}");
    assert!(problem.corrected.is_some(), "{text}");
}

/// Asserts that these words of a text are underlined, and this is said of them.
fn told(text: &str, words: &str, message: &str, help: &str) {
    let problem = problem_of(text).expect(text);
    let span = problem.span.clone().expect(text);
    let said = (&text[span], problem.message.as_str(), problem.help.as_str());
    assert_eq!(said, (words, format!("this is no SPARQL: {message}").as_str(), help), "{text}");
}

#[test]
fn an_undeclared_prefix_is_named_with_what_it_may_have_been() {
    mended("ASK { ?s rfds:label ?o }", "rfds:label", "did you mean `rdfs:label`?");
    let foaf = "declare it first: `PREFIX foaf: <http://xmlns.com/foaf/0.1/>`";
    mended("ASK { ?s foaf:name ?o }", "foaf:name", foaf);
    let problem = problem_of("PREFIX own: <http://e.org/> ASK { ?s nowhere:p ?o }").unwrap();
    assert_eq!(problem.message, "this is no SPARQL: the prefix `nowhere:` is not declared");
    assert_eq!(problem.help, "declare it first: `PREFIX nowhere: <…>`");
    assert!(problem.notes[0].contains(" own: ") && problem.notes[0].contains(" v:"), "{:?}", problem.notes);
}

#[test]
fn a_missing_dot_semicolon_or_comma_is_told_by_what_makes_it_sparql() {
    mended("ASK { ?s v:a ?o ?o v:b ?x }", "?o", "is a `.` missing before `?o`?");
    mended("ASK { ?s v:a ?o\n  # and\n  [] v:b ?x }", "[", "is a `.` missing before `[`?");
    mended("ASK { ?s v:a ?o v:b ?x }", "v:b", "is a `;` missing before `v:b`?");
    mended("ASK { ?s v:a ?o ?x . }", "?x", "is a `,` missing before `?x`?");
}

#[test]
fn what_is_left_open_is_closed() {
    mended("ASK { ?s ?p ?o", "", "is `}` missing at the end?");
    mended("ASK { ?s ?p ?o FILTER(?s = (?o", "", "is `) ) }` missing at the end?");
    mended("ASK { ?s ?p ?o FILTER(?s = ?o }", "}", "is a `)` missing before `}`?");
    mended("SELECT * { ?s ?p ?o LIMIT 3", "LIMIT", "is a `}` missing before `LIMIT`?");
    mended("ASK { ?s ?p ?o } }", "}", "is this `}` one too many?");
    mended("ASK { ?s ?p ?o };", ";", "is this `;` one too many?");
    mended("ASK { ?s ?p \"a b }", "\"a b }", "is a `\"` missing at the end of the text?");
    mended("ASK { ?s ?p <http://e.org/x . ?s ?p ?o }", "<", "is a `>` missing at the end of the IRI?");
}

#[test]
fn the_operators_of_other_languages_are_put_right() {
    for (text, words, operator) in [
        ("?s == ?o", "=", "="),
        ("?s <> ?o", "<>", "!="),
        ("?s => ?o", ">", ">="),
        ("?s =< ?o", "<", "<="),
        ("?s = 1 and ?o = 2", "and", "&&"),
        ("?s = 1 | ?o = 2", "|", "||"),
        ("NOT BOUND(?s)", "BOUND", "!"),
        ("?s = TRUE", "TRUE", "true"),
    ] {
        let text = format!("ASK {{ ?s ?p ?o FILTER({text}) }}");
        mended(&text, words, &format!("in SPARQL it is `{operator}`"));
    }
}

#[test]
fn brackets_and_braces_that_sparql_wants_are_put_round() {
    mended("ASK { ?s ?p ?o FILTER ?s = ?o . ?s a ?c }", "?s", "put it in brackets: `(?s = ?o)`");
    mended("ASK { ?s ?p ?o BIND ?s AS ?x }", "?s", "put it in brackets: `(?s AS ?x)`");
    mended("ASK { ?s ?p ?o OPTIONAL ?s v:a ?x }", "?s", "put it in brackets: `{ ?s v:a ?x }`");
    mended("SELECT COUNT(?s) AS ?n { ?s ?p ?o }", "COUNT", "put it in brackets: `(COUNT(?s) AS ?n)`");
    mended("SELECT COUNT(?s) { ?s ?p ?o }", "COUNT", "put it in brackets: `(COUNT(?s) AS ?value)`");
    mended("SELECT (COUNT(?s)) { ?s ?p ?o }", ")", "is `AS ?value` missing before `)`?");
    mended("SELECT * WHERE ?s ?p ?o LIMIT 3", "?s", "the pattern stands in braces: `{ … }`");
}

#[test]
fn slips_of_other_languages_are_known() {
    mended("SELECT ?s, ?p { ?s ?p ?o }", ",", "variables are set apart by spaces");
    mended("SELECT s { ?s ?p ?o }", "s", "a variable begins with a question mark: `?s`");
    mended("SELECT * { ?s ?p ?o } LIMIT 3 ORDER BY ?s", "ORDER", "LIMIT comes last");
    mended("ASK { ?s is a v:Person }", "is", "SPARQL says `a` without `is`");
    mended("SELECT * { ?s ?p ?o } ORDER ?s", "?s", "is `BY` missing before `?s`?");
    mended("ASK { ?s ?p http://e.org/x. }", "http:", "an IRI stands in angle brackets: `<http://e.org/x>`");
    mended("ASK { ?s ?p “x” }", "“", "did you mean `\"`, as it is typed?");
    mended("ASK {\u{a0}?s ?p ?o }", "\u{a0}", "put a plain space there");
    mended("PREFIX a <http://a/> ASK {}", "a", "a prefix is written with a colon: `a:`");
    mended("@prefix a: <http://a/> . ASK {}", "@prefix", "SPARQL has no `@`, and no dot behind it: `PREFIX e: <…>`");
}

#[test]
fn a_misspelt_keyword_is_known() {
    mended("SELCT * { ?s ?p ?o }", "SELCT", "did you mean `SELECT`?");
    mended("SELECT * WHRE { ?s ?p ?o }", "WHRE", "did you mean `WHERE`?");
    mended("ASK { ?s ?p ?o FLITER(?s = ?o) }", "FLITER", "did you mean `FILTER`?");
    mended("ASK { ?s ?p ?o FILTER(REGX(?o, \"a\")) }", "REGX", "did you mean `REGEX`?");
}

#[test]
fn a_label_in_place_of_a_name_is_looked_up() {
    let help = |label: &str, name: &str| format!("“{label}” is a label: name the thing itself, `{name}`");
    mended("ASK { Russia v:helpedBuild ?x }", "Russia", &help("Russia", "e:russia"));
    mended(
        "ASK { ?x v:helpedBuild Pakistan Steel Mills }",
        "Pakistan",
        &help("Pakistan Steel Mills", "e:pakistan-steel-mills"),
    );
    mended("ASK { e:Pakistan Steel Mills ?p ?y }", "Steel", &help("Pakistan Steel Mills", "e:pakistan-steel-mills"));
    for (text, words, label) in [
        ("ASK { ?x helped build ?y }", "helped", "helped build"),
        ("ASK { ?x helpedBuild ?y }", "helpedBuild", "helpedBuild"),
        ("ASK { ?x \"helped build\" ?y }", "\"helped build\"", "helped build"),
        ("ASK { ?a ?b <<( ?x helpedBuild ?y )>> }", "helpedBuild", "helpedBuild"),
    ] {
        mended(text, words, &help(label, "v:helpedBuild"));
    }
    // Where more is wrong, the first step is told, and does not claim to be the last.
    let problem = problem_of("ASK { Soviet Union helped build ?x }").unwrap();
    assert_eq!(problem.help, help("Soviet Union", "e:soviet-union"));
    assert_eq!(problem.corrected, None);
}

#[test]
fn what_follows_the_grammar_and_makes_no_sense_has_its_place() {
    let grouped = "SELECT names a variable that is neither grouped by nor an aggregate";
    let sample = "name it behind GROUP BY, or take one value of each group, such as (SAMPLE(?x) AS ?one)";
    told("SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }\n", "?s", grouped, sample);
    told(
        "SELECT (COUNT(?o) AS ?n) (?s AS ?m) { ?s ?p ?o }",
        "(?s AS ?m)",
        "SELECT computes with a variable that is neither grouped by nor an aggregate",
        "name it behind GROUP BY, or take one value of each group, such as SAMPLE(?x)",
    );
    told("ASK { ?s ?p ?o { SELECT (COUNT(?o) AS ?n) ?x { ?x ?p ?o } } ?s ?p ?n }", "?x", grouped, sample);
    let bound = "BIND gives a value to a variable that has one";
    told("ASK { ?s ?p ?o BIND(1 AS ?s) }", "?s", bound, "take another name behind AS, or compare the two in a FILTER");
    told(
        "ASK { VALUES (?a ?b) { (1) } }",
        "}",
        "a row of VALUES has not as many values as there are variables",
        "write UNDEF where there is no value",
    );
    let star = "SELECT * cannot stand with GROUP BY or an aggregate";
    told("SELECT * { ?s ?p ?o } GROUP BY ?s", "*", star, "name the variables that are grouped by");
    told("ASK { ?s ?p <mill> }", "<mill>", "`<mill>` is no IRI in full", "write it in full, or with a prefix");
}

#[test]
fn what_was_expected_is_said_in_a_few_words() {
    let label = |text: &str| problem_of(text).expect(text).label;
    assert_eq!(label("SELECT * "), "expected WHERE or `{`");
    assert_eq!(label("ASK { ?s ?p }"), "expected a variable, a name such as `e:this`, a text, a number or `(`");
    assert_eq!(label("ASK { ?s ?p ?o ?o"), "expected `.`, `;`, `,`, `}` or `{`");
    assert_eq!(label("hello"), "expected SELECT, ASK, CONSTRUCT or DESCRIBE");
    assert_eq!(label("ASK { <<( ?a ?b ?c ) }"), "expected `)>>`");
}

#[test]
fn an_update_is_told_from_a_query() {
    for text in ["INSERT DATA { e:a v:b e:c }", "PREFIX a: <http://a/>\ndelete where { ?s ?p ?o }"] {
        let problem = problem_of(text).unwrap();
        assert_eq!(problem.message, "an update cannot be made: the graph is built from facts");
    }
}

#[test]
fn a_long_text_has_its_place_and_no_more() {
    let text = format!("ASK {{ {} ?s ?p }}", "?s v:made ?o . ".repeat(20_000));
    let problem = problem_of(&text).unwrap();
    assert_eq!(problem.span, Some(text.len() - 1..text.len()));
    assert_eq!(problem.label, "");
}

/// A stored query, or another text of which most is SPARQL.
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
    fn any_text_has_a_problem_that_lies_within_it(text in texts(), changes in prop::collection::vec(changes(), 0..3)) {
        let text = changes.iter().fold(text, |text, (tokens, index, change)| changed(&text, *tokens, *index, change));
        if let Some(problem) = problem_of(&text) {
            prop_assert!(!problem.message.is_empty() && !problem.message.contains('\n'), "{:?}", problem.message);
            prop_assert!(!problem.help.is_empty());
            if let Some(span) = problem.span {
                prop_assert!(span.start <= span.end && text.get(span).is_some());
            }
        }
    }
}

//! Parsing SPARQL with limits on length and nesting, since the parser is recursive.

use super::depth::{depth, on_stack_of};
use super::expression::{pattern_of_mut, subexpressions_mut, subpatterns_mut};
use super::namespaces::{MAX_NAMESPACE_BYTES, Namespaces};
use super::nesting::Recursion;
use super::tokens::{Token, TokenKind, tokenize};
use oxigraph::model::NamedNode;
use regex::Regex;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::{Query, SparqlParser, SparqlSyntaxError};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

/// The maximum number of brackets that are open at one position of a query. The brackets are `(`, `[`, `{`, `<<`, `<<(` and
/// `{|`; those in strings, IRIs and comments do not count. A bracket after `!`, or after `!` and the name of a function, counts
/// as 32, and each further `!` as one more.
pub const MAX_NESTING: usize = 256;

/// The maximum depth of the algebra of a query. A chain of binary operators, UNION, OPTIONAL, FILTER, BIND, paths or groups is
/// as deep as it is long; a list of triples, values or arguments has a depth of 1.
pub const MAX_DEPTH: usize = 500;

/// The maximum length of a query in bytes.
pub const MAX_LENGTH: usize = 1 << 20;

/// The maximum number of `/` outside of IRIs, strings and comments. The parser recurses along a path, but a sequence does not
/// become deeper algebra.
const MAX_SLASHES: usize = 10_000;

/// The maximum number of tokens that the parser reads, where it reads a token again: it doubles the number for each `REGEX`, `SUBSTR`,
/// `REPLACE` or `GROUP_CONCAT` around the token.
const MAX_READS: u64 = 1 << 21;

/// The maximum number of different variables of a query. The time of the parser grows with the square of their number.
pub const MAX_VARIABLES: usize = 15_000;

/// The length of a query up to which its names have at most 16 MiB in any case: half of it may be a base, and each name takes at least
/// two bytes of the other half.
const MAX_UNCHECKED: usize = 1 << 13;

/// The shortest variable in a query, and the space before the next one.
const SHORTEST_VARIABLE: usize = "?a ".len();

/// The stack, in bytes, for a bracket in the parser: 7 KiB if it is optimized, and more if it is not.
const BRACKET: usize = 32 << 10;

/// The stack, in bytes, for a `/` in the parser: 0.5 KiB if it is optimized.
const SLASH: usize = 2 << 10;

/// The stack, in bytes, for each byte of a query in the parser and the destructors of its results. The shortest level takes two
/// bytes of text and 143 bytes of stack if they are optimized.
const BYTE: usize = 256;

/// Why a query cannot be parsed.
#[derive(Debug, thiserror::Error)]
pub enum SparqlError {
    /// It has a syntax error. The source is the parser's own message.
    #[error("syntax error in the query")]
    Syntax(#[from] SparqlSyntaxError),
    /// Its brackets are nested too deeply.
    #[error("the brackets of the query are nested more than {MAX_NESTING} levels deep")]
    TooNested,
    /// Its algebra is too deep.
    #[error("the query has more than {MAX_DEPTH} operators or groups in a chain or inside each other")]
    TooDeep,
    /// The parser would read parts of it too often.
    #[error("the query has too many calls of REGEX, SUBSTR, REPLACE, GROUP_CONCAT or `!` inside each other")]
    TooManyReads,
    /// A base or a prefix that it declares is too long.
    #[error("the query declares a base or a prefix with an IRI of more than {MAX_NAMESPACE_BYTES} bytes")]
    LongNamespace,
    /// It has too many variables.
    #[error("the query has more than {MAX_VARIABLES} variables")]
    TooManyVariables,
    /// An aggregate contains another one, whose name is at a byte range of the text.
    #[error("an aggregate contains another aggregate")]
    NestedAggregate(Range<usize>),
    /// It is too long.
    #[error("the query is longer than {MAX_LENGTH} bytes")]
    TooLong,
}

impl Namespaces {
    /// Parses a query. The prefixes need no declaration.
    ///
    /// # Errors
    ///
    /// Returns an error if the query has a syntax error, is nested too deeply, has too many variables or a namespace that is too long, or is
    /// too long.
    pub fn parse_query(&self, text: &str) -> Result<Query, SparqlError> {
        parse(self.sparql_parser(), text)
    }

    /// Parses a query like [`parse_query`](Self::parse_query), with a base for relative IRIs unless the query declares one.
    ///
    /// # Errors
    ///
    /// See [`parse_query`](Self::parse_query).
    pub fn parse_query_with_base(&self, text: &str, base: &NamedNode) -> Result<Query, SparqlError> {
        parse(self.sparql_parser().with_base_iri(base.as_str()).expect("a named node has an IRI"), text)
    }
}

fn parse(parser: SparqlParser, text: &str) -> Result<Query, SparqlError> {
    if text.len() > MAX_LENGTH {
        return Err(SparqlError::TooLong);
    }
    let Recursion { nesting, slashes, reads } = Recursion::of(text);
    if nesting > MAX_NESTING {
        return Err(SparqlError::TooNested);
    }
    if reads > MAX_READS {
        return Err(SparqlError::TooManyReads);
    }
    if slashes > MAX_SLASHES {
        return Err(SparqlError::TooDeep);
    }
    if text.len() > MAX_VARIABLES * SHORTEST_VARIABLE && variable_count(text) > MAX_VARIABLES {
        return Err(SparqlError::TooManyVariables);
    }
    if text.len() > MAX_UNCHECKED && has_long_namespace(text) {
        return Err(SparqlError::LongNamespace);
    }
    on_stack_of(nesting * BRACKET + slashes * SLASH + text.len() * BYTE, || {
        let text = with_lower_case_booleans(text);
        let query = parser.clone().parse_query(&text);
        let query = match (query, with_reused_variables(&text)) {
            // The parser lacks this feature of SPARQL 1.2 in queries with aggregates.
            (Err(error), Some(text)) => without_single_coalesce(parser.parse_query(&text).map_err(|_| error)?),
            (query, _) => query?,
        };
        let query = with_columns_in_order(query, &text);
        // A query that is too deep is dropped here, while the stack is large enough.
        if depth(&query) > MAX_DEPTH {
            return Err(SparqlError::TooDeep);
        }
        nested_aggregate(&text).map_or(Ok(query), |span| Err(SparqlError::NestedAggregate(span)))
    })
}

/// The text with `TRUE` and `FALSE` in lower case. As keywords, they may be in any case ([SPARQL 1.1, section
/// 19.8](https://www.w3.org/TR/sparql11-query/#sparqlGrammar)), but the parser does not accept that.
fn with_lower_case_booleans(text: &str) -> Cow<'_, str> {
    static BOOLEANS: LazyLock<Regex> = LazyLock::new(|| Regex::new("(?i-u:true|false)").expect("a valid pattern"));
    if BOOLEANS.find_iter(text).all(|found| matches!(found.as_str(), "true" | "false")) {
        return Cow::Borrowed(text);
    }
    let mut lower = text.to_owned();
    for token in tokenize(text).into_iter().filter(|token| token.kind == TokenKind::Word) {
        let word = &text[token.span.clone()];
        if word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("false") {
            lower.replace_range(token.span, &word.to_ascii_lowercase());
        }
    }
    Cow::Owned(lower)
}

/// The text with `COALESCE(?v)` in place of each variable `?v` of a SELECT clause that an earlier expression of the clause has defined.
/// `None` if there are none. COALESCE of one variable has the value of the variable, and the parser does not check whether it is grouped.
fn with_reused_variables(text: &str) -> Option<String> {
    let tokens = tokenize(text);
    let token = |index: usize| tokens.get(index).map_or("", |token| &text[token.span.clone()]);
    let is_word = |index: usize, word: &str| token(index).eq_ignore_ascii_case(word);
    let (mut reused, mut index) = (Vec::new(), 0);
    while index < tokens.len() {
        index += 1;
        if !is_word(index - 1, "SELECT") {
            continue;
        }
        let (mut depth, mut defined) = (0_usize, HashSet::new());
        // The clause ends with WHERE, FROM or the group. A group inside brackets belongs to EXISTS.
        while index < tokens.len() && !(depth == 0 && (token(index) == "{" || is_word(index, "FROM"))) {
            match token(index) {
                "(" | "{" => depth += 1,
                ")" | "}" => depth = depth.saturating_sub(1),
                _ if tokens[index].kind != TokenKind::Variable || depth == 0 => {}
                variable if depth == 1 && is_word(index - 1, "AS") => drop(defined.insert(&variable[1..])),
                variable if defined.contains(&variable[1..]) && !is_word(index.saturating_sub(2), "BOUND") => {
                    reused.push(tokens[index].span.clone());
                }
                _ => {}
            }
            index += 1;
        }
    }
    if reused.is_empty() {
        return None;
    }
    let mut rewritten = text.to_owned();
    for span in reused.into_iter().rev() {
        rewritten.replace_range(span.clone(), &format!("COALESCE({})", &text[span]));
    }
    Some(rewritten)
}

/// The query with `?v` in place of each `COALESCE(?v)`.
fn without_single_coalesce(mut query: Query) -> Query {
    fn in_expression(expression: &mut Expression) {
        if let Expression::Coalesce(list) = expression
            && let [Expression::Variable(variable)] = &list[..]
        {
            *expression = Expression::Variable(variable.clone());
        }
        subexpressions_mut(expression).into_iter().for_each(in_expression);
    }
    fn in_pattern(pattern: &mut GraphPattern) {
        if let GraphPattern::Extend { expression, .. } = pattern {
            in_expression(expression);
        }
        subpatterns_mut(pattern).into_iter().for_each(in_pattern);
    }
    in_pattern(pattern_of_mut(&mut query));
    query
}

/// The query, with the columns of its `SELECT *` in the order in which their variables appear in the text. The parser sorts them by name,
/// and the standard leaves their order open.
fn with_columns_in_order(mut query: Query, text: &str) -> Query {
    let Query::Select { pattern, .. } = &mut query else { return query };
    let mut pattern = pattern;
    while let GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } | GraphPattern::Slice { inner, .. } =
        pattern
    {
        pattern = inner;
    }
    let GraphPattern::Project { variables, .. } = pattern else { return query };
    let tokens = tokenize(text);
    let is_word = |token: &&Token, words: &[&str]| {
        token.kind == TokenKind::Word && words.iter().any(|word| text[token.span.clone()].eq_ignore_ascii_case(word))
    };
    // The first SELECT is that of the query itself.
    let mut clause = tokens.iter().skip_while(|token| !is_word(token, &["SELECT"])).skip(1);
    let selected = clause.find(|token| !is_word(token, &["DISTINCT", "REDUCED"]));
    if selected.is_none_or(|token| &text[token.span.clone()] != "*") {
        return query;
    }
    let mut positions: HashMap<&str, usize> = HashMap::new();
    for Token { span, .. } in clause.filter(|token| token.kind == TokenKind::Variable) {
        positions.entry(&text[span.start + 1..span.end]).or_insert(span.start);
    }
    variables.sort_by_key(|variable| positions.get(variable.as_str()).copied());
    query
}

/// The span of an aggregate inside another one, which is not allowed ([SPARQL 1.2, section
/// 11](https://www.w3.org/TR/sparql12-query/#aggregates)). The text is a query.
fn nested_aggregate(text: &str) -> Option<Range<usize>> {
    static AGGREGATE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("(?i-u:count|sum|min|max|avg|sample|group_concat)").expect("a valid pattern"));
    AGGREGATE.find_iter(text).nth(1)?;
    let is_aggregate = |word: &str| AGGREGATE.find(word).is_some_and(|found| found.range() == (0..word.len()));
    // Whether each open bracket is in an aggregate. A group is not: it may have a subquery with its own aggregates.
    let mut open = vec![false];
    let mut name = None;
    for Token { kind, span } in tokenize(text) {
        let is_inside = open.last().copied().unwrap_or_default();
        let token = &text[span.clone()];
        match token {
            "(" => open.push(is_inside || name.is_some()),
            "{" => open.push(false),
            ")" | "}" => drop(open.pop()),
            _ => {}
        }
        name = (kind == TokenKind::Word && is_aggregate(token)).then_some(());
        if is_inside && name.is_some() {
            return Some(span);
        }
    }
    None
}

/// Whether a query declares a base or a prefix with a long IRI. A base may be relative to the one before.
fn has_long_namespace(text: &str) -> bool {
    let tokens = tokenize(text);
    let word = |index: usize, word: &str| {
        tokens[index].kind == TokenKind::Word && text[tokens[index].span.clone()].eq_ignore_ascii_case(word)
    };
    let (mut bases, mut longest_prefix) = (0, 0);
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Iri) {
        if index >= 1 && word(index - 1, "BASE") {
            bases += token.span.len();
        } else if index >= 2 && word(index - 2, "PREFIX") {
            longest_prefix = longest_prefix.max(token.span.len());
        }
    }
    bases + longest_prefix > MAX_NAMESPACE_BYTES
}

/// The number of different variables in a text.
fn variable_count(text: &str) -> usize {
    let tokens = tokenize(text).into_iter().filter(|token| token.kind == TokenKind::Variable);
    // `?a` and `$a` are the same variable.
    tokens.map(|token| &text[token.span.start + 1..token.span.end]).collect::<HashSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_a_syntax_error_has_no_words_of_the_parser() {
        let error = Namespaces::standard().parse_query("ASK { ?s ?p").unwrap_err();
        assert_eq!(error.to_string(), "syntax error in the query");
    }

    /// SPARQL 1.1, section 19.8, note 1: keywords are matched in a case-insensitive manner.
    #[test]
    fn booleans_may_be_in_any_case() {
        let parse = |text: &str| Namespaces::standard().parse_query(text).map_err(|e| e.to_string());
        let query =
            parse("ASK { ?s <urn:TRUE> TRUE, 'TRUE', \"\"\"False\"\"\"@x-true FILTER(FALSE || tRuE) # True\n }")
                .unwrap();
        let same = parse("ASK { ?s <urn:TRUE> true, 'TRUE', \"\"\"False\"\"\"@x-true FILTER(false || true) }").unwrap();
        assert_eq!(query, same);
        assert!(parse("PREFIX TRUE: <urn:x> ASK { ?TRUE a TRUE:True, _:TRUE }").is_ok());
    }

    /// SPARQL 1.1, erratum 5: aggregates cannot be nested.
    #[test]
    fn an_aggregate_in_an_aggregate_is_refused() {
        let span = |text: &str| match Namespaces::standard().parse_query(text) {
            Err(SparqlError::NestedAggregate(span)) => Some(text[span].to_owned()),
            _ => None,
        };
        assert_eq!(span("SELECT (SUM(COUNT(?x)) AS ?n) { }").as_deref(), Some("COUNT"));
        assert_eq!(span("SELECT (1 + Sum(2 * (max(?x) + 1)) AS ?n) { }").as_deref(), Some("max"));
        assert_eq!(
            span("SELECT ?x { } GROUP BY ?x HAVING (MIN(STR(GROUP_CONCAT(?y))) = 1)").as_deref(),
            Some("GROUP_CONCAT")
        );
        for text in [
            "SELECT (SUM(?count) + COUNT(?sum) AS ?max) { }",
            "SELECT (SUM(?n) AS ?s) { SELECT (COUNT(*) AS ?n) { } GROUP BY ?x }",
            "SELECT (SUM(IF(EXISTS { SELECT (COUNT(*) AS ?n) { } }, 1, 0)) AS ?s) { }",
        ] {
            assert!(Namespaces::standard().parse_query(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn select_star_has_the_variables_in_their_order_of_appearance() {
        let columns = |text: &str| {
            let query = Namespaces::standard().parse_query(text).unwrap().to_string();
            let clause = query.split_once(" WHERE").unwrap().0.trim_start_matches("SELECT ").to_owned();
            clause.trim_start_matches("DISTINCT ").trim_start_matches("REDUCED ").to_owned()
        };
        assert_eq!(columns("SELECT * { ?z ?b ?a . ?a $c ?b }"), "?z ?b ?a ?c");
        assert_eq!(columns("PREFIX select: <urn:x> select distinct * { ?b ?a ?c } ORDER BY ?a LIMIT 3"), "?b ?a ?c");
        assert_eq!(columns("SELECT REDUCED * # ?a\n { OPTIONAL { ?c a ?b } ?a a 'SELECT ?x' }"), "?c ?b ?a");
        assert_eq!(columns("SELECT * { { SELECT ?y ?x { ?x ?y ?z } } VALUES ?a { 1 } }"), "?y ?x ?a");
        assert_eq!(columns("SELECT * { GRAPH ?g { ?b ?a 1 } BIND(1 AS ?0) FILTER(?a = 1) }"), "?g ?b ?a ?0");
        assert_eq!(columns("SELECT ?b ?a { ?a ?b ?c }"), "?b ?a");
        assert_eq!(columns("SELECT ?b ?a { SELECT * { ?a ?b ?c } }"), "?b ?a");
    }

    /// SPARQL 1.2, section 11: a variable of the SELECT clause may be used in its later expressions.
    #[test]
    fn later_expressions_of_a_projection_may_use_its_variables() {
        assert!(Namespaces::standard().parse_query("SELECT (1 AS ?a) (?a + 1 AS ?b) { }").is_ok());
        let parse = |text: &str| Namespaces::standard().parse_query(text);
        let query = parse("SELECT (COUNT(*) AS ?a) (?a + 1 AS ?b) (?b * $a AS ?c) { } GROUP BY ?x").unwrap();
        assert!(!query.to_string().contains("COALESCE"), "{query}");
        assert!(parse("SELECT ?x (COUNT(*) AS ?a) (IF(BOUND(?a), ?a, ?x) AS ?b) { } GROUP BY ?x").is_ok());
        for invalid in [
            "SELECT (?a + 1 AS ?b) (COUNT(*) AS ?a) { }",
            "SELECT (COUNT(*) AS ?a) (?z + ?a AS ?b) { }",
            "SELECT (COUNT(*) AS ?a) (?a AS ?a) { }",
        ] {
            assert!(matches!(parse(invalid), Err(SparqlError::Syntax(_))), "{invalid}");
        }
    }

    #[test]
    fn a_query_that_the_parser_would_read_too_often_is_refused() {
        let calls = |levels: usize, name: &str, rest: &str| {
            format!("SELECT ({}'a'{} AS ?x) {{ }}", format!("{name}(").repeat(levels), rest.repeat(levels))
        };
        let shapes =
            [("REPLACE", ",'b','c')"), ("regex", ",'b')"), ("SubStr", ",1)"), ("GROUP_CONCAT", ")"), ("STR", ")")];
        for (name, rest) in shapes {
            let deep = Namespaces::standard().parse_query(&calls(40, name, rest));
            assert_eq!(matches!(deep, Err(SparqlError::TooManyReads)), name != "STR", "{name}");
            let usual = Namespaces::standard().parse_query(&calls(8, name, rest));
            assert!(!matches!(usual, Err(SparqlError::TooManyReads)), "{name}");
        }
    }

    #[test]
    fn a_long_query_with_a_long_namespace_is_refused() {
        let long = format!("http://e.org/{}/", "a".repeat(MAX_NAMESPACE_BYTES));
        let names = |prefix: &str| (0..10_000).map(|n| format!("{prefix}{n} ")).collect::<Vec<_>>().concat();
        let iris = (0..3_000).map(|n| format!("<{n}> ")).collect::<Vec<_>>().concat();
        let halves = format!("BASE <{}> BASE <{}/>", &long[..600], "b/".repeat(300));
        for query in [
            format!("BASE <{long}> ASK {{ VALUES ?x {{ {iris} }} }}"),
            format!("{halves} ASK {{ VALUES ?x {{ {iris} }} }}"),
            format!("prefix q: <{long}> ASK {{ VALUES ?x {{ {} }} }}", names("q:")),
        ] {
            assert!(
                matches!(Namespaces::standard().parse_query(&query), Err(SparqlError::LongNamespace)),
                "{query:.60}"
            );
        }
        let usual = format!("PREFIX q: <http://e.org/> ASK {{ VALUES ?x {{ <{long}> {} }} }}", names("q:"));
        assert!(Namespaces::standard().parse_query(&usual).is_ok());
        assert!(Namespaces::standard().parse_query(&format!("BASE <{long}> ASK {{ <a> <b> <c> }}")).is_ok());
    }

    #[test]
    fn a_query_with_too_many_variables_is_refused_before_it_is_parsed() {
        let values = |count: usize| {
            let names = (0..count).map(|n| format!("?v{n} $v{n} ")).collect::<Vec<_>>().concat();
            format!("ASK {{ ?s ?p '?a' FILTER(COALESCE({})) }}", names.trim_end().replace(' ', ","))
        };
        assert!(Namespaces::standard().parse_query(&values(MAX_VARIABLES - 2)).is_ok());
        let error = Namespaces::standard().parse_query(&values(MAX_VARIABLES - 1)).unwrap_err();
        assert!(matches!(error, SparqlError::TooManyVariables));
    }
}

//! What is wrong with a text that is no SPARQL, in words that help: the place, what was expected there, and what may have
//! been meant.
//!
//! The parser says how far it has come and lists every character that it would have taken. So the place is found by asking
//! it about the text with its words moved apart, and what may have been meant by asking it about the text as it would then
//! be: a correction is told only where the parser gets further with it.
//!
//! Invariant: nothing here has a grammar of its own. What is SPARQL and what is not, the parser says.

mod decorators;
mod marks;
mod place;
mod prefix;
mod scene;
mod tokens;
mod words;

pub use decorators::{decorators_problem, misfit_problem, parameter_problem};
pub use tokens::{Token, TokenKind, tokenize};

use crate::diagnostic::{Code, FileId, Finding, Location};
use crate::model::{Namespaces, SparqlError};
use crate::store::Store;
use place::{expected, meaning, stuck};
use scene::Scene;
use std::ops::Range;

/// What is wrong with a text that is no SPARQL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryDiagnostic {
    /// What is wrong, as one sentence without a full stop.
    pub message: String,
    /// The place in the text, in bytes; `None` where the text as a whole is meant.
    pub span: Option<Range<usize>>,
    /// What was expected, beside the underlined words; may be empty.
    pub label: String,
    /// The next step.
    pub help: String,
    /// What else there is to know.
    pub notes: Vec<String>,
    /// The text as `help` would have it, where it is SPARQL then.
    pub corrected: Option<String>,
}

impl QueryDiagnostic {
    /// The finding of a problem in a text that is a file from its beginning to its end.
    pub fn finding(self, file: FileId) -> Finding {
        let at = self.span.map_or(Location::File, Location::Bytes);
        let finding = Finding::new(Code::SyntaxError, file, at, self.message).label(self.label).help(self.help);
        self.notes.into_iter().fold(finding, Finding::note)
    }
}

/// So many bytes may a text have for corrections of it to be tried.
const LONGEST: usize = 1 << 15;

/// Words that begin an update.
const UPDATES: [&str; 11] =
    ["INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH", "USING"];

/// Says what is wrong with a text that the parser has refused with an error. With a store at hand, words in it are looked up
/// among the labels.
///
/// The text is parsed some dozen times; of a text of more than 32 KiB only the place is told, and it is parsed three times.
///
/// ```
/// use factloom::{model::Namespaces, query};
///
/// let names = Namespaces::new("https://example.org/", &[])?;
/// let text = "ASK { ?a v:made ?b ?b v:made ?c }";
/// let error = query::parse(text, &names).unwrap_err();
/// let problem = query::diagnose_syntax(text, &error, &names, None);
/// assert_eq!(problem.span, Some(19..21));
/// assert_eq!(problem.help, "is a `.` missing before `?b`?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn diagnose_syntax(text: &str, error: &SparqlError, names: &Namespaces, store: Option<&Store>) -> QueryDiagnostic {
    let problem = |message: String, span| QueryDiagnostic {
        message: format!("this is no SPARQL: {message}"),
        span,
        help: "see https://www.w3.org/TR/sparql12-query/".to_owned(),
        ..QueryDiagnostic::default()
    };
    let SparqlError::Syntax(_) = error else {
        return problem(error.to_string(), None);
    };
    let tokens = tokenize(text);
    let Some(at) = stuck(text, &tokens, error, names) else {
        return problem(error.to_string(), None);
    };
    let scene = Scene { text, tokens: &tokens, at, names, store };
    if tokens.is_empty() {
        let help = "ask for what the graph holds, such as `SELECT * { ?s ?p ?o } LIMIT 10`".to_owned();
        return QueryDiagnostic { help, ..problem("the query is empty".to_owned(), None) };
    }
    if let Some(update) = update(&scene) {
        return update;
    }
    if let Some(undeclared) = prefix::undeclared(&scene) {
        return undeclared;
    }
    // Where the text ends or a group is closed, all that is before may be well formed and make no sense.
    if matches!(scene.here(), "" | "}") {
        for end in [scene.end_before(), scene.span(at).end] {
            if let Some(meaning) = meaning(&text[..end], names) {
                let help = meaning.help.to_owned();
                let place = culprit(&scene, end).or_else(|| (at < tokens.len()).then(|| scene.span(at)));
                return QueryDiagnostic { help, ..problem(meaning.message.to_owned(), place) };
            }
        }
    }
    let message = match (scene.kind(at), scene.here()) {
        (None, _) => "the query ends too early".to_owned(),
        (Some(TokenKind::UnterminatedString), _) => "the text has no closing quotation mark".to_owned(),
        (Some(TokenKind::Iri), iri) if iri != "<>" && relative(iri) => {
            return QueryDiagnostic {
                help: "write it in full, or with a prefix".to_owned(),
                ..problem(format!("`{iri}` is no IRI in full"), Some(scene.span(at)))
            };
        }
        (Some(_), here) => format!("`{}` cannot stand here", shortened(here)),
    };
    let place = if at < tokens.len() { scene.span(at) } else { scene.end_before()..scene.end_before() };
    let mut found = problem(message, Some(place));
    if text.len() <= LONGEST {
        if scene.kind(at) != Some(TokenKind::UnterminatedString) {
            found.label = expected(text, &tokens[..at], names);
        }
        if at == 0 {
            "a query reads like `SELECT * { ?s ?p ?o } LIMIT 10`".clone_into(&mut found.help);
        } else if matches!(scene.here(), "." | ";" | "}") && found.label.contains("a variable") {
            "a pattern has a subject, a predicate and an object: `?s v:made ?o`".clone_into(&mut found.help);
        }
        let mut proposals = marks::operators(&scene);
        proposals.extend(words::proposals(&scene));
        proposals.extend(marks::proposals(&scene));
        if let Some((proposal, corrected)) = scene.best(proposals) {
            found.help = proposal.help;
            found.corrected = corrected;
        }
    }
    found
}

/// Whether a text that the parser has refused with an error may become a query when more is written behind it.
///
/// ```
/// use factloom::{model::Namespaces, query};
///
/// let names = Namespaces::new("https://example.org/", &[])?;
/// let unfinished = |text: &str| query::is_incomplete(text, &query::parse(text, &names).unwrap_err(), &names);
/// assert!(unfinished("ASK { ?mill"));
/// assert!(!unfinished("AKS { ?mill"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn is_incomplete(text: &str, error: &SparqlError, names: &Namespaces) -> bool {
    let tokens = tokenize(text);
    let long = |words: &str| words.starts_with("\"\"\"") || words.starts_with("'''");
    let open = |token: &Token| token.kind == TokenKind::UnterminatedString && long(&text[token.span.clone()]);
    matches!(error, SparqlError::Syntax(_))
        && stuck(text, &tokens, error, names).is_none_or(|at| tokens.get(at).is_none_or(open))
}

/// The problem of a text that is to change the graph.
fn update(scene: &Scene<'_>) -> Option<QueryDiagnostic> {
    let here = scene.here().to_ascii_uppercase();
    let declared = |at: &usize| {
        let word = scene.word(*at).to_ascii_uppercase();
        word == "PREFIX" || word == "BASE" || matches!(scene.kind(*at), Some(TokenKind::PrefixedName | TokenKind::Iri))
    };
    if !UPDATES.contains(&here.as_str()) || !(0..scene.at).all(|at| declared(&at)) {
        return None;
    }
    Some(QueryDiagnostic {
        message: "an update cannot be made: the graph is built from facts".to_owned(),
        span: Some(scene.span(scene.at)),
        label: "expected a query: SELECT, ASK, CONSTRUCT or DESCRIBE".to_owned(),
        help: "write the fact into the dataset, and the graph follows".to_owned(),
        ..QueryDiagnostic::default()
    })
}

/// Whether an IRI in brackets has no scheme.
fn relative(iri: &str) -> bool {
    !iri.trim_matches(['<', '>']).split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// So many places are tried.
const MOST_PLACES: usize = 64;

/// The place of what makes no sense: the variable, or the member of the SELECT, without which the text up to `end` would.
fn culprit(scene: &Scene<'_>, end: usize) -> Option<Range<usize>> {
    let heals = |range: &Range<usize>, other: &str| {
        let text = [&scene.text[..range.start], other, &scene.text[range.end..end]].concat();
        meaning(&text, scene.names).is_none()
    };
    let named = (1..scene.at).rev().filter(|at| scene.word(at - 1).eq_ignore_ascii_case("as"));
    let named = named.map(|at| scene.span(at)).take(MOST_PLACES).find(|range| heals(range, "?factloom_none"));
    if named.is_some() {
        return named;
    }
    let select = (0..scene.at).rev().find(|at| scene.word(*at).eq_ignore_ascii_case("select"))?;
    let mut depth = 0_usize;
    let mut start = 0;
    for at in select + 1..scene.at.min(select + MOST_PLACES) {
        let span = scene.span(at);
        match scene.word(at) {
            "{" => break,
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 || scene.word(at) == "(" && depth == 1 {
            start = if scene.word(at) == ")" { start } else { span.start };
        }
        let member = scene.kind(at) == Some(TokenKind::Variable) || matches!(scene.word(at), ")" | "*");
        let range = start..span.end;
        if depth == 0 && member && heals(&range, "(COUNT(*) AS ?factloom_none)") {
            return Some(range);
        }
    }
    None
}

/// Words that are cut where they are many.
fn shortened(words: &str) -> String {
    let line = words.lines().next().unwrap_or_default();
    match line.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None if line.len() < words.len() => format!("{line}…"),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests;

//! Corrections of the mistakes that authors of SPARQL make most.

use super::context::ErrorContext;
use super::labels;
use super::shortened;
use crate::diagnostic::closest;
use crate::model::{SPARQL_KEYWORDS, TokenKind};
use std::ops::Range;

/// An edit of the text that may make it valid.
pub(super) struct Correction {
    /// Ranges of the text with their replacements, in the order of the text.
    pub(super) edits: Vec<(Range<usize>, String)>,
    pub(super) help: String,
}

impl Correction {
    fn new(range: Range<usize>, replacement: &str, help: String) -> Self {
        Self { edits: vec![(range, replacement.to_owned())], help }
    }

    pub(super) fn apply(&self, text: &str) -> String {
        let mut edited = String::with_capacity(text.len() + 16);
        let mut end = 0;
        for (range, replacement) in &self.edits {
            edited.push_str(&text[end..range.start]);
            edited.push_str(replacement);
            end = range.end;
        }
        edited + &text[end..]
    }
}

/// The first correction that makes the text valid.
pub(super) fn correct(context: &ErrorContext<'_>) -> Option<Correction> {
    let is_valid = |correction: &Correction| context.namespaces.parse_query(&correction.apply(context.text)).is_ok();
    candidates(context).into_iter().find(is_valid)
}

/// Corrections to try, the most specific first.
fn candidates(context: &ErrorContext<'_>) -> Vec<Correction> {
    let mut all = Vec::new();
    all.extend(typography(context));
    all.extend(type_keyword(context));
    all.extend(operator(context));
    all.extend(turtle_prefixes(context));
    all.extend(bare_iri(context));
    all.extend(commas_in_select(context));
    let word = context.kind(context.index) == Some(TokenKind::Word);
    if let Some(store) = context.store
        && (word && !context.in_select_clause() || context.kind(context.index) == Some(TokenKind::String))
    {
        // A failing store leaves the syntax error without a suggestion.
        all.extend(labels::corrections(context, store).unwrap_or_default());
    }
    if word {
        all.extend(keyword(context));
        let variable = format!("?{}", context.current().replace('-', "_"));
        let help = format!("did you mean the variable `{variable}`?");
        all.push(Correction::new(context.span(context.index), &variable, help));
    }
    all.extend(missing_token(context));
    if context.kind(context.index) == Some(TokenKind::Punctuation) && !context.current().starts_with('@') {
        let help = format!("remove `{}`", context.current());
        all.push(Correction::new(context.span(context.index), " ", help));
    }
    all
}

/// Replaces all typographic characters by plain ones.
fn typography(context: &ErrorContext<'_>) -> Option<Correction> {
    let plain = |c: &str| match c {
        "“" | "”" | "„" | "«" | "»" | "＂" => Some("\""),
        "‘" | "’" | "‚" => Some("'"),
        "–" | "—" | "−" => Some("-"),
        c if c.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}')) => Some(" "),
        _ => None,
    };
    let help = match plain(context.current()).filter(|_| !context.current().is_empty())? {
        " " => "replace it with a plain space".to_owned(),
        plain => format!("replace it with `{plain}`"),
    };
    let unexpected = context.tokens.iter().filter(|token| token.kind == TokenKind::Unexpected);
    let edit = |span: Range<usize>| Some((span.clone(), plain(&context.text[span])?.to_owned()));
    Some(Correction { edits: unexpected.filter_map(|token| edit(token.span.clone())).collect(), help })
}

/// `a` in upper case. It is the only keyword whose letter case matters.
fn type_keyword(context: &ErrorContext<'_>) -> Option<Correction> {
    (context.current() == "A").then(|| {
        let all = (context.index..context.tokens.len()).filter(|index| context.token(*index) == "A");
        let edits = all.map(|index| (context.span(index), "a".to_owned())).collect();
        Correction { edits, help: "did you mean `a`?".to_owned() }
    })
}

/// Operators and constants as other languages write them.
fn operator(context: &ErrorContext<'_>) -> Option<Correction> {
    let current = context.span(context.index);
    let previous = context.span(context.index.saturating_sub(1));
    let both = previous.start..current.end;
    let (range, operator) = match (context.previous(), context.current().to_lowercase().as_str()) {
        (previous @ ("=" | "!="), "=") => (both, previous),
        ("=", "<") => (both, "<="),
        ("=", ">") => (both, ">="),
        ("<", ">") => (both, "!="),
        (_, "<>") => (current, "!="),
        (_, "|" | "or") => (current, "||"),
        (_, "&" | "and") => (current, "&&"),
        ("not" | "NOT", _) => (previous, "!"),
        _ => return None,
    };
    Some(Correction::new(range, operator, format!("write `{operator}`")))
}

/// Prefixes declared as in Turtle.
fn turtle_prefixes(context: &ErrorContext<'_>) -> Option<Correction> {
    let is_declaration = |index: &usize| context.token(*index) == "@prefix";
    is_declaration(&context.index).then(|| {
        let mut edits = Vec::new();
        for index in (0..context.tokens.len()).filter(is_declaration) {
            edits.push((context.span(index), "PREFIX".to_owned()));
            if context.token(index + 3) == "." {
                edits.push((context.span(index + 3), String::new()));
            }
        }
        Correction { edits, help: "write `PREFIX` without `@` and without a final `.`".to_owned() }
    })
}

/// An IRI without its angle brackets.
fn bare_iri(context: &ErrorContext<'_>) -> Option<Correction> {
    let start = context.span(context.index).start;
    let rest = &context.text[start..];
    if !context.current().ends_with(':') || !rest[context.current().len()..].starts_with("//") {
        return None;
    }
    let iri = &rest[..rest.find(|c: char| c.is_whitespace() || "<>{}\"".contains(c)).unwrap_or(rest.len())];
    let iri = iri.trim_end_matches(['.', ';', ',', ')']);
    Some(Correction::new(start..start + iri.len(), &format!("<{iri}>"), format!("write the IRI as `<{iri}>`")))
}

/// Commas between the columns of SELECT.
fn commas_in_select(context: &ErrorContext<'_>) -> Option<Correction> {
    (context.current() == "," && context.in_select_clause()).then(|| {
        let clause = (context.index..context.tokens.len()).take_while(|index| context.token(*index) != "{");
        let commas = clause.filter(|index| context.token(*index) == ",");
        let edits = commas.map(|index| (context.span(index), " ".to_owned())).collect();
        Correction { edits, help: "remove the commas: columns are separated by spaces".to_owned() }
    })
}

/// A misspelt keyword.
fn keyword(context: &ErrorContext<'_>) -> Option<Correction> {
    let keyword = closest(context.current(), SPARQL_KEYWORDS.split_whitespace())?;
    Some(Correction::new(context.span(context.index), keyword, format!("did you mean `{keyword}`?")))
}

/// A separator, a keyword or closing brackets that are missing before the current token.
fn missing_token(context: &ErrorContext<'_>) -> Vec<Correction> {
    let end = context.previous_end();
    let brackets = context.missing_brackets();
    if context.index == context.tokens.len() {
        let brackets = brackets.join(" ");
        return vec![Correction::new(end..end, &format!(" {brackets}"), format!("add `{brackets}` at the end"))];
    }
    let tokens = [".", brackets.first().copied().unwrap_or("."), ";", ",", "BY"];
    let insertion = |token: &str| {
        let help = format!("add `{token}` before `{}`", shortened(context.current()));
        Correction::new(end..end, &format!(" {token} "), help)
    };
    tokens.into_iter().map(insertion).collect()
}

/// The next step for a construct that can be corrected in several ways.
pub(super) fn advice(context: &ErrorContext<'_>) -> Option<String> {
    let previous = context.previous().to_ascii_uppercase();
    let current = context.current();
    Some(match previous.as_str() {
        "FILTER" | "HAVING" | "BIND" if current != "(" => {
            format!("put the expression in parentheses: `{previous} (…)`")
        }
        "OPTIONAL" | "MINUS" | "UNION" | "EXISTS" | "WHERE" | "CONSTRUCT" => {
            format!("put the pattern in braces: `{previous} {{ … }}`")
        }
        "PREFIX" => format!("end the prefix with a colon: `{current}:`"),
        _ if current == "<" => "close the IRI with `>`".to_owned(),
        _ if context.in_select_clause() && context.token(context.index + 1) == "(" => {
            format!("name the result: `({current}(…) AS ?name)`")
        }
        _ if context.index == 0 => "start with a query form, as in `SELECT * { ?s ?p ?o } LIMIT 10`".to_owned(),
        _ => return None,
    })
}

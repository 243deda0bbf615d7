//! Slips of marks: dots, brackets, quotation marks and operators.

use super::scene::{Proposal, Scene};
use super::shortened;
use super::tokens::TokenKind;
use std::ops::Range;

/// Marks that are missing before the place, or that should be other ones there.
pub(super) fn proposals(scene: &Scene<'_>) -> Vec<Proposal> {
    let mut all = Vec::new();
    strange(scene, &mut all);
    open_text(scene, &mut all);
    bare_iri(scene, &mut all);
    commas(scene, &mut all);
    late_limit(scene, &mut all);
    turtle_prefix(scene, &mut all);
    wrapped(scene, &mut all);
    if scene.at == scene.tokens.len() {
        closers(scene, &mut all);
    } else {
        inserted(scene, &mut all);
        removed(scene, &mut all);
    }
    all
}

fn one(range: Range<usize>, words: &str, help: String) -> Proposal {
    Proposal { edits: vec![(range, words.to_owned())], help }
}

/// Operators and constants as other languages write them.
pub(super) fn operators(scene: &Scene<'_>) -> Vec<Proposal> {
    let here = scene.span(scene.at);
    let both = scene.span(scene.at.saturating_sub(1)).start..here.end;
    let folded = scene.here().to_lowercase();
    let (range, operator) = match (scene.before(), folded.as_str()) {
        ("=" | "!=", "=") => (both, scene.before()),
        ("=", "<" | ">") => (both, if folded == "<" { "<=" } else { ">=" }),
        ("<", ">") => (both, "!="),
        (_, "<>") => (here, "!="),
        (_, "|") | ("|", _) if folded != "||" => (here, "||"),
        (_, "&" | "and") => (here, "&&"),
        (_, "or") => (here, "||"),
        ("not" | "NOT", _) => (scene.span(scene.at.saturating_sub(1)), "!"),
        (_, "true") => (here, "true"),
        (_, "false") => (here, "false"),
        _ => return Vec::new(),
    };
    let mut operators = vec![one(range.clone(), operator, format!("in SPARQL it is `{operator}`"))];
    // `&` is written twice where it is meant as one sign.
    if scene.word(scene.at + 1) == "&" {
        let twice = range.start..scene.span(scene.at + 1).end;
        operators.insert(0, one(twice, operator, format!("in SPARQL it is `{operator}`")));
    }
    operators
}

/// Characters that a word processor or a web page has put in place of those that are typed.
fn strange(scene: &Scene<'_>, all: &mut Vec<Proposal>) {
    if scene.kind(scene.at) != Some(TokenKind::Unexpected) {
        return;
    }
    let typed = |c: &str| match c {
        "“" | "”" | "„" | "«" | "»" | "＂" => Some("\""),
        "‘" | "’" | "‚" => Some("'"),
        "–" | "—" | "−" => Some("-"),
        c if c.chars().all(|c| c.is_whitespace() || ('\u{200B}'..='\u{200F}').contains(&c) || c == '\u{FEFF}') => {
            Some(" ")
        }
        _ => None,
    };
    let strange = scene.tokens.iter().filter(|token| token.kind == TokenKind::Unexpected);
    let edits =
        strange.filter_map(|token| Some((token.span.clone(), typed(&scene.text[token.span.clone()])?.to_owned())));
    let help = match typed(scene.here()) {
        Some(" ") => "put a plain space there".to_owned(),
        Some(typed) => format!("did you mean `{typed}`, as it is typed?"),
        None => return,
    };
    all.push(Proposal { edits: edits.collect(), help });
}

/// A text, or an IRI, whose end is missing: it may have been meant before the marks at the end of the line.
fn open_text(scene: &Scene<'_>, all: &mut Vec<Proposal>) {
    let here = scene.span(scene.at);
    let rest = &scene.text[here.start..];
    let (closer, line, what) = match (scene.kind(scene.at), scene.here()) {
        (Some(TokenKind::UnterminatedString), text) => {
            let quote = &text[..1];
            let long = quote.repeat(3);
            (if text.starts_with(&long) { long } else { quote.to_owned() }, text, "text")
        }
        (_, "<") => (">".to_owned(), &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())], "IRI"),
        _ => return,
    };
    let whole = line.trim_end();
    let without = whole.trim_end_matches(|c: char| c.is_whitespace() || ".;,)}]".contains(c));
    for end in [without.len(), whole.len()] {
        let at = here.start + end;
        all.push(one(at..at, &closer, format!("is a `{closer}` missing at the end of the {what}?")));
    }
}

/// An address without its brackets.
fn bare_iri(scene: &Scene<'_>, all: &mut Vec<Proposal>) {
    let start = match scene.here() {
        "/" if scene.before().ends_with(':') => scene.span(scene.at - 1).start,
        name if name.ends_with(':') => scene.span(scene.at).start,
        _ => return,
    };
    let rest = &scene.text[start..];
    if !rest.split_once(':').is_some_and(|(_, path)| path.starts_with("//")) {
        return;
    }
    let address = &rest[..rest.find(|c: char| c.is_whitespace() || "<>{}\"".contains(c)).unwrap_or(rest.len())];
    let address = address.trim_end_matches(['.', ';', ',', ')']);
    let help = format!("an IRI stands in angle brackets: `<{address}>`");
    all.push(one(start..start + address.len(), &format!("<{address}>"), help));
}

/// Commas between the variables of SELECT.
fn commas(scene: &Scene<'_>, all: &mut Vec<Proposal>) {
    if scene.here() == "," && scene.in_select() {
        let until = |at: &usize| !matches!(scene.word(*at), "{" | "");
        let commas = (scene.at..).take_while(until).filter(|at| scene.word(*at) == ",");
        let edits = commas.map(|at| (scene.span(at), " ".to_owned())).collect();
        all.push(Proposal { edits, help: "variables are set apart by spaces".to_owned() });
    }
}

/// A LIMIT or an OFFSET before what it comes behind.
fn late_limit(scene: &Scene<'_>, all: &mut Vec<Proposal>) {
    let Some(limit) = scene.at.checked_sub(2) else { return };
    let word = scene.word(limit).to_ascii_uppercase();
    if matches!(word.as_str(), "LIMIT" | "OFFSET") {
        let (range, end) = (scene.span(limit).start..scene.span(limit + 1).end, scene.text.trim_end().len());
        let moved = format!(" {}", &scene.text[range.clone()]);
        all.push(Proposal {
            edits: vec![(range, String::new()), (end..end, moved)],
            help: format!("{word} comes last"),
        });
    }
}

/// A prefix declared as in Turtle.
fn turtle_prefix(scene: &Scene<'_>, all: &mut Vec<Proposal>) {
    if scene.here() == "@prefix" {
        let mut edits = Vec::new();
        for at in (0..scene.tokens.len()).filter(|at| scene.word(*at) == "@prefix") {
            edits.push((scene.span(at), "PREFIX".to_owned()));
            if scene.word(at + 3) == "." {
                edits.push((scene.span(at + 3), String::new()));
            }
        }
        all.push(Proposal { edits, help: "SPARQL has no `@`, and no dot behind it: `PREFIX e: <…>`".to_owned() });
    } else if scene.before().eq_ignore_ascii_case("prefix") && scene.kind(scene.at) == Some(TokenKind::Word) {
        let end = scene.span(scene.at).end;
        all.push(one(end..end, ":", format!("a prefix is written with a colon: `{}:`", scene.here())));
    }
}

/// So many places for a closing bracket are tried.
const MOST_ENDS: usize = 24;

/// Conditions and computed values without their brackets, and patterns without theirs.
fn wrapped(scene: &Scene<'_>, all: &mut Vec<Proposal>) {
    let before = scene.before().to_ascii_uppercase();
    let start = scene.span(scene.at).start;
    let condition = matches!(before.as_str(), "FILTER" | "HAVING" | "BIND") && scene.here() != "(";
    let value = scene.in_select() && scene.kind(scene.at) == Some(TokenKind::Word) && scene.word(scene.at + 1) == "(";
    let group = matches!(before.as_str(), "OPTIONAL" | "EXISTS" | "UNION" | "MINUS" | "CONSTRUCT");
    if condition || value || group {
        let boundary = |at: &usize| !matches!(scene.word(*at), "{" | "}" | "." | "");
        let inside: Vec<usize> = (scene.at..scene.at + MOST_ENDS).take_while(boundary).collect();
        let (opener, closers): (_, &[&str]) = match (value, group) {
            (true, _) => ("(", &[")", " AS ?value)"]),
            (_, true) => ("{ ", &[" }"]),
            _ => ("(", &[")"]),
        };
        for (end, closer) in inside.iter().rev().flat_map(|at| closers.iter().map(move |closer| (*at, *closer))) {
            let end = scene.span(end).end;
            let inside = scene.text[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
            let help = format!("put it in brackets: `{opener}{inside}{closer}`");
            all.push(Proposal { edits: vec![(start..start, opener.to_owned()), (end..end, closer.to_owned())], help });
        }
    }
    if before == "WHERE" || scene.in_select() {
        let last = |at: &usize| {
            matches!(scene.word(*at).to_ascii_uppercase().as_str(), "ORDER" | "GROUP" | "LIMIT" | "OFFSET" | "HAVING")
        };
        let end = (scene.at..scene.tokens.len()).find(last).map_or(scene.text.len(), |at| scene.span(at).start);
        let mut edits = vec![(start..start, "{ ".to_owned())];
        if scene.tokens.last().is_none_or(|last| &scene.text[last.span.clone()] != "}") {
            edits.push((end..end, "\n} ".to_owned()));
        }
        all.push(Proposal { edits, help: "the pattern stands in braces: `{ … }`".to_owned() });
    }
}

/// The closing brackets that are missing at the end.
fn closers(scene: &Scene<'_>, all: &mut Vec<Proposal>) {
    let closer = |open: &&str| match *open {
        "(" => ")",
        "[" => "]",
        "<<(" => ")>>",
        "<<" => ">>",
        "{|" => "|}",
        _ => "}",
    };
    let closers: Vec<&str> = scene.open().iter().rev().map(closer).collect();
    if !closers.is_empty() {
        let end = scene.end_before();
        let missing = closers.join(" ");
        all.push(one(end..end, &format!(" {missing}"), format!("is `{missing}` missing at the end?")));
    }
    let end = scene.text.len();
    if scene.open().is_empty() {
        all.push(one(end..end, "\n{ ?s ?p ?o }", "say what to look for: `{ ?s ?p ?o }`".to_owned()));
    }
}

/// What may be missing before the place.
fn inserted(scene: &Scene<'_>, all: &mut Vec<Proposal>) {
    let open = scene.open();
    let closer = match open.last() {
        Some(&"(") => ")",
        Some(&"[") => "]",
        Some(&"<<(") => ")>>",
        Some(&"{") => "}",
        _ => "",
    };
    let here = scene.here();
    let end = scene.end_before();
    for mark in [".", closer, ";", ",", "BY", "AS ?value", "{", "("] {
        if mark.is_empty() || mark == here {
            continue;
        }
        let article = if mark.len() == 1 { "a " } else { "" };
        let help = format!("is {article}`{mark}` missing before `{}`?", shortened(here));
        all.push(one(end..end, &format!(" {mark} "), help));
    }
}

/// A mark that may be one too many.
fn removed(scene: &Scene<'_>, all: &mut Vec<Proposal>) {
    let here = scene.here();
    if scene.kind(scene.at) == Some(TokenKind::Punctuation) && !here.starts_with('@') {
        all.push(one(scene.span(scene.at), " ", format!("is this `{here}` one too many?")));
    }
}

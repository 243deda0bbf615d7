//! Regular expressions in the syntax of other languages than XPath, and wildcards, in place of those that searches take.

use oxigraph::model::Literal;
use spargebra::algebra::{Expression, Function};

/// The arguments of a search in XPath's syntax, and what the ones that were written have instead.
pub(super) fn corrected(function: &Function, arguments: &[Expression]) -> Option<(String, Vec<Expression>)> {
    let literal = |index: usize| match arguments.get(index) {
        Some(Expression::Literal(literal)) => Some(literal.value()),
        _ => None,
    };
    let string = |text: String| Expression::Literal(Literal::new_simple_literal(text));
    let mut corrected = arguments.to_vec();
    if *function != Function::Regex {
        let words = without_wildcards(literal(1)?)?;
        corrected[1] = string(words.to_owned());
        return Some(("a search has no wildcards".to_owned(), corrected));
    }
    if arguments.len() == 3 && literal(2).is_none() {
        return None;
    }
    let Regex { reasons, pattern, flags } = Regex::new(literal(1)?, literal(2).unwrap_or_default());
    if reasons.is_empty() {
        return None;
    }
    corrected.truncate(1);
    corrected.push(string(pattern));
    if !flags.is_empty() {
        corrected.push(string(flags));
    }
    Some((reasons.join(", "), corrected))
}

/// A regular expression of XPath with its flags, and how it differs from what was written.
struct Regex {
    reasons: Vec<&'static str>,
    pattern: String,
    flags: String,
}

impl Regex {
    fn new(written: &str, written_flags: &str) -> Self {
        let mut reasons = Vec::new();
        let mut pattern = written.to_owned();
        let mut flags = String::new();
        let mut add_flags = |added: &str| {
            // The flags of XPath 3.1.
            let known = added.chars().filter(|flag| "smixq".contains(*flag));
            for flag in known {
                if !flags.contains(flag) {
                    flags.push(flag);
                }
            }
        };
        add_flags(written_flags);
        if written_flags.contains(|flag| !"smixq".contains(flag)) {
            reasons.push("the flags of a regular expression are `i`, `m`, `q`, `s` and `x`");
        }
        if let Some((inner, after)) = pattern.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'))
            && !inner.is_empty()
            && after.chars().all(|flag| "dgimsuvxy".contains(flag))
        {
            add_flags(after);
            pattern = inner.to_owned();
            reasons.push("a regular expression has no slashes around it");
        }
        if let Some((inline, rest)) = pattern.strip_prefix("(?").and_then(|rest| rest.split_once(')'))
            && !inline.is_empty()
            && inline.chars().all(|flag| "aiLmsux".contains(flag))
        {
            add_flags(inline);
            pattern = rest.to_owned();
            reasons.push("the flags of a regular expression are the third argument of REGEX");
        }
        // At the start and at the end, where it is not in a group or in a sequence.
        let (starts, ends) = (pattern.starts_with(r"\b"), pattern.len() > 2 && pattern.ends_with(r"\b"));
        if starts || ends {
            let inner = &pattern[if starts { 2 } else { 0 }..pattern.len() - if ends { 2 } else { 0 }];
            let (before, after) = (if starts { r"(^|\W)" } else { "" }, if ends { r"(\W|$)" } else { "" });
            pattern = format!("{before}{inner}{after}");
            reasons.push("XPath has no `\\b` for the boundary of a word");
        }
        if let (true, Some(words)) = (reasons.is_empty(), without_wildcards(&pattern)) {
            pattern = words.to_owned();
            reasons.push("a regular expression matches any part of a string, without wildcards");
        }
        Self { reasons, pattern, flags }
    }
}

/// The words between the wildcards of SQL or of a shell; `None` without wildcards at the start or end, or with other operators.
fn without_wildcards(pattern: &str) -> Option<&str> {
    for wildcard in ['%', '*'] {
        let words = pattern.trim_matches(wildcard);
        let is_plain = words.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '\''));
        // `a*` is a repetition, but `*a` is not valid.
        let has_wildcard = pattern.starts_with(wildcard) || wildcard == '%' && pattern.ends_with(wildcard);
        if has_wildcard && is_plain && !words.is_empty() {
            return Some(words);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_syntax_is_written_as_in_xpath() {
        for (pattern, flags, expected) in [
            ("(?i)steel", "", Some(("steel", "i"))),
            ("(?im)^steel", "s", Some(("^steel", "sim"))),
            ("/steel/gi", "", Some(("steel", "i"))),
            ("/steel/", "", Some(("steel", ""))),
            ("steel", "gi", Some(("steel", "i"))),
            (r"\bsteel\b", "i", Some((r"(^|\W)steel(\W|$)", "i"))),
            (r"(?i)\bsteel", "", Some((r"(^|\W)steel", "i"))),
            ("%steel%", "", Some(("steel", ""))),
            ("*steel mill*", "", Some(("steel mill", ""))),
            ("steel", "", None),
            ("^steel.*", "i", None),
            ("steel*", "", None),
            ("(?:steel)", "", None),
            ("/entity/", "", Some(("entity", ""))),
            ("a/b/c", "", None),
        ] {
            let regex = Regex::new(pattern, flags);
            let found = (!regex.reasons.is_empty()).then_some((regex.pattern.as_str(), regex.flags.as_str()));
            assert_eq!(found, expected, "{pattern} {flags}");
        }
    }

    #[test]
    fn a_search_has_no_wildcards() {
        let arguments = |part: &str| {
            vec![Expression::Literal("steel mill".into()), Expression::Literal(Literal::new_simple_literal(part))]
        };
        let corrected = |part: &str| corrected(&Function::Contains, &arguments(part)).map(|(_, corrected)| corrected);
        assert_eq!(corrected("%steel%"), Some(arguments("steel")));
        assert_eq!(corrected("*mill"), Some(arguments("mill")));
        assert_eq!(corrected("100% steel"), None);
        assert_eq!(corrected("%%"), None);
    }
}

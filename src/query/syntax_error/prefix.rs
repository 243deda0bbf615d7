//! Prefixes that are not declared.

use super::context::ErrorContext;
use crate::diagnostic::{Code, FileId, Finding, Location, closest};
use crate::model::{TokenKind, vocab};
use std::collections::BTreeSet;

/// The finding if the current token is a prefixed name and its prefix is not declared.
pub(super) fn unknown_prefix(context: &ErrorContext<'_>, file: FileId) -> Option<Finding> {
    let (prefix, local) = context.current().split_once(':')?;
    let span = context.span(context.index);
    let is_url = context.text[span.end..].starts_with("//");
    if context.kind(context.index) != Some(TokenKind::PrefixedName) || prefix == "_" || is_url {
        return None;
    }
    let declarations =
        (1..context.tokens.len()).filter(|index| context.token(index - 1).eq_ignore_ascii_case("prefix"));
    let declared = declarations.filter_map(|index| context.token(index).strip_suffix(':'));
    let predefined = context.namespaces.prefixes().iter().map(|(prefix, _)| prefix.as_str());
    let known: BTreeSet<&str> = declared.chain(predefined).collect();
    if known.contains(prefix) {
        return None;
    }
    let well_known = vocab::WELL_KNOWN_PREFIXES.iter().find(|(known, _)| *known == prefix);
    // A prefix of one letter is similar to every other one.
    let similar = closest(prefix, known.iter().copied()).filter(|similar| similar.len() > 1 || prefix.len() < 3);
    let help = match (well_known, similar) {
        (Some((_, namespace)), _) => format!("add `PREFIX {prefix}: <{namespace}>`"),
        (None, Some(similar)) => format!("did you mean `{similar}:{local}`?"),
        (None, None) => format!("declare it, as in `PREFIX {prefix}: <https://example.org/>`"),
    };
    let list: Vec<String> = known.iter().map(|prefix| format!("{prefix}:")).collect();
    let finding = Finding::new(Code::SyntaxError, file, Location::Bytes(span), format!("unknown prefix `{prefix}:`"));
    Some(finding.label("not declared").help(help).note(format!("known prefixes: {}", list.join(" "))))
}

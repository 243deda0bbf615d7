//! Help for strings that are neither prefixed names nor IRIs.

use crate::diagnostic::closest;
use crate::model::{InvalidIri, Namespaces, vocab};

/// Help for a string that is neither a prefixed name nor an IRI.
pub(crate) fn iri_help(error: &InvalidIri, namespaces: &Namespaces) -> String {
    let (prefix, local) = match error {
        InvalidIri::Syntax(written) if written.contains(char::is_whitespace) => {
            return "remove the white space, or write each space as `%20`".to_owned();
        }
        InvalidIri::Syntax(written) if !written.contains(':') => return "write the IRI with its scheme".to_owned(),
        InvalidIri::Syntax(_) => return "correct the IRI".to_owned(),
        InvalidIri::UnknownPrefix { prefix, local } => (prefix.as_str(), local),
    };
    let declared = namespaces.prefixes().iter().map(|(prefix, _)| prefix.as_str());
    // A prefix of one letter is similar to every other one.
    let similar = closest(prefix, declared).filter(|similar| similar.len() > 1 || similar.eq_ignore_ascii_case(prefix));
    let well_known = vocab::WELL_KNOWN_PREFIXES.iter().find(|(known, _)| *known == prefix);
    match (well_known, similar) {
        (Some((_, namespace)), _) => format!("add `\"{prefix}\": \"{namespace}\"` to `prefixes` in the manifest"),
        (None, Some(similar)) => format!("did you mean `{similar}:{local}`?"),
        (None, None) => format!("add `{prefix}` to `prefixes` in the manifest, or write the full IRI"),
    }
}

/// Help for a name whose prefix is unknown; `None` for any other name.
pub(crate) fn prefix_help(written: &str, namespaces: &Namespaces) -> Option<String> {
    match namespaces.resolve(written) {
        Err(error @ InvalidIri::UnknownPrefix { .. }) => Some(iri_help(&error, namespaces)),
        _ => None,
    }
}

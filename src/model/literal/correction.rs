//! Corrections of strings that are not valid values of their datatypes.

use super::{XSD, example, is_valid};
use oxigraph::model::NamedNodeRef;

/// Help for a string that is not a valid value of a datatype: its correction, or a valid value.
pub(crate) fn literal_help(string: &str, datatype: NamedNodeRef<'_>) -> String {
    match (correction(string, datatype), example(datatype)) {
        (Some(corrected), _) => format!("write `{corrected}`"),
        (None, Some(example)) => format!("write a value such as {example}"),
        (None, None) => "write a valid value of the datatype".to_owned(),
    }
}

/// The length of the longest string that is corrected, in bytes: a message shows the correction.
const MAX_CORRECTED: usize = 200;

/// The valid value that an invalid string probably stands for, such as `INF` for `inf`.
pub(super) fn correction(string: &str, datatype: NamedNodeRef<'_>) -> Option<String> {
    if string.len() > MAX_CORRECTED {
        return None;
    }
    let collapsed = string.split_whitespace().collect::<Vec<_>>().join(" ");
    let candidate = match datatype.as_str().strip_prefix(XSD)? {
        "boolean" => collapsed.to_ascii_lowercase(),
        "float" | "double" => special_number(&collapsed).map_or(collapsed, str::to_owned),
        "language" => collapsed.replace('_', "-"),
        "base64Binary" => {
            let padding = (4 - collapsed.len() % 4) % 4;
            collapsed + &"=".repeat(padding)
        }
        "dateTime" | "dateTimeStamp" => collapsed.replacen(' ', "T", 1),
        _ => collapsed,
    };
    (candidate != string && is_valid(&candidate, datatype)).then_some(candidate)
}

/// Infinity or not-a-number as XML Schema writes it.
fn special_number(written: &str) -> Option<&'static str> {
    let sign = written.starts_with('-');
    match (sign, written.trim_start_matches(['+', '-']).to_ascii_lowercase().as_str()) {
        (false, "inf" | "infinity" | "∞") => Some("INF"),
        (true, "inf" | "infinity" | "∞") => Some("-INF"),
        (_, "nan") => Some("NaN"),
        _ => None,
    }
}

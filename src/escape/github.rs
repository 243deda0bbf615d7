//! GitHub's [workflow commands](https://docs.github.com/actions/reference/workflow-commands-for-github-actions), which show messages at
//! the lines of a pull request. Texts are percent-encoded as in
//! [`@actions/core`](https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts).

use super::terminal;
use std::fmt::Write as _;

/// The command `::name key=value,…::message`.
pub(crate) fn command(name: &str, properties: &[(&str, &str)], message: &str) -> String {
    let mut command = format!("::{name}");
    for (number, (key, value)) in properties.iter().enumerate() {
        let separator = if number == 0 { ' ' } else { ',' };
        let value = shown(&encoded(value).replace(':', "%3A").replace(',', "%2C"));
        // Writing to a string cannot fail.
        let _ = write!(command, "{separator}{key}={value}");
    }
    command + "::" + &shown(&encoded(message))
}

fn encoded(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Characters that a terminal would interpret are replaced, as GitHub shows the log of a step with colours, and commands that an agent reads
/// anywhere in a line.
fn shown(text: &str) -> String {
    terminal::without_commands(&terminal::text(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Decodes a value as GitHub's runner does: see `ActionCommand.cs`, which replaces the codes one after the other.
    fn decoded(text: &str, codes: &[(&str, &str)]) -> String {
        codes.iter().fold(text.to_owned(), |text, (code, c)| text.replace(code, c))
    }

    const DATA: [(&str, &str); 3] = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")];
    const PROPERTY: [(&str, &str); 5] = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];

    #[test]
    fn a_command_is_one_line() {
        let command = command("error", &[("file", "a,b/c:d"), ("line", "3")], "50% sure\nof ::it");
        assert_eq!(command, "::error file=a%2Cb/c%3Ad,line=3::50%25 sure%0Aof ::it");
        assert_eq!(super::command("error", &[], "a\u{1b}[31m\u{202e}"), "::error::a␛[31m\u{fffd}");
        assert_eq!(super::command("error", &[], "##vso[task.x]y"), "::error::#\u{fffd}vso[task.x]y");
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(file in "(\\PC|[%:,=\n\r]){1,20}", message in "(\\PC|[%:,\n\r]|%0A|%25){0,20}") {
            prop_assume!(terminal::without_commands(&message) == message);
            let command = command("warning", &[("file", &file), ("col", "1")], &message);
            prop_assert_eq!(command.lines().count(), 1);
            let (properties, rest) = command.strip_prefix("::warning ").unwrap().split_once("::").unwrap();
            let value = properties.split(',').next().unwrap().strip_prefix("file=").unwrap();
            prop_assert_eq!(decoded(value, &PROPERTY), file);
            prop_assert_eq!(decoded(rest, &DATA), message);
        }
    }
}

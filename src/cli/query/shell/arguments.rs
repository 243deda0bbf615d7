//! The arguments of the shell's commands.

use crate::cli::failure::Failure;

/// The commands that do what an option of `factloom query` does.
const COMMANDS_OF_OPTIONS: [(&str, &[&str]); 9] = [
    (".cite", &["--cite"]),
    (".explain", &["--explain"]),
    (".format", &["--format", "--results-format", "-f"]),
    (".limit", &["--limit"]),
    (".queries", &["--list"]),
    (".save", &["--output", "--results-file", "-o"]),
    (".show", &["--show"]),
    (".timeout", &["--timeout"]),
    (".why-empty", &["--why-empty"]),
];

/// The arguments of `factloom query` that run a stored query with the parameters after its name.
pub(super) fn stored_query_words(argument: &str) -> Result<Vec<String>, Failure> {
    required(argument, "the name of a stored query", "`.queries` lists them")?;
    let all = split(argument, "write `.run NAME plant=\"Steel Mills\"`")?;
    let mut words = Vec::new();
    for (index, word) in all.iter().enumerate() {
        if let Some(option) = word.strip_prefix('-').map(|option| option.trim_start_matches('-')) {
            return Err(option_failure(word, option, &all[0], all.get(index + 1)));
        }
        match (index, word.contains('=')) {
            (0, false) => {}
            (_, true) => words.push("--param".to_owned()),
            (_, false) => {
                let help = format!("write a parameter as `.run {} NAME={word}`", all[0]);
                return Err(Failure::new(format!("unexpected `{word}`")).help(help));
            }
        }
        words.push(word.clone());
    }
    Ok(words)
}

/// The failure of an option after `.run`, which is a setting of the shell, or a parameter of the query.
fn option_failure(word: &str, option: &str, query: &str, next: Option<&String>) -> Failure {
    let (name, value) = option.split_once('=').unwrap_or((option, next.map_or("VALUE", |next| next)));
    let flag = word.split('=').next().unwrap_or(word);
    let command = COMMANDS_OF_OPTIONS.iter().find(|(_, options)| options.contains(&flag));
    let help = match command {
        Some((command, _)) => format!("use the command `{command}`"),
        None => {
            let value = if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value.to_owned() };
            format!("write a parameter as `.run {query} {name}={value}`")
        }
    };
    Failure::new(format!("`.run` has no options such as `{flag}`")).help(help)
}

/// The name of a file, which may be in quotation marks, and begin with `~/`.
pub(super) fn file_name(argument: &str) -> Result<String, Failure> {
    required(argument, "the name of a file", "write it after the command")?;
    let example = "write a name with spaces in quotation marks";
    match &split(argument, example)?[..] {
        [file] => Ok(match (file.strip_prefix("~/"), std::env::var("HOME")) {
            (Some(rest), Ok(home)) => format!("{home}/{rest}"),
            _ => file.clone(),
        }),
        _ => Err(Failure::new("expected the name of one file").help(example)),
    }
}

fn split(argument: &str, example: &str) -> Result<Vec<String>, Failure> {
    shlex::split(argument).ok_or_else(|| Failure::new("unterminated quotation mark").help(example))
}

pub(super) fn required<'a>(argument: &'a str, what: &str, help: &str) -> Result<&'a str, Failure> {
    match argument {
        "" => Err(Failure::new(format!("expected {what}")).help(help)),
        argument => Ok(argument),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(argument: &str) -> (String, String) {
        match stored_query_words(argument) {
            Err(Failure::Error(message, Some(help))) => (message, help),
            other => panic!("{argument}: {other:?}"),
        }
    }

    #[test]
    fn parameters_follow_the_name_of_a_stored_query() {
        let words = stored_query_words("who-helped-build plant=\"Steel Mills\" year=1973").unwrap();
        assert_eq!(words, ["who-helped-build", "--param", "plant=Steel Mills", "--param", "year=1973"]);
    }

    #[test]
    fn advice_about_an_option_names_a_command_or_a_parameter() {
        for (argument, message, help) in [
            ("q --limit 3", "`.run` has no options such as `--limit`", "use the command `.limit`"),
            ("q --format=csv", "`.run` has no options such as `--format`", "use the command `.format`"),
            ("q -f csv", "`.run` has no options such as `-f`", "use the command `.format`"),
            (
                "q --plant 'Steel Mills'",
                "`.run` has no options such as `--plant`",
                "write a parameter as `.run q plant=\"Steel Mills\"`",
            ),
            ("q --year=1973", "`.run` has no options such as `--year`", "write a parameter as `.run q year=1973`"),
            ("q 1973", "unexpected `1973`", "write a parameter as `.run q NAME=1973`"),
        ] {
            assert_eq!(failure(argument), (message.to_owned(), help.to_owned()), "{argument}");
        }
    }
}

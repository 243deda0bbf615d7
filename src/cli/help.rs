//! The help: commands in groups, and examples and a link at the end of each long help.

use super::{Cli, GROUPS};
use clap::{Command, CommandFactory};
use std::fmt::Write;

/// Per command, a `[name]` line and then examples: a comment line and a command line each.
const EXAMPLES: &str = include_str!("../../data/examples.txt");

/// The reference of the command line.
const DOCS: &str = "Documentation in the source repository: docs/reference/cli.md";

const ENVIRONMENT: &str = "\
Exit status:
  0  success, even with warnings
  1  errors in the dataset, differences, failed tests, a missing statement or path, corruption
  2  a usage error, or the command could not run

Environment variables:
  FACTLOOM_SOURCES    directory of the texts of sources, as --source-dir
  FACTLOOM_CACHE_DIR  directory of cached graphs, as --cache-dir
  NO_COLOR            disables colours";

/// The definition of the command line, for completions and documentation.
pub fn command() -> Command {
    let mut command = Cli::command();
    let template = template(&command);
    for (name, _) in all_examples() {
        let examples = examples(name).iter().fold("Examples:\n".to_owned(), |mut text, (comment, line)| {
            let _ = write!(text, "  # {comment}\n  {line}\n\n");
            text
        });
        command = command.mut_subcommand(name, |c| c.after_long_help(format!("{examples}{DOCS}#{name}")));
    }
    command.help_template(template).after_long_help(format!("{ENVIRONMENT}\n\n{DOCS}"))
}

/// The examples of a command: what each does, and its command line.
pub fn examples(command: &str) -> Vec<(&'static str, &'static str)> {
    let section = all_examples().find(|(name, _)| *name == command).map_or("", |(_, section)| section);
    let mut lines = section.lines().filter(|line| !line.is_empty());
    let mut examples = Vec::new();
    while let (Some(comment), Some(line)) = (lines.next(), lines.next()) {
        examples.push((comment.trim_start_matches("# "), line));
    }
    examples
}

/// Whether a command has examples.
pub(super) const fn has_examples(name: &str) -> bool {
    let (text, name) = (EXAMPLES.as_bytes(), name.as_bytes());
    let mut start = 0;
    while start < text.len() {
        let is_start_of_line = start == 0 || text[start - 1] == b'\n';
        let mut length = 0;
        while length < name.len() && start + 1 + length < text.len() && text[start + 1 + length] == name[length] {
            length += 1;
        }
        let end = start + 1 + length;
        if is_start_of_line && text[start] == b'[' && length == name.len() && end < text.len() && text[end] == b']' {
            return true;
        }
        start += 1;
    }
    false
}

fn all_examples() -> impl Iterator<Item = (&'static str, &'static str)> {
    EXAMPLES.split("\n[").filter_map(|section| section.trim_start_matches('[').split_once("]\n"))
}

/// The top-level help, in which clap cannot group commands.
fn template(command: &Command) -> String {
    let header = command.get_styles().get_header();
    let literal = command.get_styles().get_literal();
    let width = command.get_subcommands().map(|c| c.get_name().len()).max().unwrap_or(0);
    let mut text = String::from("{about-with-newline}\n{usage-heading} {usage}\n");
    for (heading, names) in GROUPS {
        let _ = write!(text, "\n{header}{heading}:{header:#}\n");
        for name in *names {
            let about = command.find_subcommand(name).and_then(Command::get_about).map(ToString::to_string);
            let about = about.unwrap_or_default();
            let _ = writeln!(text, "  {literal}{name:width$}{literal:#}  {about}");
        }
    }
    let _ = write!(text, "\n{header}Global options:{header:#}\n{{options}}\n\n");
    text + "`factloom help <COMMAND>` describes a command.{after-help}"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_name_has_examples() {
        let found = ["why", "completions", "wh", "hy", "whys", ""].map(has_examples);
        assert_eq!(found, [true, true, false, false, false, false]);
    }
}

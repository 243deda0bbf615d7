//! The parameters of a stored query as options of the command line.
//!
//! Which options there are is known once the query is, and the query is known once the options are read. So an option that
//! the program does not know is taken for a parameter with a value, and held against the query's when its graph is open.

use super::QueryArgs;
use crate::cli::failure::Failure;
use crate::cli::{Cli, Command};
use crate::diagnostic::closest;
use crate::query::{Parameter, ParameterError, ParameterKind, ParameterValues, QueryTemplate};
use crate::store::Labels;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, CommandFactory, FromArgMatches, Parser};
use std::ffi::OsString;

/// The heading of the parameters in the help of a stored query, and what the names of their arguments begin with.
const HEADING: &str = "Parameters";

/// How many of the values that a parameter may have its help lists.
const SHOWN: usize = 20;

/// Reads the arguments of the program, with options of a stored query that it does not know among them.
pub(in crate::cli) fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let error = match Cli::try_parse_from(arguments) {
        Ok(cli) => return Ok(cli),
        Err(error) => error,
    };
    if arguments.get(1).is_none_or(|command| command != "query") {
        return Err(error);
    }
    let asks_help = |a: &&OsString| *a == "--help" || *a == "-h";
    let help = arguments.iter().find(asks_help).filter(|_| error.kind() == ErrorKind::DisplayHelp).cloned();
    let rest: Vec<&OsString> = arguments.iter().filter(|a| help.is_none() || !asks_help(a)).collect();
    let (matches, names) = match with_unknown(&rest) {
        Ok(read) => read,
        Err(Some(better)) => return Err(better),
        Err(None) => return Err(error),
    };
    let mut cli = Cli::from_arg_matches(&matches)?;
    let (Command::Query(args), Some(("query", matches))) = (&mut cli.command, matches.subcommand()) else {
        return Err(error);
    };
    if args.name.is_none() {
        return Err(error);
    }
    args.help = help;
    for name in names {
        let value = matches.get_one::<String>(&id(&name)).cloned();
        args.options.extend(value.map(|value| (name, value)));
    }
    Ok(cli)
}

/// The arguments, read with options that are not known as ones that take a value, and the names of these. Where they cannot
/// be read so either, what is wrong besides, if anything.
fn with_unknown(arguments: &[&OsString]) -> Result<(ArgMatches, Vec<String>), Option<clap::Error>> {
    let mut names: Vec<String> = Vec::new();
    loop {
        let option = |name: &String| Arg::new(id(name)).long(name.clone()).allow_negative_numbers(true);
        let options: Vec<Arg> = names.iter().map(option).collect();
        let command = Cli::command().mut_subcommand("query", |query| query.args(options));
        let error = match command.try_get_matches_from(arguments) {
            Ok(matches) => return Ok((matches, names)),
            Err(error) => error,
        };
        let (ErrorKind::UnknownArgument, Some(ContextValue::String(unknown))) =
            (error.kind(), error.get(ContextKind::InvalidArg))
        else {
            return Err((!names.is_empty()).then_some(error));
        };
        // What stands behind `--` is no option, whatever it looks like.
        let is_new = |name: &&str| !name.is_empty() && !is_flag(name) && !names.iter().any(|known| known == name);
        match unknown.strip_prefix("--").filter(is_new) {
            Some(name) => names.push(name.to_owned()),
            None => return Err((!names.is_empty()).then_some(error)),
        }
    }
}

/// What an option is called among the arguments, where fields of the program's own have names, too.
fn id(name: &str) -> String {
    format!("{HEADING} {name}")
}

/// The values of parameters, from options and from `--param`.
pub(super) fn values(args: &QueryArgs) -> Result<ParameterValues, Failure> {
    let mut values = ParameterValues::new();
    let mut add = |name: &str, value: &str| match values.insert(name.to_owned(), value.to_owned()) {
        None => Ok(()),
        Some(_) => Err(Failure::new(format!("the parameter `{name}` is given twice")).help("leave one of them out")),
    };
    for (name, value) in &args.options {
        add(name, value)?;
    }
    for param in &args.param {
        let Some((name, value)) = param.split_once('=') else {
            return Err(Failure::new(format!("`{param}` gives no parameter a value")).help("write it as NAME=VALUE"));
        };
        add(name.trim(), value)?;
    }
    Ok(values)
}

/// What is wrong with the values of parameters.
pub(super) fn failure(error: ParameterError, stored: &QueryTemplate, args: &QueryArgs) -> Failure {
    let name = &stored.name;
    let help = match (&error, &args.name) {
        (ParameterError::Missing(parameter), Some(_)) => {
            let option = match is_flag(parameter) {
                true => format!("--param {parameter}=VALUE"),
                false => format!("--{parameter} VALUE"),
            };
            Some(format!("give one with {option}; `factloom query {name} --help` says what it may be"))
        }
        (ParameterError::Unknown(unknown, known), Some(_)) => {
            let flags = flags();
            let near = closest(unknown, known.iter().chain(&flags).map(String::as_str));
            let all = format!("`factloom query {name} --help` lists its options");
            Some(near.map_or(all, |near| format!("did you mean `--{near}`?")))
        }
        (error, _) => error.help(),
    };
    match (error, help) {
        (ParameterError::Store(error), _) => error.into(),
        (error, Some(help)) => Failure::new(error.to_string()).help(help),
        (error, None) => Failure::new(error.to_string()),
    }
}

/// Whether a parameter is called like an option of the command, and so reached by `--param` only.
fn is_flag(name: &str) -> bool {
    flags().iter().any(|flag| flag == name)
}

/// The long names of the command's own options.
fn flags() -> Vec<String> {
    let mut command = Cli::command();
    command.build();
    let query = command.find_subcommand("query");
    query.iter().flat_map(|query| query.get_arguments()).filter_map(|a| Some(a.get_long()?.to_owned())).collect()
}

/// Shows the help of the command with the options of a stored query.
pub(super) fn show_help(stored: &QueryTemplate, labels: &Labels<'_>, how: &OsString) -> Result<(), Failure> {
    let mut options = Vec::new();
    let mut usage = vec![format!("factloom query {}", stored.name)];
    let mut by_param: Vec<String> = Vec::new();
    for parameter in &stored.parameters {
        let help = help(parameter, stored, labels)?;
        if is_flag(&parameter.name) {
            by_param.push(format!("  --param {}=<{}>: {help}", parameter.name, value_name(parameter)));
            continue;
        }
        let needed = parameter.required && stored.default(parameter).is_none();
        if needed {
            usage.push(format!("--{} <{}>", parameter.name, value_name(parameter)));
        }
        let option = Arg::new(id(&parameter.name)).long(parameter.name.clone());
        options.push(option.value_name(value_name(parameter)).help(help).help_heading(HEADING));
    }
    let summary = stored.decorators.summary.clone().unwrap_or_else(|| format!("Ask the stored query {}", stored.name));
    let described = stored.decorators.description.as_ref().map(|description| format!("{summary}\n\n{description}"));
    let command = Cli::command().mut_subcommand("query", |query| {
        let query = query.about(summary.clone()).long_about(described.unwrap_or(summary));
        let elsewhere = ["name", "query", "query_file", "list", "param"];
        let query = elsewhere.into_iter().fold(query, |query, arg| query.mut_arg(arg, |arg| arg.hide(true)));
        let query = query.override_usage(usage.join(" ") + " [OPTIONS]").args(options);
        match by_param.is_empty() {
            true => query,
            false => {
                query.after_help(format!("Parameters that are called like other options:\n{}", by_param.join("\n")))
            }
        }
    });
    match command.try_get_matches_from([OsString::from("factloom"), "query".into(), how.clone()]) {
        Err(help) if help.kind() == ErrorKind::DisplayHelp => Ok(help.print()?),
        _ => Err(Failure::new("the help cannot be shown")),
    }
}

fn value_name(parameter: &Parameter) -> String {
    match &parameter.kind {
        ParameterKind::String | ParameterKind::Language(_) => "TEXT".to_owned(),
        ParameterKind::Number => "NUMBER".to_owned(),
        ParameterKind::Iri => "ENTITY".to_owned(),
        ParameterKind::Datatype(datatype) => {
            datatype.as_str().rsplit(['#', '/']).next().unwrap_or("value").to_uppercase()
        }
    }
}

/// What a parameter is, its default and the values it may have.
fn help(parameter: &Parameter, stored: &QueryTemplate, labels: &Labels<'_>) -> Result<String, Failure> {
    let mut said = vec![parameter.kind.to_string()];
    match stored.default(parameter) {
        Some(default) => said.push(format!("[default: {default}]")),
        None if !parameter.required => said.push("[may be left out]".to_owned()),
        None => {}
    }
    let choices = stored.choices(parameter, labels).map_err(|e| Failure::new(e.to_string()))?;
    if let Some(choices) = choices {
        let shown = choices.iter().take(SHOWN).map(|choice| match &choice.label {
            Some(label) => format!("{} ({label})", choice.name),
            None => choice.name.clone(),
        });
        let more = match choices.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        said.push(format!("[one of: {}{more}]", shown.collect::<Vec<_>>().join(", ")));
    }
    Ok(said.join(" "))
}

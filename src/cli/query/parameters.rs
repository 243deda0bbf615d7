//! The parameters of a stored query as options of the command line.
//!
//! The options of a stored query are known once its dataset is open, after the command line has been parsed. So an unknown
//! option `--NAME VALUE` of `query` becomes `--param NAME=VALUE`, which is compared with the query's parameters later.

use super::{Interface, QueryArgs};
use crate::cli::failure::Failure;
use crate::cli::{Cli, Command, command};
use crate::diagnostic::{closest, did_you_mean};
use crate::escape::terminal;
use crate::model::local_name;
use crate::query::{Parameter, ParameterError, ParameterKind, ParameterValues, QueryTemplate};
use crate::store::Labels;
use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, Args, FromArgMatches};
use std::ffi::OsString;
use std::io::Write;

/// The heading of the parameters in the help of a stored query.
const HEADING: &str = "Parameters";

/// The number of permitted values of a parameter that its help lists.
const MAX_LISTED: usize = 20;

/// Parses the arguments of the program, which may include parameters of a stored query.
pub(in crate::cli) fn parse(arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    let read = |arguments: &[OsString]| Cli::from_arg_matches(&command().try_get_matches_from(arguments)?);
    let error = match read(&arguments) {
        Ok(cli) => return Ok(cli),
        Err(error) => error,
    };
    let is_help_flag = |a: &OsString| a == "--help" || a == "-h";
    let help = arguments.iter().find(|a| is_help_flag(a)).filter(|_| error.kind() == ErrorKind::DisplayHelp).cloned();
    if help.is_none() && error.kind() != ErrorKind::UnknownArgument {
        return Err(error);
    }
    let rest = arguments.into_iter().filter(|a| help.is_none() || !is_help_flag(a));
    match read(&with_params(rest)) {
        Ok(Cli { command: Command::Query(mut args), global, version }) if args.name.is_some() => {
            args.help = help;
            Ok(Cli { command: Command::Query(args), global, version })
        }
        // Other errors than the unknown option. `--param` itself is unknown to other commands than `query`.
        Err(other) if help.is_none() && !is_about_param(&other) => Err(other),
        _ => Err(error),
    }
}

fn is_about_param(error: &clap::Error) -> bool {
    error.kind() == ErrorKind::UnknownArgument
        && error.get(ContextKind::InvalidArg).is_some_and(|argument| argument.to_string().starts_with("--param"))
}

/// The arguments with `--param NAME=VALUE` in place of unknown options.
fn with_params(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let flags = flags();
    let (mut out, mut arguments) = (Vec::new(), arguments.peekable());
    while let Some(argument) = arguments.next() {
        let option = argument.to_str().and_then(|argument| argument.strip_prefix("--"));
        let name = option.map_or("", |option| option.split('=').next().unwrap_or_default());
        match option {
            Some("") => {
                out.push(argument);
                out.extend(arguments);
                break;
            }
            Some(option) if !flags.iter().any(|flag| flag == name) => {
                let mut assignment = OsString::from(option);
                let is_value = |next: &OsString| !option.contains('=') && !next.as_encoded_bytes().starts_with(b"--");
                if let Some(value) = arguments.next_if(is_value) {
                    assignment.push("=");
                    assignment.push(value);
                }
                out.extend(["--param".into(), assignment]);
            }
            _ => out.push(argument),
        }
    }
    out
}

/// The values of parameters, from options and from `--param`.
pub(super) fn values(args: &QueryArgs) -> Result<ParameterValues, Failure> {
    let mut values = ParameterValues::new();
    for param in &args.param {
        let Some((name, value)) = param.split_once('=') else {
            let message = format!("no value for the parameter `{param}`");
            return Err(Failure::new(message).help(format!("write --param {param}=VALUE or --{param} VALUE")));
        };
        if values.insert(name.trim().to_owned(), value.to_owned()).is_some() {
            return Err(Failure::new(format!("the parameter `{name}` has two values")).help("remove one of them"));
        }
    }
    Ok(values)
}

/// The message for an invalid value of a parameter.
pub(super) fn failure(
    error: ParameterError,
    template: &QueryTemplate,
    is_stored: bool,
    interface: Interface,
) -> Failure {
    let name = &template.name;
    let help = match (&error, is_stored) {
        (ParameterError::Missing(parameter), true) if interface == Interface::Shell => {
            Some(format!("set it with `.run {name} {parameter}=VALUE`; `.show {name}` shows the query"))
        }
        (ParameterError::Unknown(unknown, known), _) if interface == Interface::Shell => {
            let query = format!("`.show {name}` shows the query");
            let help = did_you_mean(unknown, known.iter().map(String::as_str), query);
            return Failure::new(format!("unknown parameter `{unknown}`")).help(help);
        }
        (ParameterError::Missing(parameter), true) => {
            let option = match is_flag(parameter) {
                true => format!("--param {parameter}=VALUE"),
                false => format!("--{parameter} VALUE"),
            };
            Some(format!("set it with {option}; `factloom query {name} --help` lists its values"))
        }
        (ParameterError::Unknown(unknown, known), _) => {
            let flags = flags();
            let similar = closest(unknown, known.iter().chain(&flags).map(String::as_str));
            let query = if is_stored { format!("query {name}") } else { "query".to_owned() };
            let all = format!("`factloom {query} --help` lists the options");
            let help = similar.map_or(all, |similar| format!("did you mean `--{similar}`?"));
            return Failure::new(format!("unknown option `--{unknown}`")).help(help);
        }
        (error, _) => error.help(),
    };
    match (error, help) {
        (ParameterError::Store(error), _) => error.into(),
        (error, Some(help)) => Failure::new(error.to_string()).help(help),
        (error, None) => Failure::new(error.to_string()),
    }
}

/// Whether a parameter has the name of an option of the command, so that only `--param` can set it.
fn is_flag(name: &str) -> bool {
    flags().iter().any(|flag| flag == name)
}

/// The long names of the command's own options.
fn flags() -> Vec<String> {
    let mut command = command();
    command.build();
    let query = command.find_subcommand("query");
    query
        .iter()
        .flat_map(|query| query.get_arguments())
        .flat_map(|a| {
            let aliases = a.get_all_aliases().unwrap_or_default();
            a.get_long().into_iter().chain(aliases).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

/// A parameter as an option; `None` if only `--param` can set it.
pub(in crate::cli) fn option(parameter: &Parameter) -> Option<Arg> {
    let name = &parameter.name;
    let option = Arg::new(format!("{HEADING} {name}")).long(name.clone());
    (!is_flag(name)).then(|| option.value_name(value_name(parameter)).help_heading(HEADING))
}

/// Shows the help of the command with the options of a stored query.
pub(super) fn show_help(template: &QueryTemplate, labels: &Labels<'_>, flag: &OsString) -> Result<(), Failure> {
    let mut options = Vec::new();
    let mut usage = vec![format!("factloom query {}", template.name)];
    let mut by_param: Vec<String> = Vec::new();
    for parameter in &template.parameters {
        let (name, help) = (&parameter.name, terminal::line(&help(parameter, template, labels)?));
        let Some(option) = option(parameter) else {
            by_param.push(format!("  --param {name}=<{}>: {help}", value_name(parameter)));
            continue;
        };
        if parameter.required && template.default(parameter).is_none() {
            usage.push(format!("--{name} <{}>", value_name(parameter)));
        }
        options.push(option.help(help));
    }
    let summary = template.decorators.summary.as_deref().map(terminal::line);
    let summary = summary.unwrap_or_else(|| format!("Run the stored query {}", template.name));
    let description = template.decorators.description.as_deref().map(terminal::text);
    let long = description.map_or_else(|| summary.clone(), |description| format!("{summary}\n\n{description}"));
    let [summary, long] = [summary, long].map(|text| terminal::text(&text).into_owned());
    let usage = usage.join(" ") + " [OPTIONS]";
    let command = command().mut_subcommand("query", |_| {
        // A new definition, so that the parameters come first.
        let query = QueryArgs::augment_args(clap::Command::new("query").args(options));
        let hidden = ["name", "query", "query_file", "list", "param"];
        let query = hidden.into_iter().fold(query, |query, arg| query.mut_arg(arg, |arg| arg.hide(true)));
        let query = query.about(summary).long_about(long).override_usage(usage).disable_help_flag(true);
        match by_param.is_empty() {
            true => query,
            false => query.after_help(format!("Parameters with the names of other options:\n{}", by_param.join("\n"))),
        }
    });
    match command.try_get_matches_from([OsString::from("factloom"), "query".into(), flag.clone()]) {
        Err(help) if help.kind() == ErrorKind::DisplayHelp => {
            // Its styles are control sequences, so that only the texts from the dataset could be checked for others.
            let help = help.render().ansi().to_string();
            Ok(write!(anstream::stdout().lock(), "{}", terminal::without_commands(&help))?)
        }
        _ => Err(Failure::new("the help cannot be shown")),
    }
}

fn value_name(parameter: &Parameter) -> String {
    match &parameter.kind {
        ParameterKind::String | ParameterKind::Language(_) => "TEXT".to_owned(),
        ParameterKind::Number => "NUMBER".to_owned(),
        ParameterKind::Iri => "ENTITY".to_owned(),
        ParameterKind::Datatype(datatype) => local_name(datatype.as_str()).to_uppercase(),
    }
}

/// The description of a parameter, its kind, its default and its permitted values.
fn help(parameter: &Parameter, template: &QueryTemplate, labels: &Labels<'_>) -> Result<String, Failure> {
    let kind = parameter.kind.to_string();
    let description = template.decorators.parameters.get(&parameter.name);
    let mut words = vec![description.map_or_else(|| kind.clone(), |description| format!("{description} ({kind})"))];
    match template.default(parameter) {
        Some(default) => words.push(format!("[default: {default}]")),
        None if !parameter.required => words.push("[optional]".to_owned()),
        None => {}
    }
    let choices = template.choices(parameter, labels).map_err(|e| Failure::new(e.to_string()))?;
    if let Some(choices) = choices {
        let shown = choices.iter().take(MAX_LISTED).map(|choice| match &choice.label {
            Some(label) => format!("{} ({label})", choice.name),
            None => choice.name.clone(),
        });
        let more = match choices.len().saturating_sub(MAX_LISTED) {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        words.push(format!("[one of: {}{more}]", shown.collect::<Vec<_>>().join(", ")));
    }
    Ok(terminal::line(&words.join(" ")))
}

//! `factloom schema`

use super::failure::Failure;
use super::format::{OutputArgs, ReportFormat};
use super::load::{Session, SourceArgs, with_progress};
use super::messages::note;
use super::output_file::{self, Content};
use crate::authoring::{FileSchema, Prompt, UnknownSource, prompt};
use crate::check::CheckOptions;
use crate::diagnostic::Severity;
use crate::output::JsonLayout;
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};

/// Print JSON Schemas, or instructions for a language model
///
/// Without NAME, lists the schemas of a dataset's files. Editors and other programs check files with them. With --prompt, prints
/// instructions for a language model that proposes facts: the form of a fact, the vocabulary and the entities of the dataset, the rules
/// of quoting, and an example.
#[derive(Args, Debug)]
pub(super) struct SchemaArgs {
    /// Name of a schema
    #[arg(value_name = "NAME", value_parser = PossibleValuesParser::new(FileSchema::ALL.map(|schema| schema.name)))]
    name: Option<String>,
    /// Print instructions for a language model
    #[arg(long, conflicts_with = "name", help_heading = "Prompt")]
    prompt: bool,
    /// Add the text of a source to the instructions, and list no other sources
    #[arg(long, value_name = "ID", requires = "prompt", help_heading = "Prompt")]
    source: Vec<String>,
    #[command(flatten)]
    output: OutputArgs<ReportFormat>,
    #[command(flatten)]
    sources: SourceArgs,
}

pub(super) fn run(args: &SchemaArgs, session: &Session) -> Result<(), Failure> {
    if args.prompt {
        return print_prompt(args, session);
    }
    if let Some(schema) = args.name.as_deref().and_then(FileSchema::find) {
        return output_file::write(args.output.output.as_deref(), |out| Ok(out.write_all(schema.text.as_bytes())?));
    }
    let format = args.output.format()?;
    args.output.write(format.content(), |out| match format {
        ReportFormat::Text => {
            let width = FileSchema::ALL.iter().map(|schema| schema.name.len()).max().unwrap_or(0);
            let mut lines = FileSchema::ALL.iter().map(|schema| format!("{:width$}  {}", schema.name, schema.files));
            Ok(lines.try_for_each(|line| writeln!(out, "{line}"))?)
        }
        ReportFormat::Json(layout) => {
            let list: Vec<Value> = FileSchema::ALL.iter().map(schema_json).collect();
            match layout {
                JsonLayout::Document => Ok(writeln!(out, "{:#}", Value::Array(list))?),
                JsonLayout::Lines => Ok(list.iter().try_for_each(|schema| writeln!(out, "{schema}"))?),
            }
        }
        ReportFormat::Other(never) => match never {},
    })
}

fn schema_json(schema: &FileSchema) -> Value {
    let text: Value = serde_json::from_str(schema.text).unwrap_or_default();
    json!({ "name": schema.name, "files": schema.files, "schema": text })
}

fn print_prompt(args: &SchemaArgs, session: &Session) -> Result<(), Failure> {
    let mut project = args.sources.open(session.user_dataset(None)?, session)?;
    let check = with_progress(|on_stage| project.check(&CheckOptions::default(), on_stage));
    let Some((dataset, checked)) = check.dataset else {
        return Err(Failure::new("the manifest cannot be read").help("run `factloom check`, and correct the errors"));
    };
    let Prompt { text, not_redistributable, without_text } = prompt(dataset, &checked, &args.source)?;
    if check.findings.iter().any(|finding| finding.code.severity() == Severity::Error) {
        note("the dataset has errors, so that names may be missing; `factloom check` lists them");
    }
    for id in not_redistributable {
        note(format_args!("the instructions contain the text of `{id}`, which is not redistributable"));
    }
    for id in without_text {
        note(format_args!("the text of `{id}` is unavailable: add it to the instructions"));
    }
    args.output.write(Content::Data, |out| Ok(out.write_all(text.as_bytes())?))
}

impl From<UnknownSource> for Failure {
    fn from(error: UnknownSource) -> Self {
        Self::new(error.to_string()).help(error.help)
    }
}

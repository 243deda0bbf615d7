//! `factloom source`

use super::edits::{directory_to_write, write_diffs, write_files};
use super::failure::Failure;
use super::input_file::{self, is_stdin};
use super::load::{Session, SourceArgs as TextArgs, show};
use super::messages::{note, pluralize};
use super::output_file;
use crate::authoring::{
    AddSourceError, ChangedFile, NewSource, SourceAddition, SourceDescription, TextFormat, TextLocation, add_source,
};
use crate::dataset::{DatasetRoot, locate};
use crate::diagnostic::Policy;
use crate::escape::terminal;
use crate::model::SourceKind;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

/// Add the texts that facts are taken from
#[derive(Args, Debug)]
#[command(disable_help_subcommand = true, subcommand_value_name = "ACTION", subcommand_help_heading = "Actions")]
pub(super) struct SourceArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Add(AddArgs),
}

/// Add a text, a Markdown document or a web page as a source
///
/// Copies the text into the dataset and describes it in the manifest, which keeps its formatting and comments. Of a web page, only the main
/// text is copied. Nothing is written without --write.
#[derive(Args, Debug)]
struct AddArgs {
    /// File with the text; `-` is stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Format of the file [default: by its extension, else text]
    #[arg(long, value_name = "FORMAT", value_parser = format_parser())]
    input_format: Option<TextFormat>,
    /// Leave the text where it is, because it may not be redistributed; commands find it with --source-dir
    #[arg(long)]
    no_copy: bool,
    /// Write the changes
    #[arg(long)]
    write: bool,
    /// Id [default: the words of the file name, else of the title]
    #[arg(long, value_name = "ID", help_heading = "Description")]
    id: Option<String>,
    /// Title [default: that of the document]
    #[arg(long, value_name = "TEXT", help_heading = "Description")]
    title: Option<String>,
    /// Web address
    #[arg(long, value_name = "URL", help_heading = "Description")]
    url: Option<String>,
    /// Publisher [default: that of the web page]
    #[arg(long, value_name = "NAME", help_heading = "Description")]
    publisher: Option<String>,
    /// Date of publication: a year, a month or a day [default: that of the web page]
    #[arg(long, value_name = "DATE", visible_alias = "date", help_heading = "Description")]
    published: Option<String>,
    /// Date on which the text was retrieved
    #[arg(long, value_name = "DATE", help_heading = "Description")]
    accessed: Option<String>,
    /// Kind of source [default: document]
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(SourceKind::NAMES), help_heading = "Description")]
    kind: Option<String>,
    /// Language tag of the text [default: that of the web page]
    #[arg(long, value_name = "TAG", help_heading = "Description")]
    language: Option<String>,
    #[command(flatten)]
    sources: TextArgs,
}

fn format_parser() -> impl TypedValueParser<Value = TextFormat> {
    let find = |name: String| TextFormat::NAMES.into_iter().find(|(known, _)| *known == name).map(|(_, format)| format);
    PossibleValuesParser::new(TextFormat::NAMES.map(|(name, _)| name))
        .try_map(move |name| find(name).ok_or("unknown format"))
}

pub(super) fn run(args: &SourceArgs, session: &Session) -> Result<(), Failure> {
    let Action::Add(args) = &args.action;
    let root = session.user_dataset(None)?;
    let directory = directory_to_write(&root, args.write)?;
    let addition = planned(args, &root, session)?;
    output_file::write_text(|out| {
        let title =
            addition.title.as_deref().map(|title| format!(" (“{}”)", terminal::line(title))).unwrap_or_default();
        let (sentences, length) = (pluralize(addition.sentences, "sentence"), pluralize(addition.length, "character"));
        writeln!(out, "source `{}`{title}: {sentences}, {length}", addition.id)?;
        if !addition.normalized.is_empty() {
            writeln!(out, "normalised: {}", addition.normalized.join(", "))?;
        }
        if args.write { Ok(()) } else { write_diffs([addition.list.diff.as_str()], out) }
    })?;
    let Some(directory) = directory else {
        let text = addition.text.as_ref().map(|text| format!(" and writes {}", text.name)).unwrap_or_default();
        note(format_args!("nothing was written; --write changes {}{text}", addition.list.name));
        return Ok(());
    };
    let files: Vec<ChangedFile> = addition.text.into_iter().chain([addition.list]).collect();
    write_files(&directory, &files)?;
    if args.no_copy {
        let parent = args.file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        note(format_args!(
            "the text stays outside the dataset; use --source-dir {} or FACTLOOM_SOURCES",
            parent.display()
        ));
    }
    output_file::write_text(|out| Ok(writeln!(out, "Next: factloom quote WORDS… --source {}", addition.id)?))
}

/// What adding the file changes.
fn planned(args: &AddArgs, root: &DatasetRoot, session: &Session) -> Result<SourceAddition, Failure> {
    let format = args.input_format.or_else(|| TextFormat::of_file(&args.file)).unwrap_or(TextFormat::Text);
    let file_name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let location = match args.no_copy {
        true if is_stdin(&args.file) => {
            let failure = Failure::new("a text from stdin has no place outside the dataset");
            return Err(failure.help("name its file, or omit --no-copy"));
        }
        true => TextLocation::Outside(file_name),
        false => name_in(root, &args.file)
            .filter(|_| format != TextFormat::Html)
            .map_or(TextLocation::Copied, TextLocation::InDataset),
    };
    let file_stem =
        args.file.file_stem().filter(|_| !is_stdin(&args.file)).map(|stem| stem.to_string_lossy().into_owned());
    let new = NewSource {
        bytes: input_file::read(&args.file, session.read_options().max_file_size)?,
        format,
        file_stem,
        location,
        description: SourceDescription {
            id: args.id.clone(),
            title: args.title.clone(),
            kind: args.kind.clone(),
            language: args.language.clone(),
            url: args.url.clone(),
            publisher: args.publisher.clone(),
            published: args.published.clone(),
            accessed: args.accessed.clone(),
        },
    };
    let mut read = args.sources.read_options(session)?;
    if args.no_copy {
        // The text is found where it is.
        read.source_dir = read.source_dir.or_else(|| args.file.parent().map(Path::to_owned));
    }
    add_source(root.clone(), read, new).map_err(|error| failure(error, &args.file))
}

/// The name of a file relative to the dataset, if it is in that.
fn name_in(root: &DatasetRoot, file: &Path) -> Option<String> {
    let directory = root.directory()?;
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let file = file.canonicalize().ok()?;
    let name = file.strip_prefix(directory.canonicalize().ok()?).ok()?.to_str()?;
    Some(name.replace(std::path::MAIN_SEPARATOR, "/"))
}

fn failure(error: AddSourceError, file: &Path) -> Failure {
    let help = error.help();
    match error {
        AddSourceError::Invalid { findings, files } => {
            show(&locate(findings, &files, &Policy::default()));
            Failure::Findings
        }
        AddSourceError::Text(error) => {
            Failure::new(format!("cannot read the text of `{}`: {error}", file.display())).help(help)
        }
        error => Failure::new(error.to_string()).help(help),
    }
}

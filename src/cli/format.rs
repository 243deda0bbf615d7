//! Where a result is written, and in which format.

use super::failure::Failure;
use super::output_file::{self, Content};
use crate::output::{JsonLayout, NamedFormat};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::convert::Infallible;
use std::fmt::Debug;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The formats that a command writes.
pub(super) trait Format: Copy + Debug + Send + Sync + 'static {
    /// Each format with its names and file extensions. The first name is shown to users, the first format is the default.
    fn all() -> Vec<(Self, &'static [&'static str])>;

    /// The default format, as the help shows it.
    fn default_name() -> &'static str {
        Self::all()[0].1[0]
    }

    /// Whether the format is one file, so that a file extension can name it.
    fn has_extension(self) -> bool {
        true
    }

    /// The format with a name or a file extension, in any letter case.
    fn from_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        Self::all().into_iter().find(|(_, names)| names.contains(&name.as_str())).map(|(format, _)| format)
    }
}

impl<F: NamedFormat + Debug + Send + Sync> Format for F {
    fn all() -> Vec<(Self, &'static [&'static str])> {
        F::NAMES.to_vec()
    }
}

/// The formats of a report: those of all reports, and those of type `F`.
#[derive(Clone, Copy, Debug)]
pub(super) enum ReportFormat<F = Infallible> {
    Text,
    Json(JsonLayout),
    Other(F),
}

impl<F: NamedFormat + Debug + Send + Sync> Format for ReportFormat<F> {
    fn all() -> Vec<(Self, &'static [&'static str])> {
        let common: [(Self, &'static [&'static str]); 3] = [
            (Self::Text, &["text", "txt"]),
            (Self::Json(JsonLayout::Document), &["json"]),
            (Self::Json(JsonLayout::Lines), &["jsonl", "ndjson"]),
        ];
        common.into_iter().chain(F::NAMES.iter().map(|(format, names)| (Self::Other(*format), *names))).collect()
    }
}

impl<F: Copy> ReportFormat<F> {
    /// The content of a report whose further formats are data.
    pub(super) fn content(self) -> Content {
        if let Self::Text = self { Content::Text } else { Content::Data }
    }

    /// The content of a report whose further formats people read.
    pub(super) fn readable_content(self) -> Content {
        if let Self::Json(_) = self { Content::Data } else { Content::Text }
    }
}

/// No further formats.
impl NamedFormat for Infallible {
    const NAMES: &'static [(Self, &'static [&'static str])] = &[];
}

/// The further format of reports that documents and pull requests can contain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Markdown;

impl NamedFormat for Markdown {
    const NAMES: &'static [(Self, &'static [&'static str])] = &[(Self, &["markdown", "md"])];
}

/// Where a result is written, and in which format.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs<F: Format> {
    #[arg(short, long, value_name = "FORMAT", value_parser = parser::<F>(), ignore_case = true, short_alias = 'T',
        alias = "results-format", help = help::<F>())]
    pub format: Option<F>,
    /// File to write to instead of stdout
    #[arg(short, long, value_name = "FILE", alias = "results-file")]
    pub output: Option<PathBuf>,
}

fn help<F: Format>() -> String {
    format!("Format of the output [default: the extension of --output, else {}]", F::default_name())
}

fn parser<F: Format>() -> impl TypedValueParser<Value = F> {
    let values = F::all().into_iter().map(|(_, names)| PossibleValue::new(names[0]).aliases(&names[1..]));
    PossibleValuesParser::new(values).try_map(|name: String| F::from_name(&name).ok_or("unknown format"))
}

impl<F: Format> OutputArgs<F> {
    /// The format that `--format` or the extension of `--output` names.
    pub(super) fn named_format(&self) -> Result<Option<F>, Failure> {
        match (&self.format, &self.output) {
            (Some(format), _) => Ok(Some(*format)),
            (None, Some(file)) => format_of_extension(file),
            (None, None) => Ok(None),
        }
    }

    /// The format that the arguments name, or the default.
    pub(super) fn format(&self) -> Result<F, Failure> {
        Ok(self.named_format()?.unwrap_or_else(|| F::all()[0].0))
    }

    /// Writes to the file, or to stdout.
    pub(super) fn write(
        &self,
        content: Content,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        output_file::write(self.output.as_deref(), |out| content.write(out, write))
    }
}

/// The format that the extension of a file names; `None` if it has no extension.
pub(super) fn format_of_extension<F: Format>(file: &Path) -> Result<Option<F>, Failure> {
    let Some(extension) = file.extension() else { return Ok(None) };
    let format = extension.to_str().and_then(F::from_name);
    format.map(Some).ok_or_else(|| {
        let known = F::all().into_iter().filter(|(format, _)| format.has_extension());
        let known: Vec<String> = known.map(|(_, names)| format!(".{}", extension_of(names))).collect();
        Failure::new(format!("unknown file extension `.{}`", extension.display()))
            .help(format!("use one of {}, or choose a format with --format", known.join(", ")))
    })
}

/// The usual file extension among the names of a format.
fn extension_of(names: &'static [&'static str]) -> &'static str {
    let is_short = |name: &&&str| name.len() <= 4;
    names.iter().find(|name| **name == "txt").or_else(|| names.iter().find(is_short)).map_or(names[0], |name| *name)
}

//! Why a command did not succeed: the message and the exit status.

use super::messages;
use crate::diagnostic::io_message;
use crate::output::OutputError;
use crate::rules::RuleError;
use crate::store::{GraphError, StoreError};
use oxigraph::sparql::QueryEvaluationError;
use std::io;
use std::process::ExitCode;

/// Why a command did not succeed.
#[derive(Debug)]
pub(super) enum Failure {
    /// There are findings, which have been shown. Exit status 1.
    Findings,
    /// A usage error or another failure: the message and the next step. Exit status 2.
    Error(String, Option<String>),
    /// A query with a syntax error, which has been shown. Exit status 2.
    Syntax,
    /// The output could not be written to stdout, or to a file that the caller names. Exit status 2.
    Write(io::Error),
    /// A compiled graph is corrupt: the message. Exit status 2.
    Corrupt(String),
    /// The reader of the output closed the pipe, which is not an error.
    ClosedPipe,
    /// A query or rule was cancelled. [`Limits::enforce`](super::limits::Limits::enforce) explains it. Exit status 2.
    Cancelled,
    /// A query needs more memory than it may use. [`Limits::enforce`](super::limits::Limits::enforce) explains it. Exit status 2.
    MemoryLimit,
}

impl Failure {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self::Error(message.into(), None)
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        match self {
            Self::Error(message, _) => Self::Error(message, Some(help.into())),
            other => other,
        }
    }

    /// An error of the operating system about a file.
    pub(super) fn file(what: &str, path: &std::path::Path, error: &io::Error) -> Self {
        Self::Error(format!("cannot {what} `{}`: {}", path.display(), io_message(error)), space_help(error))
    }

    /// Prints the message and returns the exit status.
    pub(super) fn report(self) -> ExitCode {
        match self {
            Self::Findings => ExitCode::from(1),
            Self::Syntax => ExitCode::from(2),
            Self::ClosedPipe => ExitCode::SUCCESS,
            Self::Cancelled => Self::new("the command was cancelled").report(),
            Self::MemoryLimit => Self::new("the command needs more memory").help("raise --max-memory").report(),
            Self::Write(error) => {
                Self::Error(format!("cannot write to stdout: {}", io_message(&error)), space_help(&error)).report()
            }
            Self::Corrupt(message) => {
                Self::new(message).help("run `factloom verify FILE`, and build the graph again").report()
            }
            Self::Error(message, help) => {
                messages::error(message);
                if let Some(help) = help {
                    messages::help(help);
                }
                ExitCode::from(2)
            }
        }
    }
}

/// The next step if a file is too large for the disk or for a limit.
fn space_help(error: &io::Error) -> Option<String> {
    let help = match error.kind() {
        io::ErrorKind::FileTooLarge => "raise the limit on the size of files, which `ulimit -f` shows",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free space, or write to another disk",
        _ => return None,
    };
    Some(help.to_owned())
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Write(error),
        }
    }
}

impl From<RuleError> for Failure {
    fn from(error: RuleError) -> Self {
        match error {
            RuleError::Store(error) => error.into(),
            error => Self::new(error.to_string()).help("use `--entailment none`"),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Graph(error) => error.into(),
            StoreError::Evaluation(error) => error.into(),
            other => Self::new(other.to_string()),
        }
    }
}

impl From<GraphError> for Failure {
    fn from(error: GraphError) -> Self {
        match error {
            GraphError::Corrupt(_) => Self::Corrupt(error.to_string()),
            GraphError::Write(error) => error.into(),
            GraphError::Cancelled => Self::Cancelled,
            GraphError::MemoryLimit(_) => Self::MemoryLimit,
            other => Self::new(other.to_string()),
        }
    }
}

impl From<QueryEvaluationError> for Failure {
    fn from(error: QueryEvaluationError) -> Self {
        match error {
            QueryEvaluationError::Cancelled => Self::Cancelled,
            QueryEvaluationError::Dataset(error) => match error.downcast::<GraphError>() {
                Ok(error) => (*error).into(),
                Err(error) => Self::new(format!("the query failed: {error}")),
            },
            error => Self::new(format!("the query failed: {error}")),
        }
    }
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Self {
        match error {
            OutputError::Io(error) => error.into(),
            OutputError::Evaluation(error) => error.into(),
            OutputError::Store(error) => error.into(),
            OutputError::XmlCharacter(..) => {
                let help =
                    "use a format other than XML, such as json, csv or tsv for rows, and turtle or ntriples for graphs";
                Self::new(error.to_string()).help(help)
            }
            OutputError::RdfXmlPredicate(..) => {
                Self::new(error.to_string()).help("use another format, such as turtle, ntriples or jsonld")
            }
            OutputError::Direction(_) => Self::new(error.to_string()).help("omit --rdf 1.1"),
            OutputError::ListSeparator(_) => Self::new(error.to_string())
                .help("remove the character from the string, or use another format, such as csv"),
        }
    }
}

//! Why a command did not succeed, and what the process says about it.

use crate::output::OutputError;
use crate::store::{GraphError, StoreError};
use oxigraph::sparql::QueryEvaluationError;
use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

/// Why a command did not succeed.
#[derive(Debug)]
pub(super) enum Failure {
    /// There are findings, which have been shown: exit status 1.
    Findings,
    /// Something was asked that cannot be done, or could not be done: exit status 2. What, and the next step.
    Error(String, Option<String>),
    /// A query that is none, which has been shown: exit status 2.
    Syntax,
    /// What was to be said could not be written: exit status 2.
    Write(io::Error),
    /// A compiled graph is damaged: what is wrong.
    Corrupt(String),
    /// Whoever read the output has had enough: no error.
    ClosedPipe,
    /// A query was stopped before its end: exit status 2.
    Cancelled,
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

    /// A file that could not be written or read.
    pub(super) fn file(what: &str, path: &std::path::Path, error: &io::Error) -> Self {
        Self::new(format!("cannot {what} `{}`: {error}", path.display()))
    }

    /// Says what went wrong and gives the exit status.
    pub(super) fn report(self) -> ExitCode {
        match self {
            Self::Findings => ExitCode::from(1),
            Self::Syntax => ExitCode::from(2),
            Self::ClosedPipe => ExitCode::SUCCESS,
            Self::Cancelled => Self::new("the query was stopped").report(),
            Self::Write(error) => Self::new(format!("cannot write: {error}")).report(),
            Self::Corrupt(message) => {
                Self::new(message).help("`factloom verify FILE` looks at the whole of a compiled graph").report()
            }
            Self::Error(message, help) => {
                say(format_args!("error: {message}"));
                if let Some(help) = help {
                    say(format_args!("help: {help}"));
                }
                ExitCode::from(2)
            }
        }
    }
}

/// Says something on stderr. Where that is gone, there is nobody to tell, and the work goes on.
pub(super) fn say(message: impl fmt::Display) {
    let _ = writeln!(anstream::stderr(), "{message}");
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Write(error),
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
            other => Self::new(other.to_string()),
        }
    }
}

impl From<QueryEvaluationError> for Failure {
    fn from(error: QueryEvaluationError) -> Self {
        match &error {
            QueryEvaluationError::Cancelled => Self::Cancelled,
            QueryEvaluationError::Dataset(e) if matches!(e.downcast_ref(), Some(GraphError::Corrupt(_))) => {
                Self::Corrupt(e.to_string())
            }
            _ => Self::new(format!("the query failed: {error}")),
        }
    }
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Self {
        match error {
            OutputError::Io(error) => error.into(),
            OutputError::Evaluation(error) => error.into(),
            OutputError::Store(error) => error.into(),
            OutputError::XmlCharacter(_) => {
                Self::new(error.to_string()).help("take a format that is no XML, such as json, csv or tsv")
            }
            OutputError::ListSeparator(_) => {
                Self::new(error.to_string()).help("take the character out of the text, or take a format such as csv")
            }
        }
    }
}

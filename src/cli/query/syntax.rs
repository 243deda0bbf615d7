//! Showing what is wrong with a query that is no SPARQL.

use super::QueryArgs;
use crate::cli::failure::Failure;
use crate::cli::load::show;
use crate::dataset::locate_in;
use crate::diagnostic::FileId;
use crate::model::SparqlError;
use crate::query;
use crate::store::Store;
use std::path::Path;

/// Shows what is wrong with a query, at its place in the text that is known by a name.
pub(in crate::cli) fn refused(text: &str, name: &str, error: &SparqlError, store: &Store) -> Failure {
    let finding = query::diagnose_syntax(text, error, store.names(), Some(store), FileId(0));
    show(&[locate_in(&finding, name, text)]);
    Failure::Syntax
}

/// What the query of the arguments is known by: its file, its own name, or `query`.
pub(super) fn name_of(args: &QueryArgs) -> String {
    match (&args.query_file, &args.name) {
        (Some(file), _) if file == Path::new("-") => "stdin".to_owned(),
        (Some(file), _) => file.display().to_string(),
        (None, Some(name)) => name.clone(),
        (None, None) => "query".to_owned(),
    }
}

//! Checks the rules and the stored queries of a dataset.

use super::{QueryTemplate, QueryTemplateError, diagnose};
use crate::dataset::{Dataset, QueryFile};
use crate::diagnostic::{Code, Finding, Findings, Location};
use crate::model::tokenize;
use crate::store::Store;

/// The findings about rules and stored queries that cannot be parsed. With a graph, suggestions also consider labels.
pub fn check_queries(dataset: &Dataset, store: Option<&Store>) -> Findings {
    let names = &dataset.namespaces;
    let mut findings = Findings::new();
    let rules = dataset.rules.iter().map(|rule| (rule, true));
    for (QueryFile { name, file, text }, is_rule) in rules.chain(dataset.queries.iter().map(|query| (query, false))) {
        match QueryTemplate::parse(name, text, names) {
            // The variables of a rule are never parameters.
            Err(QueryTemplateError::Parameter(_) | QueryTemplateError::InvalidDecorator(_)) if is_rule => {}
            Err(_) if is_rule && tokenize(text).is_empty() => {
                let finding = Finding::new(Code::SyntaxError, *file, Location::File, "the rule is empty");
                findings.push(finding.help("write CONSTRUCT { … } WHERE { … }"));
            }
            Err(error) => findings.push(diagnose(text, &error, names, store, *file)),
            Ok(_) => {}
        }
    }
    dataset.files.resolve_locations(findings.stored_mut());
    findings
}

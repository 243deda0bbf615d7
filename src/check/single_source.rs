//! Facts that only one independent source supports.

use super::duplicates::FactNumber;
use super::quotes::CheckedFile;
use crate::dataset::{Dataset, SourceKind};
use crate::diagnostic::{Code, Finding, Findings};
use crate::model::{Evidence, Kind, Publisher, SourceId, Stance, independent_sources};
use oxigraph::model::Triple;
use std::collections::HashMap;
use std::convert::Infallible;

/// Reports facts that only one independent source supports, each at its first statement. Facts without any source other
/// than background are not reported.
pub(super) fn report(dataset: &Dataset, files: &[CheckedFile], valid: &[FactNumber], findings: &mut Findings) {
    let mut facts: HashMap<&Triple, Vec<FactNumber>> = HashMap::new();
    for fact in valid.iter().filter(|fact| fact.statement(files).kind == Kind::Fact) {
        facts.entry(&fact.statement(files).triple).or_default().push(*fact);
    }
    for first in valid {
        let statement = first.statement(files);
        let same_triple = facts.get(&statement.triple).filter(|facts| facts.first() == Some(first));
        let Some(same_triple) = same_triple else { continue };
        let evidence = same_triple.iter().flat_map(|fact| &fact.statement(files).evidence);
        let supporting: Vec<&Evidence> = evidence.filter(|evidence| evidence.stance == Stance::Supports).collect();
        let Ok(sources) =
            independent_sources(supporting.iter().copied(), |source| Ok::<_, Infallible>(publisher(dataset, source)));
        if sources == 1 {
            let sources = supporting.iter().map(|evidence| &evidence.source);
            let source = sources.filter(|source| publisher(dataset, source) != Publisher::Background).min();
            let label = source.map(|source| format!("`{source}` is the only source")).unwrap_or_default();
            let (file, location) = first.location(files, vec!["evidence".into()]);
            let message = format!("only one independent source supports `{}`", statement.id);
            let finding = Finding::new(Code::SingleSource, file, location, message).label(label);
            findings.push(finding.help("add evidence from another publisher"));
        }
    }
}

fn publisher(dataset: &Dataset, source: &SourceId) -> Publisher {
    match dataset.source(source.as_str()) {
        Some(source) if source.kind == SourceKind::Background => Publisher::Background,
        Some(source) => source.publisher.clone().map_or(Publisher::Unknown, Publisher::Known),
        None => Publisher::Unknown,
    }
}

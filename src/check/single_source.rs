//! Facts that rest on one source alone.

use super::usage::Place;
use crate::dataset::{Dataset, SourceKind};
use crate::diagnostic::{Code, Finding, Location};
use crate::model::{Evidence, Kind, Publisher, SourceId, Stance, Statement, independent_sources};
use oxigraph::model::Triple;
use std::collections::HashMap;
use std::convert::Infallible;

/// Reports the facts that one independent source alone states, each at its first statement.
///
/// Facts that are background alone are passed over: no source states them.
pub(super) fn report(dataset: &Dataset, statements: &[Statement], places: &[Place], findings: &mut Vec<Finding>) {
    let mut facts: HashMap<&Triple, Vec<usize>> = HashMap::new();
    for (number, statement) in statements.iter().enumerate().filter(|(_, s)| s.kind == Kind::Fact) {
        facts.entry(&statement.triple).or_default().push(number);
    }
    for (number, statement) in statements.iter().enumerate() {
        let Some(of_triple) = facts.get(&statement.triple).filter(|of_triple| of_triple.first() == Some(&number))
        else {
            continue;
        };
        let evidence = of_triple.iter().flat_map(|number| &statements[*number].evidence);
        let supporting: Vec<&Evidence> = evidence.filter(|evidence| evidence.stance == Stance::Supports).collect();
        let Ok(sources) =
            independent_sources(supporting.iter().copied(), |source| Ok::<_, Infallible>(publisher(dataset, source)));
        if sources == 1 {
            let source = supporting.iter().map(|evidence| &evidence.source);
            let source = source.filter(|s| publisher(dataset, s) != Publisher::Background).min();
            let names = source.map(|source| format!("`{source}`")).unwrap_or_default();
            let (file, record) = places[number];
            let at = Location::Value { record, path: vec!["evidence".into()], key: false };
            let message = format!("one independent source alone states `{}`: {names}", statement.id);
            let finding = Finding::new(Code::SingleSource, file, at, message).label("a second source");
            findings.push(finding.help("find a source of another publisher that states it, or make it a claim"));
        }
    }
}

/// Who answers for a source of a dataset.
fn publisher(dataset: &Dataset, source: &SourceId) -> Publisher {
    match dataset.source(source.as_str()) {
        Some(source) if source.kind == SourceKind::Background => Publisher::Background,
        Some(source) => source.publisher.clone().map_or(Publisher::Unknown, Publisher::Known),
        None => Publisher::Unknown,
    }
}

//! Statements that make a triple, and that the pattern or the steps before it exclude.

use super::runner::PatternRunner;
use super::steps::{bgp, join};
use super::suggestions::{HintsResult, Suggester};
use crate::model::{Kind, Statement, vocab};
use crate::store::{Labels, StoreError};
use oxigraph::model::{NamedNodeRef, Term, Variable};
use spargebra::algebra::GraphPattern;
use spargebra::term::{TermPattern, TriplePattern};

impl Suggester<'_> {
    /// Statements about the triple of a `rdf:reifies` pattern other than those that the patterns before it match.
    pub(super) fn hints_for_other_statements(&self, pattern: &TriplePattern) -> HintsResult {
        let TermPattern::Variable(variable) = &pattern.subject else { return Ok(Vec::new()) };
        let found = statements(self.runner, &bgp(pattern), variable)?;
        found
            .iter()
            .map(|found| Ok(format!("only another statement states this: {}", sentence(self.runner, found)?)))
            .collect()
    }

    /// Claims about the triple of a pattern, which do not assert it.
    pub(super) fn hints_for_claims(&self, pattern: &TriplePattern) -> HintsResult {
        let runner = self.runner;
        if matches!(pattern.subject, TermPattern::Literal(_) | TermPattern::Triple(_)) {
            return Ok(Vec::new());
        }
        let claim = runner.fresh("claim");
        let about_claim = |predicate: NamedNodeRef<'_>, object: TermPattern| TriplePattern {
            subject: claim.clone().into(),
            predicate: predicate.into_owned().into(),
            object,
        };
        let patterns = vec![
            about_claim(vocab::rdf::TYPE, vocab::fl::CLAIM.into_owned().into()),
            about_claim(vocab::rdf::REIFIES, TermPattern::Triple(Box::new(pattern.clone()))),
        ];
        let claimed = GraphPattern::Bgp { patterns };
        let mut found = statements(runner, &join(self.before, claimed.clone()), &claim)?;
        if found.is_empty() && !runner.has_solution(&bgp(pattern))? {
            found = statements(runner, &claimed, &claim)?;
        }
        let mut hints = Vec::new();
        for claim in &found {
            hints.push(format!("only a claim states this: {}", sentence(runner, claim)?));
        }
        if !found.is_empty() {
            let triple = runner.show(pattern);
            let (class, reifies) = (runner.show(&vocab::fl::CLAIM), runner.show(&vocab::rdf::REIFIES));
            hints.push(format!("to find claims, use `?claim a {class} ; {reifies} <<( {triple} )>>`"));
        }
        Ok(hints)
    }
}

/// Up to three statements among the values of a variable.
fn statements(
    runner: &PatternRunner<'_>,
    pattern: &GraphPattern,
    variable: &Variable,
) -> Result<Vec<Statement>, StoreError> {
    let mut found = Vec::new();
    for value in runner.values(pattern, variable)?.into_values() {
        let Term::NamedNode(node) = value else { continue };
        let id = runner.store().namespaces().statement_id(node.as_ref());
        found.extend(id.map(|id| runner.store().statement(&id)).transpose()?.flatten());
        if found.len() == 3 {
            break;
        }
    }
    Ok(found)
}

/// A statement as a sentence, with its kind and id.
fn sentence(runner: &PatternRunner<'_>, statement: &Statement) -> Result<String, StoreError> {
    let store = runner.store();
    let labels = Labels::new(&store, &store.metadata().language);
    let kind = match &statement.kind {
        Kind::Claim(claim) => format!("claim, {}", labels.status(&claim.status)?),
        Kind::Inference(derivation) | Kind::Entailment(derivation) => {
            format!("{}, rule {}", statement.kind.as_str(), derivation.rule)
        }
        Kind::Fact => "fact".to_owned(),
    };
    Ok(format!("“{}” ({kind}, `{}`)", labels.sentence(&statement.triple)?, statement.id))
}

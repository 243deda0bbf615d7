//! The rules of standard entailment.

use crate::model::Entailment;

/// The names and texts of rules.
type RuleTexts = &'static [(&'static str, &'static str)];

macro_rules! rules {
    ($($rule:literal),*) => {
        &[$(($rule, include_str!(concat!("../../data/entailment/", $rule, ".rq")))),*]
    };
}

/// The rules of [RDF Schema entailment] that derive statements about instances.
///
/// [RDF Schema entailment]: https://www.w3.org/TR/rdf11-mt/#rdfs-entailment
const RDFS: RuleTexts = rules!["rdfs-class-hierarchy", "rdfs-domain", "rdfs-property-hierarchy", "rdfs-range"];

/// Some rules of [OWL 2 RL].
///
/// [OWL 2 RL]: https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
const OWL: RuleTexts = rules![
    "owl-inverse",
    "owl-same-as",
    "owl-same-class",
    "owl-same-object",
    "owl-same-subject",
    "owl-symmetric",
    "owl-transitive"
];

/// The names and texts of the rules, sorted by name.
pub(crate) fn rules_of(entailment: Entailment) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let sets: [RuleTexts; 2] = match entailment {
        Entailment::None => [&[], &[]],
        Entailment::Rdfs => [&[], RDFS],
        Entailment::Owl => [OWL, RDFS],
    };
    sets.into_iter().flatten()
}

/// The text of a rule.
pub(super) fn text_of(rule: &str) -> Option<&'static str> {
    rules_of(Entailment::Owl).find(|(name, _)| *name == rule).map(|(_, text)| *text)
}

/// Whether a rule is identical to one of these.
pub(crate) fn is_standard_rule(name: &str, text: &str) -> bool {
    text_of(name) == Some(text)
}

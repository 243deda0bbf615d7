//! The rules of standard entailment, which a manifest enables by the names of their sets.

/// The name of a set, and the names and texts of its rules.
type RuleSet = (&'static str, &'static [(&'static str, &'static str)]);

macro_rules! sets {
    ($($set:literal: $($rule:literal),*;)*) => {
        &[$(($set, &[$((
            concat!($set, "-", $rule),
            include_str!(concat!("../../data/entailment/", $set, "-", $rule, ".rq")),
        )),*])),*]
    };
}

/// `rdfs` has the rules of [RDF Schema entailment] that derive statements about instances; `owl` has some rules of
/// [OWL 2 RL].
///
/// [RDF Schema entailment]: https://www.w3.org/TR/rdf11-mt/#rdfs-entailment
/// [OWL 2 RL]: https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
const SETS: &[RuleSet] = sets! {
    "rdfs": "domain", "range", "subclass", "subproperty";
    "owl": "inverse", "same-as", "same-class", "same-object", "same-subject", "symmetric", "transitive";
};

/// The names and texts of a set's rules; `None` if the set is unknown.
pub(super) fn rules_of(set: &str) -> Option<&'static [(&'static str, &'static str)]> {
    SETS.iter().find(|(name, _)| *name == set).map(|(_, rules)| *rules)
}

/// The text of a rule in any of the sets.
pub(super) fn text_of(rule: &str) -> Option<&'static str> {
    SETS.iter().flat_map(|(_, rules)| *rules).find(|(name, _)| *name == rule).map(|(_, text)| *text)
}

/// Whether a rule is identical to one of these.
pub(crate) fn is_standard_rule(name: &str, text: &str) -> bool {
    text_of(name) == Some(text)
}

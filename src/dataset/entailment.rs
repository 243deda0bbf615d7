//! The rules of standard entailment, which a manifest names by their set.

/// A set of rules: its name, and for each rule its name and text.
type Set = (&'static str, &'static [(&'static str, &'static str)]);

macro_rules! sets {
    ($($set:literal: $($rule:literal),*;)*) => {
        &[$(($set, &[$((
            concat!($set, "-", $rule),
            include_str!(concat!("../../data/entailment/", $set, "-", $rule, ".rq")),
        )),*])),*]
    };
}

/// `rdfs` is the part of [RDF Schema's entailment] that speaks of things and not of the schema, `owl` a part of the rules of
/// [OWL 2 RL].
///
/// [RDF Schema's entailment]: https://www.w3.org/TR/rdf11-mt/#rdfs-entailment
/// [OWL 2 RL]: https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
const SETS: &[Set] = sets! {
    "rdfs": "domain", "range", "subclass", "subproperty";
    "owl": "inverse", "same-as", "same-class", "same-object", "same-subject", "symmetric", "transitive";
};

/// The rules of a set; `None` where no set has the name.
pub(super) fn rules_of(set: &str) -> Option<&'static [(&'static str, &'static str)]> {
    SETS.iter().find(|(name, _)| *name == set).map(|(_, rules)| *rules)
}

/// The text of a rule of one of the sets.
pub(super) fn text_of(rule: &str) -> Option<&'static str> {
    SETS.iter().flat_map(|(_, rules)| *rules).find(|(name, _)| *name == rule).map(|(_, text)| *text)
}

/// Whether a rule is one of the standard ones, word for word.
pub(crate) fn is_standard_rule(name: &str, text: &str) -> bool {
    text_of(name) == Some(text)
}

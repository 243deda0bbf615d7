//! Standard entailment for graphs that are not built from a dataset.

use super::{Rule, RuleError, RuleOptions, infer};
use crate::dataset::{Vocabulary, rules_of};
use crate::model::{Entailment, Namespaces};
use crate::store::GraphBuilder;

/// Adds the triples that follow from the default graph to it.
///
/// Takes as long as building the graph, and as running the rules: linear in the solutions of their patterns. What follows is not
/// marked, as it is in the graph of a dataset, where it belongs to statements.
///
/// # Errors
///
/// Returns an error if the entailment reaches a limit of rules or is cancelled, or if the graph cannot be built.
///
/// ```
/// use factloom::{model::Entailment, rules::{RuleOptions, with_entailment}, store::GraphBuilder};
/// use oxigraph::io::RdfFormat;
///
/// let mut builder = GraphBuilder::new();
/// let text = "PREFIX : <http://e/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
///     :karachi a :City . :City rdfs:subClassOf :Place .";
/// builder.read(RdfFormat::Turtle, None, text.as_bytes())?;
/// let builder = with_entailment(builder, Entailment::Rdfs, &RuleOptions::default())?;
/// assert_eq!(builder.finish()?.len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn with_entailment(
    builder: GraphBuilder,
    entailment: Entailment,
    options: &RuleOptions,
) -> Result<GraphBuilder, RuleError> {
    let (vocabulary, namespaces) = (Vocabulary::default(), Namespaces::standard());
    let parse = |(name, text): &(&str, &str)| Rule::parse(name, text, &vocabulary, &namespaces);
    let rules: Vec<Rule> =
        rules_of(entailment).map(parse).collect::<Result<_, _>>().expect("a test parses the standard rules");
    let graph = builder.finish()?;
    let (inferences, error) = infer(&rules, &vocabulary, &namespaces, &[], &graph, options);
    if let Some(error) = error {
        return Err(error);
    }
    let mut extended = GraphBuilder::resume(&graph)?;
    for index in 0..inferences.len() {
        extended.insert_triple(inferences.triple(index)?.as_ref())?;
    }
    Ok(extended)
}

//! Standard entailment.

use super::choices;

choices!(
    /// What a graph contains in addition to what a dataset states and its own rules derive.
    ///
    /// ```
    /// use factloom::model::Entailment;
    ///
    /// assert_eq!("rdfs".parse(), Ok(Entailment::Rdfs));
    /// ```
    #[derive(Default)]
    Entailment {
        /// Nothing.
        #[default]
        None "none",
        /// What follows from classes, predicates, domains and ranges by RDF Schema.
        Rdfs "rdfs",
        /// The same, and what follows from some terms of OWL.
        Owl "owl",
    }
);

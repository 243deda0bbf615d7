//! Statements, their evidence and their derivations.

use super::{ClaimStatus, Evidence, StatementId, TimeValue};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple};

/// A triple with its kind, qualifiers and evidence.
///
/// ```
/// use factloom::model::StatementId;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let statement = store.statement(&StatementId::new("soviet-union-helped-build-psm")?)?.unwrap();
/// assert!(statement.is_asserted());
/// assert_eq!(statement.evidence[0].quote.as_deref(), Some("Built in 1973 with help … the Soviet Union"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its id in the dataset, or a hash of its content.
    pub id: StatementId,
    /// Its subject, predicate and object.
    pub triple: Triple,
    /// Whether it is a fact, a claim, an inference or an entailment.
    pub kind: Kind,
    /// Further properties, such as its time, sorted by predicate and value, without duplicates.
    pub qualifiers: Vec<Qualifier>,
    /// Its evidence, sorted by source and position, without duplicates. Empty for inferences and entailments.
    pub evidence: Vec<Evidence>,
    /// Who or what proposed it, such as a language model; `None` if the dataset does not say.
    pub proposed_by: Option<String>,
}

/// The kind of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Stated as true by its source. Its triple is in the graph.
    Fact,
    /// Reported, planned, denied, or presented with another [status](ClaimStatus). Its triple is not in the graph.
    Claim(Claim),
    /// Derived by a rule of the dataset and not stated by any fact. Its triple is in the graph.
    Inference(Derivation),
    /// Derived by a rule of RDF Schema or OWL from the vocabulary and other statements. Its triple is in the graph.
    Entailment(Derivation),
}

impl Kind {
    /// `fact`, `claim`, `inference` or `entailment`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Claim(_) => "claim",
            Self::Inference(_) => "inference",
            Self::Entailment(_) => "entailment",
        }
    }

    /// The status of a claim; `None` for other kinds.
    pub fn status(&self) -> Option<&ClaimStatus> {
        match self {
            Self::Claim(claim) => Some(&claim.status),
            Self::Fact | Self::Inference(_) | Self::Entailment(_) => None,
        }
    }

    /// The rule and the premises of an inference or an entailment; `None` for what the dataset states.
    pub fn derivation(&self) -> Option<&Derivation> {
        match self {
            Self::Inference(derivation) | Self::Entailment(derivation) => Some(derivation),
            Self::Fact | Self::Claim(_) => None,
        }
    }
}

/// The status and the speaker of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// How the source presents it.
    pub status: ClaimStatus,
    /// The entity that makes the claim.
    pub by: Option<NamedNode>,
}

/// A predicate and a value that qualify a statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Qualifier {
    /// A predicate of the vocabulary, or one of factloom's predicates for time.
    pub predicate: NamedNode,
    /// Its value.
    pub value: Term,
}

impl Qualifier {
    /// The value, if it is a time.
    pub fn time(&self) -> Option<TimeValue> {
        let Term::Literal(literal) = &self.value else { return None };
        TimeValue::parse(literal.value()).ok()
    }
}

/// The rule and the premises of an inference or an entailment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derivation {
    /// The rule's name.
    pub rule: String,
    /// The premises that the rule's patterns matched: statements sorted by id, then declared triples sorted by their
    /// N-Triples, without duplicates.
    pub premises: Vec<Premise>,
}

/// A premise of an inference or an entailment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Premise {
    /// A fact, or another inference or entailment.
    Statement(StatementId),
    /// A triple that the vocabulary or the entities declare.
    Declared(Triple),
}

impl Derivation {
    /// Sorts the premises and removes duplicates.
    pub fn normalize(&mut self) {
        self.premises.sort_by_cached_key(|premise| match premise {
            Premise::Statement(id) => (0, id.to_string()),
            Premise::Declared(triple) => (1, triple.to_string()),
        });
        self.premises.dedup();
    }
}

impl Statement {
    /// A statement without qualifiers and evidence.
    pub fn new(id: StatementId, triple: Triple, kind: Kind) -> Self {
        Self { id, triple, kind, qualifiers: Vec::new(), evidence: Vec::new(), proposed_by: None }
    }

    /// Sorts qualifiers, evidence and premises, and removes duplicates.
    pub fn normalize(&mut self) {
        if let Kind::Inference(derivation) | Kind::Entailment(derivation) = &mut self.kind {
            derivation.normalize();
        }
        self.qualifiers.sort_by_cached_key(|q| (q.predicate.as_str().to_owned(), q.value.to_string()));
        self.qualifiers.dedup();
        self.evidence.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        self.evidence.dedup();
    }

    /// Whether an entity is its subject, its object, the value of a qualifier, or its speaker.
    pub fn mentions(&self, entity: &NamedNode) -> bool {
        let by = match &self.kind {
            Kind::Claim(claim) => claim.by.as_ref(),
            Kind::Fact | Kind::Inference(_) | Kind::Entailment(_) => None,
        };
        let is = |term: &Term| matches!(term, Term::NamedNode(node) if node == entity);
        let subject = matches!(&self.triple.subject, NamedOrBlankNode::NamedNode(node) if node == entity);
        subject || is(&self.triple.object) || self.qualifiers.iter().any(|q| is(&q.value)) || by == Some(entity)
    }

    /// Whether the statement's triple is in the graph.
    pub fn is_asserted(&self) -> bool {
        !matches!(self.kind, Kind::Claim(_))
    }
}

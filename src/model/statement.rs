//! Statements, and what they rest on.

use super::{SourceId, Span, StatementId, vocab};
use oxigraph::model::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};

/// A subject, a predicate and an object, with qualifiers, and what it rests on.
///
/// ```
/// use factloom::model::StatementId;
///
/// let (dataset, store) = factloom::build(factloom::dataset::Folder::Bundled(factloom::BUNDLED))?;
/// let statement = store.statement(&StatementId::new("soviet-union-helped-build-psm")?)?.unwrap();
/// assert!(statement.is_asserted());
/// assert_eq!(statement.evidence[0].quote.as_deref(), Some("Built in 1973 … the Soviet Union"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its id in the dataset, or the hash that stands for one.
    pub id: StatementId,
    /// What it says.
    pub triple: Triple,
    /// Whether its source states it, only reports it, or a rule derived it.
    pub kind: Kind,
    /// When, how, in what office: sorted by predicate and value, without repetition.
    pub qualifiers: Vec<Qualifier>,
    /// The words it rests on: sorted by source and place, without repetition. Empty for inferences.
    pub evidence: Vec<Evidence>,
}

/// The kind of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Its source states it as true. Its triple is in the graph.
    Fact,
    /// It is only reported, planned, thought possible, or denied. Its triple is not in the graph.
    Claim(Claim),
    /// A rule derived it and no fact states it. Its triple is in the graph.
    Inference(Derivation),
}

impl Kind {
    /// The kind's name in messages and documents: `fact`, `claim` or `inference`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Claim(_) => "claim",
            Self::Inference(_) => "inference",
        }
    }
}

/// What makes a statement a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// How the source puts it.
    pub status: ClaimStatus,
    /// Who says so, an entity.
    pub by: Option<NamedNode>,
}

/// How a source puts a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimStatus {
    /// Somebody says so.
    Reported,
    /// Somebody means to bring it about.
    Planned,
    /// It may come about, or is hoped for.
    Possible,
    /// Somebody says that it is not so.
    Denied,
}

impl ClaimStatus {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Reported, Self::Planned, Self::Possible, Self::Denied];

    /// The status as it stands in the files: `reported`, `planned`, `possible` or `denied`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Planned => "planned",
            Self::Possible => "possible",
            Self::Denied => "denied",
        }
    }

    /// The term for it in the graph.
    pub fn term(self) -> NamedNodeRef<'static> {
        match self {
            Self::Reported => vocab::fl::REPORTED,
            Self::Planned => vocab::fl::PLANNED,
            Self::Possible => vocab::fl::POSSIBLE,
            Self::Denied => vocab::fl::DENIED,
        }
    }
}

/// A further predicate and value that say more about a statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Qualifier {
    /// The predicate: a term of the vocabulary, or one of factloom's for time.
    pub predicate: NamedNode,
    /// Its value.
    pub value: Term,
}

/// A source, the words in it that bear on a statement, and whether they support or dispute it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// The source.
    pub source: SourceId,
    /// Whether the words support or dispute the statement.
    pub stance: Stance,
    /// The words, with `…` for words left out; `None` for background that only a note explains.
    pub quote: Option<String>,
    /// What the curator says about it.
    pub note: Option<String>,
    /// What tells equal quotes in one source apart.
    pub selector: Selector,
    /// Where the quote lies; `None` where the source has no text.
    pub span: Option<Span>,
}

/// Whether evidence speaks for or against a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stance {
    /// It supports the statement.
    #[default]
    Supports,
    /// It disputes the statement.
    Disputes,
}

/// What tells equal quotes in one source apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector {
    /// Which of the places, counted from 1 in the order of the text.
    pub nth: Option<u32>,
    /// Words right before the quote.
    pub prefix: Option<String>,
    /// Words right behind the quote.
    pub suffix: Option<String>,
}

/// How an inference came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derivation {
    /// The rule's name.
    pub rule: String,
    /// What the rule's patterns matched: statements sorted by id, then given triples by their N-Triples, without repetition.
    pub premises: Vec<Premise>,
}

/// What an inference rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Premise {
    /// A fact or another inference.
    Statement(StatementId),
    /// A triple that comes from the entities or the vocabulary.
    Declared(Triple),
}

impl Derivation {
    /// Puts the premises in their stated order and drops repetitions.
    pub fn normalize(&mut self) {
        self.premises.sort_by_cached_key(|premise| match premise {
            Premise::Statement(id) => (0, id.to_string()),
            Premise::Declared(triple) => (1, triple.to_string()),
        });
        self.premises.dedup();
    }
}

impl Statement {
    /// Puts qualifiers, evidence and premises in their stated order and drops repetitions.
    pub fn normalize(&mut self) {
        if let Kind::Inference(derivation) = &mut self.kind {
            derivation.normalize();
        }
        self.qualifiers.sort_by_cached_key(|q| (q.predicate.as_str().to_owned(), q.value.to_string()));
        self.qualifiers.dedup();
        self.evidence.sort_by(|a, b| {
            let key = |e: &Evidence| e.span.as_ref().map(|s| (s.start(), s.end()));
            (&a.source, key(a), &a.quote, &a.note, a.stance, &a.selector).cmp(&(
                &b.source,
                key(b),
                &b.quote,
                &b.note,
                b.stance,
                &b.selector,
            ))
        });
        self.evidence.dedup();
    }

    /// Whether it has an entity as its subject or object, as the value of a qualifier, or as who claims it.
    pub fn mentions(&self, entity: &NamedNode) -> bool {
        let by = match &self.kind {
            Kind::Claim(claim) => claim.by.as_ref(),
            Kind::Fact | Kind::Inference(_) => None,
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

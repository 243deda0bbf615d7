//! What a triple of the graph rests on: statements, or a file that gives it.

use super::{DeclaredTriple, TripleOrigin};
use crate::model::{Kind, Premise, Statement, StatementId, vocab};
use crate::store::{Store, StoreError};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple, Variable};
use oxigraph::sparql::QueryResults;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::{GroundTerm, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// What has been gathered for a row, or for a triple of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    pub(super) statements: BTreeSet<StatementId>,
    /// Evidence that was matched: cited by the statements that have it, where none of them is cited anyway.
    evidence: BTreeSet<NamedNode>,
    /// By the N-Triples of what is given.
    pub(super) given: BTreeMap<String, DeclaredTriple>,
}

impl Gathered {
    pub(super) fn add(&mut self, other: &Self) {
        self.statements.extend(other.statements.iter().cloned());
        self.evidence.extend(other.evidence.iter().cloned());
        for (text, given) in &other.given {
            if !self.given.contains_key(text) {
                self.given.insert(text.clone(), given.clone());
            }
        }
    }
}

/// Looks up what triples rest on, each once.
pub(super) struct Grounds<'a> {
    store: &'a Store,
    triples: HashMap<Triple, Rc<Gathered>>,
    statements: BTreeMap<StatementId, Option<Rc<Statement>>>,
    below: HashMap<StatementId, Rc<Gathered>>,
}

impl<'a> Grounds<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store, triples: HashMap::new(), statements: BTreeMap::new(), below: HashMap::new() }
    }

    /// What a triple that was matched rests on.
    pub(super) fn of(&mut self, triple: &Triple) -> Result<Rc<Gathered>, StoreError> {
        if let Some(known) = self.triples.get(triple) {
            return Ok(known.clone());
        }
        let found = Rc::new(self.find(triple)?);
        self.triples.insert(triple.clone(), found.clone());
        Ok(found)
    }

    fn find(&mut self, triple: &Triple) -> Result<Gathered, StoreError> {
        let names = self.store.names();
        let mut found = Gathered::default();
        for id in self.asserting(triple)? {
            found.add(&*self.below(&id)?);
        }
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
            if found.statements.is_empty() {
                give(&mut found, triple, TripleOrigin::Unknown);
            }
            return Ok(found);
        };
        if let Some(id) = names.statement_id(subject.as_ref())
            && self.statement(&id)?.is_some()
        {
            found.add(&*self.below(&id)?);
        }
        if !found.statements.is_empty() {
            return Ok(found);
        }
        if self.store.count(vocab::fl::EVIDENCE, Some(subject.into()))? > 0 {
            found.evidence.insert(subject.clone());
            return Ok(found);
        }
        give(&mut found, triple, self.giver(subject, triple)?);
        Ok(found)
    }

    /// Where a triple that no statement states comes from.
    fn giver(&self, subject: &NamedNode, triple: &Triple) -> Result<TripleOrigin, StoreError> {
        let names = self.store.names();
        Ok(match self.store.location_of_declared(triple)? {
            Some((file, line)) => TripleOrigin::File { file, line },
            None => match (names.source_id(subject.as_ref()), names.rule_name(subject.as_ref())) {
                (Some(source), _) => TripleOrigin::Source(source),
                (None, Some(rule)) => TripleOrigin::Rule(rule.to_owned()),
                (None, None) => TripleOrigin::Unknown,
            },
        })
    }

    /// A statement, where there is one of the id.
    pub(super) fn statement(&mut self, id: &StatementId) -> Result<Option<Rc<Statement>>, StoreError> {
        if let Some(known) = self.statements.get(id) {
            return Ok(known.clone());
        }
        let found = self.store.statement(id)?.map(Rc::new);
        self.statements.insert(id.clone(), found.clone());
        Ok(found)
    }

    /// The facts and inferences of a triple: all that put it into the graph.
    fn asserting(&mut self, triple: &Triple) -> Result<Vec<StatementId>, StoreError> {
        let term = Term::from(triple.clone());
        let mut found = Vec::new();
        for reifying in self.store.triples_with_object(vocab::rdf::REIFIES, term.as_ref())? {
            let NamedOrBlankNode::NamedNode(node) = &reifying.subject else { continue };
            let Some(id) = self.store.names().statement_id(node.as_ref()) else { continue };
            if self.statement(&id)?.is_some_and(|statement| statement.is_asserted()) {
                found.push(id);
            }
        }
        Ok(found)
    }

    /// A statement with all that it rests on. A premise is a triple, which several facts may state: it rests on each of them.
    fn below(&mut self, id: &StatementId) -> Result<Rc<Gathered>, StoreError> {
        if let Some(known) = self.below.get(id) {
            return Ok(known.clone());
        }
        let mut found = Gathered::default();
        let mut open = vec![id.clone()];
        while let Some(next) = open.pop() {
            if !found.statements.insert(next.clone()) {
                continue;
            }
            let Some(statement) = self.statement(&next)? else { continue };
            let Kind::Inference(derivation) = &statement.kind else { continue };
            for premise in &derivation.premises {
                match premise {
                    Premise::Declared(triple) => {
                        let giver = match &triple.subject {
                            NamedOrBlankNode::NamedNode(subject) => self.giver(subject, triple)?,
                            NamedOrBlankNode::BlankNode(_) => TripleOrigin::Unknown,
                        };
                        give(&mut found, triple, giver);
                    }
                    Premise::Statement(premise) => {
                        open.push(premise.clone());
                        if let Some(premise) = self.statement(premise)? {
                            open.extend(self.asserting(&premise.triple)?);
                        }
                    }
                }
            }
        }
        let found = Rc::new(found);
        self.below.insert(id.clone(), found.clone());
        Ok(found)
    }

    /// Cites evidence that was matched by the statements that have it.
    pub(super) fn settle(&mut self, gathered: &mut Gathered) -> Result<(), StoreError> {
        for node in std::mem::take(&mut gathered.evidence) {
            let having = self.store.triples_with_object(vocab::fl::EVIDENCE, (&node).into())?;
            let ids = having.iter().filter_map(|triple| match &triple.subject {
                NamedOrBlankNode::NamedNode(subject) => self.store.names().statement_id(subject.as_ref()),
                NamedOrBlankNode::BlankNode(_) => None,
            });
            let ids: Vec<StatementId> = ids.collect();
            if !ids.iter().any(|id| gathered.statements.contains(id)) {
                gathered.statements.extend(ids);
            }
        }
        Ok(())
    }
}

fn give(found: &mut Gathered, triple: &Triple, by: TripleOrigin) {
    found.given.insert(triple.to_string(), DeclaredTriple { triple: triple.clone(), origin: by });
}

/// The predicates that lead to a term, sorted.
pub(super) fn predicates_to(store: &Store, term: &Term) -> Result<BTreeSet<NamedNode>, StoreError> {
    let variable = Variable::new_unchecked;
    let object = variable("o");
    let value = match term {
        Term::NamedNode(node) => GroundTerm::from(node.clone()),
        Term::Literal(literal) => GroundTerm::from(literal.clone()),
        Term::BlankNode(_) | Term::Triple(_) => return Ok(BTreeSet::new()),
    };
    let table = GraphPattern::Values { variables: vec![object.clone()], bindings: vec![vec![Some(value)]] };
    let predicate = variable("p");
    let pattern = TriplePattern {
        subject: TermPattern::Variable(variable("s")),
        predicate: predicate.clone().into(),
        object: TermPattern::Variable(object),
    };
    let joined =
        GraphPattern::Join { left: Box::new(table), right: Box::new(GraphPattern::Bgp { patterns: vec![pattern] }) };
    let pattern = GraphPattern::Project { inner: Box::new(joined), variables: vec![predicate] };
    let mut found = BTreeSet::new();
    if let QueryResults::Solutions(solutions) =
        store.query(&Query::Select { dataset: None, pattern, base_iri: None })?
    {
        for solution in solutions {
            if let Some(Term::NamedNode(predicate)) = solution?.get(0) {
                found.insert(predicate.clone());
            }
        }
    }
    Ok(found)
}

//! A rule: a CONSTRUCT query, made ready to tell what each of its solutions rests on.

use crate::dataset::{Dataset, Leads, QueryFile};
use crate::diagnostic::{At, Code, Finding};
use crate::query::{self, Decorators};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple, Variable};
use oxigraph::sparql::QuerySolution;
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// A rule that can be run.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The name of its file, without the ending.
    pub name: String,
    /// What it derives, in one line.
    pub summary: Option<String>,
    /// What it derives.
    pub(super) template: Vec<TriplePattern>,
    /// What it rests on.
    pub(super) premises: Vec<TriplePattern>,
    /// A query for all variables of the rule.
    pub(super) select: Query,
    /// Whether it may make terms that are not in the graph.
    pub(super) makes_terms: bool,
}

/// Why a query cannot be a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsupportedRule {
    /// It is a SELECT, ASK or DESCRIBE query.
    #[error("a rule is a CONSTRUCT query")]
    NotConstruct,
    /// It has a part whose solutions cannot say what they rest on.
    #[error("a rule cannot have {0}, since it would not be known what its inferences rest on")]
    Pattern(&'static str),
    /// It calls a function whose value is another at each run.
    #[error("a rule cannot call {0}, since its inferences would differ from build to build")]
    Volatile(&'static str),
    /// It makes nodes without a name.
    #[error("a rule cannot construct blank nodes, since they have no name that depends on content alone")]
    BlankNode,
    /// It constructs triple terms.
    #[error("a rule cannot construct or match triple terms; it sees triples, and not the statements behind them")]
    TripleTerm,
    /// It derives with a predicate that is not in the vocabulary.
    #[error("a rule derives predicates of the vocabulary only, and {0} is none")]
    Predicate(NamedNode),
}

impl Rule {
    /// Makes a rule of a file that has been found to be SPARQL; `None`, and a finding, where it cannot be one.
    pub fn new(file: &QueryFile, dataset: &Dataset, findings: &mut Vec<Finding>) -> Option<Self> {
        let decorators = Decorators::of(&file.text).unwrap_or_else(|e| {
            let message = format!("the decorators are no YAML: {e}");
            findings.push(Finding::new(Code::Syntax, file.file, At::File, message).help("see https://grlc.io"));
            Decorators::default()
        });
        // What is no SPARQL has been reported by the check.
        let query = query::parse(&file.text, &dataset.names).ok()?;
        match Self::of_query(&file.name, query, dataset) {
            Ok(rule) => Some(Self { summary: decorators.summary, ..rule }),
            Err(e) => {
                let finding = Finding::new(Code::Syntax, file.file, At::File, e.to_string());
                let help = "write the rule with triple patterns, FILTER, BIND and VALUES";
                findings.push(finding.expected("a CONSTRUCT query that can be a rule").help(help));
                None
            }
        }
    }

    fn of_query(name: &str, query: Query, dataset: &Dataset) -> Result<Self, UnsupportedRule> {
        let Query::Construct { template, dataset: None, pattern, base_iri } = query else {
            return Err(UnsupportedRule::NotConstruct);
        };
        for triple in &template {
            let blank = |term: &TermPattern| matches!(term, TermPattern::BlankNode(_));
            if blank(&triple.subject) || blank(&triple.object) {
                return Err(UnsupportedRule::BlankNode);
            }
            if matches!(triple.object, TermPattern::Triple(_)) {
                return Err(UnsupportedRule::TripleTerm);
            }
            if let NamedNodePattern::NamedNode(predicate) = &triple.predicate
                && dataset.vocabulary.predicate_of(predicate).is_none()
            {
                return Err(UnsupportedRule::Predicate(predicate.clone()));
            }
        }
        // The parser puts a projection around the whole of a CONSTRUCT query's pattern.
        let pattern = match pattern {
            GraphPattern::Project { inner, .. } => *inner,
            other => other,
        };
        let mut premises = Vec::new();
        let mut makes_terms = false;
        let pattern = prepare(pattern, &mut premises, &mut makes_terms)?;
        let mut variables = BTreeSet::new();
        for triple in template.iter().chain(&premises) {
            variables.extend(variables_of(triple));
        }
        let pattern = GraphPattern::Project { inner: Box::new(pattern), variables: variables.into_iter().collect() };
        let select = Query::Select { dataset: None, pattern, base_iri };
        Ok(Self { name: name.to_owned(), summary: None, template, premises, select, makes_terms })
    }
}

fn variables_of(triple: &TriplePattern) -> impl Iterator<Item = Variable> {
    let predicate = match &triple.predicate {
        NamedNodePattern::Variable(variable) => Some(variable.clone()),
        NamedNodePattern::NamedNode(_) => None,
    };
    let term = |term: &TermPattern| match term {
        TermPattern::Variable(variable) => Some(variable.clone()),
        _ => None,
    };
    [term(&triple.subject), predicate, term(&triple.object)].into_iter().flatten()
}

/// Makes variables of blank nodes, so that their solutions are seen, and collects the triple patterns.
fn prepare(
    pattern: GraphPattern,
    premises: &mut Vec<TriplePattern>,
    makes_terms: &mut bool,
) -> Result<GraphPattern, UnsupportedRule> {
    let mut inside = |pattern: Box<GraphPattern>| prepare(*pattern, premises, makes_terms).map(Box::new);
    Ok(match pattern {
        GraphPattern::Bgp { patterns } => {
            let named = |term: TermPattern| match term {
                TermPattern::BlankNode(blank) => {
                    Ok(TermPattern::Variable(Variable::new_unchecked(format!("_{}", blank.as_str()))))
                }
                TermPattern::Triple(_) => Err(UnsupportedRule::TripleTerm),
                other => Ok(other),
            };
            let patterns = patterns
                .into_iter()
                .map(|t| {
                    Ok(TriplePattern { subject: named(t.subject)?, predicate: t.predicate, object: named(t.object)? })
                })
                .collect::<Result<Vec<_>, _>>()?;
            premises.extend(patterns.iter().cloned());
            GraphPattern::Bgp { patterns }
        }
        GraphPattern::Join { left, right } => GraphPattern::Join { left: inside(left)?, right: inside(right)? },
        GraphPattern::Filter { expr, inner } => {
            refuse(&expr)?;
            GraphPattern::Filter { expr, inner: inside(inner)? }
        }
        GraphPattern::Extend { inner, variable, expression } => {
            refuse(&expression)?;
            let inner = inside(inner)?;
            *makes_terms = true;
            GraphPattern::Extend { inner, variable, expression }
        }
        values @ GraphPattern::Values { .. } => values,
        GraphPattern::Path { .. } => return Err(UnsupportedRule::Pattern("property paths")),
        GraphPattern::LeftJoin { .. } => return Err(UnsupportedRule::Pattern("OPTIONAL")),
        GraphPattern::Union { .. } => return Err(UnsupportedRule::Pattern("UNION")),
        GraphPattern::Minus { .. } => return Err(UnsupportedRule::Pattern("MINUS")),
        GraphPattern::Graph { .. } => return Err(UnsupportedRule::Pattern("GRAPH")),
        GraphPattern::Service { .. } => return Err(UnsupportedRule::Pattern("SERVICE")),
        GraphPattern::Group { .. } => return Err(UnsupportedRule::Pattern("aggregates")),
        GraphPattern::Project { .. } => return Err(UnsupportedRule::Pattern("a query inside a query")),
        GraphPattern::Distinct { .. } | GraphPattern::Reduced { .. } => {
            return Err(UnsupportedRule::Pattern("DISTINCT"));
        }
        GraphPattern::OrderBy { .. } | GraphPattern::Slice { .. } => {
            return Err(UnsupportedRule::Pattern("ORDER BY, LIMIT or OFFSET"));
        }
        _ => return Err(UnsupportedRule::Pattern("this kind of pattern")),
    })
}

/// Refuses expressions that ask patterns, and functions whose value is another at each run.
fn refuse(expression: &Expression) -> Result<(), UnsupportedRule> {
    use Expression as E;
    use spargebra::algebra::Function as F;
    match expression {
        E::Exists(_) => Err(UnsupportedRule::Pattern("EXISTS")),
        E::NamedNode(_) | E::Literal(_) | E::Variable(_) | E::Bound(_) => Ok(()),
        E::Or(a, b)
        | E::And(a, b)
        | E::Equal(a, b)
        | E::SameTerm(a, b)
        | E::Greater(a, b)
        | E::GreaterOrEqual(a, b)
        | E::Less(a, b)
        | E::LessOrEqual(a, b)
        | E::Add(a, b)
        | E::Subtract(a, b)
        | E::Multiply(a, b)
        | E::Divide(a, b) => [a, b].into_iter().try_for_each(|e| refuse(e)),
        E::UnaryPlus(a) | E::UnaryMinus(a) | E::Not(a) => refuse(a),
        E::In(a, list) => [&**a].into_iter().chain(list).try_for_each(refuse),
        E::If(a, b, c) => [a, b, c].into_iter().try_for_each(|e| refuse(e)),
        E::Coalesce(list) => list.iter().try_for_each(refuse),
        E::FunctionCall(function, list) => match function {
            F::Rand => Err(UnsupportedRule::Volatile("RAND")),
            F::Now => Err(UnsupportedRule::Volatile("NOW")),
            F::Uuid => Err(UnsupportedRule::Volatile("UUID")),
            F::StrUuid => Err(UnsupportedRule::Volatile("STRUUID")),
            F::BNode => Err(UnsupportedRule::Volatile("BNODE")),
            _ => list.iter().try_for_each(refuse),
        },
    }
}

/// The triple of a pattern under a solution; `None` where a variable is not bound, or a literal would be a subject.
pub(super) fn instantiate(pattern: &TriplePattern, solution: &QuerySolution) -> Option<Triple> {
    let term = |pattern: &TermPattern| match pattern {
        TermPattern::NamedNode(iri) => Some(Term::from(iri.clone())),
        TermPattern::Literal(literal) => Some(Term::from(literal.clone())),
        TermPattern::Variable(variable) => solution.get(variable).cloned(),
        TermPattern::BlankNode(_) | TermPattern::Triple(_) => None,
    };
    let subject = match term(&pattern.subject)? {
        Term::NamedNode(iri) => NamedOrBlankNode::from(iri),
        Term::BlankNode(blank) => NamedOrBlankNode::from(blank),
        Term::Literal(_) | Term::Triple(_) => return None,
    };
    let predicate = match &pattern.predicate {
        NamedNodePattern::NamedNode(iri) => iri.clone(),
        NamedNodePattern::Variable(variable) => match solution.get(variable)? {
            Term::NamedNode(iri) => iri.clone(),
            _ => return None,
        },
    };
    Some(Triple::new(subject, predicate, term(&pattern.object)?))
}

/// Whether a rule may derive a triple: its predicate is one of the vocabulary, and leads to what the object is.
pub(super) fn may_derive(triple: &Triple, dataset: &Dataset) -> bool {
    let Some(predicate) = dataset.vocabulary.predicate_of(&triple.predicate) else { return false };
    match (&triple.object, predicate.leads) {
        (Term::NamedNode(object), Leads::ToEntity) => {
            dataset.names.entity_id(object.as_ref()).is_some_and(|id| dataset.entity(id.as_str()).is_some())
        }
        (Term::Literal(_), Leads::ToLiteral) => true,
        _ => false,
    }
}

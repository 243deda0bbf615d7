//! A rule: a CONSTRUCT query, made ready to tell what each of its solutions rests on.

use crate::dataset::{Dataset, QueryFile};
use crate::diagnostic::{At, Code, Finding};
use crate::model::vocab;
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
        let pattern = prepare(pattern, &mut premises)?;
        let mut variables = BTreeSet::new();
        for triple in template.iter().chain(&premises) {
            variables.extend(variables_of(triple));
        }
        let pattern = GraphPattern::Project { inner: Box::new(pattern), variables: variables.into_iter().collect() };
        let select = Query::Select { dataset: None, pattern, base_iri };
        Ok(Self { name: name.to_owned(), summary: None, template, premises, select })
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
fn prepare(pattern: GraphPattern, premises: &mut Vec<TriplePattern>) -> Result<GraphPattern, UnsupportedRule> {
    let mut inside = |pattern: Box<GraphPattern>| prepare(*pattern, premises).map(Box::new);
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
            if asks_a_pattern(&expr) {
                return Err(UnsupportedRule::Pattern("EXISTS"));
            }
            GraphPattern::Filter { expr, inner: inside(inner)? }
        }
        GraphPattern::Extend { inner, variable, expression } => {
            if asks_a_pattern(&expression) {
                return Err(UnsupportedRule::Pattern("EXISTS"));
            }
            GraphPattern::Extend { inner: inside(inner)?, variable, expression }
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

/// Whether an expression holds an EXISTS.
fn asks_a_pattern(expression: &Expression) -> bool {
    use Expression as E;
    match expression {
        E::Exists(_) => true,
        E::NamedNode(_) | E::Literal(_) | E::Variable(_) | E::Bound(_) => false,
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
        | E::Divide(a, b) => asks_a_pattern(a) || asks_a_pattern(b),
        E::UnaryPlus(a) | E::UnaryMinus(a) | E::Not(a) => asks_a_pattern(a),
        E::In(a, list) => asks_a_pattern(a) || list.iter().any(asks_a_pattern),
        E::If(a, b, c) => [a, b, c].into_iter().any(|e| asks_a_pattern(e)),
        E::Coalesce(list) | E::FunctionCall(_, list) => list.iter().any(asks_a_pattern),
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

/// Whether a rule may derive with a predicate.
pub(super) fn may_derive(predicate: &NamedNode, dataset: &Dataset) -> bool {
    dataset.vocabulary.predicate_of(predicate).is_some() && predicate.as_ref() != vocab::rdf::TYPE
}

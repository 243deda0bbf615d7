//! From a rule's pattern to the alternatives that it stands for.
//!
//! Each alternative is a [`Body`]: triple patterns that must all match, with what else must hold. UNION gives one for each
//! branch; OPTIONAL gives one with its part and one without; a sequence path gives further triple patterns.
//!
//! Of `CONSTRUCT { ?a v:r ?b . ?a v:s ?c } WHERE { ?a v:p ?b OPTIONAL { ?b v:q ?c } }` the alternative without the part gives
//! `?a v:r ?b`, which rests on `?a v:p ?b` alone, and the one with it gives `?a v:s ?c`, which rests on both. Since nothing but
//! the template speaks of `?c`, the first one need not ask that the part is absent. With `FILTER(!BOUND(?c))` it must.

use super::UnsupportedRule;
use super::body::{Atom, Body, Node, limited, product, tables};
use super::expression::{Slot, map, variable};
use crate::model::conjuncts;
use oxigraph::model::{Term, Variable};
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};

/// The alternatives of a rule, and the names of their variables.
pub(super) struct Normal {
    /// Each with the triples of the template that it gives.
    pub(super) bodies: Vec<(Body, Vec<Atom>)>,
    /// What each slot is called in the rule; empty for those that the rule does not name.
    pub(super) names: Vec<String>,
}

/// Makes the alternatives of a pattern, each with the triples of the template that it gives.
pub(super) fn normalize(pattern: &GraphPattern, template: &[TriplePattern]) -> Result<Normal, UnsupportedRule> {
    let mut converter = Converter::default();
    let mut scope = Scope::default();
    let mut bodies = converter.pattern(pattern, &mut scope)?;
    let heads = template
        .iter()
        .map(|triple| converter.atom(triple, &mut scope))
        .collect::<Result<Vec<_>, UnsupportedRule>>()?;

    // An optional part whose variables nothing but the template speaks of adds triples and takes none away: then what the
    // template says without them rests on the rest alone, and the part need not be absent.
    let adds = |optional: usize| {
        let only = &converter.optional[optional];
        let without = bodies.iter().filter(|body| body.without.iter().any(|(number, _)| *number == optional));
        without.clone().all(|body| body.mentioned().is_disjoint(only)) && converter.asked.is_disjoint(only)
    };
    let adds: Vec<bool> = (0..converter.optional.len()).map(adds).collect();
    let mut given = Vec::new();
    for mut body in std::mem::take(&mut bodies) {
        for (optional, absent) in std::mem::take(&mut body.without) {
            if !adds[optional] {
                body.absent.extend(absent);
            }
        }
        let bound = body.bound();
        let mentions =
            |head: &Atom, slots: &BTreeSet<Slot>| head.iter().filter_map(Node::slot).any(|slot| slots.contains(&slot));
        let gives = |head: &&Atom| {
            head.iter().filter_map(Node::slot).all(|slot| bound.contains(&slot))
                && body.with.iter().all(|optional| !adds[*optional] || mentions(head, &converter.optional[*optional]))
        };
        let heads: Vec<Atom> = heads.iter().filter(gives).cloned().collect();
        if !heads.is_empty() {
            given.push((body, heads));
        }
    }
    Ok(Normal { bodies: given, names: converter.names })
}

/// What names stand for in a part of the rule.
#[derive(Clone, Default)]
struct Scope(BTreeMap<String, Slot>);

#[derive(Default)]
struct Converter {
    /// What each slot is called.
    names: Vec<String>,
    /// For each optional part the variables that only it gives values to.
    optional: Vec<BTreeSet<Slot>>,
    /// The variables that something asks for where they may have no value.
    asked: BTreeSet<Slot>,
    /// The variables whose values a pattern within EXISTS gets from outside.
    outer: BTreeSet<Slot>,
}

type Result<T, E = UnsupportedRule> = std::result::Result<T, E>;

impl Converter {
    fn fresh(&mut self, name: &str) -> Slot {
        self.names.push(name.to_owned());
        self.names.len() - 1
    }

    fn slot(&mut self, name: &str, scope: &mut Scope) -> Slot {
        if let Some(slot) = scope.0.get(name) {
            return *slot;
        }
        let slot = self.fresh(name);
        scope.0.insert(name.to_owned(), slot);
        slot
    }

    fn node(&mut self, term: &TermPattern, scope: &mut Scope) -> Result<Node> {
        Ok(match term {
            TermPattern::NamedNode(iri) => Node::Term(iri.clone().into()),
            TermPattern::Literal(literal) => Node::Term(literal.clone().into()),
            TermPattern::Variable(variable) => Node::Slot(self.slot(variable.as_str(), scope)),
            // No variable has such a name.
            TermPattern::BlankNode(node) => Node::Slot(self.slot(&format!("_:{}", node.as_str()), scope)),
            TermPattern::Triple(_) => return Err(UnsupportedRule::TripleTerm),
        })
    }

    fn atom(&mut self, triple: &TriplePattern, scope: &mut Scope) -> Result<Atom> {
        let predicate = match &triple.predicate {
            NamedNodePattern::NamedNode(iri) => Node::Term(iri.clone().into()),
            NamedNodePattern::Variable(variable) => Node::Slot(self.slot(variable.as_str(), scope)),
        };
        Ok([self.node(&triple.subject, scope)?, predicate, self.node(&triple.object, scope)?])
    }

    fn pattern(&mut self, pattern: &GraphPattern, scope: &mut Scope) -> Result<Vec<Body>> {
        let refused = |what| Err(UnsupportedRule::Pattern(what));
        let bodies = match pattern {
            GraphPattern::Bgp { patterns } => {
                let atoms = patterns.iter().map(|triple| self.atom(triple, scope)).collect::<Result<_>>()?;
                vec![Body { atoms, ..Body::default() }]
            }
            GraphPattern::Path { subject, path, object } => {
                let (subject, object) = (self.node(subject, scope)?, self.node(object, scope)?);
                self.path(subject, path, object)?
            }
            GraphPattern::Join { left, right } => {
                let (left, right) = (self.pattern(left, scope)?, self.pattern(right, scope)?);
                product(&left, &right)?
            }
            GraphPattern::Union { left, right } => {
                let mut bodies = self.pattern(left, scope)?;
                bodies.extend(self.pattern(right, scope)?);
                bodies
            }
            GraphPattern::Filter { expr, inner } => {
                let mut bodies = self.pattern(inner, scope)?;
                for condition in conjuncts(expr) {
                    bodies = self.filter(condition, bodies, scope)?;
                }
                bodies
            }
            GraphPattern::LeftJoin { left, right, expression } => {
                self.optional(left, right, expression.as_ref(), scope)?
            }
            GraphPattern::Minus { left, right } => {
                let mut left = self.pattern(left, scope)?;
                let right = self.pattern(right, &mut scope.clone())?;
                for body in &mut left {
                    self.minus(body, &right)?;
                }
                left
            }
            GraphPattern::Extend { inner, variable, expression } => {
                let mut bodies = self.pattern(inner, scope)?;
                let slot = self.slot(variable.as_str(), scope);
                for body in &mut bodies {
                    let expression = self.resolve(expression, &body.bound(), scope)?;
                    body.binds.push((slot, expression));
                }
                bodies
            }
            GraphPattern::Values { variables, bindings } => {
                let slots: Vec<Slot> = variables.iter().map(|variable| self.slot(variable.as_str(), scope)).collect();
                let term = |term: &GroundTerm| match term {
                    GroundTerm::NamedNode(iri) => Ok(Term::from(iri.clone())),
                    GroundTerm::Literal(literal) => Ok(Term::from(literal.clone())),
                    GroundTerm::Triple(_) => Err(UnsupportedRule::TripleTerm),
                };
                let row = |row: &Vec<Option<GroundTerm>>| {
                    row.iter().map(|value| value.as_ref().map(term).transpose()).collect::<Result<Vec<_>>>()
                };
                let rows = bindings.iter().map(row).collect::<Result<Vec<_>>>()?;
                tables(&slots, rows).into_iter().map(|table| Body { tables: vec![table], ..Body::default() }).collect()
            }
            GraphPattern::Project { inner, variables } => {
                let mut inside = Scope::default();
                for variable in variables {
                    inside.0.insert(variable.as_str().to_owned(), self.slot(variable.as_str(), scope));
                }
                self.pattern(inner, &mut inside)?
            }
            // What is derived is a set, in no order.
            GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::OrderBy { inner, .. } => self.pattern(inner, scope)?,
            GraphPattern::Slice { .. } => return refused("LIMIT or OFFSET, which leave solutions out by their order"),
            GraphPattern::Group { .. } => {
                return refused("aggregates: each rests on all solutions, and on there being no other");
            }
            GraphPattern::Graph { .. } => return refused("GRAPH: rules see the default graph"),
            GraphPattern::Service { .. } => return refused("SERVICE: what another place says is no premise"),
            GraphPattern::Lateral { .. } => return refused("LATERAL"),
        };
        limited(bodies)
    }

    fn filter(&mut self, condition: &Expression, bodies: Vec<Body>, scope: &Scope) -> Result<Vec<Body>> {
        let mut kept = Vec::with_capacity(bodies.len());
        for mut body in bodies {
            let bound = body.bound();
            match condition {
                Expression::Exists(pattern) => {
                    let inner = self.within(pattern, &bound, scope)?;
                    kept.extend(product(&[body], &inner)?);
                }
                Expression::Not(inner) if matches!(&**inner, Expression::Exists(_)) => {
                    let Expression::Exists(pattern) = &**inner else { continue };
                    let absent = self.within(pattern, &bound, scope)?;
                    body.absent.extend(absent);
                    kept.push(body);
                }
                other => {
                    body.tests.push(self.resolve(other, &bound, scope)?);
                    kept.push(body);
                }
            }
        }
        limited(kept)
    }

    /// Takes away the solutions of a body that share a value with one of some others, and contradict it in none.
    fn minus(&mut self, body: &mut Body, right: &[Body]) -> Result<()> {
        let bound = body.bound();
        let certain = body.certain();
        for right in right {
            self.asked.extend(right.mentioned());
            let shared: BTreeSet<Slot> = right.bound().intersection(&bound).copied().collect();
            // What shares no variable takes nothing away, and what a BIND may leave open may be shared or not.
            if shared.iter().any(|slot| certain.contains(slot) && right.certain().contains(slot)) {
                let absent = self.apart(right, &self.outer.union(&bound).copied().collect());
                body.absent.push(absent);
            } else if !shared.is_empty() {
                return Err(UnsupportedRule::Pattern(
                    "MINUS where the only variables that both sides share may be left open by BIND: write NOT EXISTS",
                ));
            }
        }
        Ok(())
    }

    /// The alternatives of a pattern within EXISTS.
    fn within(&mut self, pattern: &GraphPattern, bound: &BTreeSet<Slot>, scope: &Scope) -> Result<Vec<Body>> {
        let outer: BTreeSet<Slot> = self.outer.union(bound).copied().collect();
        let before = std::mem::replace(&mut self.outer, outer.clone());
        let bodies = self.pattern(pattern, &mut scope.clone());
        self.outer = before;
        let mut apart = Vec::new();
        for body in bodies? {
            self.asked.extend(body.mentioned().difference(bound));
            apart.push(self.apart(&body, &outer));
        }
        Ok(apart)
    }

    fn optional(
        &mut self,
        left: &GraphPattern,
        right: &GraphPattern,
        condition: Option<&Expression>,
        scope: &mut Scope,
    ) -> Result<Vec<Body>> {
        let (left, right) = (self.pattern(left, scope)?, self.pattern(right, scope)?);
        let mut bodies = Vec::new();
        for body in left {
            let known = body.bound();
            let only = right.iter().flat_map(Body::bound).filter(|slot| !known.contains(slot)).collect();
            let number = self.optional.len();
            self.optional.push(only);
            let mut joined = product(std::slice::from_ref(&body), &right)?;
            for condition in condition.into_iter().flat_map(conjuncts) {
                joined = self.filter(condition, joined, scope)?;
            }
            let bound = body.bound();
            let mut absent = Vec::new();
            for both in &joined {
                // What the part adds to the rest; the rest holds anyway.
                let mut part = both.clone();
                part.atoms.drain(..body.atoms.len());
                part.tests.drain(..body.tests.len());
                part.binds.drain(..body.binds.len());
                part.tables.drain(..body.tables.len());
                part.absent.drain(..body.absent.len());
                part.with.clear();
                part.without.drain(..body.without.len());
                absent.push(self.apart(&part, &self.outer.union(&bound).copied().collect()));
            }
            for both in &mut joined {
                both.with.push(number);
            }
            bodies.append(&mut joined);
            let mut without = body;
            without.without.push((number, absent));
            bodies.push(without);
            bodies = limited(bodies)?;
        }
        Ok(bodies)
    }

    /// An expression over slots. Variables that have no value where it stands never get one.
    fn resolve(&mut self, expression: &Expression, bound: &BTreeSet<Slot>, scope: &Scope) -> Result<Expression> {
        map(expression.clone(), &mut |name| {
            let slot = scope.0.get(name.as_str());
            let (has_value, none) = match slot {
                Some(slot) if bound.contains(slot) || self.outer.contains(slot) => (Some(slot), None),
                slot => (None, slot),
            };
            self.asked.extend(none);
            Ok(has_value.map_or_else(|| Variable::new_unchecked("unbound"), |slot| variable(*slot)))
        })
    }

    /// A body whose variables, but for some, are its own.
    fn apart(&mut self, body: &Body, shared: &BTreeSet<Slot>) -> Body {
        let mut own: BTreeMap<Slot, Slot> = BTreeMap::new();
        self.renamed(body, shared, &mut own)
    }

    fn renamed(&mut self, body: &Body, shared: &BTreeSet<Slot>, own: &mut BTreeMap<Slot, Slot>) -> Body {
        for slot in body.mentioned().difference(shared) {
            if !own.contains_key(slot) {
                let name = self.names[*slot].clone();
                let fresh = self.fresh(&name);
                own.insert(*slot, fresh);
            }
        }
        let to = |slot: Slot| own.get(&slot).copied().unwrap_or(slot);
        let node = |node: &Node| match node {
            Node::Slot(slot) => Node::Slot(to(*slot)),
            Node::Term(term) => Node::Term(term.clone()),
        };
        let expression = |expression: &Expression| {
            let renamed = map(expression.clone(), &mut |name| {
                let slot = name.as_str().strip_prefix('s').and_then(|number| number.parse::<Slot>().ok());
                Ok(slot.map_or(name, |slot| variable(to(slot))))
            });
            renamed.unwrap_or_else(|_| expression.clone())
        };
        let mut new = Body {
            atoms: body.atoms.iter().map(|atom| atom.each_ref().map(node)).collect(),
            tests: body.tests.iter().map(expression).collect(),
            binds: body.binds.iter().map(|(slot, value)| (to(*slot), expression(value))).collect(),
            tables: body.tables.clone(),
            absent: Vec::new(),
            with: Vec::new(),
            without: Vec::new(),
        };
        for table in &mut new.tables {
            table.slots.iter_mut().for_each(|slot| *slot = to(*slot));
        }
        // Within what must not match, an optional part that is not there must be absent.
        let absent = body.absent.iter().chain(body.without.iter().flat_map(|(_, absent)| absent));
        for absent in absent {
            let renamed = self.renamed(absent, shared, own);
            new.absent.push(renamed);
        }
        new
    }

    fn path(&mut self, subject: Node, path: &PropertyPathExpression, object: Node) -> Result<Vec<Body>> {
        let one = |atom: Atom| vec![Body { atoms: vec![atom], ..Body::default() }];
        Ok(match path {
            PropertyPathExpression::NamedNode(iri) => one([subject, Node::Term(iri.clone().into()), object]),
            PropertyPathExpression::Reverse(inner) => self.path(object, inner, subject)?,
            PropertyPathExpression::Sequence(first, second) => {
                let middle = Node::Slot(self.fresh(""));
                let first = self.path(subject, first, middle.clone())?;
                let second = self.path(middle, second, object)?;
                product(&first, &second)?
            }
            PropertyPathExpression::Alternative(first, second) => {
                let mut bodies = self.path(subject.clone(), first, object.clone())?;
                bodies.extend(self.path(subject, second, object)?);
                limited(bodies)?
            }
            PropertyPathExpression::NegatedPropertySet(not) => {
                let predicate = self.fresh("");
                let mut bodies = one([subject, Node::Slot(predicate), object]);
                let listed = not.iter().map(|iri| Expression::NamedNode(iri.clone())).collect();
                let among = Expression::In(Box::new(Expression::Variable(variable(predicate))), listed);
                bodies[0].tests.push(Expression::Not(Box::new(among)));
                bodies
            }
            PropertyPathExpression::ZeroOrMore(_)
            | PropertyPathExpression::OneOrMore(_)
            | PropertyPathExpression::ZeroOrOne(_) => {
                return Err(UnsupportedRule::Pattern(
                    "the paths *, + and ?, whose steps are no fixed number of premises: let rules derive a predicate step \
                     by step, and match that",
                ));
            }
        })
    }
}

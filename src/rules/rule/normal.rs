//! Normalizes the pattern of a rule into alternatives without UNION and OPTIONAL.
//!
//! Each alternative is a [`Body`]: triple patterns that must all match, and further conditions. UNION gives one body for each
//! branch, OPTIONAL one that includes its pattern and one that excludes it, and a sequence path further triple patterns.
//!
//! For example, `CONSTRUCT { ?a v:r ?b . ?a v:s ?c } WHERE { ?a v:p ?b OPTIONAL { ?b v:q ?c } }` has two alternatives: one
//! derives `?a v:r ?b` with the premise `?a v:p ?b`, the other derives `?a v:s ?c` with both patterns as premises. Only the
//! template uses `?c`, so the first alternative need not require that the OPTIONAL pattern is absent. With
//! `FILTER(!BOUND(?c))` it must.

use super::UnsupportedRule;
use super::body::{Atom, Body, Node, limited, product, tables};
use super::expression::{Slot, UNBOUND, check_support, replace_variables, slot_of, variable};
use crate::model::conjuncts;
use oxigraph::model::{Term, Variable};
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};

/// A normalized rule.
pub(super) struct Normal {
    /// The alternatives, each with the template triples that it derives.
    pub(super) bodies: Vec<(Body, Vec<Atom>)>,
    /// The name of each slot in the rule; empty for slots that the rule does not name.
    pub(super) names: Vec<String>,
}

/// Normalizes a pattern and a template.
pub(super) fn normalize(pattern: &GraphPattern, template: &[TriplePattern]) -> Result<Normal, UnsupportedRule> {
    let mut converter = Converter::default();
    let mut scope = Scope::default();
    let mut bodies = converter.pattern(pattern, &mut scope)?;
    let heads = template
        .iter()
        .map(|triple| converter.atom(triple, &mut scope))
        .collect::<Result<Vec<_>, UnsupportedRule>>()?;

    // If only the template uses the variables of an OPTIONAL pattern, the pattern is monotone: it adds triples and removes
    // none. Then the alternative that excludes the pattern need not require that it is absent.
    let is_monotone = |optional: usize| {
        let variables = &converter.optional[optional];
        let mut without = bodies.iter().filter(|body| body.without.iter().any(|(number, _)| *number == optional));
        without.all(|body| body.mentioned().is_disjoint(variables)) && converter.tested.is_disjoint(variables)
    };
    let monotone: Vec<bool> = (0..converter.optional.len()).map(is_monotone).collect();
    let mut derived = Vec::new();
    for mut body in std::mem::take(&mut bodies) {
        for (optional, absent) in std::mem::take(&mut body.without) {
            if !monotone[optional] {
                body.absent.extend(absent);
            }
        }
        let bound = body.bound();
        let uses = |head: &Atom, slots: &BTreeSet<Slot>| head.iter().filter_map(Node::slot).any(|s| slots.contains(&s));
        let is_derived = |head: &&Atom| {
            head.iter().filter_map(Node::slot).all(|slot| bound.contains(&slot))
                && body.with.iter().all(|optional| !monotone[*optional] || uses(head, &converter.optional[*optional]))
        };
        let heads: Vec<Atom> = heads.iter().filter(is_derived).cloned().collect();
        if !heads.is_empty() {
            derived.push((body, heads));
        }
    }
    Ok(Normal { bodies: derived, names: converter.names })
}

/// The slots of the variable names in scope.
#[derive(Clone, Default)]
struct Scope(BTreeMap<String, Slot>);

#[derive(Default)]
struct Converter {
    /// The name of each slot.
    names: Vec<String>,
    /// The variables that only each OPTIONAL pattern binds.
    optional: Vec<BTreeSet<Slot>>,
    /// The variables that an expression or a negated pattern uses although they may be unbound.
    tested: BTreeSet<Slot>,
    /// The variables that a pattern in EXISTS gets from the outer pattern.
    outer: BTreeSet<Slot>,
}

type Result<T, E = UnsupportedRule> = std::result::Result<T, E>;

/// The keywords of aggregation.
const AGGREGATES: [&str; 8] = ["COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT", "GROUP"];

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
            // A variable cannot have this name.
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
        let unsupported = |name, keywords, help| Err(UnsupportedRule::feature(name, keywords, help));
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
            // Derived triples are a set without an order.
            GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::OrderBy { inner, .. } => self.pattern(inner, scope)?,
            GraphPattern::Slice { .. } => {
                return unsupported("LIMIT and OFFSET", &["LIMIT", "OFFSET"], "remove LIMIT and OFFSET");
            }
            GraphPattern::Group { .. } => return unsupported("aggregates", &AGGREGATES, "match the triples directly"),
            GraphPattern::Graph { .. } => return unsupported("GRAPH", &["GRAPH"], "match the default graph"),
            GraphPattern::Service { .. } => return unsupported("SERVICE", &["SERVICE"], "match the default graph"),
            GraphPattern::Lateral { .. } => return unsupported("LATERAL", &["LATERAL"], "use a join"),
        };
        limited(bodies)
    }

    fn filter(&mut self, condition: &Expression, bodies: Vec<Body>, scope: &Scope) -> Result<Vec<Body>> {
        let mut filtered = Vec::with_capacity(bodies.len());
        for mut body in bodies {
            let bound = body.bound();
            match condition {
                Expression::Exists(pattern) => {
                    let inner = self.within(pattern, &bound, scope)?;
                    filtered.extend(product(&[body], &inner)?);
                }
                Expression::Not(inner) if matches!(&**inner, Expression::Exists(_)) => {
                    let Expression::Exists(pattern) = &**inner else { continue };
                    let absent = self.within(pattern, &bound, scope)?;
                    body.absent.extend(absent);
                    filtered.push(body);
                }
                other => {
                    body.tests.push(self.resolve(other, &bound, scope)?);
                    filtered.push(body);
                }
            }
        }
        limited(filtered)
    }

    /// Removes the solutions of a body that are compatible with a right one and share a variable with it.
    fn minus(&mut self, body: &mut Body, right: &[Body]) -> Result<()> {
        let bound = body.bound();
        let always_bound = body.always_bound();
        for right in right {
            self.tested.extend(right.mentioned());
            let shared: BTreeSet<Slot> = right.bound().intersection(&bound).copied().collect();
            // Without a shared variable nothing is removed. A variable of BIND may be unbound, so it may be shared or not.
            if shared.iter().any(|slot| always_bound.contains(slot) && right.always_bound().contains(slot)) {
                let absent = self.standalone(right, &self.outer.union(&bound).copied().collect());
                body.absent.push(absent);
            } else if !shared.is_empty() {
                let name = "MINUS with only variables of BIND in common";
                return Err(UnsupportedRule::feature(name, &["MINUS"], "write FILTER NOT EXISTS"));
            }
        }
        Ok(())
    }

    /// The alternatives of a pattern in EXISTS.
    fn within(&mut self, pattern: &GraphPattern, bound: &BTreeSet<Slot>, scope: &Scope) -> Result<Vec<Body>> {
        let outer: BTreeSet<Slot> = self.outer.union(bound).copied().collect();
        let before = std::mem::replace(&mut self.outer, outer.clone());
        let bodies = self.pattern(pattern, &mut scope.clone());
        self.outer = before;
        let mut alternatives = Vec::new();
        for body in bodies? {
            self.tested.extend(body.mentioned().difference(bound));
            alternatives.push(self.standalone(&body, &outer));
        }
        Ok(alternatives)
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
            let introduced = right.iter().flat_map(Body::bound).filter(|slot| !known.contains(slot)).collect();
            let number = self.optional.len();
            self.optional.push(introduced);
            let mut joined = product(std::slice::from_ref(&body), &right)?;
            for condition in condition.into_iter().flat_map(conjuncts) {
                joined = self.filter(condition, joined, scope)?;
            }
            let bound = body.bound();
            let mut absent = Vec::new();
            for both in &joined {
                // The conditions that the OPTIONAL pattern adds.
                let mut part = both.clone();
                part.atoms.drain(..body.atoms.len());
                part.tests.drain(..body.tests.len());
                part.binds.drain(..body.binds.len());
                part.tables.drain(..body.tables.len());
                part.absent.drain(..body.absent.len());
                part.with.clear();
                part.without.drain(..body.without.len());
                absent.push(self.standalone(&part, &self.outer.union(&bound).copied().collect()));
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

    /// An expression over slots. A variable that is not bound in the pattern of the expression remains unbound.
    fn resolve(&mut self, expression: &Expression, bound: &BTreeSet<Slot>, scope: &Scope) -> Result<Expression> {
        check_support(expression)?;
        let mut resolved = expression.clone();
        replace_variables(&mut resolved, &mut |name| match scope.0.get(name.as_str()) {
            Some(slot) if bound.contains(slot) || self.outer.contains(slot) => variable(*slot),
            slot => {
                self.tested.extend(slot);
                Variable::new_unchecked(UNBOUND)
            }
        });
        Ok(resolved)
    }

    /// Renames the variables of a body apart, except the shared ones.
    fn standalone(&mut self, body: &Body, shared: &BTreeSet<Slot>) -> Body {
        self.renamed(body, shared, &mut BTreeMap::new())
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
            let mut renamed = expression.clone();
            replace_variables(&mut renamed, &mut |name| {
                slot_of(name).map_or_else(|| name.clone(), |slot| variable(to(slot)))
            });
            renamed
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
        // In a body that must not match, excluded OPTIONAL patterns must be absent.
        let absent = body.absent.iter().chain(body.without.iter().flat_map(|(_, absent)| absent));
        for absent in absent {
            let renamed = self.renamed(absent, shared, own);
            new.absent.push(renamed);
        }
        new
    }

    fn path(&mut self, subject: Node, path: &PropertyPathExpression, object: Node) -> Result<Vec<Body>> {
        let body_of = |atom: Atom| vec![Body { atoms: vec![atom], ..Body::default() }];
        Ok(match path {
            PropertyPathExpression::NamedNode(iri) => body_of([subject, Node::Term(iri.clone().into()), object]),
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
                let mut bodies = body_of([subject, Node::Slot(predicate), object]);
                let listed = not.iter().map(|iri| Expression::NamedNode(iri.clone())).collect();
                let among = Expression::In(Box::new(Expression::Variable(variable(predicate))), listed);
                bodies[0].tests.push(Expression::Not(Box::new(among)));
                bodies
            }
            PropertyPathExpression::ZeroOrMore(_)
            | PropertyPathExpression::OneOrMore(_)
            | PropertyPathExpression::ZeroOrOne(_) => {
                let help = "derive a transitive predicate with a rule, and match that";
                return Err(UnsupportedRule::feature("the paths `*`, `+` and `?`", &["*", "+", "?"], help));
            }
        })
    }
}

//! Random rules, and a naive evaluator.

use crate::random_queries::Random;
use factloom::model::{Derivation, Premise, StatementId, inference_id};
use oxigraph::model::NamedNode;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The number of nodes and predicates.
pub const NODES: usize = 5;
pub const PREDICATES: usize = 5;

/// Subject, predicate and object, by number. The subject and the object of [`SUB`] are predicates.
pub type Triple = [usize; 3];

/// `rdfs:subPropertyOf`, which only the vocabulary uses.
const SUB: usize = PREDICATES;

#[derive(Clone, Copy)]
enum Component {
    Variable(usize),
    Known(usize),
}

type Pattern = [Component; 3];

struct Rule {
    head: Pattern,
    body: Vec<Pattern>,
    not_equal: Option<(usize, usize)>,
    absent: Vec<Pattern>,
}

/// Facts, subproperties, and rules named `r0`, `r1` ….
pub struct Program {
    pub facts: BTreeSet<Triple>,
    declared: BTreeSet<Triple>,
    rules: Vec<Rule>,
}

fn component(random: &mut Random, known: usize) -> Component {
    match random.one_in(8) {
        true => Component::Known(random.below(known)),
        false => Component::Variable(random.below(4)),
    }
}

impl Program {
    pub fn random(random: &mut Random, negates: bool) -> Self {
        let facts = (0..random.below(9) + 3)
            .map(|_| [random.below(NODES), random.below(PREDICATES), random.below(NODES)])
            .collect();
        let declared =
            (0..random.below(4)).map(|_| [random.below(PREDICATES), SUB, random.below(PREDICATES)]).collect();
        let mut program = Self { facts, declared, rules: Vec::new() };
        for _ in 0..=random.below(4) {
            let derives = random.below(PREDICATES);
            let below = if negates { derives + 1 } else { PREDICATES };
            let pattern = |random: &mut Random, below: usize| {
                [component(random, NODES), Component::Known(random.below(below)), component(random, NODES)]
            };
            let shape = random.below(6);
            let mut body: Vec<Pattern> = match shape {
                // The most common form: a path of two edges.
                0 | 1 => {
                    let edge = |random: &mut Random, from, to| {
                        let ends = [Component::Variable(from), Component::Variable(to)];
                        let ends = if random.one_in(3) { [ends[1], ends[0]] } else { ends };
                        [ends[0], Component::Known(random.below(below)), ends[1]]
                    };
                    vec![edge(random, 0, 1), edge(random, 1, 2)]
                }
                2 if !negates => vec![
                    [Component::Variable(0), Component::Variable(3), Component::Variable(2)],
                    [Component::Variable(3), Component::Known(SUB), Component::Known(random.below(PREDICATES))],
                ],
                _ => (0..=random.below(3)).map(|_| pattern(random, below)).collect(),
            };
            if random.one_in(2) {
                body.reverse();
            }
            let bound: Vec<usize> = variables(&body).into_iter().filter(|v| shape != 2 || negates || *v != 3).collect();
            let end = |random: &mut Random| match bound.is_empty() {
                true => Component::Known(random.below(NODES)),
                false => Component::Variable(bound[random.below(bound.len())]),
            };
            let head = match shape {
                0 | 1 => [Component::Variable(0), Component::Known(derives), Component::Variable(2)],
                2 if !negates => [end(random), Component::Variable(3), end(random)],
                _ => [end(random), Component::Known(derives), end(random)],
            };
            let not_equal = (random.one_in(3) && bound.len() > 1).then(|| (bound[0], bound[bound.len() - 1]));
            let absent = match negates && derives > 0 && random.one_in(2) {
                true => (0..=random.below(2)).map(|_| pattern(random, derives)).collect(),
                false => Vec::new(),
            };
            // The dataset only has the entities that facts mention.
            let nodes: BTreeSet<usize> = program.facts.iter().flat_map(|[s, _, o]| [*s, *o]).collect();
            let is_missing = |component: Component| matches!(component, Component::Known(n) if !nodes.contains(&n));
            if !is_missing(head[0]) && !is_missing(head[2]) {
                program.rules.push(Rule { head, body, not_equal, absent });
            }
        }
        program
    }

    pub fn vocabulary(&self) -> String {
        let line = |[s, _, o]: &Triple| format!("v:p{s} rdfs:subPropertyOf v:p{o} .\n");
        self.declared.iter().map(line).collect()
    }

    /// The names and texts of the rules.
    pub fn texts(&self) -> Vec<(String, String)> {
        let text = |(number, rule): (usize, &Rule)| (format!("r{number}"), rule.to_string());
        self.rules.iter().enumerate().map(text).collect()
    }

    /// All derivations by the N-Triples of the derived triple, starting with the one to record.
    pub fn run(&self) -> BTreeMap<String, Vec<Derivation>> {
        let base: BTreeSet<Triple> = self.facts.union(&self.declared).copied().collect();
        let mut all = base.clone();
        // A rule only negates predicates with smaller numbers than the one it derives, so each predicate is a stratum.
        let strata: Vec<Vec<&Rule>> = match self.rules.iter().any(|rule| !rule.absent.is_empty()) {
            false => vec![self.rules.iter().collect()],
            true => (0..PREDICATES)
                .map(|p| self.rules.iter().filter(|r| matches!(r.head[1], Component::Known(h) if h == p)).collect())
                .collect(),
        };
        for stratum in strata {
            loop {
                let found: Vec<Triple> = stratum
                    .iter()
                    .flat_map(|rule| rule.solutions(&all).into_iter().map(|row| instantiate(rule.head, &row)))
                    .filter(|triple| !all.contains(triple))
                    .collect();
                if found.is_empty() {
                    break;
                }
                all.extend(found);
            }
        }
        let mut derivations: BTreeMap<Triple, Vec<(usize, Vec<Triple>)>> = BTreeMap::new();
        for (number, rule) in self.rules.iter().enumerate() {
            for row in rule.solutions(&all) {
                let (triple, premises) =
                    (instantiate(rule.head, &row), rule.body.iter().map(|p| instantiate(*p, &row)).collect());
                if !base.contains(&triple) {
                    derivations.entry(triple).or_default().push((number, premises));
                }
            }
        }
        let mut depth: BTreeMap<Triple, usize> = base.iter().map(|triple| (*triple, 0)).collect();
        for _ in 0..=all.len() {
            for (triple, derivations) in &derivations {
                let deepest = |premises: &[Triple]| {
                    let depths: Option<Vec<usize>> = premises.iter().map(|p| depth.get(p).copied()).collect();
                    depths.and_then(|depths| depths.into_iter().max())
                };
                if let Some(least) = derivations.iter().filter_map(|(_, premises)| deepest(premises)).min() {
                    depth.insert(*triple, least + 1);
                }
            }
        }
        derivations
            .into_iter()
            .map(|(triple, derivations)| (nt(triple), self.sorted(triple, derivations, &depth)))
            .collect()
    }

    fn sorted(
        &self,
        triple: Triple,
        mut derivations: Vec<(usize, Vec<Triple>)>,
        depth: &BTreeMap<Triple, usize>,
    ) -> Vec<Derivation> {
        derivations.retain(|(_, premises)| !premises.contains(&triple));
        derivations.sort_by_key(|(rule, premises)| {
            let deepest = premises.iter().map(|premise| depth[premise]).max();
            (deepest, *rule, premises.iter().map(terms).collect::<Vec<_>>())
        });
        let mut sorted: Vec<Derivation> = Vec::new();
        for (rule, premises) in derivations {
            let mut premises: Vec<Premise> = premises.iter().map(|premise| self.premise(*premise)).collect();
            premises.sort_by_key(|premise| match premise {
                Premise::Statement(id) => (0, id.to_string()),
                Premise::Declared(triple) => (1, triple.to_string()),
            });
            premises.dedup();
            let derivation = Derivation { rule: format!("r{rule}"), premises };
            if !sorted.contains(&derivation) {
                sorted.push(derivation);
            }
        }
        sorted
    }

    fn premise(&self, triple: Triple) -> Premise {
        let [s, p, o] = triple;
        if self.facts.contains(&triple) {
            return Premise::Statement(StatementId::new(&format!("f-{s}-{p}-{o}")).expect("an id"));
        }
        let rdf = oxigraph::model::Triple::new(node(s, p), predicate(p), node(o, p));
        match self.declared.contains(&triple) {
            true => Premise::Declared(rdf),
            false => Premise::Statement(inference_id(&rdf)),
        }
    }
}

fn node(number: usize, of: usize) -> NamedNode {
    match of {
        SUB => predicate(number),
        _ => NamedNode::new_unchecked(format!("https://example.org/entity/n{number}")),
    }
}

fn predicate(number: usize) -> NamedNode {
    match number {
        SUB => NamedNode::new_unchecked("http://www.w3.org/2000/01/rdf-schema#subPropertyOf"),
        _ => NamedNode::new_unchecked(format!("https://example.org/vocabulary/p{number}")),
    }
}

fn nt([s, p, o]: Triple) -> String {
    format!("{} {} {}", node(s, p), predicate(p), node(o, p))
}

fn terms([s, p, o]: &Triple) -> [String; 3] {
    [node(*s, *p).to_string(), predicate(*p).to_string(), node(*o, *p).to_string()]
}

fn variables(patterns: &[Pattern]) -> Vec<usize> {
    let all = patterns.iter().flatten().filter_map(|component| match component {
        Component::Variable(variable) => Some(*variable),
        Component::Known(_) => None,
    });
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

fn instantiate(pattern: Pattern, row: &[Option<usize>]) -> Triple {
    pattern.map(|component| match component {
        Component::Known(known) => known,
        Component::Variable(variable) => row[variable].expect("the head has variables of the body"),
    })
}

fn matches(patterns: &[Pattern], all: &BTreeSet<Triple>, rows: Vec<Vec<Option<usize>>>) -> Vec<Vec<Option<usize>>> {
    patterns.iter().fold(rows, |rows, pattern| {
        let mut next = Vec::new();
        for row in rows {
            for triple in all {
                let mut row = row.clone();
                // Predicates are offset by 100, since nodes have the same numbers.
                let is_schema = triple[1] == SUB;
                let fits = pattern.iter().zip(triple).enumerate().all(|(at, (component, value))| {
                    let value = if at == 1 || is_schema { value + 100 } else { *value };
                    match component {
                        Component::Known(known) => *known == value % 100,
                        Component::Variable(variable) => *row[*variable].get_or_insert(value) == value,
                    }
                });
                if fits {
                    next.push(row);
                }
            }
        }
        next
    })
}

impl Rule {
    fn solutions(&self, all: &BTreeSet<Triple>) -> Vec<Vec<Option<usize>>> {
        let rows = matches(&self.body, all, vec![vec![None; 4]]);
        let holds = |row: &Vec<Option<usize>>| {
            self.not_equal.is_none_or(|(a, b)| row[a] != row[b])
                && (self.absent.is_empty() || matches(&self.absent, all, vec![row.clone()]).is_empty())
        };
        let plain = |row: Vec<Option<usize>>| row.into_iter().map(|value| value.map(|value| value % 100)).collect();
        rows.into_iter().filter(holds).map(plain).collect()
    }
}

struct DisplayPattern<'a>(&'a Pattern);

impl fmt::Display for DisplayPattern<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [s, p, o] = self.0;
        let is_schema = matches!(p, Component::Known(SUB));
        let end = |component: &Component| match component {
            Component::Variable(variable) => format!("?v{variable}"),
            Component::Known(known) if is_schema => format!("v:p{known}"),
            Component::Known(known) => format!("e:n{known}"),
        };
        let middle = match p {
            Component::Variable(variable) => format!("?v{variable}"),
            Component::Known(SUB) => "rdfs:subPropertyOf".to_owned(),
            Component::Known(known) => format!("v:p{known}"),
        };
        write!(f, "{} {middle} {} . ", end(s), end(o))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CONSTRUCT {{ {}}} WHERE {{ ", DisplayPattern(&self.head))?;
        self.body.iter().try_for_each(|pattern| write!(f, "{}", DisplayPattern(pattern)))?;
        if let Some((a, b)) = self.not_equal {
            write!(f, "FILTER(?v{a} != ?v{b}) ")?;
        }
        if !self.absent.is_empty() {
            f.write_str("FILTER NOT EXISTS { ")?;
            self.absent.iter().try_for_each(|pattern| write!(f, "{}", DisplayPattern(pattern)))?;
            f.write_str("} ")?;
        }
        f.write_str("}")
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.facts.iter().chain(&self.declared).try_for_each(|triple| writeln!(f, "{}", nt(*triple)))?;
        self.texts().iter().try_for_each(|(name, text)| writeln!(f, "{name}: {text}"))
    }
}

//! Random rules, and an evaluator that tries everything.

use crate::random_queries::Random;
use factloom::model::{Derivation, Premise, StatementId, inference_id};
use oxigraph::model::NamedNode;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How many nodes and predicates there are.
pub const NODES: usize = 5;
pub const PREDICATES: usize = 5;

/// Subject, predicate and object, by number. The predicate [`SUB`] leads from one predicate to another.
pub type Triple = [usize; 3];

/// `rdfs:subPropertyOf`, whose triples the vocabulary gives.
const SUB: usize = PREDICATES;

#[derive(Clone, Copy)]
enum Place {
    Variable(usize),
    Known(usize),
}

type Pattern = [Place; 3];

struct Rule {
    head: Pattern,
    body: Vec<Pattern>,
    differ: Option<(usize, usize)>,
    absent: Vec<Pattern>,
}

/// Facts, sub-properties, and rules named `r0`, `r1` ….
pub struct Program {
    pub facts: BTreeSet<Triple>,
    given: BTreeSet<Triple>,
    rules: Vec<Rule>,
}

fn place(random: &mut Random, known: usize) -> Place {
    match random.one_in(8) {
        true => Place::Known(random.below(known)),
        false => Place::Variable(random.below(4)),
    }
}

impl Program {
    pub fn random(random: &mut Random, negates: bool) -> Self {
        let facts = (0..random.below(9) + 3)
            .map(|_| [random.below(NODES), random.below(PREDICATES), random.below(NODES)])
            .collect();
        let given = (0..random.below(4)).map(|_| [random.below(PREDICATES), SUB, random.below(PREDICATES)]).collect();
        let mut program = Self { facts, given, rules: Vec::new() };
        for _ in 0..=random.below(4) {
            let derives = random.below(PREDICATES);
            let below = if negates { derives + 1 } else { PREDICATES };
            let pattern = |random: &mut Random, below: usize| {
                [place(random, NODES), Place::Known(random.below(below)), place(random, NODES)]
            };
            let shape = random.below(6);
            let mut body: Vec<Pattern> = match shape {
                // What most rules look like: steps from one to the next.
                0 | 1 => {
                    let leg = |random: &mut Random, from, to| {
                        let ends = [Place::Variable(from), Place::Variable(to)];
                        let ends = if random.one_in(3) { [ends[1], ends[0]] } else { ends };
                        [ends[0], Place::Known(random.below(below)), ends[1]]
                    };
                    vec![leg(random, 0, 1), leg(random, 1, 2)]
                }
                2 if !negates => vec![
                    [Place::Variable(0), Place::Variable(3), Place::Variable(2)],
                    [Place::Variable(3), Place::Known(SUB), Place::Known(random.below(PREDICATES))],
                ],
                _ => (0..=random.below(3)).map(|_| pattern(random, below)).collect(),
            };
            if random.one_in(2) {
                body.reverse();
            }
            let bound: Vec<usize> = variables(&body).into_iter().filter(|v| shape != 2 || negates || *v != 3).collect();
            let end = |random: &mut Random| match bound.is_empty() {
                true => Place::Known(random.below(NODES)),
                false => Place::Variable(bound[random.below(bound.len())]),
            };
            let head = match shape {
                0 | 1 => [Place::Variable(0), Place::Known(derives), Place::Variable(2)],
                2 if !negates => [end(random), Place::Variable(3), end(random)],
                _ => [end(random), Place::Known(derives), end(random)],
            };
            let differ = (random.one_in(3) && bound.len() > 1).then(|| (bound[0], bound[bound.len() - 1]));
            let absent = match negates && derives > 0 && random.one_in(2) {
                true => (0..=random.below(2)).map(|_| pattern(random, derives)).collect(),
                false => Vec::new(),
            };
            // Entities that no fact speaks of are not in the dataset.
            let nodes: BTreeSet<usize> = program.facts.iter().flat_map(|[s, _, o]| [*s, *o]).collect();
            let named = |place: Place| matches!(place, Place::Known(n) if !nodes.contains(&n));
            if !named(head[0]) && !named(head[2]) {
                program.rules.push(Rule { head, body, differ, absent });
            }
        }
        program
    }

    pub fn vocabulary(&self) -> String {
        let line = |[s, _, o]: &Triple| format!("v:p{s} rdfs:subPropertyOf v:p{o} .\n");
        self.given.iter().map(line).collect()
    }

    /// The rules as files: names and texts.
    pub fn texts(&self) -> Vec<(String, String)> {
        let text = |(number, rule): (usize, &Rule)| (format!("r{number}"), rule.to_string());
        self.rules.iter().enumerate().map(text).collect()
    }

    /// All derivations of all that can be derived, by the N-Triples of what they derive: first the one to be kept.
    pub fn run(&self) -> BTreeMap<String, Vec<Derivation>> {
        let base: BTreeSet<Triple> = self.facts.union(&self.given).copied().collect();
        let mut all = base.clone();
        // What a rule negates has a smaller number than what it derives, so rules are run to their end by that number.
        let strata: Vec<Vec<&Rule>> = match self.rules.iter().any(|rule| !rule.absent.is_empty()) {
            false => vec![self.rules.iter().collect()],
            true => (0..PREDICATES)
                .map(|p| self.rules.iter().filter(|r| matches!(r.head[1], Place::Known(h) if h == p)).collect())
                .collect(),
        };
        for stratum in strata {
            loop {
                let found: Vec<Triple> = stratum
                    .iter()
                    .flat_map(|rule| rule.solutions(&all).into_iter().map(|row| under(rule.head, &row)))
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
                let (triple, premises) = (under(rule.head, &row), rule.body.iter().map(|p| under(*p, &row)).collect());
                if !base.contains(&triple) {
                    derivations.entry(triple).or_default().push((number, premises));
                }
            }
        }
        let mut depth: BTreeMap<Triple, usize> = base.iter().map(|triple| (*triple, 0)).collect();
        for _ in 0..=all.len() {
            for (triple, ways) in &derivations {
                let of = |premises: &[Triple]| {
                    let depths: Option<Vec<usize>> = premises.iter().map(|p| depth.get(p).copied()).collect();
                    depths.and_then(|depths| depths.into_iter().max())
                };
                if let Some(least) = ways.iter().filter_map(|(_, premises)| of(premises)).min() {
                    depth.insert(*triple, least + 1);
                }
            }
        }
        derivations.into_iter().map(|(triple, ways)| (nt(triple), self.sorted(triple, ways, &depth))).collect()
    }

    fn sorted(
        &self,
        triple: Triple,
        mut ways: Vec<(usize, Vec<Triple>)>,
        depth: &BTreeMap<Triple, usize>,
    ) -> Vec<Derivation> {
        ways.retain(|(_, premises)| !premises.contains(&triple));
        ways.sort_by_key(|(rule, premises)| {
            let deepest = premises.iter().map(|premise| depth[premise]).max();
            (deepest, *rule, premises.iter().map(terms).collect::<Vec<_>>())
        });
        let mut sorted: Vec<Derivation> = Vec::new();
        for (rule, premises) in ways {
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
        let written = oxigraph::model::Triple::new(node(s, p), predicate(p), node(o, p));
        match self.given.contains(&triple) {
            true => Premise::Declared(written),
            false => Premise::Statement(inference_id(&written)),
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
    let all = patterns.iter().flatten().filter_map(|place| match place {
        Place::Variable(variable) => Some(*variable),
        Place::Known(_) => None,
    });
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

fn under(pattern: Pattern, row: &[Option<usize>]) -> Triple {
    pattern.map(|place| match place {
        Place::Known(known) => known,
        Place::Variable(variable) => row[variable].expect("the head has variables of the body"),
    })
}

fn matches(patterns: &[Pattern], all: &BTreeSet<Triple>, rows: Vec<Vec<Option<usize>>>) -> Vec<Vec<Option<usize>>> {
    patterns.iter().fold(rows, |rows, pattern| {
        let mut next = Vec::new();
        for row in rows {
            for triple in all {
                let mut row = row.clone();
                // Namespaces of nodes and of predicates are apart, though their numbers are not.
                let is_schema = triple[1] == SUB;
                let fits = pattern.iter().zip(triple).enumerate().all(|(at, (place, value))| {
                    let value = if at == 1 || is_schema { value + 100 } else { *value };
                    match place {
                        Place::Known(known) => *known == value % 100,
                        Place::Variable(variable) => *row[*variable].get_or_insert(value) == value,
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
            self.differ.is_none_or(|(a, b)| row[a] != row[b])
                && (self.absent.is_empty() || matches(&self.absent, all, vec![row.clone()]).is_empty())
        };
        let plain = |row: Vec<Option<usize>>| row.into_iter().map(|value| value.map(|value| value % 100)).collect();
        rows.into_iter().filter(holds).map(plain).collect()
    }
}

struct Shown<'a>(&'a Pattern);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [s, p, o] = self.0;
        let is_schema = matches!(p, Place::Known(SUB));
        let end = |place: &Place| match place {
            Place::Variable(variable) => format!("?v{variable}"),
            Place::Known(known) if is_schema => format!("v:p{known}"),
            Place::Known(known) => format!("e:n{known}"),
        };
        let middle = match p {
            Place::Variable(variable) => format!("?v{variable}"),
            Place::Known(SUB) => "rdfs:subPropertyOf".to_owned(),
            Place::Known(known) => format!("v:p{known}"),
        };
        write!(f, "{} {middle} {} . ", end(s), end(o))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CONSTRUCT {{ {}}} WHERE {{ ", Shown(&self.head))?;
        self.body.iter().try_for_each(|pattern| write!(f, "{}", Shown(pattern)))?;
        if let Some((a, b)) = self.differ {
            write!(f, "FILTER(?v{a} != ?v{b}) ")?;
        }
        if !self.absent.is_empty() {
            f.write_str("FILTER NOT EXISTS { ")?;
            self.absent.iter().try_for_each(|pattern| write!(f, "{}", Shown(pattern)))?;
            f.write_str("} ")?;
        }
        f.write_str("}")
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.facts.iter().chain(&self.given).try_for_each(|triple| writeln!(f, "{}", nt(*triple)))?;
        self.texts().iter().try_for_each(|(name, text)| writeln!(f, "{name}: {text}"))
    }
}

//! Tests of conflicts: examples, and a naive implementation that compares all pairs of statements.

use super::*;
use crate::model::{BuiltInStatus, Claim, Namespaces, Qualifier};
use oxigraph::model::{Literal, NamedNodeRef};
use proptest::prelude::*;

const BASE: &str = "https://e.org/";

fn node(local: &str) -> NamedNode {
    NamedNode::new(format!("{BASE}{local}")).unwrap()
}

/// `one` is functional, with the subproperties `narrow` and `narrower`; `single` and `double` are functional subproperties of
/// each other. `left` and `right` are disjoint; `lefter` and the symmetric `beside` are subproperties of `left`. `likes` is
/// symmetric and disjoint with `hates`; `adores` is its subproperty. `when` is functional, with the subproperty `exactly`.
fn exclusions() -> Exclusions {
    exclusions_of(
        "@prefix : <https://e.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        :one a owl:DatatypeProperty , owl:FunctionalProperty .
        :narrow a owl:DatatypeProperty ; rdfs:subPropertyOf :one .
        :narrower a owl:DatatypeProperty ; rdfs:subPropertyOf :narrow .
        :single a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:subPropertyOf :double .
        :double a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:subPropertyOf :single .
        :left a owl:ObjectProperty ; owl:propertyDisjointWith :right , :left .
        :right a owl:ObjectProperty ; owl:propertyDisjointWith :left .
        :lefter a owl:ObjectProperty ; rdfs:subPropertyOf :left .
        :beside a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:subPropertyOf :left .
        :likes a owl:ObjectProperty , owl:SymmetricProperty .
        :adores a owl:ObjectProperty ; rdfs:subPropertyOf :likes .
        :hates a owl:ObjectProperty ; owl:propertyDisjointWith :likes .
        :when a owl:FunctionalProperty .
        :exactly a owl:DatatypeProperty ; rdfs:subPropertyOf :when .",
    )
}

fn exclusions_of(turtle: &str) -> Exclusions {
    let parser = oxigraph::io::RdfParser::from_format(oxigraph::io::RdfFormat::Turtle);
    let triples = parser.for_slice(turtle.as_bytes()).map(|quad| Triple::from(quad.unwrap()));
    Exclusions::new(&Vocabulary::of_triples(triples, &Namespaces::new(BASE, &[]).unwrap()))
}

#[test]
fn the_functional_predicates_above_a_predicate_are_limited() {
    let chain = |length: usize| {
        let prefixes = "@prefix : <https://e.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
            @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n";
        let link = |n: usize| {
            format!(
                ":p{n} a owl:ObjectProperty, owl:FunctionalProperty ; rdfs:subPropertyOf :p{} ; owl:propertyDisjointWith :q{n} .\n",
                n + 1
            )
        };
        exclusions_of(&(prefixes.to_owned() + &(0..length).map(link).collect::<String>()))
    };
    let entries = |exclusions: &Exclusions| {
        let functional: usize = exclusions.functional.values().map(Vec::len).sum();
        functional + exclusions.disjoint.values().map(Vec::len).sum::<usize>()
    };
    let (short, long) = (chain(90), chain(20_000));
    assert_eq!((short.overloaded(), entries(&short)), (None, 90 * 91 + 90));
    assert!(long.overloaded().is_some());
    assert!(entries(&long) <= 2 * 20_000 * (MAX_INHERITED + 1), "{}", entries(&long));
    let facts = [fact(0, "a", "p0", node("b")), fact(1, "a", "p0", node("c"))];
    assert_eq!((long.conflicts(&facts).len(), short.conflicts(&facts).len()), (1, 1));
}

fn fact(number: usize, subject: &str, predicate: &str, object: impl Into<Term>) -> Statement {
    Statement {
        id: StatementId::new(&format!("s{number:06}")).unwrap(),
        triple: Triple::new(node(subject), node(predicate), object),
        kind: Kind::Fact,
        qualifiers: Vec::new(),
        evidence: Vec::new(),
        proposed_by: None,
    }
}

fn typed(text: &str, datatype: oxigraph::model::NamedNodeRef<'_>) -> Term {
    Literal::new_typed_literal(text, datatype).into()
}

fn tagged(text: &str, language: &str) -> Term {
    Literal::new_language_tagged_literal(text, language).unwrap().into()
}

/// The sides of the conflicts among facts about one subject, as indices of the values.
fn sides(predicate: &str, values: &[Term]) -> Vec<Vec<Vec<usize>>> {
    let facts: Vec<Statement> =
        values.iter().enumerate().map(|(n, value)| fact(n, "a", predicate, value.clone())).collect();
    let conflicts = exclusions().conflicts(&facts);
    conflicts.into_iter().map(|c| c.sides.into_iter().map(|side| side.statements).collect()).collect()
}

#[test]
fn times_without_a_common_day_exclude_each_other() {
    let year = |text| typed(text, vocab::xsd::G_YEAR);
    let edtf = |text| typed(text, vocab::edtf::EDTF);
    assert_eq!(sides("one", &[year("1971"), year("1973"), edtf("197X")]), [[[0], [1]]]);
    assert!(sides("one", &[year("1971"), edtf("197X")]).is_empty());
    assert!(sides("one", &[year("1971"), typed("1971-05", vocab::xsd::G_YEAR_MONTH)]).is_empty());
    assert_eq!(sides("one", &[year("1973"), edtf("1970/1972"), year("1971")]), [[[1], [2], [0]]]);
    // Each time has a day in common with the next.
    assert_eq!(sides("one", &[edtf("1970/1972"), edtf("1972/1974"), edtf("1974/1976")]), [[[0], [2]]]);
    assert!(sides("one", &[typed("1971-05-01Z", vocab::xsd::DATE), typed("1971-05-01", vocab::xsd::DATE)]).is_empty());
    // Years before the year 0.
    let earlier = [year("-0050"), year("-0100"), edtf("-0100/-0090"), typed("-0100-03-15", vocab::xsd::DATE)];
    assert_eq!(sides("one", &earlier), [[[1], [2], [3], [0]]]);
    assert_eq!(sides("one", &[year("9999"), year("12000")]), [[[0], [1]]]);
    // Invalid times are compared as strings.
    assert_eq!(sides("one", &[year("-0100"), edtf("é1a:00")]), [[[0], [1]]]);
}

#[test]
fn an_approximate_time_conflicts_neither_with_the_year_before_nor_with_the_year_after() {
    let year = |text| typed(text, vocab::xsd::G_YEAR);
    let edtf = |text| typed(text, vocab::edtf::EDTF);
    assert!(sides("one", &[edtf("1973~"), year("1974")]).is_empty());
    assert_eq!(sides("one", &[edtf("1973~"), year("1975")]), [[[0], [1]]]);
    assert!(sides("one", &[edtf("1973~"), edtf("1975~")]).is_empty());
    assert!(sides("one", &[edtf("1973?"), year("1973")]).is_empty());
    assert_eq!(sides("one", &[edtf("1973?"), year("1974")]), [[[0], [1]]]);
    assert!(sides("one", &[edtf("2024-21"), edtf("2024-XX"), typed("2024-10-05", vocab::xsd::DATE)]).is_empty());
    assert_eq!(sides("one", &[edtf("2024-21"), typed("2024-02", vocab::xsd::G_YEAR_MONTH)]), [[[1], [0]]]);
    assert_eq!(sides("one", &[edtf("../1990"), edtf("1990/.."), year("1991")]), [[[0], [2]]]);
}

#[test]
fn instants_are_compared_across_time_zones() {
    let moment = |text| typed(text, vocab::xsd::DATE_TIME);
    let day = |text| typed(text, vocab::xsd::DATE);
    assert!(sides("one", &[moment("1973-05-01T23:30:00-05:00"), moment("1973-05-02T04:30:00Z")]).is_empty());
    assert_eq!(sides("one", &[moment("1973-05-01T23:30:00-05:00"), moment("1973-05-01T23:30:00Z")]), [[[1], [0]]]);
    assert_eq!(sides("one", &[moment("2025-07-11T10:00:00"), moment("2025-07-11T11:00:00")]), [[[0], [1]]]);
    assert!(sides("one", &[moment("2025-07-11T10:00:00"), day("2025-07-11"), day("2025-07-11+05:00")]).is_empty());
    // In some time zone, it is the next day at 10 o'clock UTC.
    assert!(sides("one", &[moment("2025-07-11T10:00:00Z"), day("2025-07-12")]).is_empty());
    assert_eq!(sides("one", &[moment("2025-07-11T09:59:59Z"), day("2025-07-12")]), [[[0], [1]]]);
    assert_eq!(sides("one", &[moment("2025-07-11T20:00:00Z"), day("2025-07-12Z")]), [[[0], [1]]]);
    assert!(sides("one", &[moment("2025-07-11T20:00:00Z"), day("2025-07-12+05:00")]).is_empty());
}

#[test]
fn times_of_day_are_compared_across_time_zones() {
    let time = |text| typed(text, vocab::xsd::TIME);
    assert!(sides("one", &[time("10:00:00Z"), time("11:00:00+01:00")]).is_empty());
    assert!(sides("one", &[time("10:00:00"), time("11:00:00+01:00")]).is_empty());
    assert_eq!(sides("one", &[time("10:00:00"), time("11:00:00")]), [[[0], [1]]]);
    // A time of day is not a day.
    assert_eq!(sides("one", &[time("10:00:00Z"), typed("1970-01-01Z", vocab::xsd::DATE)]), [[[1], [0]]]);
}

#[test]
fn numbers_are_compared_by_value_and_strings_by_language() {
    let number = |text, datatype| typed(text, datatype);
    let same = [
        number("10", vocab::xsd::INTEGER),
        number("10.0", vocab::xsd::DECIMAL),
        number("1.0E1", vocab::xsd::DOUBLE),
        number("+10", vocab::xsd::FLOAT),
    ];
    assert!(sides("one", &same).is_empty());
    assert!(sides("one", &[number("0", vocab::xsd::INTEGER), number("-0.0E0", vocab::xsd::DOUBLE)]).is_empty());
    assert!(sides("one", &[number("INF", vocab::xsd::FLOAT), number("+INF", vocab::xsd::DOUBLE)]).is_empty());
    let infinities =
        [number("INF", vocab::xsd::DOUBLE), number("-INF", vocab::xsd::DOUBLE), number("0", vocab::xsd::INTEGER)];
    assert_eq!(sides("one", &infinities), [[[1], [2], [0]]]);
    let hexadecimal = |text| typed(text, NamedNodeRef::new_unchecked("http://www.w3.org/2001/XMLSchema#hexBinary"));
    assert!(sides("one", &[hexadecimal("0fb7"), hexadecimal("0FB7")]).is_empty());
    let base64 = |text| typed(text, NamedNodeRef::new_unchecked("http://www.w3.org/2001/XMLSchema#base64Binary"));
    assert_eq!(sides("one", &[base64("SGk="), base64("sgk=")]).len(), 1);
    let different =
        [number("10", vocab::xsd::INTEGER), number("-2", vocab::xsd::INTEGER), number("9", vocab::xsd::DOUBLE)];
    assert_eq!(sides("one", &different), [[[1], [2], [0]]]);
    let texts = [tagged("mill", "en"), tagged("Mühle", "de"), tagged("plant", "en"), tagged("mill", "en")];
    assert_eq!(sides("one", &texts), [vec![vec![0, 3], vec![2]]]);
    assert!(sides("one", &[tagged("mill", "en"), Literal::new_simple_literal("plant").into()]).is_empty());
    assert_eq!(sides("one", &[node("x").into(), node("y").into(), node("x").into()]), [vec![vec![0, 2], vec![1]]]);
}

#[test]
fn only_a_denial_conflicts_with_a_fact() {
    let mut statements = vec![fact(0, "a", "one", node("x")), fact(1, "a", "one", node("y"))];
    let claim = |status: BuiltInStatus| Kind::Claim(Claim { status: status.into(), by: None });
    statements[1].kind = claim(BuiltInStatus::Planned);
    assert_eq!(exclusions().conflicts(&statements), []);
    statements[1].kind = claim(BuiltInStatus::Denied);
    assert_eq!(exclusions().conflicts(&statements), []);
    statements[1].triple = statements[0].triple.clone();
    let conflicts = exclusions().conflicts(&statements);
    assert_eq!(conflicts.len(), 1);
    for status in BuiltInStatus::ALL.into_iter().filter(|status| *status != BuiltInStatus::Denied) {
        statements[1].kind = claim(status);
        assert_eq!(exclusions().conflicts(&statements), [], "{status}");
    }
    assert_eq!((conflicts[0].kind, conflicts[0].sides.len()), (ConflictKind::Denial, 2));
}

#[test]
fn a_denial_conflicts_with_facts_that_entail_the_denied_triple() {
    let mut statements = vec![fact(0, "a", "adores", node("b")), fact(1, "a", "likes", node("b"))];
    let denial = Kind::Claim(Claim { status: BuiltInStatus::Denied.into(), by: None });
    statements[1].kind = denial.clone();
    assert_eq!(exclusions().conflicts(&statements).len(), 1);
    // A denial of the subproperty does not exclude the superproperty.
    statements[0].kind = denial;
    statements[1].kind = Kind::Fact;
    assert_eq!(exclusions().conflicts(&statements), []);
}

#[test]
fn a_denial_and_qualifiers_concern_every_spelling_of_a_literal() {
    let instant = |text| typed(text, vocab::xsd::DATE_TIME);
    let mut statements = vec![
        fact(0, "a", "at", instant("1973-05-01T23:30:00-05:00")),
        fact(1, "a", "at", instant("1973-05-02T04:30:00Z")),
    ];
    for (statement, value) in statements.iter_mut().zip([1, 2]) {
        statement.qualifiers = vec![Qualifier { predicate: node("when"), value: Literal::from(value).into() }];
    }
    assert_eq!(exclusions().conflicts(&statements).len(), 1);
    statements[1].kind = Kind::Claim(Claim { status: BuiltInStatus::Denied.into(), by: None });
    let conflicts = exclusions().conflicts(&statements);
    assert_eq!(conflicts.iter().map(|conflict| conflict.kind).collect::<Vec<_>>(), [ConflictKind::Denial]);
}

#[test]
fn a_predicate_disjoint_with_a_symmetric_one_holds_in_neither_direction() {
    let conflicts = |one: (&str, &str, &str), other: (&str, &str, &str)| {
        let facts = [fact(0, one.0, one.1, node(one.2)), fact(1, other.0, other.1, node(other.2))];
        exclusions().conflicts(&facts).len()
    };
    assert_eq!(conflicts(("a", "likes", "b"), ("b", "hates", "a")), 1);
    assert_eq!(conflicts(("a", "adores", "b"), ("b", "hates", "a")), 1);
    assert_eq!(conflicts(("a", "beside", "b"), ("b", "right", "a")), 1);
    assert_eq!(conflicts(("a", "left", "b"), ("b", "right", "a")), 0);
    assert_eq!(conflicts(("a", "likes", "b"), ("c", "hates", "a")), 0);
}

#[test]
fn two_functional_superproperties_give_one_conflict() {
    // Each of the two functional predicates is a subproperty of the other.
    assert_eq!(sides("single", &[node("x").into(), node("y").into()]).len(), 1);
}

#[test]
fn the_order_of_the_statements_does_not_matter() {
    let mut statements: Vec<Statement> =
        (0..40).map(|n| fact(n, ["a", "b", "c"][n % 3], "one", Literal::from(n as i64 % 7))).collect();
    let ids = |statements: &[Statement]| -> Vec<Vec<Vec<StatementId>>> {
        let conflicts = exclusions().conflicts(statements);
        let ids = |side: &Side| {
            let mut ids: Vec<_> = side.statements.iter().map(|n| statements[*n].id.clone()).collect();
            ids.sort();
            ids
        };
        conflicts.iter().map(|c| c.sides.iter().map(ids).collect()).collect()
    };
    let before = ids(&statements);
    statements.reverse();
    assert_eq!(ids(&statements), before);
    assert_eq!(before.len(), 3);
}

#[test]
fn a_subject_with_100_000_values_is_one_conflict_with_a_side_for_each() {
    let number = 100_000;
    let facts: Vec<Statement> = (0..number).map(|n| fact(n, "a", "one", Literal::from(n as i64))).collect();
    let conflicts = exclusions().conflicts(&facts);
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].sides.len(), number);
    let listed: usize = conflicts[0].sides.iter().map(|side| side.statements.len()).sum();
    assert_eq!(listed, number);
}

/// The meaning of a value in the naive implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    /// The first and the last hour, as increasing numbers, and whether they are those of UTC.
    Hours(i64, i64, bool),
    Number(u32),
    Text(&'static str, &'static str),
    Thing(usize),
}

impl Meaning {
    fn excludes(self, other: Self) -> bool {
        match (self, other) {
            (Self::Hours(a, b, utc), Self::Hours(c, d, other_utc)) => {
                let zone = if utc == other_utc { 0 } else { 14 };
                b + zone < c || d + zone < a
            }
            (Self::Text(one, _), Self::Text(other_language, _)) if one != other_language => false,
            (Self::Text(..), Self::Text(..)) => self != other,
            (Self::Text(..), _) | (_, Self::Text(..)) => false,
            _ => self != other,
        }
    }
}

const VALUES: usize = 27;

fn values() -> [(Term, Meaning); VALUES] {
    use vocab::{edtf::EDTF, xsd};
    // Years of 10,000 hours; those without the last 1,000, so that no time zone makes years overlap.
    let years = |from: i64, to: i64| Meaning::Hours(from * 10_000, to * 10_000 + 9_000, false);
    let new_year = |from: i64, to: i64, utc| Meaning::Hours(19_710_000 + from, 19_710_000 + to, utc);
    [
        (typed("1971", xsd::G_YEAR), years(1971, 1971)),
        (typed("1973", xsd::G_YEAR), years(1973, 1973)),
        (typed("197X", EDTF), years(1970, 1979)),
        (typed("1970/1972", EDTF), years(1970, 1972)),
        (typed("198X", EDTF), years(1980, 1989)),
        (typed("1975/..", EDTF), Meaning::Hours(19_750_000, i64::MAX - 100, false)),
        (typed("/1960", EDTF), Meaning::Hours(i64::MIN, 19_609_000, false)),
        (typed("1972~", EDTF), years(1971, 1973)),
        (typed("1971-01-01T10:00:00Z", xsd::DATE_TIME), new_year(10, 10, true)),
        (typed("1971-01-01T20:00:00+10:00", xsd::DATE_TIME), new_year(10, 10, true)),
        (typed("1971-01-01T23:00:00Z", xsd::DATE_TIME), new_year(23, 23, true)),
        (typed("1971-01-01T10:00:00", xsd::DATE_TIME), new_year(10, 10, false)),
        (typed("1971-01-02T14:00:00", xsd::DATE_TIME), new_year(38, 38, false)),
        (typed("1971-01-01", xsd::DATE), new_year(0, 23, false)),
        (typed("-0100", xsd::G_YEAR), years(-100, -100)),
        (typed("-0050", xsd::G_YEAR), years(-50, -50)),
        (typed("-010X/-0090", EDTF), years(-109, -90)),
        (typed("12000", xsd::G_YEAR), years(12000, 12000)),
        (typed("1", xsd::INTEGER), Meaning::Number(1)),
        (typed("1.0", xsd::DECIMAL), Meaning::Number(1)),
        (typed("2", xsd::INTEGER), Meaning::Number(2)),
        (tagged("x", "en"), Meaning::Text("en", "x")),
        (tagged("y", "en"), Meaning::Text("en", "y")),
        (tagged("y", "de"), Meaning::Text("de", "y")),
        (Literal::new_simple_literal("x").into(), Meaning::Thing(0)),
        (node("x").into(), Meaning::Thing(1)),
        (node("y").into(), Meaning::Thing(2)),
    ]
}

/// A statement in a conflict: kind, predicate, value and index.
type Part = (ConflictKind, Option<String>, Option<Meaning>, usize);

/// Compares all pairs of statements.
fn naive_conflicts(statements: &[Statement], meaning: &dyn Fn(&Term) -> Meaning) -> BTreeSet<Part> {
    let follows = |predicate: &NamedNode, of: &str| {
        let chains: [&[&str]; 7] = [
            &["narrower", "narrow", "one"],
            &["one"],
            &["lefter", "left"],
            &["beside", "left"],
            &["adores", "likes"],
            &["right"],
            &["exactly", "when"],
        ];
        let local = predicate.as_str().strip_prefix(BASE).unwrap_or_default();
        let after = |chain: &&[&str]| chain.iter().skip_while(|name| **name != local).any(|name| *name == of);
        chains.iter().any(after) || local == of
    };
    // The pairs of values between which a fact entails a predicate.
    let between = |fact: &Statement, of: &str| {
        let (one, other) = (meaning(&fact.triple.subject.clone().into()), meaning(&fact.triple.object));
        let predicate = &fact.triple.predicate;
        let both_ways = ["beside", "likes"].iter().any(|via| follows(predicate, via) && follows(&node(via), of));
        let mut between = Vec::new();
        between.extend(follows(predicate, of).then_some((one, other)));
        between.extend(both_ways.then_some((other, one)));
        between
    };
    let mut parts = BTreeSet::new();
    for (i, a) in statements.iter().enumerate() {
        for (j, b) in statements.iter().enumerate() {
            let facts = a.kind == Kind::Fact && b.kind == Kind::Fact;
            let entails = a.triple.subject == b.triple.subject
                && meaning(&a.triple.object) == meaning(&b.triple.object)
                && follows(&a.triple.predicate, b.triple.predicate.as_str().strip_prefix(BASE).unwrap_or_default());
            if entails && a.kind == Kind::Fact && denies(b) {
                parts.extend([i, j].map(|n| (ConflictKind::Denial, None, None, n)));
            }
            if !facts {
                continue;
            }
            let (one, other) = (meaning(&a.triple.object), meaning(&b.triple.object));
            if a.triple.subject == b.triple.subject {
                let both = follows(&a.triple.predicate, "one") && follows(&b.triple.predicate, "one");
                if both && one.excludes(other) {
                    parts.insert((ConflictKind::Values, Some("one".into()), Some(one), i));
                }
            }
            let pairs = [("left", "right"), ("right", "left"), ("likes", "hates"), ("hates", "likes")];
            if pairs.iter().any(|(p, q)| between(a, p).iter().any(|two| between(b, q).contains(two))) {
                parts.insert((ConflictKind::Predicates, None, None, i));
            }
            let is_same_triple =
                (&a.triple.subject, &a.triple.predicate, one) == (&b.triple.subject, &b.triple.predicate, other);
            for (q, r) in a.qualifiers.iter().flat_map(|q| b.qualifiers.iter().map(move |r| (q, r))) {
                let both = follows(&q.predicate, "when") && follows(&r.predicate, "when");
                let (one, other) = (meaning(&q.value), meaning(&r.value));
                if is_same_triple && both && one.excludes(other) {
                    parts.insert((ConflictKind::Qualifiers, Some("when".into()), Some(one), i));
                }
            }
        }
    }
    parts
}

fn found(statements: &[Statement], meaning: &dyn Fn(&Term) -> Meaning) -> BTreeSet<Part> {
    let mut parts = BTreeSet::new();
    for conflict in exclusions().conflicts(statements) {
        assert!(conflict.sides.len() > 1);
        let predicate = conflict.predicate.map(|p| p.as_str().strip_prefix(BASE).unwrap_or_default().to_owned());
        for side in conflict.sides {
            let valued = matches!(conflict.kind, ConflictKind::Values | ConflictKind::Qualifiers);
            let value = side.value.as_ref().filter(|_| valued).map(meaning);
            assert!(side.statements.is_sorted_by(|a, b| a < b), "a statement is on a side twice");
            parts.extend(side.statements.into_iter().map(|n| (conflict.kind, predicate.clone(), value, n)));
        }
    }
    parts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn conflicts_equal_those_of_a_comparison_of_all_pairs(
        written in prop::collection::vec(
            (0..2_usize, 0..11_usize, 0..VALUES, 0..6_u8, prop::collection::vec((0..3_usize, 0..VALUES), 0..3)),
            0..14,
        ),
    ) {
        let values = values();
        let meaning = |term: &Term| values.iter().find(|(value, _)| value == term).map_or(Meaning::Thing(9), |v| v.1);
        let predicates =
            ["one", "narrow", "narrower", "left", "lefter", "beside", "right", "likes", "adores", "hates", "any"];
        let statements: Vec<Statement> = written.iter().enumerate().map(|(number, row)| {
            let (subject, predicate, object, kind, qualifiers) = row;
            let mut statement = fact(number, ["x", "y"][*subject], predicates[*predicate], values[*object].0.clone());
            statement.kind = match kind {
                0 => Kind::Claim(Claim { status: BuiltInStatus::Denied.into(), by: None }),
                1 => Kind::Claim(Claim { status: BuiltInStatus::Possible.into(), by: None }),
                _ => Kind::Fact,
            };
            statement.qualifiers = qualifiers.iter().map(|(name, value)| Qualifier {
                predicate: node(["when", "exactly", "how"][*name]),
                value: values[*value].0.clone(),
            }).collect();
            statement.normalize();
            statement
        }).collect();
        prop_assert_eq!(found(&statements, &meaning), naive_conflicts(&statements, &meaning));
    }
}

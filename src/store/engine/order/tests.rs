use super::super::value::compare as less_than;
use super::*;
use crate::model::Namespaces;
use crate::model::literal::term_value;
use crate::store::compiled::GraphBuilder;
use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{BlankNode, Literal, NamedNode, NamedNodeRef, Triple};
use oxigraph::sparql::QueryResults;
use proptest::prelude::*;

type Unbindable = Option<Term>;

fn values(a: &Unbindable, b: &Unbindable) -> (Option<Value>, Option<Value>) {
    (a.clone().map(term_value), b.clone().map(term_value))
}

fn by_value(a: &Unbindable, b: &Unbindable) -> Ordering {
    let (a, b) = values(a, b);
    compare_values(a.as_ref(), b.as_ref())
}

/// The order of rows with one sort key, and of MIN and MAX.
fn by_term(a: &Unbindable, b: &Unbindable) -> Ordering {
    let terms = || a.as_ref().zip(b.as_ref()).map_or(Ordering::Equal, |(a, b)| compare_terms(a, b));
    by_value(a, b).then_with(terms)
}

fn literal(text: &str, datatype: NamedNodeRef<'_>) -> Term {
    Literal::new_typed_literal(text, datatype).into()
}

#[expect(clippy::unnecessary_wraps, reason = "the values are compared with unbound ones")]
fn value(term: impl Into<Term>) -> Unbindable {
    Some(term.into())
}

/// Values in the documented order. SPARQL 1.1, section 15.1, defines that of unbound values, blank nodes, IRIs and literals.
fn ordered() -> Vec<Unbindable> {
    let number = |text: &str| value(literal(text, xsd::DECIMAL));
    let mut values = vec![
        None,
        value(BlankNode::new_unchecked("b")),
        value(NamedNode::new_unchecked("http://e/a")),
        value(NamedNode::new_unchecked("http://e/b")),
        value(literal("NaN", xsd::DOUBLE)),
        value(literal("-INF", xsd::DOUBLE)),
        value(literal("-123456789012345678901234567890", xsd::INTEGER)),
        number("-2.5"),
        value(literal("0", xsd::INTEGER)),
        value(literal("1e-300", xsd::DOUBLE)),
        number("0.1"),
        // The nearest double is more than a tenth.
        value(literal("0.1", xsd::DOUBLE)),
        number("1.5"),
        value(literal("9007199254740992", xsd::DOUBLE)),
        // The nearest double is the one before.
        value(literal("9007199254740993", xsd::INTEGER)),
        value(literal("1e20", xsd::DOUBLE)),
        value(literal("100000000000000000000.5", xsd::DECIMAL)),
        value(literal("123456789012345678901234567890", xsd::INTEGER)),
        value(literal("1e300", xsd::DOUBLE)),
        value(literal("INF", xsd::FLOAT)),
    ];
    let dates = [
        ("-0044", xsd::G_YEAR),
        ("2019-12-31T23:00:00Z", xsd::DATE_TIME),
        ("2020", xsd::G_YEAR),
        ("2020-01", xsd::G_YEAR_MONTH),
        ("2020-01-01", xsd::DATE),
        ("2020-01-01T00:00:00", xsd::DATE_TIME),
        // Half past eleven in UTC.
        ("2020-01-01T12:30:00+01:00", xsd::DATE_TIME),
        ("2020-01-01T12:00:00", xsd::DATE_TIME),
        ("2020-01-01T12:00:00-01:00", xsd::DATE_TIME),
        ("2020-02", xsd::G_YEAR_MONTH),
        ("10:00:00", xsd::TIME),
        ("10:00:00-05:00", xsd::TIME),
        ("--02-03", xsd::G_MONTH_DAY),
        ("--05", xsd::G_MONTH),
        ("---07", xsd::G_DAY),
        ("-P1Y", xsd::YEAR_MONTH_DURATION),
        ("P27D", xsd::DAY_TIME_DURATION),
        ("P1M", xsd::DURATION),
        ("P1Y", xsd::YEAR_MONTH_DURATION),
        ("P367D", xsd::DAY_TIME_DURATION),
        ("false", xsd::BOOLEAN),
        ("true", xsd::BOOLEAN),
    ];
    values.extend(dates.map(|(text, datatype)| value(literal(text, datatype))));
    values.push(value(Literal::new_simple_literal("")));
    values.push(value(Literal::new_simple_literal("10")));
    values.push(value(Literal::new_simple_literal("9")));
    values.push(value(Literal::new_language_tagged_literal_unchecked("a", "de")));
    values.push(value(Literal::new_language_tagged_literal_unchecked("a", "en")));
    values.push(value(Literal::new_simple_literal("a")));
    values.push(value(Literal::new_simple_literal("b")));
    // By code point, not by UTF-16 code unit.
    values.push(value(Literal::new_simple_literal("\u{FFFD}")));
    values.push(value(Literal::new_simple_literal("\u{10000}")));
    values.push(value(literal("x", NamedNodeRef::new_unchecked("http://e/type"))));
    values.push(value(literal("abc", xsd::INTEGER)));
    let triple = |object: Term| Term::from(Triple::new(NamedNode::new_unchecked("http://e/a"), rdf::VALUE, object));
    values.push(value(triple(literal("9", xsd::INTEGER))));
    values.push(value(triple(literal("10", xsd::INTEGER))));
    values
}

#[test]
fn values_have_the_documented_order() {
    let values = ordered();
    for (index, a) in values.iter().enumerate() {
        for (other, b) in values.iter().enumerate() {
            assert_eq!(by_term(a, b), index.cmp(&other), "{a:?} and {b:?}");
        }
    }
}

/// The next sort key decides between values that are equal by `=`.
#[test]
fn values_that_differ_only_in_their_type_are_equal() {
    let term = |text, datatype| value(literal(text, datatype));
    for (a, b) in [
        (term("1", xsd::INTEGER), term("1.0", xsd::DECIMAL)),
        (term("1", xsd::INTEGER), term("1", xsd::DOUBLE)),
        (term("0", xsd::DOUBLE), term("-0", xsd::FLOAT)),
        (term("2020-01-01T00:00:00Z", xsd::DATE_TIME), term("2020-01-01T01:00:00+01:00", xsd::DATE_TIME)),
        (term("P1Y", xsd::DURATION), term("P12M", xsd::YEAR_MONTH_DURATION)),
    ] {
        assert_eq!(by_value(&a, &b), Ordering::Equal, "{a:?} and {b:?}");
        assert_ne!(by_term(&a, &b), Ordering::Equal, "{a:?} and {b:?}");
    }
}

/// Lexical forms of many datatypes, valid and not, and other terms.
fn any_value() -> impl Strategy<Value = Unbindable> {
    let datatypes = [
        xsd::INTEGER,
        xsd::DECIMAL,
        xsd::DOUBLE,
        xsd::FLOAT,
        xsd::BOOLEAN,
        xsd::STRING,
        xsd::DATE_TIME,
        xsd::DATE,
        xsd::TIME,
        xsd::G_YEAR,
        xsd::G_YEAR_MONTH,
        xsd::DURATION,
        xsd::DAY_TIME_DURATION,
        xsd::YEAR_MONTH_DURATION,
        NamedNodeRef::new_unchecked("http://e/type"),
    ];
    let text = prop_oneof![
        "-?[0-9]{1,3}(\\.[0-9]{1,2})?",
        "-?[1-9][0-9]{18,22}",
        "-?[1-9]\\.[0-9]e-?[0-9]{1,2}",
        "NaN|INF|-INF|true|false|1|0|-0",
        "20(19-12-31|20-01-01)T(00|12|23):00:00(Z|-14:00|\\+14:00|\\+01:00)?",
        "20(19-12-31|20-01-01)(Z|-14:00|\\+14:00)?",
        "(12|23):30:00(Z|-14:00|\\+14:00)?",
        "20(19|20)(-01|-12)?(Z|-14:00|\\+14:00)?",
        "-?P([1-3]Y)?([0-9]{1,2}M)?([0-9]{1,3}D)?(T[1-9]H)?",
        "[ab]{0,2}",
    ];
    let literals =
        (text, prop::sample::select(datatypes.to_vec())).prop_map(|(text, datatype)| literal(&text, datatype));
    let terms = prop_oneof![
        20 => literals,
        1 => "[ab]{1,2}".prop_map(|label| BlankNode::new_unchecked(label).into()),
        1 => "[ab]{1,2}".prop_map(|name| NamedNode::new_unchecked(format!("http://e/{name}")).into()),
        2 => ("[ab]", "en|de").prop_map(|(text, tag)| Literal::new_language_tagged_literal_unchecked(text, tag).into()),
    ];
    let triple = |(is_triple, term): (bool, Term)| match is_triple {
        true => Triple::new(NamedNode::new_unchecked("http://e/a"), rdf::VALUE, term).into(),
        false => term,
    };
    let terms = (prop::bool::weighted(0.1), terms).prop_map(triple);
    prop_oneof![1 => Just(None), 30 => terms.prop_map(Some)]
}

fn sorted(mut terms: Vec<Unbindable>) -> Vec<Unbindable> {
    terms.sort_by(by_term);
    terms
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn the_order_is_antisymmetric_and_transitive(a in any_value(), b in any_value(), c in any_value()) {
        for compare in [by_term, by_value] {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            prop_assert_eq!(compare(&a, &a), Ordering::Equal);
            if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
                prop_assert!(compare(&a, &c).is_le());
            }
        }
        prop_assert_eq!(by_term(&a, &b).is_eq(), a == b);
    }

    /// Where `<` is defined for values of one datatype, the order agrees with it.
    #[test]
    fn the_order_agrees_with_less_than(a in any_value(), b in any_value()) {
        let datatype = |value: &Unbindable| match value {
            Some(Term::Literal(literal)) => Some(literal.datatype().into_owned()),
            _ => None,
        };
        if datatype(&a) == datatype(&b)
            && let (Some(x), Some(y)) = values(&a, &b)
            && let Some(order) = less_than(&x, &y)
        {
            prop_assert_eq!(by_value(&a, &b), order);
        }
    }
}

/// Values, and the same values in another order.
fn shuffled_values() -> impl Strategy<Value = (Vec<Unbindable>, Vec<Unbindable>)> {
    prop::collection::vec(any_value(), 0..30).prop_flat_map(|terms| (Just(terms.clone()), Just(terms).prop_shuffle()))
}

/// The rows of a query over values of `?x`, in order. VALUES has no blank nodes, so they are omitted.
fn rows(form: &str, terms: &[Unbindable]) -> Vec<String> {
    let terms = terms.iter().map(|term| term.as_ref().map_or_else(|| "UNDEF".to_owned(), ToString::to_string));
    let terms: Vec<String> = terms.filter(|term| !term.contains("_:")).collect();
    let query = form.replace("{}", &format!("{{ VALUES ?x {{ {} }} }}", terms.join(" ")));
    let query = Namespaces::standard().parse_query(&query).unwrap();
    let QueryResults::Solutions(solutions) = GraphBuilder::new().finish().unwrap().query(&query).unwrap() else {
        panic!("the query is a SELECT query");
    };
    solutions.map(|solution| format!("{:?}", solution.unwrap())).collect()
}

proptest! {
    #[test]
    fn the_order_of_the_input_does_not_matter((terms, shuffled) in shuffled_values()) {
        prop_assert_eq!(sorted(terms), sorted(shuffled));
    }

    #[test]
    fn queries_give_the_same_rows_for_values_in_another_order((terms, shuffled) in shuffled_values()) {
        for form in [
            "SELECT ?x {} ORDER BY ?x",
            "SELECT ?x {} ORDER BY DESC(?x) LIMIT 3",
            "SELECT (MIN(?x) AS ?least) (MAX(?x) AS ?greatest) {}",
        ] {
            prop_assert_eq!(rows(form, &terms), rows(form, &shuffled), "{}", form);
        }
    }
}

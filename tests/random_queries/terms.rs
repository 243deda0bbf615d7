//! The terms of random graphs and queries: few, so that joins have results. Each is written in the syntax that N-Quads and
//! SPARQL share.

use super::random::Random;

/// The terms that a graph may contain. Dates and times have a time zone: Oxigraph compares them differently if only one has. The
/// stricter ones make the results of more queries independent of the order of evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    /// All terms.
    Any,
    /// Only numbers with sums that do not depend on the order of addition.
    ExactSums,
    /// Only terms for which the order of ORDER BY, MIN and MAX is total, without equal terms.
    ///
    /// Oxigraph compares literals of different datatypes as strings, but numbers by value, which is not transitive for all
    /// terms. A dateTime with a timezone and one without, and NaN, are not comparable. For these terms, that is the documented order.
    TotallyOrdered,
}

pub const NODES: &[&str] = &[
    "<http://e/a>",
    "<http://e/b>",
    "<http://e/c>",
    "<http://e/d>",
    "<http://e/p>",
    "<http://e/g1>",
    "<http://example.org/a/rather/long/address/of/an/entity#that-does-not-fit-into-few-bytes>",
];
pub const BLANKS: &[&str] = &["_:x", "_:y", "_:e1f2", "_:a-label-that-is-longer-than-sixteen-bytes"];
pub const PREDICATES: &[&str] = &[
    "<http://e/p>",
    "<http://e/q>",
    "<http://e/r>",
    "<http://e/a>",
    "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>",
    "<http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies>",
];
pub const GRAPHS: &[&str] = &["<http://e/g1>", "<http://e/g2>", "<http://e/a>"];

const ORDERED: &[&str] = &[
    r#""0"^^<http://www.w3.org/2001/XMLSchema#integer>"#,
    r#""1"^^<http://www.w3.org/2001/XMLSchema#integer>"#,
    r#""true"^^<http://www.w3.org/2001/XMLSchema#boolean>"#,
    r#""false"^^<http://www.w3.org/2001/XMLSchema#boolean>"#,
    r#""2024-02-28Z"^^<http://www.w3.org/2001/XMLSchema#date>"#,
    r#""1973Z"^^<http://www.w3.org/2001/XMLSchema#gYear>"#,
    r#""2024-02-29T12:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>"#,
    r#""2025-02-28T12:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>"#,
    r#""u""#,
    r#""uv""#,
    r#""u"@en"#,
    r#""u"@fr"#,
    r#""u"@en--ltr"#,
    r#""z"^^<http://e/datatype>"#,
];

const EXACT: &[&str] = &[
    r#""7"^^<http://www.w3.org/2001/XMLSchema#integer>"#,
    r#""""#,
    r#""a""#,
    r#""ab""#,
    r#""a"@en"#,
    r#""a"@en--ltr"#,
    r#""01"^^<http://www.w3.org/2001/XMLSchema#integer>"#,
    r#""+2"^^<http://www.w3.org/2001/XMLSchema#integer>"#,
    r#""-3"^^<http://www.w3.org/2001/XMLSchema#integer>"#,
    r#""10"^^<http://www.w3.org/2001/XMLSchema#integer>"#,
    r#""1"^^<http://www.w3.org/2001/XMLSchema#byte>"#,
    r#""2"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>"#,
    r#""300"^^<http://www.w3.org/2001/XMLSchema#byte>"#,
    r#""1.0"^^<http://www.w3.org/2001/XMLSchema#decimal>"#,
    r#""0.50"^^<http://www.w3.org/2001/XMLSchema#decimal>"#,
    r#""-1.25"^^<http://www.w3.org/2001/XMLSchema#decimal>"#,
    r#""1"^^<http://www.w3.org/2001/XMLSchema#double>"#,
    r#""2.5E0"^^<http://www.w3.org/2001/XMLSchema#double>"#,
    r#""-0"^^<http://www.w3.org/2001/XMLSchema#double>"#,
    r#""0e1"^^<http://www.w3.org/2001/XMLSchema#double>"#,
    r#""NaN"^^<http://www.w3.org/2001/XMLSchema#double>"#,
    r#""INF"^^<http://www.w3.org/2001/XMLSchema#double>"#,
    r#""-INF"^^<http://www.w3.org/2001/XMLSchema#double>"#,
    r#""1.5"^^<http://www.w3.org/2001/XMLSchema#float>"#,
    r#""NaN"^^<http://www.w3.org/2001/XMLSchema#float>"#,
    r#""one"^^<http://www.w3.org/2001/XMLSchema#integer>"#,
    r#""1"^^<http://www.w3.org/2001/XMLSchema#boolean>"#,
    r#""maybe"^^<http://www.w3.org/2001/XMLSchema#boolean>"#,
    r#""2024-02-29Z"^^<http://www.w3.org/2001/XMLSchema#date>"#,
    r#""2024-02-29+05:00"^^<http://www.w3.org/2001/XMLSchema#date>"#,
    r#""2023-02-29"^^<http://www.w3.org/2001/XMLSchema#date>"#,
    r#""2024-02-29T12:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>"#,
    r#""2024-02-29T12:00:00.500Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>"#,
    r#""2024-02-29T12:00:00.5+00:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>"#,
    r#""2024-02-29T17:00:00+05:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>"#,
    r#""2024-02-29T24:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>"#,
    r#""1973Z"^^<http://www.w3.org/2001/XMLSchema#gYear>"#,
    r#""-0044Z"^^<http://www.w3.org/2001/XMLSchema#gYear>"#,
    r#""2024-02"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>"#,
    r#""12:00:00"^^<http://www.w3.org/2001/XMLSchema#time>"#,
    r#""P1Y2M"^^<http://www.w3.org/2001/XMLSchema#yearMonthDuration>"#,
    r#""P14M"^^<http://www.w3.org/2001/XMLSchema#duration>"#,
    r#""PT36H"^^<http://www.w3.org/2001/XMLSchema#dayTimeDuration>"#,
    r#""A"@EN"#,
    r#""a"@en-GB"#,
    r#""a"@ar--rtl"#,
    r#""a"^^<http://www.w3.org/2001/XMLSchema#string>"#,
    r#""a string that is much longer than sixteen bytes""#,
    r#""a string that is much longer than sixteen bytes"@en"#,
    r#"" \"quoted\" \\ back\nline\ttab ""#,
    r#""𝒳 e\u0301 é 🇵🇰 \u0001""#,
    r#""<http://e/a>""#,
    r#""http://e/a""#,
    r#""_:x""#,
    r#""x"^^<http://e/a>"#,
];

const WILD: &[&str] = &[
    r#""9223372036854775807"^^<http://www.w3.org/2001/XMLSchema#integer>"#,
    r#""-9223372036854775808"^^<http://www.w3.org/2001/XMLSchema#integer>"#,
    r#""9223372036854775808"^^<http://www.w3.org/2001/XMLSchema#integer>"#,
    r#""9007199254740993"^^<http://www.w3.org/2001/XMLSchema#integer>"#,
    r#""0.1"^^<http://www.w3.org/2001/XMLSchema#decimal>"#,
    r#""0.000000000000000001"^^<http://www.w3.org/2001/XMLSchema#decimal>"#,
    r#""0.1"^^<http://www.w3.org/2001/XMLSchema#double>"#,
    r#""1e308"^^<http://www.w3.org/2001/XMLSchema#double>"#,
    r#""1E-400"^^<http://www.w3.org/2001/XMLSchema#double>"#,
    r#""16777217"^^<http://www.w3.org/2001/XMLSchema#float>"#,
];

impl Terms {
    pub fn literal(self, random: &mut Random) -> &'static str {
        match self {
            Self::Any if random.one_in(5) => random.pick(WILD),
            Self::Any | Self::ExactSums if !random.one_in(3) => random.pick(EXACT),
            _ => random.pick(ORDERED),
        }
    }

    pub fn subject(random: &mut Random) -> &'static str {
        let choices = if random.one_in(4) { BLANKS } else { &NODES[..5] };
        random.pick(choices)
    }

    pub fn object(self, random: &mut Random, depth: usize) -> String {
        match random.below(10) {
            0..4 => self.literal(random).to_owned(),
            4 if depth > 0 => self.triple_term(random, depth - 1),
            5 => random.pick(BLANKS).to_owned(),
            _ => random.pick(NODES).to_owned(),
        }
    }

    pub fn triple_term(self, random: &mut Random, depth: usize) -> String {
        let (subject, predicate) = (Self::subject(random), random.pick(PREDICATES));
        format!("<<( {subject} {predicate} {} )>>", self.object(random, depth))
    }

    /// The lines of a random graph, in N-Quads.
    pub fn graph(self, random: &mut Random, size: usize) -> Vec<String> {
        // A few frequent objects make joins on literals likely.
        let frequent: Vec<String> = (0..3).map(|_| self.object(random, 2)).collect();
        let named = random.one_in(2);
        let line = |random: &mut Random| {
            let object =
                if random.one_in(3) { frequent[random.below(frequent.len())].clone() } else { self.object(random, 2) };
            let graph = match random.below(8) {
                0..3 if named => random.pick(GRAPHS),
                3 if named => "_:x",
                _ => "",
            };
            format!("{} {} {object} {graph} .", Self::subject(random), random.pick(PREDICATES))
        };
        (0..size).map(|_| line(random)).collect()
    }
}

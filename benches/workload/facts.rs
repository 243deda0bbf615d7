//! Facts and claims, reified in RDF 1.2 with their quotes, as in the triples of a dataset.

use super::Triples;
use super::dataset::words;
use super::random::SplitMix;
use std::io::{self, Write};

/// The base of the graph's IRIs.
pub const BASE: &str = "https://bench.example/";

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const LABEL: &str = "http://www.w3.org/2000/01/rdf-schema#label";
const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
const FL: &str = "https://factloom.example/ns#";
const OA: &str = "http://www.w3.org/ns/oa#";

const STATEMENTS_PER_SOURCE: usize = 200;

const RELATIONS: usize = 20;

/// The number of a statement that queries use: `e:e0 v:relation0 e:e1`.
const FIXED_STATEMENT: usize = 3;

const CLASSES: usize = 10;

/// Writes statements until the writer is full. One in ten is about a new entity, one in two hundred from a new source.
pub fn write<W: Write>(out: &mut Triples<'_, W>) -> io::Result<()> {
    let mut random = SplitMix(2);
    let words = words(&mut random, 4000);
    let mut line = String::new();
    let mut entities = 0;
    for number in 0_usize.. {
        if out.is_full() {
            break;
        }
        if number.is_multiple_of(10) {
            let new = if number == 0 { 100 } else { 1 };
            for entity in entities..entities + new {
                let class = entity % CLASSES;
                out.triple(format_args!("<{BASE}entity/e{entity}> <{RDF}type> <{BASE}vocabulary/Class{class}>"))?;
                out.triple(format_args!("<{BASE}entity/e{entity}> <{LABEL}> \"Entity {entity}\"@en"))?;
            }
            entities += new;
        }
        if number.is_multiple_of(STATEMENTS_PER_SOURCE) {
            let source = number / STATEMENTS_PER_SOURCE;
            let title = "http://purl.org/dc/terms/title";
            out.triple(format_args!("<{BASE}source/s{source}> <{FL}kind> \"document\""))?;
            out.triple(format_args!("<{BASE}source/s{source}> <{title}> \"Source {source}\"@en"))?;
        }
        line.clear();
        for _ in 0..8 {
            line.push_str(random.choose::<String>(&words));
            line.push(' ');
        }
        statement(number, entities, &line, out, &mut random)?;
    }
    Ok(())
}

fn statement<W: Write>(
    number: usize,
    entities: usize,
    quote: &str,
    out: &mut Triples<'_, W>,
    random: &mut SplitMix,
) -> io::Result<()> {
    // Half of the statements are about a few entities, as in real data.
    let few = (entities / 50).max(1);
    let entity = |random: &mut SplitMix| if random.one_in(2) { random.below(few) } else { random.below(entities) };
    let (mut subject, mut relation, mut object) = (entity(random), random.below(RELATIONS), entity(random));
    if number == FIXED_STATEMENT {
        (subject, relation, object) = (0, 0, 1);
    }
    let subject = format!("<{BASE}entity/e{subject}>");
    let (predicate, object) = if number.is_multiple_of(5) {
        (format!("<{BASE}vocabulary/measures>"), format!("\"{}\"^^<{XSD}integer>", number % 10_000))
    } else {
        (format!("<{BASE}vocabulary/relation{relation}>"), format!("<{BASE}entity/e{object}>"))
    };
    let node = format!("<{BASE}statement/f{number}>");
    let evidence = format!("<{BASE}evidence/{:016x}>", random.next());
    let claim = number % 15 == 1;
    if !claim {
        out.triple(format_args!("{subject} {predicate} {object}"))?;
    }
    out.triple(format_args!("{node} <{RDF}reifies> <<( {subject} {predicate} {object} )>>"))?;
    if claim {
        let status = ["reported", "planned", "possible", "denied"][random.below(4)];
        out.triple(format_args!("{node} <{RDF}type> <{FL}Claim>"))?;
        out.triple(format_args!("{node} <{FL}status> <{FL}{status}>"))?;
        if status == "reported" {
            out.triple(format_args!("{node} <{FL}by> <{BASE}entity/e{}>", random.below(entities)))?;
        }
    } else {
        out.triple(format_args!("{node} <{RDF}type> <{FL}Fact>"))?;
    }
    if number.is_multiple_of(7) {
        let year = random.in_range(1900, 2025);
        out.triple(format_args!("{node} <{FL}pointInTime> \"{year}\"^^<{XSD}gYear>"))?;
        out.triple(format_args!("{node} <{FL}earliest> \"{year}-01-01\"^^<{XSD}date>"))?;
        out.triple(format_args!("{node} <{FL}latest> \"{year}-12-31\"^^<{XSD}date>"))?;
    }
    let at = number % STATEMENTS_PER_SOURCE;
    let start = at * 100;
    let end = start + quote.chars().count();
    let (line, column) = (at / 10 + 1, at % 10 * 100 + 1);
    out.triple(format_args!("{node} <{FL}evidence> {evidence}"))?;
    out.triple(format_args!("{evidence} <{OA}hasSource> <{BASE}source/s{}>", number / STATEMENTS_PER_SOURCE))?;
    out.triple(format_args!("{evidence} <{OA}exact> \"{quote}q{number}\""))?;
    for (relation, value) in [("start", start), ("end", end)] {
        out.triple(format_args!("{evidence} <{OA}{relation}> \"{value}\"^^<{XSD}integer>"))?;
    }
    for (relation, value) in [("line", line), ("column", column)] {
        out.triple(format_args!("{evidence} <{FL}{relation}> \"{value}\"^^<{XSD}integer>"))?;
    }
    Ok(())
}

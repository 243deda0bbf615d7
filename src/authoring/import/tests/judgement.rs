//! Many proposals, some of them wrong in each of ten ways.

use super::*;
use std::fmt::Write as _;

/// A name of two syllables for each number below 400.
fn name(prefix: &str, number: usize) -> String {
    const CONSONANTS: [char; 20] =
        ['b', 'c', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'p', 'q', 'r', 's', 't', 'v', 'w', 'x', 'z'];
    let (one, two) = (CONSONANTS[number / 20 % 20], CONSONANTS[number % 20]);
    format!("{prefix}{one}a{two}on")
}

fn person(number: usize) -> String {
    name("Per", number)
}

fn mill(number: usize) -> String {
    name("Mil", number)
}

fn year(number: usize) -> usize {
    1500 + number
}

/// The number of mills, each with its owner, and of sources.
const MILLS: usize = 400;
const SOURCES: usize = 40;

fn source(number: usize) -> usize {
    number % SOURCES
}

fn owned(number: usize) -> String {
    format!("{} owned the {} mill for many years", person(number), mill(number))
}

fn built(number: usize) -> String {
    format!("The {} mill was built in {} by the town", mill(number), year(number))
}

fn workers(number: usize) -> String {
    format!("The {} mill employs {} workers near the river", mill(number), number + 11)
}

fn text(source_number: usize) -> String {
    let mut text = String::new();
    for number in (0..MILLS).filter(|number| source(*number) == source_number) {
        let other = mill((number + SOURCES) % MILLS);
        let (owned, built, workers) = (owned(number), built(number), workers(number));
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{owned}. {built}. {workers}.\nOthers wrote that the town began the {} mill in {}. {} never bought the {other} mill.\n",
            mill(number),
            year(number) + 7,
            person(number)
        );
    }
    text
}

fn dataset() -> DatasetRoot {
    let json = |value: serde_json::Value| value.to_string();
    let sources: Vec<_> =
        (0..SOURCES).map(|number| serde_json::json!({ "id": format!("s{number}"), "content": text(number) })).collect();
    let entities = (0..MILLS).flat_map(|number| {
        [("p", "Person", person(number)), ("m", "Mill", mill(number))]
            .map(|(prefix, class, label)| serde_json::json!({ "id": format!("{prefix}{number}"), "type": class, "label": label }))
    });
    // The dataset states when the mills with the highest numbers were built.
    let facts: Vec<_> = (MILLS - 20..MILLS)
        .map(|number| {
            proposal("m", number, "built", &json(year(number).to_string().into()), source(number), &built(number))
        })
        .collect();
    let vocabulary = "@prefix v: <https://e.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        v:Person a owl:Class . v:Mill a owl:Class .
        v:owned a owl:ObjectProperty ; rdfs:domain v:Person ; rdfs:range v:Mill .
        v:bought a owl:ObjectProperty ; rdfs:domain v:Person ; rdfs:range v:Mill .
        v:built a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:domain v:Mill ; rdfs:range xsd:gYear .
        v:employs a owl:DatatypeProperty ; rdfs:domain v:Mill ; rdfs:range xsd:integer .";
    DatasetRoot::memory([
        ("factloom.json", json(serde_json::json!({ "base": "https://e.org/", "sources": sources }))),
        ("vocabulary.ttl", vocabulary.to_owned()),
        ("entities.json", json(serde_json::Value::Array(entities.collect()))),
        ("facts.jsonl", facts.join("\n")),
    ])
}

fn proposal(prefix: &str, number: usize, predicate: &str, object: &str, source: usize, quote: &str) -> String {
    format!(
        r#"{{"subject":"{prefix}{number}","predicate":"{predicate}","object":{object},"evidence":[{{"source":"s{source}","quote":"{quote}"}}]}}"#
    )
}

/// A right proposal: the mill of each number has three.
fn right(number: usize) -> String {
    let (mill, source) = (number / 3, source(number / 3));
    match number % 3 {
        0 => proposal("p", mill, "owned", &format!("\"m{mill}\""), source, &owned(mill)),
        1 => proposal("m", mill, "built", &format!("\"{}\"", year(mill)), source, &built(mill)),
        _ => proposal("m", mill, "employs", &(mill + 11).to_string(), source, &workers(mill)),
    }
}

/// A proposal that is wrong in one of ten ways, and the verdicts that it may get.
fn wrong(way: usize, number: usize) -> (String, &'static [Verdict]) {
    use Verdict::{
        Conflict, CutsWord, Duplicate, Finding, Invalid, Mismatch, QuoteInOtherSource, QuoteNotFound, UnknownName,
    };
    // Mills that no right proposal is about.
    let mill = 340 + number;
    let known = MILLS - 1 - number;
    let owner = |mill: usize| format!("\"m{mill}\"");
    let is_even = number.is_multiple_of(2);
    match way {
        0 => {
            let altered = owned(mill).replace("many", "several");
            (proposal("p", mill, "owned", &owner(mill), source(mill), &altered), &[QuoteNotFound])
        }
        1 if is_even => {
            let altered = built(mill).replace(&year(mill).to_string(), &(year(mill) + 1).to_string());
            (proposal("m", mill, "built", &format!("\"{}\"", year(mill) + 1), source(mill), &altered), &[QuoteNotFound])
        }
        1 => (proposal("m", mill, "built", &format!("\"{}\"", year(mill) + 1), source(mill), &built(mill)), &[Finding]),
        2 => {
            let other = (mill + SOURCES) % MILLS;
            let quote = match is_even {
                true => format!("{} … bought the {} mill", person(mill), super::judgement::mill(other)),
                false => format!("bought the {} mill", super::judgement::mill(other)),
            };
            (proposal("p", mill, "bought", &owner(other), source(mill), &quote), &[Finding])
        }
        3 => {
            let elsewhere = (source(mill) + 1) % SOURCES;
            (proposal("p", mill, "owned", &owner(mill), elsewhere, &owned(mill)), &[QuoteInOtherSource])
        }
        4 => {
            let whole = owned(mill);
            let cut = if is_even { &whole[2..] } else { &whole[..whole.len() - 2] };
            (proposal("p", mill, "owned", &owner(mill), source(mill), cut), &[CutsWord])
        }
        5 if is_even => (proposal("nobody-", mill, "owned", &owner(mill), source(mill), &owned(mill)), &[UnknownName]),
        5 => (proposal("p", mill, "ownd", &owner(mill), source(mill), &owned(mill)), &[UnknownName]),
        6 => (proposal("m", mill, "owned", &format!("\"p{mill}\""), source(mill), &owned(mill)), &[Mismatch]),
        7 if is_even => (right(number), &[Duplicate]),
        7 => {
            (proposal("m", known, "built", &format!("\"{}\"", year(known)), source(known), &built(known)), &[Duplicate])
        }
        8 => {
            let quote = format!("the town began the {} mill in {}", super::judgement::mill(known), year(known) + 7);
            (proposal("m", known, "built", &format!("\"{}\"", year(known) + 7), source(known), &quote), &[Conflict])
        }
        _ => {
            let whole = proposal("p", mill, "owned", &owner(mill), source(mill), &owned(mill));
            let broken =
                if is_even { whole[..whole.len() - 9].to_owned() } else { whole.replace("\"subject\":", "subject:") };
            (broken, &[Invalid])
        }
    }
}

/// Of a thousand proposals, a hundred are wrong in ten ways. Each of these has its finding, and all others are accepted.
#[test]
fn no_wrong_proposal_is_accepted_and_every_right_one_is() {
    let mut lines: Vec<(String, &[Verdict])> = Vec::new();
    let mut rights = (0..900).map(right);
    for number in 0..100 {
        lines.extend(rights.by_ref().take(9).map(|line| (line, &[Verdict::Accepted][..])));
        lines.push(wrong(number / 10, number % 10));
    }
    assert_eq!(lines.len(), 1000);
    let text: Vec<&str> = lines.iter().map(|(line, _)| line.as_str()).collect();
    let import = imported(dataset(), "proposals.jsonl", &text.join("\n"));
    for (judgement, (line, expected)) in import.judgements.iter().zip(&lines) {
        assert!(expected.contains(&judgement.verdict), "{line}\n{judgement:?}");
        let has_reason = !judgement.reasons.is_empty() || judgement.id.is_some();
        assert!(!judgement.verdict.is_rejection() || has_reason, "{judgement:?}");
        assert!(judgement.verdict != Verdict::Accepted || judgement.reasons.is_empty(), "{judgement:?}");
    }
    assert_eq!((import.judgements.len(), import.rejected()), (1000, 90));
    // They are judged in the same way when they are imported again.
    let written = edited(&import, "facts.jsonl");
    let again = imported(dataset().with_buffers([("facts.jsonl", written)]), "proposals.jsonl", &text.join("\n"));
    for (before, after) in import.judgements.iter().zip(&again.judgements) {
        let expected = if before.verdict == Verdict::Accepted { Verdict::Duplicate } else { before.verdict };
        assert_eq!(after.verdict, expected, "{after:?}");
    }
}

#[test]
fn more_proposals_are_wrong_than_findings_are_stored() {
    let many = Findings::MAX_PER_CODE + 50;
    let wrong = |number: usize| right(number % 900).replace("\"subject\":\"", "\"subject\":\"x");
    let mut lines: Vec<String> = (0..many).map(wrong).collect();
    lines.extend((0..30).map(right));
    let import = imported(dataset(), "proposals.jsonl", &lines.join("\n"));
    let (rejected, accepted) = import.judgements.split_at(many);
    assert!(rejected.iter().all(|one| one.verdict == Verdict::UnknownName && !one.reasons.is_empty()));
    assert!(accepted.iter().all(|one| one.verdict == Verdict::Accepted), "{accepted:?}");
}

//! A compiled graph of statements between entities, for views, diagrams and exchange formats.

use super::dataset::words;
use super::facts::BASE;
use super::random::SplitMix;
use factloom::model::{
    BuiltInStatus, Claim, EntityId, Evidence, Kind, Namespaces, Qualifier, SourceId, Span, Statement, StatementId,
    TimeValue, vocab,
};
use factloom::store::{GraphBuilder, GraphMetadata, Store};
use factloom::triples;
use oxigraph::model::{Literal, NamedNode, Triple};
use std::error::Error;

const STATEMENTS_PER_SOURCE: usize = 200;
const PREDICATES: usize = 20;
const CLASSES: usize = 10;
const STATEMENTS_PER_ENTITY: usize = 10;

/// A store of statements between two entities, each with a quote. One in fifteen is a claim, and one in seven has a date.
pub fn store(statements: usize) -> Result<Store, Box<dyn Error>> {
    let names = Namespaces::new(BASE, &[])?;
    let mut builder = GraphBuilder::new();
    let entities = (statements / STATEMENTS_PER_ENTITY).max(2);
    let entity = |number: usize| Ok::<_, Box<dyn Error>>(names.entity(&EntityId::new(&format!("e{number}"))?));
    let id = |number: usize| StatementId::new(&format!("f{number:08}"));
    for number in 0..entities {
        builder.assign_id((&entity(number)?).into())?;
    }
    for number in 0..statements {
        builder.assign_id((&names.statement(&id(number)?)).into())?;
    }
    let mut label = |subject: &NamedNode, text: &str| {
        let text = Literal::new_language_tagged_literal_unchecked(text, "en");
        builder.insert_triple(Triple::new(subject.clone(), vocab::rdfs::LABEL, text).as_ref())
    };
    let term = |name: String| NamedNode::new(format!("{}{name}", names.vocabulary()));
    for number in 0..PREDICATES {
        label(&term(format!("relation{number}"))?, &format!("has relation {number} to"))?;
    }
    for number in 0..entities {
        label(&entity(number)?, &format!("Entity {number}"))?;
    }
    for number in 0..entities {
        let class = term(format!("Class{}", number % CLASSES))?;
        builder.insert_triple(Triple::new(entity(number)?, vocab::rdf::TYPE, class).as_ref())?;
    }
    let mut random = SplitMix(11);
    let words = words(&mut random, 4000);
    for number in 0..statements {
        let relation = term(format!("relation{}", random.below(PREDICATES)))?;
        let (subject, object) = (random.below(entities), random.below(entities));
        let triple = Triple::new(entity(subject)?, relation, entity(object)?);
        let mut quote: Vec<&str> = (0..8).map(|_| random.choose::<String>(&words).as_str()).collect();
        let unique_word = format!("q{number}");
        quote.push(&unique_word);
        let mut statement = Statement {
            id: id(number)?,
            triple,
            kind: kind(number, entity(object)?),
            qualifiers: Vec::new(),
            evidence: vec![evidence(number, quote.join(" "))?],
            proposed_by: None,
        };
        if number.is_multiple_of(7) {
            let year = TimeValue::parse(&random.in_range(1900, 2025).to_string())?;
            let value = year.literal().into();
            statement.qualifiers.push(Qualifier { predicate: vocab::fl::POINT_IN_TIME.into_owned(), value });
        }
        let mut result = Ok(());
        triples::write_statement(&statement, &names, &mut |triple| {
            if result.is_ok() {
                result = builder.insert_triple(triple);
            }
        });
        result?;
    }
    let mut metadata = GraphMetadata::new(names);
    "Benchmark".clone_into(&mut metadata.title);
    (metadata.entities, metadata.statements) = (u32::try_from(entities)?, u32::try_from(statements)?);
    Ok(Store::build(builder, metadata)?)
}

fn kind(number: usize, by: NamedNode) -> Kind {
    match number % 15 {
        1 => Kind::Claim(Claim { status: BuiltInStatus::ALL[number / 15 % 4].into(), by: Some(by) }),
        _ => Kind::Fact,
    }
}

fn evidence(number: usize, quote: String) -> Result<Evidence, Box<dyn Error>> {
    let start = u32::try_from(number % STATEMENTS_PER_SOURCE * 100)?;
    let end = start + u32::try_from(quote.chars().count())?;
    Ok(Evidence {
        quote: Some(quote),
        span: Span::new(vec![start..end], start / 1000 + 1, start % 1000 + 1),
        ..Evidence::new(SourceId::new(&format!("s{}", number / STATEMENTS_PER_SOURCE))?)
    })
}

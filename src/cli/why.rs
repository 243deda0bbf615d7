//! `factloom why`

use super::failure::{Failure, say};
use super::load::{Graph, GraphArgs, Session, width};
use super::{output_file, resolve};
use crate::dataset::{PropertyKind, Vocabulary};
use crate::model::{Kind, Statement, StatementId, vocab};
use crate::output::{StatementText, absence_json, absence_text, proof_dot, proof_json, proof_markdown, proof_text};
use crate::report::{impact, impact_json, impact_text};
use crate::rules::Explainer;
use crate::store::{Labels, SentenceError, Store};
use clap::{Args, ValueEnum};
use oxigraph::model::{Literal, NamedNode, NamedOrBlankNode, Term, Triple};

/// Show why a statement is in the graph, down to the words of its sources
///
/// The statement is named by its id, by a sentence of labels ("Russia helped build Pakistan Steel Mills", in any letter case,
/// aliases included), or by its three parts.
#[derive(Args, Debug)]
pub(super) struct WhyArgs {
    /// The statement: its id, or a sentence
    #[arg(value_name = "STATEMENT", required_unless_present = "subject", conflicts_with_all = ["subject", "predicate", "object"])]
    statement: Vec<String>,
    /// The subject: the id or label of an entity, or an IRI
    #[arg(long, value_name = "ENTITY", requires = "predicate", requires = "object")]
    subject: Option<String>,
    /// The predicate: its name in the vocabulary, a prefixed name or an IRI
    #[arg(long, value_name = "PREDICATE", requires = "subject")]
    predicate: Option<String>,
    /// The object: the id or label of an entity, an IRI, or the text of a literal
    #[arg(long, value_name = "OBJECT", requires = "subject")]
    object: Option<String>,
    /// Say why the statement is not in the graph: who only claims it, what excludes it, and how far each rule got
    #[arg(long, conflicts_with_all = ["uses", "all"])]
    not: bool,
    /// Say what rests on the statement, and which stored queries would answer otherwise without it
    #[arg(long, conflicts_with = "all")]
    uses: bool,
    /// Show all derivations of each inference, and not just one
    #[arg(long)]
    all: bool,
    /// As a tree for people, as JSON, as a list in Markdown, or as a diagram for Graphviz
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    from: GraphArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
    Dot,
}

/// So many statements are compared with an id that none has, to find the one that was meant.
const MAX_COMPARED: usize = 100_000;

/// How wide a tree is where no terminal says, in columns.
const WIDTH: usize = 100;

pub(super) fn run(args: &WhyArgs, session: &Session) -> Result<(), Failure> {
    if (args.not || args.uses) && matches!(args.format, Format::Markdown | Format::Dot) {
        let what = if args.not { "--not" } else { "--uses" };
        return Err(Failure::new(format!("{what} is written as text or JSON only")).help("leave --format out"));
    }
    let Graph { store, .. } = &args.from.open(session)?;
    let labels = Labels::new(store, &store.metadata().language);
    let text = StatementText::new(store, &labels);
    let width = width().unwrap_or(WIDTH);
    let Meant { triple, id } = meant(args, store, &labels)?;
    let sentence = text.sentence(&triple)?;
    let holds = store.contains(triple.as_ref())?;
    if args.uses {
        let impact = impact(store, &retractable(store, &triple, id.as_ref(), &sentence)?)?;
        let Some(impact) = impact else { return Err(Failure::new("the statement is not in the graph")) };
        return output_file::to(None, |mut out| match args.format {
            Format::Json => Ok(impact_json(&impact, &text, &mut out)?),
            _ => Ok(impact_text(&impact, &text, &mut out)?),
        });
    }
    let mut explainer = Explainer::new(store)?;
    if args.not {
        if holds {
            say(format_args!("“{sentence}” is in the graph: `factloom why` without --not shows why"));
            return Err(Failure::Findings);
        }
        let absence = explainer.absence(&triple)?;
        return output_file::to(None, |mut out| match args.format {
            Format::Json => Ok(absence_json(&absence, &text, &mut out)?),
            _ => Ok(absence_text(&absence, &text, width, &mut out)?),
        });
    }
    if !holds && store.statements_of_triple(&triple)?.is_empty() {
        say(format_args!("“{sentence}” is not in the graph: --not shows why"));
        return Err(Failure::Findings);
    }
    let proof = explainer.proof(&triple, args.all)?;
    output_file::to(None, |mut out| match args.format {
        Format::Text => Ok(proof_text(&proof, &text, width, &mut out)?),
        Format::Json => Ok(proof_json(&proof, &text, &mut out)?),
        Format::Markdown => Ok(proof_markdown(&proof, &text, &mut out)?),
        Format::Dot => Ok(proof_dot(&proof, &text, &mut out)?),
    })
}

/// The fact or claim that a impact would take back.
fn retractable(
    store: &Store,
    triple: &Triple,
    id: Option<&StatementId>,
    sentence: &str,
) -> Result<StatementId, Failure> {
    let about = store.statements_of_triple(triple)?;
    let named = |statement: &&Statement| id.is_none_or(|id| *id == statement.id);
    match about.iter().find(named) {
        Some(statement) if matches!(statement.kind, Kind::Inference(_)) => {
            let message = format!("“{sentence}” is an inference, and only facts and claims can be retracted");
            Err(Failure::new(message).help(format!("`factloom why {}` shows the facts that it rests on", statement.id)))
        }
        Some(statement) => Ok(statement.id.clone()),
        None => Err(match store.location_of_declared(triple)? {
            Some((file, line)) => Failure::new(format!("“{sentence}” is no statement: it is given at {file}:{line}"))
                .help("ask what rests on a fact or a claim"),
            None => Failure::new(format!("no statement says that {sentence}"))
                .help("`factloom facts` lists the statements with their ids"),
        }),
    }
}

/// What the arguments name.
struct Meant {
    triple: Triple,
    /// The id, where they name a statement by it.
    id: Option<StatementId>,
}

fn meant(args: &WhyArgs, store: &Store, labels: &Labels<'_>) -> Result<Meant, Failure> {
    let vocabulary = store.metadata().vocabulary()?;
    if let (Some(subject), Some(predicate), Some(object)) = (&args.subject, &args.predicate, &args.object) {
        let subject = thing(labels, subject)?;
        let predicate = predicate_of(&vocabulary, predicate, store)?;
        let object = object_of(labels, store, &vocabulary, &subject, &predicate, object)?;
        return Ok(Meant { triple: Triple::new(subject, predicate, object), id: None });
    }
    let written = args.statement.join(" ");
    if let Ok(id) = StatementId::new(&written) {
        if let Some(statement) = store.statement(&id)? {
            return Ok(Meant { triple: statement.triple, id: Some(id) });
        }
        let mut known = Vec::new();
        for statement in store.statements().take(MAX_COMPARED) {
            known.push(statement?.id.to_string());
        }
        let near = crate::diagnostic::closest(&written, known.iter().map(String::as_str));
        let help = near.map_or_else(
            || "write a sentence, or an id: `factloom facts` lists the statements with theirs".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Failure::new(format!("no statement has the id `{written}`")).help(help));
    }
    match labels.parse_sentence(&written, &vocabulary) {
        Ok(triple) => Ok(Meant { triple, id: None }),
        Err(e) => Err(misunderstood(e, labels)?),
    }
}

fn misunderstood(error: SentenceError, labels: &Labels<'_>) -> Result<Failure, Failure> {
    let message = error.to_string();
    let help = match error {
        SentenceError::Store(e) => return Err(e.into()),
        SentenceError::NoPredicate(_, Some(near)) | SentenceError::NoEntity { near: Some(near), .. } => {
            format!("did you mean “{near}”?")
        }
        SentenceError::NoPredicate(_, None) => {
            "write the labels of subject, predicate and object as `factloom facts` shows them, or a statement's id"
                .to_owned()
        }
        SentenceError::NoEntity { near: None, .. } => {
            "write labels as `factloom facts` shows them, or name the parts with --subject, --predicate and --object"
                .to_owned()
        }
        SentenceError::Several(meanings) => {
            let mut list = Vec::new();
            for triple in meanings.iter().take(10) {
                list.push(format!("\n  {}  ({triple})", labels.sentence(triple)?));
            }
            if meanings.len() > list.len() {
                list.push(format!("\n  and {} more", meanings.len() - list.len()));
            }
            format!("name one by its id, or with --subject, --predicate and --object:{}", list.concat())
        }
    };
    Ok(Failure::new(message).help(help))
}

/// An entity, or whatever an IRI names.
fn thing(labels: &Labels<'_>, written: &str) -> Result<NamedNode, Failure> {
    let names = labels.names();
    match crate::dataset::resolve_iri(written, names).ok().filter(|_| written.contains(':')) {
        Some(iri) => Ok(iri),
        None => resolve::entity(labels, written),
    }
}

fn predicate_of(vocabulary: &Vocabulary, written: &str, store: &Store) -> Result<NamedNode, Failure> {
    if written == "a" {
        return Ok(vocab::rdf::TYPE.into());
    }
    match vocabulary.predicate(written, store.names()) {
        Ok(predicate) => Ok(predicate.iri.clone()),
        Err(help) => match crate::dataset::resolve_iri(written, store.names()).ok().filter(|_| written.contains(':')) {
            Some(iri) => Ok(iri),
            None => Err(Failure::new(format!("the vocabulary defines no predicate `{written}`")).help(help)),
        },
    }
}

/// The object of a triple: a literal where statements of the subject have one of the text, else what it names.
fn object_of(
    labels: &Labels<'_>,
    store: &Store,
    vocabulary: &Vocabulary,
    subject: &NamedNode,
    predicate: &NamedNode,
    written: &str,
) -> Result<Term, Failure> {
    let defined = vocabulary.predicate_by_iri(predicate);
    if defined.is_none_or(|predicate| predicate.kind == PropertyKind::Object) {
        return Ok(thing(labels, written)?.into());
    }
    let of_statement = store.statements_of(subject)?.into_iter().find_map(|statement| match &statement.triple {
        Triple { subject: NamedOrBlankNode::NamedNode(other), predicate: said, object: Term::Literal(literal) }
            if other == subject && said == predicate && literal.value() == written =>
        {
            Some(Term::from(literal.clone()))
        }
        _ => None,
    });
    let written = match defined.map(|predicate| &predicate.ranges[..]) {
        Some([datatype]) if !datatype.as_str().ends_with("#langString") => {
            Literal::new_typed_literal(written, datatype.clone())
        }
        _ => Literal::new_simple_literal(written),
    };
    Ok(of_statement.unwrap_or_else(|| written.into()))
}

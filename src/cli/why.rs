//! `factloom why`

use super::context::{ContextArg, note_missing};
use super::failure::Failure;
use super::format::OutputArgs;
use super::load::{Graph, GraphArgs, Session, width};
use super::messages::{error, help};
use super::output_file::Content;
use super::resolve;
use crate::dataset::{PropertyKind, Vocabulary};
use crate::diagnostic::did_you_mean;
use crate::model::{Namespaces, Statement, StatementId, literal_text, nfc, vocab};
use crate::output::{
    NamedFormat, StatementText, absence_json, absence_text, proof_dot, proof_json, proof_markdown, proof_text,
};
use crate::query::vocabulary_of;
use crate::report::{impact, impact_json, impact_text};
use crate::rules::Explainer;
use crate::store::{Labels, SentenceError, Store};
use clap::Args;
use oxigraph::model::{Literal, NamedNode, NamedOrBlankNode, Term, Triple};

/// Explain why a statement is in the graph, or why it is not
///
/// Traces the statement back to the quotes that support it. Name it by its id, by a sentence of labels in any letter case, such
/// as "steam engine is located in Ebbingford", or by its subject, predicate and object.
#[derive(Args, Debug)]
pub(super) struct WhyArgs {
    /// Statement: its id, or a sentence
    #[arg(value_name = "STATEMENT", required_unless_present = "subject", conflicts_with_all = ["subject", "predicate", "object"])]
    statement: Vec<String>,
    /// Subject: the id or label of an entity, or an IRI
    #[arg(long, value_name = "ENTITY", requires = "predicate", requires = "object")]
    subject: Option<String>,
    /// Predicate: its name in the vocabulary, a prefixed name, or an IRI
    #[arg(long, value_name = "PREDICATE", requires = "subject")]
    predicate: Option<String>,
    /// Object: the id or label of an entity, an IRI, or the string of a literal
    #[arg(long, value_name = "OBJECT", requires = "subject")]
    object: Option<String>,
    /// Explain why the statement is not in the graph: claims, conflicting facts, and missing premises of rules
    #[arg(long, conflicts_with_all = ["uses", "all"])]
    not: bool,
    /// Show what depends on the statement: inferences, and stored queries whose results would change without it
    #[arg(long, conflicts_with = "all")]
    uses: bool,
    /// Show all derivations of each inference, not only one
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    output: OutputArgs<Format>,
    /// Show quotes in their context, if the texts of their sources are available; --uses shows no quotes
    #[arg(long, value_name = "EXTENT", value_enum, conflicts_with = "uses", help_heading = "Output")]
    context: Option<ContextArg>,
    #[command(flatten)]
    graph: GraphArgs,
}

/// The formats of a proof, which is one document: it cannot be written with one record per line.
#[derive(Clone, Copy, Debug)]
enum Format {
    Text,
    Json,
    Markdown,
    Dot,
}

impl NamedFormat for Format {
    const NAMES: &'static [(Self, &'static [&'static str])] = &[
        (Self::Text, &["text", "txt"]),
        (Self::Json, &["json"]),
        (Self::Markdown, &["markdown", "md"]),
        (Self::Dot, &["dot", "gv"]),
    ];
}

impl Format {
    fn content(self) -> Content {
        match self {
            Self::Text | Self::Markdown => Content::Text,
            Self::Json | Self::Dot => Content::Data,
        }
    }
}

/// The number of statements among which to find an id similar to an unknown one.
const MAX_COMPARED: usize = 100_000;

/// The width of a proof if stdout is not a terminal, in columns.
const WIDTH: usize = 100;

pub(super) fn run(args: &WhyArgs, session: &Session) -> Result<(), Failure> {
    let format = args.output.format()?;
    if (args.not || args.uses) && matches!(format, Format::Markdown | Format::Dot) {
        let option = if args.not { "--not" } else { "--uses" };
        let message = format!("{option} cannot be combined with Markdown or DOT");
        return Err(Failure::new(message).help("use --format text or json"));
    }
    let graph = args.graph.open(session)?;
    let Graph { store, .. } = &graph;
    let labels = Labels::new(store, &store.metadata().language);
    let texts = args.context.map(|context| context.texts(&graph));
    let text = StatementText::new(store, &labels).with_context(texts.as_ref());
    let width = width().unwrap_or(WIDTH);
    let target = target(args, store, &labels)?;
    let triple = &target.triple;
    let sentence = text.sentence(triple)?;
    let holds = store.contains(triple.as_ref())?;
    if args.uses {
        let impact = impact(store, &removable(store, &target, &sentence)?)?;
        let Some(impact) = impact else { return Err(Failure::new("the statement is not in the graph")) };
        return args.output.write(format.content(), |mut out| match format {
            Format::Json => Ok(impact_json(&impact, &text, &mut out)?),
            _ => Ok(impact_text(&impact, &text, &mut out)?),
        });
    }
    let mut explainer = Explainer::new(store)?;
    if args.not {
        if holds {
            error(format_args!("“{sentence}” is in the graph"));
            help("omit --not to see its proof");
            return Err(Failure::Findings);
        }
        let absence = explainer.absence(triple)?;
        args.output.write(format.content(), |mut out| match format {
            Format::Json => Ok(absence_json(&absence, &text, &mut out)?),
            _ => Ok(absence_text(&absence, &text, width, &mut out)?),
        })?;
        note_missing(texts.as_ref());
        return Ok(());
    }
    if !holds && store.statements_of_triple(triple)?.is_empty() {
        error(format_args!("“{sentence}” is not in the graph"));
        help("add --not to see why");
        return Err(Failure::Findings);
    }
    let proof = explainer.proof(triple, args.all)?;
    args.output.write(format.content(), |mut out| match format {
        Format::Text => Ok(proof_text(&proof, &text, width, &mut out)?),
        Format::Json => Ok(proof_json(&proof, &text, &mut out)?),
        Format::Markdown => Ok(proof_markdown(&proof, &text, &mut out)?),
        Format::Dot => Ok(proof_dot(&proof, &text, &mut out)?),
    })?;
    note_missing(texts.as_ref());
    Ok(())
}

/// The fact or claim with a triple; an error if there is none.
fn removable(store: &Store, target: &Target, sentence: &str) -> Result<StatementId, Failure> {
    let statements = store.statements_of_triple(&target.triple)?;
    let matches = |statement: &&Statement| target.id.as_ref().is_none_or(|id| *id == statement.id);
    match statements.iter().find(matches) {
        Some(statement) if statement.kind.derivation().is_some() => {
            let kind = statement.kind.as_str();
            let message = format!("“{sentence}” is an {kind}; --uses takes a fact or a claim");
            let id = &statement.id;
            Err(Failure::new(message).help(format!("`factloom why {id}` shows the facts from which it is derived")))
        }
        Some(statement) => Ok(statement.id.clone()),
        None => {
            let message = match store.location_of_declared(&target.triple)? {
                Some((file, line)) => {
                    format!("“{sentence}” is declared at {file}:{line}; --uses takes a fact or a claim")
                }
                None => format!("no statement “{sentence}”"),
            };
            Err(Failure::new(message).help("`factloom facts` lists the statements with their ids"))
        }
    }
}

/// The triple that the arguments name.
struct Target {
    triple: Triple,
    /// The id, if they name a statement by it.
    id: Option<StatementId>,
}

fn target(args: &WhyArgs, store: &Store, labels: &Labels<'_>) -> Result<Target, Failure> {
    let vocabulary = vocabulary_of(store.metadata())?;
    if let (Some(subject), Some(predicate), Some(object)) = (&args.subject, &args.predicate, &args.object) {
        let subject = resource(labels, subject)?;
        let predicate = predicate_of(&vocabulary, predicate, store)?;
        let object = object_of(labels, store, &vocabulary, &subject, &predicate, object)?;
        return Ok(Target { triple: Triple::new(subject, predicate, object), id: None });
    }
    let written = args.statement.join(" ");
    if let Ok(id) = StatementId::new(&nfc(&written)) {
        if let Some(statement) = store.statement(&id)? {
            return Ok(Target { triple: statement.triple, id: Some(id) });
        }
        let mut known = Vec::new();
        for statement in store.statements().take(MAX_COMPARED) {
            known.push(statement?.id.to_string());
        }
        let advice = "write a sentence, or an id that `factloom facts` lists";
        let help = did_you_mean(&written, known.iter().map(String::as_str), advice);
        return Err(Failure::new(format!("unknown statement `{written}`")).help(help));
    }
    match labels.parse_sentence(&written, vocabulary.predicate_iris()) {
        Ok(triple) => Ok(Target { triple, id: None }),
        Err(e) => Err(sentence_failure(e, labels)?),
    }
}

fn sentence_failure(error: SentenceError, labels: &Labels<'_>) -> Result<Failure, Failure> {
    let message = error.to_string();
    let help = match error {
        SentenceError::Store(e) => return Err(e.into()),
        SentenceError::NoPredicate(_, Some(label)) | SentenceError::NoEntity { suggestion: Some(label), .. } => {
            format!("did you mean “{label}”?")
        }
        SentenceError::Incomplete { predicate, part: "object", .. } => {
            format!("add the label of an entity, or a value, after “{predicate}”")
        }
        SentenceError::Incomplete { predicate, .. } => format!("add the label of an entity before “{predicate}”"),
        SentenceError::NoPredicate(..) | SentenceError::NoEntity { .. } => {
            "use the labels that `factloom facts` shows, an id, or --subject, --predicate and --object".to_owned()
        }
        SentenceError::Ambiguous(candidates) => {
            let mut list = Vec::new();
            for triple in candidates.iter().take(10) {
                list.push(format!("\n  {}  ({triple})", labels.sentence(triple)?));
            }
            if candidates.len() > list.len() {
                list.push(format!("\n  and {} more", candidates.len() - list.len()));
            }
            format!("use an id, or --subject, --predicate and --object:{}", list.concat())
        }
    };
    Ok(Failure::new(message).help(help))
}

/// An entity, or any resource by its IRI.
fn resource(labels: &Labels<'_>, written: &str) -> Result<NamedNode, Failure> {
    iri(written, labels.namespaces()).map_or_else(|| resolve::entity(labels, written), Ok)
}

/// An IRI or a prefixed name.
fn iri(written: &str, namespaces: &Namespaces) -> Option<NamedNode> {
    namespaces.resolve(written).ok()
}

fn predicate_of(vocabulary: &Vocabulary, written: &str, store: &Store) -> Result<NamedNode, Failure> {
    if written == "a" {
        return Ok(vocab::rdf::TYPE.into());
    }
    match vocabulary.predicate(written, store.namespaces()) {
        Ok(predicate) => Ok(predicate.iri.clone()),
        Err(help) => iri(written, store.namespaces())
            .ok_or_else(|| Failure::new(format!("unknown predicate `{written}`")).help(help)),
    }
}

/// The object of a triple: a literal with the string if a statement of the subject has one, else the resource with the name.
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
        return Ok(resource(labels, written)?.into());
    }
    let of_statement = store.statements_of(subject)?.into_iter().find_map(|statement| match &statement.triple {
        Triple {
            subject: NamedOrBlankNode::NamedNode(other),
            predicate: other_predicate,
            object: Term::Literal(literal),
        } if other == subject
            && other_predicate == predicate
            && (literal.value() == written || literal_text(literal) == written) =>
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

//! What a diagram says of its nodes and edges in labels, tooltips, links and footnotes.

use super::super::render_style::web_address;
use super::super::{Footnote, FootnoteQuote, StatementText, evidence_location};
use super::parallel::Line;
use crate::model::{Evidence, Kind, Stance, Statement, vocab};
use crate::store::StoreError;
use crate::view::{Edge, EdgeKind, Node, View};
use itertools::Itertools;
use oxigraph::model::Term;
use std::fmt::Write as _;

/// Of more edges than this a diagram is data for other programs rather than a picture, and quotes would be most of it.
const TOLD: usize = 3_000;

/// The words of a diagram.
pub(super) struct Words<'a> {
    text: &'a StatementText<'a>,
    /// Whether tooltips tell the quotes, and nodes and edges have links.
    in_full: bool,
}

/// What there is to say of a line.
#[derive(Default)]
pub(super) struct Told {
    pub(super) tooltip: String,
    pub(super) link: Option<String>,
    pub(super) footnote: Option<Footnote>,
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a StatementText<'a>, view: &View) -> Self {
        Self { text, in_full: view.graph().edge_count() <= TOLD }
    }

    /// What the tooltip of a line says, where a click on it leads, and its footnote where one is wanted.
    pub(super) fn tell(
        &self,
        line: &Line,
        view: &View,
        [subject, object]: [&Node; 2],
        footnote: bool,
    ) -> Result<Told, StoreError> {
        let shown = &view.graph()[line.shown];
        let mut told =
            Told { tooltip: format!("{} {} {}", subject.label, verb(shown), object.label), ..Told::default() };
        let (mut sentences, mut quotes) = (Vec::new(), Vec::new());
        for index in line.edges() {
            let edge = &view.graph()[index];
            let statement = match self.in_full || footnote {
                true => self.text.store().statement(&edge.statement)?,
                false => None,
            };
            match &statement {
                Some(statement) if self.in_full => self.add_to_tooltip(&mut told, statement)?,
                _ => {
                    let _ = write!(told.tooltip, "\n{} · {}", edge.kind.as_str(), edge.statement);
                }
            }
            if let Some(statement) = statement.filter(|_| footnote) {
                sentences.push(self.said(&statement)?);
                let quoted = statement.evidence.iter().map(|evidence| self.quote(evidence));
                quotes.extend(quoted.collect::<Result<Vec<_>, _>>()?);
            }
        }
        // Statements of one line differ in their kinds, times and quotes only.
        told.footnote = footnote.then(|| Footnote {
            text: sentences.iter().unique().join("; "),
            quotes: quotes.into_iter().unique().collect(),
        });
        Ok(told)
    }

    fn add_to_tooltip(&self, told: &mut Told, statement: &Statement) -> Result<(), StoreError> {
        let kind = self.text.kind(statement)?;
        let _ = write!(told.tooltip, "\n{kind} · {}", statement.id);
        for evidence in &statement.evidence {
            let _ = write!(told.tooltip, "\n{}  {}", quoted(evidence), evidence_location(evidence));
            if told.link.is_none() {
                told.link = self.link(evidence)?;
            }
        }
        Ok(())
    }

    fn quote(&self, evidence: &Evidence) -> Result<FootnoteQuote, StoreError> {
        Ok(FootnoteQuote { quote: quoted(evidence), source: evidence_location(evidence), link: self.link(evidence)? })
    }

    /// A statement as a sentence, with its qualifiers, its kind where it is no fact, and what an inference follows from.
    fn said(&self, statement: &Statement) -> Result<String, StoreError> {
        let mut said = self.text.sentence(statement)?;
        let qualifiers = statement.qualifiers.iter().map(|qualifier| self.text.qualifier(qualifier));
        let qualifiers = qualifiers.map(|read| read.map(|(name, value)| format!("{name} {value}")));
        let qualifiers = qualifiers.collect::<Result<Vec<_>, _>>()?;
        if !qualifiers.is_empty() {
            let _ = write!(said, " ({})", qualifiers.join(", "));
        }
        if statement.kind != Kind::Fact {
            let _ = write!(said, " · {}", self.text.kind(statement)?);
        }
        let premises = self.text.premises(statement)?;
        if !premises.is_empty() {
            let _ = write!(said, ", since {}", premises.join(" and "));
        }
        Ok(said)
    }

    /// A link to the words of evidence. Others than to the web are no links here: a drawing may come from anywhere.
    fn link(&self, evidence: &Evidence) -> Result<Option<String>, StoreError> {
        Ok(self.text.link(evidence)?.filter(|link| web_address(Some(link)).is_some()))
    }

    /// A link to the same thing in another catalogue; of several the first.
    pub(super) fn node_link(&self, node: &Node) -> Result<Option<String>, StoreError> {
        if !self.in_full {
            return Ok(None);
        }
        let same = self.text.store().objects(node.iri.as_ref(), vocab::skos::EXACT_MATCH)?;
        let links = same.into_iter().filter_map(|same| match same {
            Term::NamedNode(iri) if web_address(Some(iri.as_str())).is_some() => Some(iri.into_string()),
            _ => None,
        });
        Ok(links.min())
    }
}

/// The text on a line: the predicate, the status of a claim, and where the line stands for several statements, how many
/// sources those have.
pub(super) fn label(line: &Line, view: &View) -> String {
    let edge = &view.graph()[line.shown];
    let sources = line.edges().map(|edge| view.graph()[edge].source_count).max().unwrap_or_default();
    let several = match line.others.len() {
        0 => None,
        _ if sources > 1 => Some(format!("{sources} sources")),
        others => Some(format!("{} statements", others + 1)),
    };
    let aside: Vec<String> = status(edge).map(str::to_owned).into_iter().chain(several).collect();
    match aside.is_empty() {
        true => edge.predicate.label.clone(),
        false => format!("{} ({})", edge.predicate.label, aside.join(", ")),
    }
}

/// The predicate of an edge, with the status of a claim.
fn verb(edge: &Edge) -> String {
    let status = status(edge).map(|status| format!(" ({status})"));
    edge.predicate.label.clone() + &status.unwrap_or_default()
}

fn status(edge: &Edge) -> Option<&'static str> {
    match edge.kind {
        EdgeKind::Claim(status) => Some(status.as_str()),
        EdgeKind::Fact | EdgeKind::Inference => None,
    }
}

/// The words of evidence in quotation marks, or the note that stands for them.
fn quoted(evidence: &Evidence) -> String {
    let disputed = if evidence.stance == Stance::Disputes { "disputed: " } else { "" };
    match (&evidence.quote, &evidence.note) {
        (Some(quote), _) => format!("{disputed}“{quote}”"),
        (None, note) => format!("{disputed}{}", note.as_deref().unwrap_or_default()),
    }
}

/// What the tooltip of a node says: what it is called, and what is said of it in literals.
pub(super) fn node_tooltip(node: &Node) -> String {
    let mut tooltip = node.label.clone();
    for attribute in &node.attributes {
        let status = status(&attribute.edge).map(|status| format!(" ({status})")).unwrap_or_default();
        for part in ["\n", &attribute.edge.predicate.label, ": ", &attribute.text, &status] {
            tooltip.push_str(part);
        }
    }
    tooltip
}

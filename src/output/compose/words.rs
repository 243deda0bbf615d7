//! What a diagram says of its nodes and edges in labels, tooltips, links and footnotes.

use super::super::{Footnote, FootnoteQuote, StatementText, evidence_place};
use super::parallel::Line;
use crate::model::{Evidence, Kind, Stance, Statement, vocab};
use crate::store::StoreError;
use crate::view::{Edge, EdgeKind, Node, View};
use oxigraph::model::Term;

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
        let mut told = Told {
            tooltip: format!("{} {} {}", subject.label, verb(shown), object.label),
            footnote: footnote.then(Footnote::default),
            ..Told::default()
        };
        for index in line.edges() {
            let edge = &view.graph()[index];
            let statement = match self.in_full || footnote {
                true => self.text.store().statement(&edge.statement)?,
                false => None,
            };
            match &statement {
                Some(statement) if self.in_full => self.add_to_tooltip(&mut told, statement)?,
                _ => told.tooltip.extend([format!("\n{} · {}", edge.kind.as_str(), edge.statement)]),
            }
            if let (Some(footnote), Some(statement)) = (&mut told.footnote, &statement) {
                self.add_to_footnote(footnote, statement)?;
            }
        }
        Ok(told)
    }

    fn add_to_tooltip(&self, told: &mut Told, statement: &Statement) -> Result<(), StoreError> {
        let kind = self.text.kind(statement)?;
        told.tooltip.extend([format!("\n{kind} · {}", statement.id)]);
        for evidence in &statement.evidence {
            told.tooltip.extend([format!("\n{}  {}", quoted(evidence), evidence_place(evidence))]);
            if told.link.is_none() {
                told.link = self.link(evidence)?;
            }
        }
        Ok(())
    }

    fn add_to_footnote(&self, footnote: &mut Footnote, statement: &Statement) -> Result<(), StoreError> {
        let said = self.said(statement)?;
        match footnote.text.is_empty() {
            true => footnote.text = said,
            // Statements of one line differ in their kinds, times and quotes only.
            false if !footnote.text.contains(&said) => footnote.text.extend([format!("; {said}")]),
            false => {}
        }
        for evidence in &statement.evidence {
            let (quote, source) = (quoted(evidence), evidence_place(evidence));
            let quote = FootnoteQuote { quote, source, link: self.link(evidence)? };
            if !footnote.quotes.contains(&quote) {
                footnote.quotes.push(quote);
            }
        }
        Ok(())
    }

    /// A statement as a sentence, with its qualifiers, its kind where it is no fact, and what an inference follows from.
    fn said(&self, statement: &Statement) -> Result<String, StoreError> {
        let mut said = self.text.sentence(statement)?;
        let qualifiers = statement.qualifiers.iter().map(|qualifier| self.text.qualifier(qualifier));
        let qualifiers = qualifiers.map(|read| read.map(|(name, value)| format!("{name} {value}")));
        let qualifiers = qualifiers.collect::<Result<Vec<_>, _>>()?;
        if !qualifiers.is_empty() {
            said.extend([format!(" ({})", qualifiers.join(", "))]);
        }
        if statement.kind != Kind::Fact {
            said.extend([format!(" · {}", self.text.kind(statement)?)]);
        }
        let premises = self.text.premises(statement)?;
        if !premises.is_empty() {
            said.extend([format!(", since {}", premises.join(" and "))]);
        }
        Ok(said)
    }

    /// A link to the words of evidence. Others than to the web are no links here: a drawing may come from anywhere.
    fn link(&self, evidence: &Evidence) -> Result<Option<String>, StoreError> {
        Ok(self.text.link(evidence)?.filter(|link| is_of_the_web(link)))
    }

    /// A link to the same thing in another catalogue; of several the first.
    pub(super) fn node_link(&self, node: &Node) -> Result<Option<String>, StoreError> {
        if !self.in_full {
            return Ok(None);
        }
        let same = self.text.store().objects(node.iri.as_ref(), vocab::skos::EXACT_MATCH)?;
        let links = same.into_iter().filter_map(|same| match same {
            Term::NamedNode(iri) if is_of_the_web(iri.as_str()) => Some(iri.into_string()),
            _ => None,
        });
        Ok(links.min())
    }
}

/// The text on a line: the predicate, the status of a claim, and where the line stands for several statements, how many
/// sources those have.
pub(super) fn label(line: &Line, view: &View) -> String {
    let edge = &view.graph()[line.shown];
    let sources = line.edges().map(|edge| view.graph()[edge].sources).max().unwrap_or_default();
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

fn is_of_the_web(link: &str) -> bool {
    let link = link.to_ascii_lowercase();
    link.starts_with("https://") || link.starts_with("http://")
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

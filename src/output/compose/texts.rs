//! The labels, tooltips, links and footnotes of a diagram.

use super::super::{Footnote, FootnoteQuote, StatementDetail, StatementText};
use super::merged::MergedEdge;
use crate::escape::url;
use crate::model::{Kind, Statement, vocab};
use crate::store::StoreError;
use crate::view::{Attribute, EdgeKind, Node, View};
use itertools::Itertools;
use oxigraph::model::Term;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A diagram with more edges than this is data for other programs. Quotes would be most of it.
const MAX_EDGES_WITH_QUOTES: usize = 3_000;

/// Writes the texts of a diagram.
pub(super) struct Texts<'a> {
    text: &'a StatementText<'a>,
    view: &'a View,
    /// Whether tooltips have quotes, and nodes and edges have links.
    with_quotes: bool,
}

/// The texts of an edge, except for its label.
#[derive(Default)]
pub(super) struct EdgeTexts {
    pub(super) tooltip: String,
    pub(super) link: Option<String>,
    pub(super) footnote: Option<Footnote>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(text: &'a StatementText<'a>, view: &'a View) -> Self {
        Self { text, view, with_quotes: view.graph().edge_count() <= MAX_EDGES_WITH_QUOTES }
    }

    /// The tooltip and the link of an edge, and its footnote if there are any.
    pub(super) fn edge(&self, merged: &MergedEdge, footnotes: bool) -> Result<EdgeTexts, StoreError> {
        let graph = self.view.graph();
        let (subject, object, shown) = (&graph[merged.from], &graph[merged.to], &graph[merged.shown]);
        let predicate = self.with_status(&shown.predicate.label, &shown.kind)?;
        let mut texts =
            EdgeTexts { tooltip: format!("{} {predicate} {}", subject.label, object.label), ..EdgeTexts::default() };
        let (mut sentences, mut quotes) = (Vec::new(), Vec::new());
        for edge in merged.edges().map(|edge| &graph[edge]) {
            let statement = match self.with_quotes || footnotes {
                true => self.text.store().statement(&edge.statement)?,
                false => None,
            };
            match &statement {
                Some(statement) if self.with_quotes => self.add_to_tooltip(&mut texts, statement)?,
                _ => {
                    let _ = write!(texts.tooltip, "\n{} · {}", edge.kind.as_str(), edge.statement);
                }
            }
            if let Some(statement) = statement.filter(|_| footnotes) {
                sentences.push(self.sentence(&statement)?);
                for evidence in &statement.evidence {
                    let StatementDetail { prefix, text, location, link, marks: _ } =
                        self.text.short_evidence(evidence)?;
                    quotes.push(FootnoteQuote { quote: prefix + &text, source: location, link });
                }
            }
        }
        // Merged statements differ only in their kinds, times and quotes.
        texts.footnote = footnotes.then(|| Footnote {
            text: sentences.iter().unique().join("; "),
            quotes: quotes.into_iter().unique().collect(),
        });
        Ok(texts)
    }

    fn add_to_tooltip(&self, texts: &mut EdgeTexts, statement: &Statement) -> Result<(), StoreError> {
        let kind = self.text.kind(statement)?;
        let _ = write!(texts.tooltip, "\n{kind} · {}", statement.id);
        for evidence in &statement.evidence {
            let short = self.text.short_evidence(evidence)?;
            let _ = write!(texts.tooltip, "\n{short}");
            texts.link = texts.link.take().or(short.link);
        }
        Ok(())
    }

    /// A statement as a sentence with its qualifiers, its kind if it is not a fact, and the premises of a derived one.
    fn sentence(&self, statement: &Statement) -> Result<String, StoreError> {
        let mut sentence = self.text.sentence(&statement.triple)?;
        let qualifiers = statement.qualifiers.iter().map(|qualifier| self.text.qualifier(qualifier));
        let qualifiers = qualifiers.map(|read| read.map(|(name, value)| format!("{name}: {value}")));
        let qualifiers = qualifiers.collect::<Result<Vec<_>, _>>()?;
        if !qualifiers.is_empty() {
            let _ = write!(sentence, " ({})", qualifiers.join(", "));
        }
        if statement.kind != Kind::Fact {
            let _ = write!(sentence, " · {}", self.text.kind(statement)?);
        }
        let premises: Vec<String> = self.text.premises(statement)?.into_iter().map(|premise| premise.text).collect();
        if !premises.is_empty() {
            let _ = write!(sentence, ", because {}", premises.join(" and "));
        }
        Ok(sentence)
    }

    /// A link to the same entity in another catalogue, the first if there are several.
    pub(super) fn node_link(&self, node: &Node) -> Result<Option<String>, StoreError> {
        if !self.with_quotes {
            return Ok(None);
        }
        let matches = self.text.store().objects(node.iri.as_ref(), vocab::skos::EXACT_MATCH)?;
        let links = matches.into_iter().filter_map(|term| match term {
            Term::NamedNode(iri) if url::link(iri.as_str()).is_some() => Some(iri.into_string()),
            _ => None,
        });
        Ok(links.min())
    }

    /// The label of an edge: the predicate, the status of a claim, and the number of sources or statements if several are merged.
    pub(super) fn edge_label(&self, merged: &MergedEdge) -> Result<String, StoreError> {
        let graph = self.view.graph();
        let edge = &graph[merged.shown];
        let sources = merged.edges().map(|edge| graph[edge].source_count).max().unwrap_or_default();
        let count = match merged.others.len() {
            0 => None,
            _ if sources > 1 => Some(format!("{sources} sources")),
            others => Some(format!("{} statements", others + 1)),
        };
        let status = self.status(&edge.kind)?.map(Cow::into_owned);
        let details: Vec<String> = status.into_iter().chain(count).collect();
        Ok(match details.is_empty() {
            true => edge.predicate.label.clone(),
            false => format!("{} ({})", edge.predicate.label, details.join(", ")),
        })
    }

    /// The rows of a node: the distinct predicates and values of its attributes.
    pub(super) fn rows(&self, node: &Node) -> Result<BTreeSet<(String, String)>, StoreError> {
        node.attributes.iter().map(|attribute| self.attribute(attribute)).collect()
    }

    /// The tooltip of a node: its label and its attributes.
    pub(super) fn node_tooltip(&self, node: &Node) -> Result<String, StoreError> {
        let mut tooltip = node.label.clone();
        for attribute in &node.attributes {
            let (name, value) = self.attribute(attribute)?;
            tooltip.extend(["\n", &name, ": ", &value]);
        }
        Ok(tooltip)
    }

    /// The predicate and the value of an attribute, with the status of a claim.
    fn attribute(&self, attribute: &Attribute) -> Result<(String, String), StoreError> {
        let value = self.with_status(&attribute.text, &attribute.edge.kind)?;
        Ok((attribute.edge.predicate.label.clone(), value))
    }

    fn with_status(&self, text: &str, kind: &EdgeKind) -> Result<String, StoreError> {
        Ok(self.status(kind)?.map_or_else(|| text.to_owned(), |status| format!("{text} ({status})")))
    }

    fn status(&self, kind: &EdgeKind) -> Result<Option<Cow<'static, str>>, StoreError> {
        kind.status().map(|status| self.text.labels().status(status)).transpose()
    }
}

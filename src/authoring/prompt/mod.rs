//! Instructions for a language model that proposes facts.

mod sections;

use crate::check::Checked;
use crate::dataset::{Dataset, Source, SourceKind};
use crate::diagnostic::did_you_mean;
use crate::model::{Kind, Statement};
use sections::{Example, Sections};

/// Why there are no instructions.
#[derive(Debug, thiserror::Error)]
#[error("unknown source `{id}`")]
pub struct UnknownSource {
    /// The id.
    pub id: String,
    /// The next step.
    pub help: String,
}

/// Instructions for a language model, and what a user should know about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The instructions, in Markdown.
    pub text: String,
    /// The sources whose texts are part of the instructions although they are not redistributable.
    pub not_redistributable: Vec<String>,
    /// The sources whose texts are unavailable.
    pub without_text: Vec<String>,
}

/// Instructions for a language model that proposes facts for [`import`](super::import()): the form of a proposal, the vocabulary and the
/// entities of the dataset, the rules of quoting, and an example that passes the check. With `sources`, they contain the texts of these.
///
/// Names and texts of the dataset are in JSON or in fenced blocks, so that they do not end a section. The same dataset gives the same text.
///
/// # Errors
///
/// Returns an error if the dataset does not have one of the sources.
///
/// ```
/// use factloom::authoring::prompt;
/// use factloom::check::{CheckOptions, check};
/// use factloom::dataset::{Dataset, DatasetRoot};
///
/// let opened = Dataset::open(DatasetRoot::Bundled(factloom::authoring::TUTORIAL), None);
/// let (dataset, mut findings) = (opened.dataset.unwrap(), opened.findings);
/// let checked = check(&dataset, &CheckOptions::default(), &mut findings);
/// let prompt = prompt(&dataset, &checked, &["pump-house".to_owned()])?;
/// assert!(prompt.text.contains("The pump house is in Ebbingford"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn prompt(dataset: &Dataset, checked: &Checked, sources: &[String]) -> Result<Prompt, UnknownSource> {
    let selected: Vec<&Source> = sources.iter().map(|id| find(dataset, id)).collect::<Result<_, _>>()?;
    let quoted = dataset.sources.iter().filter(|source| source.kind != SourceKind::Background);
    let listed: Vec<&Source> = if selected.is_empty() { quoted.collect() } else { selected.clone() };
    let mut sections = Sections::new(dataset);
    sections.task();
    sections.rules();
    sections.form();
    sections.vocabulary();
    sections.statuses();
    sections.entities();
    sections.sources(&listed);
    match example(checked, &listed) {
        Some(statement) => sections.example(&Example::Statement(statement)),
        None => sections.example(&Example::Invented),
    }
    let (mut not_redistributable, mut without_text) = (Vec::new(), Vec::new());
    for source in selected {
        let id = source.id.as_str().to_owned();
        match dataset.text(source) {
            Ok(Some(text)) => {
                if !dataset.is_redistributable(source, &text) {
                    not_redistributable.push(id);
                }
                sections.text(source, &text);
            }
            Ok(None) | Err(_) => without_text.push(id),
        }
    }
    Ok(Prompt { text: sections.into_text(), not_redistributable, without_text })
}

fn find<'a>(dataset: &'a Dataset, id: &str) -> Result<&'a Source, UnknownSource> {
    dataset.source(id).ok_or_else(|| {
        let ids = dataset.sources.iter().map(|source| source.id.as_str());
        let all = format!("the sources are {}", ids.clone().take(20).collect::<Vec<_>>().join(", "));
        UnknownSource { id: id.to_owned(), help: did_you_mean(id, ids, all) }
    })
}

/// The first statement whose quotes were all found in the texts of some sources. A claim shows more, but a fact is what is most proposed.
fn example<'a>(checked: &'a Checked, sources: &[&Source]) -> Option<&'a Statement> {
    let is_grounded = |statement: &&Statement| {
        let is_found = |source, is_in_text| is_in_text && sources.iter().any(|listed| listed.id == source);
        statement.evidence.iter().all(|evidence| is_found(evidence.source.clone(), evidence.span.is_some()))
    };
    let mut grounded = checked.statements.iter().filter(is_grounded);
    grounded.find(|statement| statement.kind == Kind::Fact)
}

#[cfg(test)]
mod tests;

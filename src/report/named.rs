//! Named diagrams: stored queries whose decorators say how what they choose is drawn.

use crate::output::{
    Diagram, DiagramOptions, Overrides, StatementText, diagram, subgraph_notes, unmatched_results_note,
};
use crate::query::{
    DiagramSettings, ParameterError, ParameterValues, QueryTemplate, SelectStatementsError, statements_of,
};
use crate::store::{Labels, Store, StoreError};
use crate::view::{Filter, Selection, View};

/// A stored query that is a diagram.
///
/// ```
/// use factloom::output::Overrides;
/// use factloom::query::DiagramSettings;
/// use factloom::report::named_diagrams;
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// for named in named_diagrams(&store) {
///     let drawn = named.draw(&store, DiagramSettings::default(), Overrides::default())?;
///     assert_eq!(drawn.title, named.title());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct NamedDiagram {
    stored: QueryTemplate,
    settings: DiagramSettings,
}

/// Why a named diagram cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum NamedDiagramError {
    /// A default of the query is no value of its parameter.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The query chooses no statements.
    #[error(transparent)]
    Chosen(#[from] SelectStatementsError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The named diagrams of a graph, in the order of their names. A query that cannot be read, which `check` reports, is none.
pub fn named_diagrams(store: &Store) -> Vec<NamedDiagram> {
    let queries = store.metadata().queries.iter();
    let read = queries.filter_map(|query| QueryTemplate::parse(&query.name, &query.text, store.names()).ok());
    read.filter_map(|stored| Some(NamedDiagram { settings: stored.decorators.diagram.clone()?, stored })).collect()
}

impl NamedDiagram {
    /// Its name: that of the query.
    pub fn name(&self) -> &str {
        &self.stored.name
    }

    /// What it shows: its title, or else what the query answers, or else its name.
    pub fn title(&self) -> &str {
        let summary = self.stored.decorators.summary.as_deref();
        self.settings.title.as_deref().or(summary).unwrap_or(self.name())
    }

    /// Draws what its query chooses, as its decorators say where `settings` do not.
    ///
    /// # Errors
    ///
    /// Where the query cannot be asked without values.
    pub fn draw(
        &self,
        store: &Store,
        settings: DiagramSettings,
        overrides: Overrides,
    ) -> Result<Diagram, NamedDiagramError> {
        let settings = settings.or(self.settings.clone());
        let labels = Labels::new(store, settings.lang.as_deref().unwrap_or(&store.metadata().language));
        let chosen = statements_of(store, &self.stored.bind(&ParameterValues::new(), &labels)?)?;
        let mut notes: Vec<String> = unmatched_results_note(&chosen, self.name()).into_iter().collect();
        let statements = Filter { include: vec![chosen.statements], ..Filter::default() };
        let selection = Selection { statements, max_nodes: settings.max_nodes, ..Selection::default() };
        let part = View::new(store, &labels)?.subgraph(&selection);
        let title = settings.title.clone().unwrap_or_else(|| self.title().to_owned());
        let options = DiagramOptions { settings, overrides, ..DiagramOptions::default() };
        let drawn = diagram(&title, &part.view, &StatementText::new(store, &labels), &options)?;
        if part.size_before_limits.0 == 0 {
            notes.push("there is no such statement".to_owned());
        }
        notes.extend(subgraph_notes(&part));
        Ok(Diagram { notes, ..drawn })
    }
}

//! Named diagrams: stored queries with the decorators of a diagram.

use crate::output::{
    Diagram, DiagramOptions, Overrides, StatementText, diagram, subgraph_notes, unmatched_results_note,
};
use crate::query::{
    DiagramSettings, ParameterError, ParameterValues, QueryTemplate, SelectStatementsError, statements_of,
};
use crate::store::{Labels, Store, StoreError};
use crate::view::{Filter, KindFilter, Selection, View};
use std::collections::BTreeMap;

/// A stored query that selects the statements of a diagram.
///
/// ```
/// use factloom::output::Overrides;
/// use factloom::query::DiagramSettings;
/// use factloom::report::named_diagrams;
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// for named in named_diagrams(&store) {
///     let diagram = named.draw(&store, DiagramSettings::default(), Overrides::default())?;
///     assert_eq!(diagram.title, named.title());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct NamedDiagram {
    template: QueryTemplate,
    settings: DiagramSettings,
}

/// The reason why a named diagram cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum NamedDiagramError {
    /// A default is not a valid value of its parameter, or a parameter has no default.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The query cannot select statements.
    #[error(transparent)]
    Selection(#[from] SelectStatementsError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The named diagrams of a graph, sorted by name. Invalid queries, which `check` reports, are ignored.
pub fn named_diagrams(store: &Store) -> Vec<NamedDiagram> {
    let queries = store.metadata().queries.iter();
    let templates = queries.filter_map(|query| QueryTemplate::parse(&query.name, &query.text, store.namespaces()).ok());
    let named = templates
        .filter_map(|template| Some(NamedDiagram { settings: template.decorators.diagram.clone()?, template }));
    named.collect()
}

/// Draws all named diagrams of a graph, as the dataset defines them, by their names.
///
/// # Errors
///
/// Returns an error if the store cannot be read. A diagram that cannot be drawn for another reason has its own error.
pub fn draw_named_diagrams(store: &Store) -> Result<BTreeMap<String, Result<Diagram, NamedDiagramError>>, StoreError> {
    let mut drawn = BTreeMap::new();
    for named in named_diagrams(store) {
        let diagram = match named.draw(store, DiagramSettings::default(), Overrides::default()) {
            Err(
                NamedDiagramError::Store(error) | NamedDiagramError::Selection(SelectStatementsError::Store(error)),
            ) => return Err(error),
            diagram => diagram,
        };
        drawn.insert(named.name().to_owned(), diagram);
    }
    Ok(drawn)
}

impl NamedDiagram {
    /// The name of the query.
    pub fn name(&self) -> &str {
        &self.template.name
    }

    /// The title of the diagram, the summary of the query, or its name.
    pub fn title(&self) -> &str {
        let summary = self.template.decorators.summary.as_deref();
        self.settings.title.as_deref().or(summary).unwrap_or(self.name())
    }

    /// Draws the statements that the query selects. `settings` take precedence over the decorators of the query.
    ///
    /// # Errors
    ///
    /// Returns an error if a parameter has no default, the query cannot select statements, or the store cannot be read.
    pub fn draw(
        &self,
        store: &Store,
        settings: DiagramSettings,
        overrides: Overrides,
    ) -> Result<Diagram, NamedDiagramError> {
        let settings = settings.or(self.settings.clone());
        let labels = Labels::new(store, settings.lang.as_deref().unwrap_or(&store.metadata().language));
        let selected = statements_of(store, &self.template.bind(&ParameterValues::new(), &labels)?)?;
        let mut notes: Vec<String> = unmatched_results_note(&selected, self.name()).into_iter().collect();
        let statements = Filter { include: vec![selected.statements], ..Filter::default() };
        // The query has selected them.
        let kinds = KindFilter::ALL;
        let selection = Selection { kinds, statements, max_nodes: settings.max_nodes, ..Selection::default() };
        let subgraph = View::new(store, &labels)?.subgraph(&selection);
        let title = settings.title.clone().unwrap_or_else(|| self.title().to_owned());
        let options = DiagramOptions { overrides, ..DiagramOptions::from(&settings) };
        let drawn = diagram(&title, &subgraph.view, &StatementText::new(store, &labels), &options)?;
        if subgraph.size_before_limits.0 == 0 {
            notes.push("the query selects no statements".to_owned());
        }
        notes.extend(subgraph_notes(&subgraph));
        Ok(Diagram { notes, ..drawn })
    }
}

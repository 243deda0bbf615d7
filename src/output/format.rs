//! The names and file extensions of all formats.

use oxigraph::io::{JsonLdProfileSet, RdfFormat};
use oxigraph::sparql::results::QueryResultsFormat;
use std::path::Path;

/// A family of formats.
///
/// ```
/// use factloom::output::{NamedFormat, ResultsFormat};
///
/// assert_eq!(ResultsFormat::from_name("md"), Some(ResultsFormat::Markdown));
/// assert_eq!(ResultsFormat::from_path("rows.txt".as_ref()), Some(ResultsFormat::Table));
/// ```
pub trait NamedFormat: Copy + Sized + 'static {
    /// Each format with its names and file extensions. The first name is shown to users.
    const NAMES: &'static [(Self, &'static [&'static str])];

    /// The format with a name, in any letter case.
    fn from_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        Self::NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(format, _)| *format)
    }

    /// The format of a file with this extension.
    fn from_path(path: &Path) -> Option<Self> {
        Self::from_name(path.extension()?.to_str()?)
    }

    /// The names, separated by commas.
    fn list() -> String {
        Self::NAMES.iter().map(|(_, names)| names[0]).collect::<Vec<_>>().join(", ")
    }
}

/// A format for the results of SELECT and ASK queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultsFormat {
    /// A table for a terminal.
    Table,
    /// A Markdown table.
    Markdown,
    /// One JSON object per row.
    JsonLines,
    /// A web page with a table that can be sorted.
    Html,
    /// A W3C format.
    Standard(QueryResultsFormat),
}

impl NamedFormat for ResultsFormat {
    const NAMES: &'static [(Self, &'static [&'static str])] = &[
        (Self::Table, &["table", "text", "txt"]),
        (Self::Markdown, &["markdown", "md"]),
        (Self::Html, &["html", "htm"]),
        (Self::Standard(QueryResultsFormat::Csv), &["csv"]),
        (Self::Standard(QueryResultsFormat::Tsv), &["tsv"]),
        (Self::Standard(QueryResultsFormat::Json), &["json", "srj"]),
        (Self::JsonLines, &["jsonl", "ndjson"]),
        (Self::Standard(QueryResultsFormat::Xml), &["xml", "srx"]),
    ];
}

/// A format for RDF graphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphFormat(pub RdfFormat);

impl GraphFormat {
    /// Whether the format supports the triple terms of RDF 1.2. JSON-LD 1.1 does not.
    pub fn supports_triple_terms(self) -> bool {
        !matches!(self.0, RdfFormat::JsonLd { .. })
    }
}

impl NamedFormat for GraphFormat {
    const NAMES: &'static [(Self, &'static [&'static str])] = &[
        (Self(RdfFormat::Turtle), &["turtle", "ttl"]),
        (Self(RdfFormat::NTriples), &["ntriples", "nt", "n-triples"]),
        (Self(RdfFormat::TriG), &["trig"]),
        (Self(RdfFormat::NQuads), &["nquads", "nq", "n-quads"]),
        (Self(RdfFormat::RdfXml), &["rdfxml", "rdf", "rdf/xml", "owl"]),
        (Self(RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() }), &["jsonld", "json-ld"]),
    ];
}

/// Defines an enum of formats with their names, so that no format is without one.
macro_rules! named_formats {
    ($(#[$meta:meta])* $name:ident { $($(#[doc = $doc:literal])* $format:ident $names:expr,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[doc = $doc])* $format,)* }

        impl NamedFormat for $name {
            const NAMES: &'static [(Self, &'static [&'static str])] = &[$((Self::$format, &$names)),*];
        }
    };
}

named_formats!(
    /// A format for graph tools that do not read RDF.
    ExchangeFormat {
        /// GraphML.
        GraphMl ["graphml"],
        /// GEXF, for Gephi.
        Gexf ["gexf"],
        /// Cytoscape's JSON.
        Cytoscape ["cytoscape", "cyjs"],
        /// Tables of nodes and edges.
        Csv ["csv"],
        /// Tables for Neo4j's bulk import.
        Neo4j ["neo4j"],
        /// The evidence as Web Annotations.
        Annotations ["annotations", "annotation"],
        /// The statements as nanopublications.
        Nanopublications ["nanopublications", "nanopubs", "nanopub"],
    }
);

named_formats!(
    /// A format for diagrams.
    DiagramFormat {
        /// Graphviz DOT.
        Dot ["dot", "gv"],
        /// Scalable Vector Graphics.
        Svg ["svg"],
        /// Portable Network Graphics.
        Png ["png"],
        /// A Mermaid flowchart, which Markdown viewers draw.
        Mermaid ["mermaid", "mmd"],
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_found_by_name_alias_and_extension() {
        assert_eq!(ResultsFormat::from_name("SRJ"), Some(ResultsFormat::Standard(QueryResultsFormat::Json)));
        assert_eq!(GraphFormat::from_path(Path::new("a.b/graph.nt")), Some(GraphFormat(RdfFormat::NTriples)));
        assert_eq!(DiagramFormat::from_path(Path::new("graph")), None);
        assert_eq!(DiagramFormat::list(), "dot, svg, png, mermaid");
    }

    #[test]
    fn no_two_formats_of_a_family_share_a_name() {
        fn names<F: NamedFormat>() -> Vec<&'static str> {
            F::NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect()
        }
        for mut all in
            [names::<ResultsFormat>(), names::<GraphFormat>(), names::<DiagramFormat>(), names::<ExchangeFormat>()]
        {
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count);
        }
    }
}

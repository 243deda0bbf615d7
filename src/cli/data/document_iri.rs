//! The IRIs of documents, which are the bases of relative IRIs in them.

use crate::escape::url::path_segment;
use oxigraph::model::NamedNode;
use std::path::{Component, Path};

/// The `file:` IRI of a document. A compressed file has that of the document in it, so that compression changes nothing.
pub(super) fn document_iri(path: &Path) -> Option<NamedNode> {
    let is_compressed = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    if is_compressed { file_iri(&path.with_extension("")) } else { file_iri(path) }
}

/// The `file:` IRI of a file, by its absolute path; `None` for stdin.
pub(super) fn file_iri(path: &Path) -> Option<NamedNode> {
    let absolute = std::path::absolute(path).ok().filter(|_| path != Path::new("-"))?;
    let mut segments: Vec<String> = Vec::new();
    for component in absolute.components() {
        match component {
            Component::Prefix(prefix) => segments.push(path_segment(prefix.as_os_str().as_encoded_bytes())),
            Component::Normal(name) => segments.push(path_segment(name.as_encoded_bytes())),
            Component::ParentDir => drop(segments.pop()),
            Component::RootDir | Component::CurDir => {}
        }
    }
    NamedNode::new(format!("file:///{}", segments.join("/"))).ok()
}

/// Parses an absolute IRI.
pub(in crate::cli) fn base_iri(iri: &str) -> Result<NamedNode, &'static str> {
    NamedNode::new(iri).map_err(|_| "expected an absolute IRI such as https://example.org/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn the_iri_of_a_file_is_its_absolute_path() {
        for (path, iri) in [
            ("/data/graph.ttl", "file:///data/graph.ttl"),
            ("/data/./a/../graph.ttl", "file:///data/graph.ttl"),
            ("/data/مل a#b%?.ttl", "file:///data/%D9%85%D9%84%20a%23b%25%3F.ttl"),
        ] {
            assert_eq!(file_iri(Path::new(path)).unwrap().as_str(), iri);
        }
        assert_eq!(file_iri(Path::new("-")), None);
        assert_eq!(document_iri(Path::new("/a/b.ttl.gz")), file_iri(Path::new("/a/b.ttl")));
    }
}

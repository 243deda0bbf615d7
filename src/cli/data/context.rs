//! Contexts of JSON-LD in other files.

use crate::diagnostic::io_message;
use crate::store::size_text;
use oxigraph::model::NamedNode;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The maximum length of a context in another file.
const MAX_CONTEXT_BYTES: u64 = 16 << 20;

/// Reads a context of a JSON-LD file, which is in its directory, or below.
pub(super) fn load_context(file: &Path, base: Option<&NamedNode>, iri: &str) -> Result<Vec<u8>, String> {
    let outside = || "only contexts in the directory of the file are read".to_owned();
    let failed = |e: io::Error| io_message(e);
    let base = base.filter(|_| file != Path::new("-")).ok_or_else(outside)?.as_str();
    let base = base.split(['?', '#']).next().unwrap_or_default();
    let directory_iri = base.rfind('/').map_or("", |slash| &base[..=slash]);
    let name = iri.strip_prefix(directory_iri).and_then(percent_decoded).ok_or_else(outside)?;
    if directory_iri.is_empty()
        || name.split('/').any(|part| matches!(part, "" | "." | "..") || part.contains(['\\', ':']))
    {
        return Err(outside());
    }
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let path = directory.join(name).canonicalize().map_err(failed)?;
    // A link may lead elsewhere.
    if !path.starts_with(directory.canonicalize().map_err(failed)?) || !path.is_file() {
        return Err(outside());
    }
    let mut text = Vec::new();
    File::open(path).map_err(failed)?.take(MAX_CONTEXT_BYTES + 1).read_to_end(&mut text).map_err(failed)?;
    match text.len() as u64 > MAX_CONTEXT_BYTES {
        true => Err(format!("it has more than {}", size_text(MAX_CONTEXT_BYTES))),
        false => Ok(text),
    }
}

/// A part of an IRI with its characters in place of their codes; `None` if it is not UTF-8.
fn percent_decoded(part: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(part.len());
    let mut bytes = part.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::super::document_iri::file_iri;
    use super::*;

    #[test]
    fn contexts_are_read_only_from_the_directory_of_the_file() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("data");
        std::fs::create_dir_all(directory.join("sub")).unwrap();
        for name in ["outside.jsonld", "data/a b.jsonld", "data/sub/c.jsonld"] {
            std::fs::write(parent.path().join(name), "{}").unwrap();
        }
        let file = directory.join("graph.jsonld");
        let load = |base: &NamedNode, iri: &str| load_context(&file, Some(base), iri);
        for base in [file_iri(&file).unwrap(), NamedNode::new("http://e/d/graph.jsonld?q=/#f").unwrap()] {
            let start = base.as_str().split("graph").next().unwrap();
            for name in ["a%20b.jsonld", "sub/c.jsonld"] {
                assert_eq!(load(&base, &format!("{start}{name}")), Ok(b"{}".to_vec()), "{base} {name}");
            }
            let outside = Err("only contexts in the directory of the file are read".to_owned());
            for name in ["../outside.jsonld", "%2e%2e/outside.jsonld", "sub", "", "sub//c.jsonld", "sub%5Cc.jsonld"] {
                assert_eq!(load(&base, &format!("{start}{name}")), outside, "{base} {name}");
            }
            assert!(load(&base, &format!("{start}none.jsonld")).is_err());
            assert_eq!(load(&base, "http://other/c.jsonld"), outside);
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../outside.jsonld", directory.join("link.jsonld")).unwrap();
            assert!(
                load(&file_iri(&file).unwrap(), file_iri(&directory.join("link.jsonld")).unwrap().as_str()).is_err()
            );
        }
    }
}

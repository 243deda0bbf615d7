//! Resolving relative IRIs ([RFC 3986, section 5.2](https://www.rfc-editor.org/rfc/rfc3986#section-5.2)).
//!
//! oxiri is not used, because it resolves only IRIs that are known to be valid. Here an invalid IRI has to remain, so that a note can
//! name it while the rest of the document is read.

/// The parts of an IRI reference, without the characters that separate them.
struct Parts<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn new(iri: &'a str) -> Self {
        let (rest, fragment) = split_off(iri, '#');
        let (rest, query) = split_off(rest, '?');
        let (scheme, rest) = match rest.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
            _ => (None, rest),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                (Some(&rest[..end]), &rest[end..])
            }
            None => (None, rest),
        };
        Self { scheme, authority, path, query, fragment }
    }

    fn join(&self) -> String {
        let mut iri = String::new();
        if let Some(scheme) = self.scheme {
            iri.extend([scheme, ":"]);
        }
        if let Some(authority) = self.authority {
            iri.extend(["//", authority]);
        }
        iri.push_str(self.path);
        if let Some(query) = self.query {
            iri.extend(["?", query]);
        }
        if let Some(fragment) = self.fragment {
            iri.extend(["#", fragment]);
        }
        iri
    }
}

fn split_off(text: &str, separator: char) -> (&str, Option<&str>) {
    text.split_once(separator).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// Whether an IRI reference begins with a scheme.
pub(super) fn is_absolute(iri: &str) -> bool {
    Parts::new(iri).scheme.is_some()
}

/// Resolves an IRI reference against a base.
pub(super) fn resolve(base: &str, reference: &str) -> String {
    let (base, reference) = (Parts::new(base), Parts::new(reference));
    if reference.scheme.is_some() {
        return Parts { path: &without_dots(reference.path), ..reference }.join();
    }
    let scheme = base.scheme;
    if reference.authority.is_some() {
        return Parts { scheme, path: &without_dots(reference.path), ..reference }.join();
    }
    let authority = base.authority;
    if reference.path.is_empty() {
        let query = reference.query.or(base.query);
        return Parts { scheme, authority, path: base.path, query, fragment: reference.fragment }.join();
    }
    let path = if reference.path.starts_with('/') {
        reference.path.to_owned()
    } else if base.authority.is_some() && base.path.is_empty() {
        format!("/{}", reference.path)
    } else {
        let directory = base.path.rfind('/').map_or("", |slash| &base.path[..=slash]);
        format!("{directory}{}", reference.path)
    };
    Parts { scheme, authority, path: &without_dots(&path), ..reference }.join()
}

/// A path without the segments `.` and `..`.
fn without_dots(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    let is_rooted = path.starts_with('/');
    let mut rest = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
    while let Some(segment) = rest.next() {
        let is_last = rest.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    segments.pop();
                }
                if is_last {
                    segments.push("");
                }
            }
            segment => segments.push(segment),
        }
    }
    format!("{}{}", if is_rooted { "/" } else { "" }, segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_3986_are_resolved() {
        for (reference, expected) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"),
            ("g#s", "http://a/b/c/g#s"),
            ("g?y#s", "http://a/b/c/g?y#s"),
            (";x", "http://a/b/c/;x"),
            ("g;x", "http://a/b/c/g;x"),
            ("g;x?y#s", "http://a/b/c/g;x?y#s"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../", "http://a/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("../../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            (".g", "http://a/b/c/.g"),
            ("g..", "http://a/b/c/g.."),
            ("..g", "http://a/b/c/..g"),
            ("./../g", "http://a/b/g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g/./h", "http://a/b/c/g/h"),
            ("g/../h", "http://a/b/c/h"),
            ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/./x", "http://a/b/c/g?y/./x"),
            ("g#s/../x", "http://a/b/c/g#s/../x"),
            ("http:g", "http:g"),
        ] {
            assert_eq!(resolve("http://a/b/c/d;p?q", reference), expected, "{reference}");
        }
        assert_eq!(resolve("http://a", "g"), "http://a/g");
        assert_eq!(resolve("http://a/b/./c", "d"), "http://a/b/d");
        assert_eq!(resolve("urn:a:b", "#c"), "urn:a:b#c");
    }
}

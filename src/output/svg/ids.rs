//! Unique ids of the elements of an SVG file.

use crate::output::diagram::Attributes;
use std::collections::HashSet;

/// The ids in use.
#[derive(Default)]
pub(super) struct Ids(HashSet<String>);

impl Ids {
    /// A new id: Graphviz's attribute `id`, or a prefix with the element's own name, if it is valid in XML and links; otherwise `node1`,
    /// `edge1`, … by the index in the diagram. If the id is in use, it gets the kind as a prefix, and then a number as a suffix.
    pub(super) fn take(
        &mut self,
        [prefix, name]: [&str; 2],
        attributes: &Attributes,
        kind: &str,
        index: usize,
    ) -> String {
        let is_valid = |id: &str| !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
        let styled = attributes.get("id").filter(|id| is_valid(id)).cloned();
        let named = is_valid(name).then(|| format!("{prefix}{name}"));
        let id = styled.or(named).unwrap_or_else(|| format!("{kind}{}", index + 1));
        let numbered = (2..).map(|number| format!("{kind}-{id}-{number}"));
        let mut candidates = [id.clone(), format!("{kind}-{id}")].into_iter().chain(numbered);
        let unused = candidates.find(|id| !self.0.contains(id)).unwrap_or(id);
        self.0.insert(unused.clone());
        unused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique() {
        let (mut ids, none) = (Ids::default(), Attributes::new());
        let styled = Attributes::from([("id".to_owned(), "a".to_owned())]);
        assert_eq!(ids.take(["", "a"], &none, "edge", 0), "a");
        assert_eq!(ids.take(["entity-", "b"], &styled, "node", 0), "node-a");
        assert_eq!(ids.take(["entity-", "c"], &styled, "node", 1), "node-a-2");
        assert_eq!(ids.take(["entity-", "d"], &none, "node", 2), "entity-d");
        assert_eq!(ids.take(["", "no name"], &none, "edge", 1), "edge2");
    }
}

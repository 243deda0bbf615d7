//! The ids of what is in a drawing.

use crate::output::diagram::Attributes;
use std::collections::HashSet;

/// The ids that are taken: an id names one thing in a file.
#[derive(Default)]
pub(super) struct Ids(HashSet<String>);

impl Ids {
    /// The id of a thing: Graphviz's attribute `id`, or its own with its prefix, if XML and links can do with it; else `node1`,
    /// `edge1`, … in the order of the diagram. Where that is taken, the kind of thing stands before it, and a number behind it if need be.
    pub(super) fn take(
        &mut self,
        [prefix, own]: [&str; 2],
        attributes: &Attributes,
        kind: &str,
        index: usize,
    ) -> String {
        let is_name = |id: &str| !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
        let given = attributes.get("id").filter(|id| is_name(id)).cloned();
        let own = is_name(own).then(|| format!("{prefix}{own}"));
        let id = given.or(own).unwrap_or_else(|| format!("{kind}{}", index + 1));
        let further = (2..).map(|number| format!("{kind}-{id}-{number}"));
        let mut choices = [id.clone(), format!("{kind}-{id}")].into_iter().chain(further);
        let free = choices.find(|id| !self.0.contains(id)).unwrap_or(id);
        self.0.insert(free.clone());
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_things_have_one_id() {
        let (mut ids, none) = (Ids::default(), Attributes::new());
        let given = Attributes::from([("id".to_owned(), "a".to_owned())]);
        assert_eq!(ids.take(["", "a"], &none, "edge", 0), "a");
        assert_eq!(ids.take(["entity-", "b"], &given, "node", 0), "node-a");
        assert_eq!(ids.take(["entity-", "c"], &given, "node", 1), "node-a-2");
        assert_eq!(ids.take(["entity-", "d"], &none, "node", 2), "entity-d");
        assert_eq!(ids.take(["", "no name"], &none, "edge", 1), "edge2");
    }
}

//! The statuses of claims: the built-in ones, and those that a dataset declares.

use super::{InvalidId, Namespaces, StatusId, choice::choices, nfc, vocab};
use oxigraph::model::{NamedNode, NamedNodeRef};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

choices!(
    /// A status that every dataset has.
    BuiltInStatus {
        /// Someone states it.
        Reported "reported",
        /// Someone intends it.
        Planned "planned",
        /// It may happen, or is hoped for.
        Possible "possible",
        /// Someone denies it.
        Denied "denied",
        /// Someone asserts it without proof, as in an accusation.
        Alleged "alleged",
        /// Sources contradict it, or each other about it.
        Disputed "disputed",
    }
);

impl BuiltInStatus {
    /// The IRI of the status.
    pub fn iri(self) -> NamedNodeRef<'static> {
        match self {
            Self::Reported => vocab::fl::REPORTED,
            Self::Planned => vocab::fl::PLANNED,
            Self::Possible => vocab::fl::POSSIBLE,
            Self::Denied => vocab::fl::DENIED,
            Self::Alleged => vocab::fl::ALLEGED,
            Self::Disputed => vocab::fl::DISPUTED,
        }
    }
}

/// How a source presents a claim.
///
/// ```
/// use factloom::model::{BuiltInStatus, ClaimStatus, Namespaces};
///
/// let namespaces = Namespaces::new("https://example.org/mill/", &[])?;
/// let (planned, rumoured): (ClaimStatus, ClaimStatus) = ("planned".parse()?, "rumoured".parse()?);
/// assert_eq!(planned, ClaimStatus::BuiltIn(BuiltInStatus::Planned));
/// assert_eq!(planned.iri(&namespaces).as_str(), "https://factloom.example/ns#planned");
/// assert_eq!(rumoured.iri(&namespaces).as_str(), "https://example.org/mill/status/rumoured");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimStatus {
    /// A status that every dataset has.
    BuiltIn(BuiltInStatus),
    /// A status that the dataset declares. Its id is not the name of a built-in one.
    Declared(StatusId),
}

impl ClaimStatus {
    /// The name of a built-in status, or the id of a declared one.
    pub fn as_str(&self) -> &str {
        match self {
            Self::BuiltIn(status) => status.as_str(),
            Self::Declared(id) => id.as_str(),
        }
    }

    /// The IRI of the status. That of a declared one is below the base of the dataset.
    pub fn iri(&self, namespaces: &Namespaces) -> NamedNode {
        match self {
            Self::BuiltIn(status) => status.iri().into_owned(),
            Self::Declared(id) => namespaces.status(id),
        }
    }

    /// The status with an IRI.
    pub fn from_iri(iri: NamedNodeRef<'_>, namespaces: &Namespaces) -> Option<Self> {
        if let Some(status) = BuiltInStatus::ALL.into_iter().find(|status| status.iri() == iri) {
            return Some(Self::BuiltIn(status));
        }
        let id = namespaces.status_id(iri)?;
        BuiltInStatus::from_str(id.as_str()).is_err().then_some(Self::Declared(id))
    }

    /// Whether the claim denies its triple, so that it contradicts a fact with this triple.
    pub fn is_denial(&self) -> bool {
        *self == Self::BuiltIn(BuiltInStatus::Denied)
    }

    /// Whether the claim calls its triple into question, so that it is not merged with statements that support the triple.
    pub fn is_objection(&self) -> bool {
        match self {
            Self::BuiltIn(status) => matches!(status, BuiltInStatus::Denied | BuiltInStatus::Disputed),
            Self::Declared(_) => false,
        }
    }
}

impl From<BuiltInStatus> for ClaimStatus {
    fn from(status: BuiltInStatus) -> Self {
        Self::BuiltIn(status)
    }
}

impl FromStr for ClaimStatus {
    type Err = InvalidId;

    /// The built-in status with a name, or else a declared one with this id, in any normalization form.
    fn from_str(name: &str) -> Result<Self, InvalidId> {
        match name.parse() {
            Ok(status) => Ok(Self::BuiltIn(status)),
            Err(_) => StatusId::new(&nfc(name)).map(Self::Declared),
        }
    }
}

impl fmt::Display for ClaimStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

choices!(
    /// The line that claims of a declared status have in diagrams. None is solid, because facts are.
    #[derive(Default, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    ClaimLine {
        /// Dots, as for claims of built-in statuses.
        #[default]
        Dotted "dotted",
        /// Dashes, heavier than those of inferences.
        Dashed "dashed",
        /// Heavy dots.
        BoldDotted "bold-dotted",
        /// Heavy dashes.
        BoldDashed "bold-dashed",
    }
);

/// What diagrams need to know about a status that a dataset declares. Its labels are in the graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredStatus {
    /// Its id.
    pub id: StatusId,
    /// The line of its claims.
    pub line: ClaimLine,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_back_from_its_iri() {
        let namespaces = Namespaces::new("https://e.org/", &[]).unwrap();
        let declared = ClaimStatus::Declared(StatusId::new("افواہ").unwrap());
        for status in BuiltInStatus::ALL.map(ClaimStatus::BuiltIn).into_iter().chain([declared]) {
            assert_eq!(ClaimStatus::from_iri(status.iri(&namespaces).as_ref(), &namespaces), Some(status.clone()));
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        assert_eq!("le\u{301}gende".parse::<ClaimStatus>().unwrap().as_str(), "légende");
    }

    #[test]
    fn a_built_in_status_has_one_iri() {
        let namespaces = Namespaces::new("https://e.org/", &[]).unwrap();
        for iri in ["https://e.org/status/planned", "https://e.org/status/a.b", "https://e.org/source/a"] {
            assert_eq!(ClaimStatus::from_iri(NamedNodeRef::new_unchecked(iri), &namespaces), None, "{iri}");
        }
    }

    #[test]
    fn only_a_denial_contradicts_a_fact() {
        let with = |holds: fn(&ClaimStatus) -> bool| -> Vec<&str> {
            let all = BuiltInStatus::ALL.into_iter();
            all.filter(|status| holds(&ClaimStatus::BuiltIn(*status))).map(BuiltInStatus::as_str).collect()
        };
        assert_eq!(with(ClaimStatus::is_denial), ["denied"]);
        assert_eq!(with(ClaimStatus::is_objection), ["denied", "disputed"]);
    }
}

//! Options of diagrams, for the command line and for stored queries.

/// An unknown name of an option's value, and the known ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown value `{written}`, expected one of {known}")]
pub struct UnknownChoice {
    written: String,
    known: String,
}

impl UnknownChoice {
    pub(crate) fn new(written: &str, known: &[&str]) -> Self {
        Self { written: written.to_owned(), known: known.join(", ") }
    }
}

/// Defines an enum whose values have names in files, queries and on the command line.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $written:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl $name {
            /// All values.
            pub const ALL: [Self; [$($written),*].len()] = [$(Self::$variant),*];

            /// The names of all values.
            pub const NAMES: &[&str] = &[$($written),*];

            /// The value's name.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $written),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::UnknownChoice;

            fn from_str(written: &str) -> Result<Self, Self::Err> {
                match written {
                    $($written => Ok(Self::$variant),)*
                    _ => Err($crate::model::UnknownChoice::new(written, Self::NAMES)),
                }
            }
        }
    };
}

pub(crate) use choices;

choices!(
    /// What the nodes of one cluster of a diagram have in common.
    ///
    /// ```
    /// use factloom::model::ClusterBy;
    ///
    /// assert_eq!("class".parse(), Ok(ClusterBy::Class));
    /// let error = "colour".parse::<ClusterBy>().unwrap_err();
    /// assert_eq!(error.to_string(), "unknown value `colour`, expected one of class, source, location");
    /// ```
    ClusterBy {
        /// Their class.
        Class "class",
        /// The only source of all statements about them.
        Source "source",
        /// The place that contains them, or at which they take place.
        Location "location",
    }
);

choices!(
    /// The direction of a diagram's edges: Graphviz's `rankdir`.
    #[derive(Default)]
    RankDir {
        /// From left to right, so that edges read as sentences.
        #[default]
        LeftRight "LR",
        /// From right to left.
        RightLeft "RL",
        /// From top to bottom.
        TopBottom "TB",
        /// From bottom to top.
        BottomTop "BT",
    }
);

//! How a diagram is laid out: what people choose on the command line and in stored queries.

use std::fmt;
use std::str::FromStr;

/// There is no choice of a name: the name, and all that there are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{written}` is none of {known}")]
pub struct UnknownChoice {
    written: String,
    known: String,
}

macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident $written:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$of])* $variant),* }

        impl $name {
            /// All of them, as they are written.
            pub const NAMES: &[&str] = &[$($written),*];

            /// The choice as it is written.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $written),* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownChoice;

            fn from_str(written: &str) -> Result<Self, UnknownChoice> {
                match written {
                    $($written => Ok(Self::$variant),)*
                    _ => Err(UnknownChoice { written: written.to_owned(), known: Self::NAMES.join(", ") }),
                }
            }
        }
    };
}

choices!(
    /// What the entities in one frame of a diagram have in common.
    ///
    /// ```
    /// use factloom::model::ClusterBy;
    ///
    /// assert_eq!("class".parse(), Ok(ClusterBy::Class));
    /// assert_eq!("colour".parse::<ClusterBy>().unwrap_err().to_string(), "`colour` is none of class, source, location");
    /// ```
    ClusterBy {
        /// Their class.
        Class "class",
        /// The one source that all that is said of them comes from.
        Source "source",
        /// The place that they lie in, or take place at.
        Location "location",
    }
);

choices!(
    /// The direction in which a diagram's edges run, as Graphviz calls it.
    RankDir {
        /// From left to right: edges read as sentences.
        LeftRight "LR",
        /// From right to left.
        RightLeft "RL",
        /// From top to bottom.
        TopBottom "TB",
        /// From bottom to top.
        BottomTop "BT",
    }
);

#[expect(clippy::derivable_impls, reason = "the macro marks no variant of its enums as the default")]
impl Default for RankDir {
    fn default() -> Self {
        Self::LeftRight
    }
}

//! The numbers and the months of a text, in its order.

use super::lexicon::Month;
use super::number::Number;

/// What is between an item and the one before it.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent")]
pub(super) struct Gap {
    /// Words or marks that separate them.
    pub is_far: bool,
    pub has_comma: bool,
    pub has_dash: bool,
    pub has_conjunction: bool,
    /// The number of words such as `of`.
    pub connectors: u32,
}

impl Gap {
    /// Whether at most a hyphen or a dot is between them.
    pub(super) fn is_tight(self) -> bool {
        !self.is_far && !self.has_comma && !self.has_conjunction && self.connectors == 0
    }

    /// Whether it joins two numbers: `5–10`, `5 to 10`, `5 and 10`.
    pub(super) fn joins(self) -> bool {
        !self.is_far && (self.has_dash || self.has_conjunction || self.connectors > 0)
    }
}

#[derive(Clone, Copy, Debug)]
#[expect(clippy::large_enum_variant, reason = "most items are numbers")]
pub(super) enum ItemKind {
    Number(Number),
    Month(Month, bool),
    /// A date in digits.
    Date,
}

/// A number or a month of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub kind: ItemKind,
    pub gap: Gap,
}

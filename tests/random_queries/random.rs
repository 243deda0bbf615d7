//! Random numbers that are the same on every machine, and syntax trees that can be reduced.

use std::fmt;

/// A random number generator (SplitMix64).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True with a probability of 1 in `n`.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

/// A text with a syntax tree, so that a failing query can be reduced without knowledge of the grammar.
#[derive(Clone)]
pub enum Text {
    Leaf(String),
    Branch(Vec<Text>),
}

impl Text {
    pub fn leaf(text: impl Into<String>) -> Self {
        Self::Leaf(text.into())
    }

    /// All trees with one branch removed, or with one branch in place of its parent. Larger reductions come first.
    pub fn reductions(&self) -> Vec<Self> {
        let Self::Branch(parts) = self else { return Vec::new() };
        let without = |at: usize| {
            Self::Branch(parts.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, p)| p.clone()).collect())
        };
        let with = |at: usize, part: Self| {
            let mut parts = parts.clone();
            parts[at] = part;
            Self::Branch(parts)
        };
        let mut reductions: Vec<Self> = parts.iter().filter(|p| matches!(p, Self::Branch(_))).cloned().collect();
        reductions.extend((0..parts.len()).map(without));
        for (at, part) in parts.iter().enumerate() {
            reductions.extend(part.reductions().into_iter().map(|reduced| with(at, reduced)));
        }
        reductions
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaf(text) => f.write_str(text),
            Self::Branch(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        f.write_str(" ")?;
                    }
                    part.fmt(f)?;
                }
                Ok(())
            }
        }
    }
}

/// A branch of strings and trees.
macro_rules! text {
    ($($part:expr),* $(,)?) => { Text::Branch(vec![$(Text::from($part)),*]) };
}
pub(crate) use text;

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::leaf(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::leaf(text)
    }
}

impl From<Vec<Text>> for Text {
    fn from(parts: Vec<Text>) -> Self {
        Self::Branch(parts)
    }
}

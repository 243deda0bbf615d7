//! Aligns the tokens of a quote with those of a window of a text.

/// A step of an alignment, with indices of tokens of the quote and of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A token of the quote corresponds to one of the window.
    Pair(usize, usize),
    /// The window lacks a token of the quote.
    Added(usize),
    /// The quote lacks a token of the window.
    Omitted(usize),
}

/// The cost of a run of added or omitted tokens, and of each of its tokens.
#[derive(Clone, Copy)]
struct GapCost {
    open: i32,
    token: i32,
}

const ADDED: GapCost = GapCost { open: 20, token: 4 };
/// The cost of a run of tokens added after all others.
const ADDED_AT_END: GapCost = GapCost { open: 13, ..ADDED };
const OMITTED: GapCost = GapCost { open: 20, token: 6 };
/// A long run of omitted tokens: it must lead to several rare words.
const OMITTED_LONG: GapCost = GapCost { open: 80, token: 1 };

const IMPOSSIBLE: i32 = i32::MIN / 4;

/// How the best alignment up to a token of the quote and one of the window ends.
#[derive(Clone, Copy)]
struct Cell {
    pair: i32,
    omitted: i32,
    omitted_long: i32,
    added: i32,
}

const PAIR: u8 = 0;
const OMIT: u8 = 1;
const OMIT_LONG: u8 = 2;
const ADD: u8 = 3;

impl Cell {
    const IMPOSSIBLE: Self =
        Self { pair: IMPOSSIBLE, omitted: IMPOSSIBLE, omitted_long: IMPOSSIBLE, added: IMPOSSIBLE };

    /// The best ending and its number, with a cost for opening a gap after the others than `same`.
    fn best(&self, same: u8, open: i32) -> (i32, u8) {
        let mut best = (self.pair - open, PAIR);
        for (score, ending) in [(self.omitted, OMIT), (self.omitted_long, OMIT_LONG), (self.added, ADD)] {
            let score = if ending == same { score } else { score - open };
            if score > best.0 {
                best = (score, ending);
            }
        }
        best
    }
}

/// The score and the steps of the best alignment of all tokens of a quote with the first tokens of a window. `pair` scores the
/// correspondence of two tokens; `None` if they cannot correspond.
///
/// This is the algorithm of Gotoh (*An improved algorithm for matching biological sequences*, 1982) with two costs of omitted tokens, in time
/// and memory that grow with the product of the lengths.
pub(super) fn align(
    quote: usize,
    window: usize,
    mut pair: impl FnMut(usize, usize) -> Option<i32>,
) -> (i32, Vec<Step>) {
    let omitted = |tokens: usize| Cell {
        omitted: -OMITTED.open - OMITTED.token * tokens as i32,
        omitted_long: -OMITTED_LONG.open - OMITTED_LONG.token * tokens as i32,
        ..Cell::IMPOSSIBLE
    };
    let mut above: Vec<Cell> = (0..=window).map(omitted).collect();
    above[0] = Cell { pair: 0, ..Cell::IMPOSSIBLE };
    let mut row = vec![Cell::IMPOSSIBLE; window + 1];
    // For each cell, how the alignment before each of the four endings ends. In the first row, all tokens are omitted.
    let mut before = vec![0_u8; (quote + 1) * (window + 1)];
    before[..=window].iter_mut().skip(2).for_each(|endings| *endings = OMIT << 2 | OMIT_LONG << 4);
    for q in 1..=quote {
        for w in 0..=window {
            let (added, added_before) = above[w].best(ADD, ADDED.open);
            let mut cell = Cell { added: added - ADDED.token, ..Cell::IMPOSSIBLE };
            let mut endings = added_before << 6;
            if w > 0 {
                if let Some(score) = pair(q - 1, w - 1) {
                    let (best, ending) = above[w - 1].best(PAIR, 0);
                    cell.pair = best + score;
                    endings |= ending;
                }
                let (omitted, ending) = row[w - 1].best(OMIT, OMITTED.open);
                cell.omitted = omitted - OMITTED.token;
                endings |= ending << 2;
                let (omitted, ending) = row[w - 1].best(OMIT_LONG, OMITTED_LONG.open);
                cell.omitted_long = omitted - OMITTED_LONG.token;
                endings |= ending << 4;
            }
            row[w] = cell;
            before[q * (window + 1) + w] = endings;
        }
        std::mem::swap(&mut above, &mut row);
    }
    let added_at_end = ADDED.open - ADDED_AT_END.open;
    let ends = above.iter().enumerate();
    let ends = ends.flat_map(|(w, cell)| [(cell.pair, w, PAIR), (cell.added + added_at_end, w, ADD)]);
    let Some((score, mut w, mut ending)) = ends.rev().max_by_key(|(score, ..)| *score) else { return (0, Vec::new()) };
    let (mut q, mut steps) = (quote, Vec::new());
    while (q, w) != (0, 0) {
        let endings = before[q * (window + 1) + w];
        let shift = match ending {
            PAIR => {
                (q, w) = (q - 1, w - 1);
                steps.push(Step::Pair(q, w));
                0
            }
            ADD => {
                q -= 1;
                steps.push(Step::Added(q));
                6
            }
            omitted => {
                w -= 1;
                steps.push(Step::Omitted(w));
                omitted * 2
            }
        };
        ending = endings >> shift & 3;
    }
    steps.reverse();
    (score, steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Step::{Added, Omitted, Pair};

    /// Aligns letters: equal ones score 40, others −16, and a full stop corresponds only to itself.
    fn aligned(quote: &str, window: &str) -> Vec<Step> {
        let (quote, window) = (quote.as_bytes(), window.as_bytes());
        let pair = |q: usize, w: usize| match (quote[q], window[w]) {
            (a, b) if a == b => Some(40),
            (b'.', _) | (_, b'.') => None,
            _ => Some(-16),
        };
        align(quote.len(), window.len(), pair).1
    }

    #[test]
    fn tokens_are_paired_added_and_omitted() {
        assert_eq!(aligned("abc", "abcxx"), [Pair(0, 0), Pair(1, 1), Pair(2, 2)]);
        assert_eq!(aligned("abyc", "abzc"), [Pair(0, 0), Pair(1, 1), Pair(2, 2), Pair(3, 3)]);
        assert_eq!(aligned("cd", "..cd"), [Omitted(0), Omitted(1), Pair(0, 2), Pair(1, 3)]);
        assert_eq!(aligned("abcd", "ab..cd"), [Pair(0, 0), Pair(1, 1), Omitted(2), Omitted(3), Pair(2, 4), Pair(3, 5)]);
        assert_eq!(aligned("ab.cd", "abcd"), [Pair(0, 0), Pair(1, 1), Added(2), Pair(3, 2), Pair(4, 3)]);
        assert_eq!(aligned(".ab.", "ab"), [Added(0), Pair(1, 0), Pair(2, 1), Added(3)]);
        assert_eq!(aligned("ab", ""), [Added(0), Added(1)]);
        assert_eq!(aligned("", "ab"), []);
    }

    #[test]
    fn many_tokens_are_omitted_only_before_several_others() {
        let window = format!("abcd{}efgh", "x".repeat(40));
        let omitted = |quote: &str| aligned(quote, &window).iter().filter(|step| matches!(step, Omitted(_))).count();
        assert_eq!((omitted("abcdefgh"), omitted("abcde")), (40, 0));
    }
}

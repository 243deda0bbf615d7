//! "Did you mean": the known name that is most like the one written.

/// The candidate most like what was written, and the first of those in the alphabet, where one is like enough: one slip
/// (a letter wrong, missing, too many, or two exchanged) and one more for each four letters.
///
/// Linear in the candidates; those of a very different length cost next to nothing.
///
/// ```
/// use factloom::diagnostic::closest;
///
/// assert_eq!(closest("mil", ["mill", "river"]), Some("mill"));
/// ```
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = written.chars().count();
    let slips = 1 + length / 4;
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= slips)
        .map(|candidate| (strsim::damerau_levenshtein(written, candidate), candidate))
        .filter(|(distance, _)| *distance <= slips)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Suggestions for many names, with a limit on the work: after some two million comparisons there are none.
///
/// Ten thousand misspelt names beside ten thousand known ones would else take minutes.
#[derive(Debug)]
pub struct Suggestions<'a> {
    candidates: Vec<&'a str>,
    left: usize,
}

impl<'a> Suggestions<'a> {
    /// Suggestions from these candidates.
    pub fn new(candidates: impl IntoIterator<Item = &'a str>) -> Self {
        Self { candidates: candidates.into_iter().collect(), left: 2_000_000 }
    }

    /// `did you mean …?`, or the fallback where nothing is like it.
    pub fn help(&mut self, written: &str, fallback: &str) -> String {
        if self.left < self.candidates.len() || written.chars().count() > 200 {
            return fallback.to_owned();
        }
        self.left -= self.candidates.len();
        match closest(written, self.candidates.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => fallback.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognized_and_another_word_is_not() {
        let known = ["russia", "pakistan", "pakistan-steel-mills"];
        assert_eq!(closest("rusia", known), Some("russia"));
        assert_eq!(closest("pakistan-stele-mills", known), Some("pakistan-steel-mills"));
        assert_eq!(closest("sindh", known), None);
    }

    #[test]
    fn suggestions_end_when_the_work_grows_too_large() {
        let known: Vec<String> = (0..1_000_001).map(|n| format!("entity-{n}")).collect();
        let mut suggestions = Suggestions::new(known.iter().map(String::as_str));
        assert_eq!(suggestions.help("entiti-1", "no"), "did you mean `entity-1`?");
        assert_eq!(suggestions.help("entiti-1", "no"), "no");
    }
}

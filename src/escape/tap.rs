//! The [Test Anything Protocol](https://testanything.org/tap-version-14-specification.html), version 14.

use super::terminal;

/// The description of a test: `#` would begin a directive.
pub(crate) fn description(text: &str) -> String {
    terminal::line(text).replace('\\', "\\\\").replace('#', "\\#")
}

/// A member of the YAML block below a test.
///
/// A literal block scalar needs no escaping, but YAML excludes control characters, which are replaced as for a terminal. Its indentation is explicit, since the first line may start with spaces.
pub(crate) fn yaml_block(key: &str, text: &str) -> String {
    let lines = text.lines().map(|line| format!("    {}\n", terminal::line(line)));
    format!("  {key}: |2\n{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_has_no_directive() {
        assert_eq!(description("a # TODO\nb\\c"), "a \\# TODO b\\\\c");
    }

    #[test]
    fn a_block_is_read_back() {
        let text = "  two spaces: \"x\"\n- item\n# no comment";
        let yaml = format!("outer:\n{}", yaml_block("key", text));
        let read: std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>> =
            serde_saphyr::from_str(&yaml).unwrap();
        assert_eq!(read["outer"]["key"].trim_end_matches('\n'), text);
    }
}

//! The attributes of Graphviz. Source: <https://graphviz.org/doc/info/attrs.html>

use crate::diagnostic::did_you_mean;
use crate::escape::url;

/// The part of a diagram that an attribute applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeTarget {
    /// The graph.
    Graph,
    /// A cluster.
    Cluster,
    /// A node.
    Node,
    /// An edge.
    Edge,
}

impl AttributeTarget {
    /// Its letter in [`ATTRIBUTES`], and its name.
    pub(super) fn letter_and_name(self) -> (char, &'static str) {
        match self {
            Self::Graph => ('G', "the graph"),
            Self::Cluster => ('C', "a cluster"),
            Self::Node => ('N', "a node"),
            Self::Edge => ('E', "an edge"),
        }
    }
}

/// Why an attribute of a style is refused: a message, a label and the next step.
pub(super) type Refusal = (String, &'static str, String);

/// The attributes whose values are paths of files that Graphviz reads.
pub(crate) const FILE_ATTRIBUTES: [&str; 3] = ["image", "shapefile", "stylesheet"];

/// Checks that an attribute makes Graphviz read no file except those for which `is_in_dataset` is true, that it fetches nothing, and that
/// links have a scheme that [`url::link`] accepts.
///
/// HTML-like labels can contain images, too; the values of a style are always written as strings.
pub(super) fn refused(name: &str, value: &str, is_in_dataset: impl Fn(&str) -> bool) -> Option<Refusal> {
    let refusal = |message: String, label, help: &str| Some((message, label, help.to_owned()));
    match name {
        _ if FILE_ATTRIBUTES.contains(&name) && !value.is_empty() && !is_in_dataset(value) => {
            let message = format!("`{name}` names a file outside the dataset");
            refusal(message, "not the path of a file in the dataset", "name a file below the directory of the manifest")
        }
        "_background" | "fontpath" | "imagepath" => {
            let message = format!("`{name}` makes Graphviz read other files");
            refusal(message, "refused in a style", "remove it")
        }
        "fontname" | "labelfontname" if value.contains(['/', '\\']) => {
            refusal(format!("`{name}` names a file"), "expected the name of a font", "write a name such as `Helvetica`")
        }
        "charset" if !matches!(value.to_ascii_lowercase().as_str(), "utf-8" | "utf8") => {
            refusal(format!("unsupported charset `{value}`"), "diagrams are written in UTF-8", "remove it")
        }
        "URL" | "href" | "edgeURL" | "edgehref" | "headURL" | "headhref" | "labelURL" | "labelhref" | "tailURL"
        | "tailhref"
            if url::link(value).is_none() =>
        {
            let help = format!("use an address that begins with {}", url::LINK_SCHEMES);
            Some((format!("unsupported link in `{name}`"), "not a web address", help))
        }
        _ => None,
    }
}

/// Whether an attribute of a style that is not checked, such as that of a compiled graph, can be given to Graphviz: it is known and not
/// [refused], and a file is a relative path without `..`.
pub(crate) fn is_safe_attribute(name: &str, value: &str) -> bool {
    attributes().any(|(known, _)| known == name) && refused(name, value, is_relative_path).is_none()
}

/// Whether a path can be that of a file in a dataset: relative, and without `..`.
pub(crate) fn is_relative_path(path: &str) -> bool {
    !path.contains([':', '\\']) && !path.starts_with('/') && path.split('/').all(|component| component != "..")
}

/// The names of all attributes, and the letters of their targets.
const ATTRIBUTES: &str = "\
    _background G, area NC, arrowhead E, arrowsize E, arrowtail E, bb GC, beautify G, bgcolor GC, center G, charset G, \
    class GCNE, cluster C, clusterrank G, color CNE, colorscheme GCNE, comment GNE, compound G, concentrate G, \
    constraint E, Damping G, decorate E, defaultdist G, dim G, dimen G, dir E, diredgeconstraints G, distortion N, dpi G, \
    edgehref E, edgetarget E, edgetooltip E, edgeURL E, epsilon G, esep G, fillcolor CNE, fixedsize N, fontcolor GCNE, \
    fontname GCNE, fontnames G, fontpath G, fontsize GCNE, forcelabels G, gradientangle GCN, group N, head_lp E, \
    headclip E, headhref E, headlabel E, headport E, headtarget E, headtooltip E, headURL E, height N, href GCNE, id GCNE, \
    image N, imagepath G, imagepos N, imagescale N, inputscale G, K GC, label GCNE, label_scheme G, labelangle E, \
    labeldistance E, labelfloat E, labelfontcolor E, labelfontname E, labelfontsize E, labelhref E, labeljust GC, \
    labelloc GCN, labeltarget E, labeltooltip E, labelURL E, landscape G, layer CNE, layerlistsep G, layers G, \
    layerselect G, layersep G, layout G, len E, levels G, levelsgap G, lhead E, lheight GC, linelength G, lp GCE, ltail E, \
    lwidth GC, margin GCN, maxiter G, mclimit G, mindist G, minlen E, mode G, model G, newrank G, nodesep G, \
    nojustify GCNE, normalize G, notranslate G, nslimit G, nslimit1 G, oneblock G, ordering GN, orientation GN, \
    outputorder G, overlap G, overlap_scaling G, overlap_shrink G, pack G, packmode G, pad G, page G, pagedir G, \
    pencolor C, penwidth CNE, peripheries CN, pin N, pos NE, quadtree G, quantum G, radius E, rank C, rankdir G, ranksep G, \
    ratio G, rects N, regular N, remincross G, repulsiveforce G, resolution G, root GN, rotate G, rotation G, samehead E, \
    sametail E, samplepoints N, scale G, searchsize G, sep G, shape N, shapefile N, showboxes GNE, sides N, size G, skew N, \
    smoothing G, sortv GCN, splines G, start G, style GCNE, stylesheet G, tail_lp E, tailclip E, tailhref E, taillabel E, \
    tailport E, tailtarget E, tailtooltip E, tailURL E, target GCNE, TBbalance G, tooltip CNE, truecolor G, URL GCNE, \
    vertices N, viewport G, voro_margin G, weight E, width N, xdotversion G, xlabel NE, xlp NE, z N";

fn attributes() -> impl Iterator<Item = (&'static str, &'static str)> {
    ATTRIBUTES.split(", ").filter_map(|entry| entry.split_once(' '))
}

/// Checks that Graphviz has an attribute.
///
/// # Errors
///
/// Returns a message with a suggestion if Graphviz has no such attribute.
///
/// ```
/// use factloom::dataset::{AttributeTarget, check_attribute};
///
/// assert!(check_attribute("fillcolor", AttributeTarget::Node).is_ok());
/// let error = check_attribute("filcolor", AttributeTarget::Node).unwrap_err();
/// assert_eq!(error, "unknown attribute `filcolor` of a node: did you mean `fillcolor`?");
/// ```
pub fn check_attribute(name: &str, target: AttributeTarget) -> Result<(), String> {
    unknown_attribute(name, target).map_or(Ok(()), |(message, help)| Err(format!("{message}: {help}")))
}

/// The message and the help for an attribute that Graphviz does not have.
pub(super) fn unknown_attribute(name: &str, target: AttributeTarget) -> Option<(String, String)> {
    let (letter, target) = target.letter_and_name();
    let (mut valid, mut invalid) = (Vec::new(), Vec::new());
    for (known, letters) in attributes() {
        if letters.contains(letter) { &mut valid } else { &mut invalid }.push(known);
    }
    if valid.contains(&name) {
        return None;
    }
    let message = format!("unknown attribute `{name}` of {target}");
    let fallback = match invalid.contains(&name) {
        true => "remove it: it applies to other elements of a diagram",
        false => "see https://graphviz.org/doc/info/attrs.html",
    };
    Some((message, did_you_mean(name, valid, fallback)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_that_read_files_and_other_links_are_refused() {
        let is_refused = |name, value| refused(name, value, |path| path == "logo.png").is_some();
        for (name, value) in [
            ("image", "/etc/passwd"),
            ("image", "https://e.org/a.png"),
            ("shapefile", "../a.ps"),
            ("stylesheet", "https://e.org/a.css"),
            ("imagepath", "logo.png"),
            ("fontpath", "fonts"),
            ("_background", "I 0 0 9 9 8 -logo.png"),
            ("fontname", "/usr/share/a.ttf"),
            ("charset", "latin1"),
            ("URL", "javascript:alert(1)"),
            ("URL", "&#106;avascript:alert(1)"),
            ("href", "\\N"),
            ("edgeURL", "file:///etc/passwd"),
            ("edgehref", "data:text/html,x"),
            ("headURL", "vbscript:x"),
            ("headhref", ""),
            ("labelURL", "//e.org"),
            ("labelhref", "a.html"),
            ("tailURL", "ftp://e.org"),
            ("tailhref", "JAVASCRIPT:x"),
        ] {
            assert!(is_refused(name, value) && !is_safe_attribute(name, value), "{name}={value}");
        }
        for (name, value) in [
            ("image", "logo.png"),
            ("stylesheet", "logo.png"),
            ("fontname", "Helvetica Neue"),
            ("charset", "UTF-8"),
            ("URL", "https://e.org/\\N"),
            ("href", "mailto:a@e.org"),
            ("label", "<<IMG SRC=\"/etc/passwd\"/>>"),
            ("target", "_blank"),
        ] {
            assert!(!is_refused(name, value) && is_safe_attribute(name, value), "{name}={value}");
        }
        assert!(!is_safe_attribute("image2", "x"), "unknown attributes could read a file in a later version");
    }

    #[test]
    fn attributes_are_known_only_for_their_targets() {
        assert_eq!(attributes().count(), ATTRIBUTES.matches(", ").count() + 1);
        assert!(attributes().all(|(_, letters)| letters.chars().all(|c| "GCNE".contains(c))));
        assert!(check_attribute("rankdir", AttributeTarget::Graph).is_ok());
        let error = check_attribute("rankdir", AttributeTarget::Edge).unwrap_err();
        assert!(error.ends_with("of an edge: remove it: it applies to other elements of a diagram"), "{error}");
        assert!(check_attribute("colour", AttributeTarget::Edge).unwrap_err().ends_with("did you mean `color`?"));
    }
}

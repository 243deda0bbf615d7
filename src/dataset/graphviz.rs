//! The attributes of Graphviz. Source: <https://graphviz.org/doc/info/attrs.html>

use crate::diagnostic::did_you_mean;

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
    fn attributes_are_known_only_for_their_targets() {
        assert_eq!(attributes().count(), ATTRIBUTES.matches(", ").count() + 1);
        assert!(attributes().all(|(_, letters)| letters.chars().all(|c| "GCNE".contains(c))));
        assert!(check_attribute("rankdir", AttributeTarget::Graph).is_ok());
        let error = check_attribute("rankdir", AttributeTarget::Edge).unwrap_err();
        assert!(error.ends_with("of an edge: remove it: it applies to other elements of a diagram"), "{error}");
        assert!(check_attribute("colour", AttributeTarget::Edge).unwrap_err().ends_with("did you mean `color`?"));
    }
}

//! Graphviz colours as those of SVG and CSS. What is not understood is black; nothing else passes through.
//!
//! <https://graphviz.org/docs/attr-types/color/>

/// The colour names that SVG and Graphviz share, <https://www.w3.org/TR/SVG11/types.html#ColorKeywords>.
#[rustfmt::skip]
const NAMES: [&str; 147] = [
    "aliceblue", "antiquewhite", "aqua", "aquamarine", "azure", "beige", "bisque", "black",
    "blanchedalmond", "blue", "blueviolet", "brown", "burlywood", "cadetblue", "chartreuse", "chocolate",
    "coral", "cornflowerblue", "cornsilk", "crimson", "cyan", "darkblue", "darkcyan", "darkgoldenrod",
    "darkgray", "darkgreen", "darkgrey", "darkkhaki", "darkmagenta", "darkolivegreen", "darkorange",
    "darkorchid", "darkred", "darksalmon", "darkseagreen", "darkslateblue", "darkslategray",
    "darkslategrey", "darkturquoise", "darkviolet", "deeppink", "deepskyblue", "dimgray", "dimgrey",
    "dodgerblue", "firebrick", "floralwhite", "forestgreen", "fuchsia", "gainsboro", "ghostwhite", "gold",
    "goldenrod", "gray", "green", "greenyellow", "grey", "honeydew", "hotpink", "indianred", "indigo",
    "ivory", "khaki", "lavender", "lavenderblush", "lawngreen", "lemonchiffon", "lightblue", "lightcoral",
    "lightcyan", "lightgoldenrodyellow", "lightgray", "lightgreen", "lightgrey", "lightpink", "lightsalmon",
    "lightseagreen", "lightskyblue", "lightslategray", "lightslategrey", "lightsteelblue", "lightyellow",
    "lime", "limegreen", "linen", "magenta", "maroon", "mediumaquamarine", "mediumblue", "mediumorchid",
    "mediumpurple", "mediumseagreen", "mediumslateblue", "mediumspringgreen", "mediumturquoise",
    "mediumvioletred", "midnightblue", "mintcream", "mistyrose", "moccasin", "navajowhite", "navy",
    "oldlace", "olive", "olivedrab", "orange", "orangered", "orchid", "palegoldenrod", "palegreen",
    "paleturquoise", "palevioletred", "papayawhip", "peachpuff", "peru", "pink", "plum", "powderblue",
    "purple", "red", "rosybrown", "royalblue", "saddlebrown", "salmon", "sandybrown", "seagreen",
    "seashell", "sienna", "silver", "skyblue", "slateblue", "slategray", "slategrey", "snow", "springgreen",
    "steelblue", "tan", "teal", "thistle", "tomato", "turquoise", "violet", "wheat", "white", "whitesmoke",
    "yellow", "yellowgreen",
];

/// What a shape or a text is filled or drawn with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Colour {
    /// A name of SVG's or `#rrggbb`; `none` for nothing.
    pub(super) name: String,
    /// The opacity, if it is not full, of 255.
    pub(super) alpha: Option<u8>,
}

impl Colour {
    /// Reads a colour or the first of a list: a name, `#rgb`, `#rrggbb`, `#rrggbbaa`, or hue, saturation
    /// and value.
    pub(super) fn parse(value: &str) -> Self {
        let first = value.split([':', ';']).next().unwrap_or_default().trim().to_ascii_lowercase();
        // A name may be that of a scheme's colour: `/x11/navy`.
        let name = first.rsplit('/').next().unwrap_or_default();
        if name == "transparent" || name == "none" {
            return Self::none();
        }
        hexadecimal(name).or_else(|| hsv(name)).or_else(|| named(name)).unwrap_or_else(|| Self::opaque("black"))
    }

    /// No colour at all.
    pub(super) fn none() -> Self {
        Self::opaque("none")
    }

    /// A colour of SVG's that nothing shows through.
    pub(super) fn opaque(name: &str) -> Self {
        Self { name: name.to_owned(), alpha: None }
    }

    /// Its name, with the opacity behind it where that is not full.
    pub(super) fn with_alpha(&self) -> String {
        match self.alpha {
            Some(alpha) => format!("{}{alpha:02x}", self.name),
            None => self.name.clone(),
        }
    }

    fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { name: format!("#{red:02x}{green:02x}{blue:02x}"), alpha: None }
    }
}

/// `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa`.
fn hexadecimal(value: &str) -> Option<Colour> {
    let digits = value.strip_prefix('#')?;
    let nibble = |digit: char| u8::try_from(digit.to_digit(16)?).ok();
    let nibbles: Vec<u8> = digits.chars().map(nibble).collect::<Option<_>>()?;
    let channels: Vec<u8> = match nibbles.len() {
        3 | 4 => nibbles.iter().map(|nibble| nibble * 17).collect(),
        6 | 8 => nibbles.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect(),
        _ => return None,
    };
    let colour = Colour::rgb(channels[0], channels[1], channels[2]);
    Some(Colour { alpha: channels.get(3).copied().filter(|&alpha| alpha < 255), ..colour })
}

/// Hue, saturation and value, each from 0 to 1, between commas or spaces.
fn hsv(value: &str) -> Option<Colour> {
    let parts = value.split([',', ' ', '\t']).filter(|part| !part.is_empty());
    let numbers: Vec<f64> =
        parts.map(|part| part.parse().ok().filter(|n: &f64| n.is_finite())).collect::<Option<_>>()?;
    let &[hue, saturation, value] = numbers.as_slice() else { return None };
    let (hue, saturation, value) = (hue.clamp(0.0, 1.0), saturation.clamp(0.0, 1.0), value.clamp(0.0, 1.0));
    // How far the hue is from that of the channel, in sixths of the circle.
    let channel = |offset: f64| {
        let position = (offset + hue * 6.0) % 6.0;
        let share = position.min(4.0 - position).clamp(0.0, 1.0);
        ((value - value * saturation * share) * 255.0).round() as u8
    };
    Some(Colour::rgb(channel(5.0), channel(3.0), channel(1.0)))
}

/// A name of SVG's; of X11's others, greys by their number, and shades such as `red3` without theirs.
fn named(value: &str) -> Option<Colour> {
    if NAMES.binary_search(&value).is_ok() {
        return Some(Colour::opaque(value));
    }
    let base = value.trim_end_matches(|c: char| c.is_ascii_digit());
    if let ("gray" | "grey", Ok(percent @ 0..=100)) = (base, value[base.len()..].parse::<u16>()) {
        let level = u8::try_from((percent * 255 + 50) / 100).ok()?;
        return Some(Colour::rgb(level, level, level));
    }
    NAMES.binary_search(&base).is_ok().then(|| Colour::opaque(base))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(value: &str) -> String {
        Colour::parse(value).name
    }

    #[test]
    fn names_are_sorted_for_binary_search() {
        assert!(NAMES.is_sorted());
    }

    #[test]
    fn graphviz_colours_become_svg_colours() {
        assert_eq!(name("Navy"), "navy");
        assert_eq!(name("#1F78b4"), "#1f78b4");
        assert_eq!(name("#abc"), "#aabbcc");
        assert_eq!(name("/x11/gold"), "gold");
        assert_eq!(name("red:blue"), "red");
        assert_eq!(name("lightblue3"), "lightblue");
        assert_eq!(name("grey50"), "#808080");
        assert_eq!(name("transparent"), "none");
        assert_eq!(name("0.000 1.000 1.000"), "#ff0000");
        assert_eq!(name("0.5,1,1"), "#00ffff");
    }

    #[test]
    fn alpha_is_kept_apart() {
        assert_eq!(Colour::parse("#33669980"), Colour { name: "#336699".into(), alpha: Some(128) });
        assert_eq!(Colour::parse("#336699ff"), Colour { name: "#336699".into(), alpha: None });
    }

    #[test]
    fn what_is_no_colour_is_black() {
        for value in ["", "url(http://example.com/x)", "red\" onload=\"alert(1)", "#12", "#gggggg", "nan 1 1", "é7"] {
            assert_eq!(name(value), "black", "{value}");
        }
    }
}

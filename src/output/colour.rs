//! Graphviz colours as SVG and CSS colours. Anything else is black; no other text passes through.
//!
//! <https://graphviz.org/docs/attr-types/color/>

/// The colour names that SVG and Graphviz share. <https://www.w3.org/TR/SVG11/types.html#ColorKeywords>
const NAMES: &str = "aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood \
    cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod \
    darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon \
    darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray \
    dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green \
    greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon \
    lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon \
    lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime limegreen linen magenta \
    maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen \
    mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive \
    olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru \
    pink plum powderblue purple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna \
    silver skyblue slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato turquoise violet \
    wheat white whitesmoke yellow yellowgreen";

/// A colour of a shape or a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Colour {
    /// An SVG colour name or `#rrggbb`; `none` for no colour.
    pub(super) name: String,
    /// The opacity from 0 to 254; `None` if it is opaque.
    pub(super) alpha: Option<u8>,
}

impl Colour {
    /// Reads a colour, or the first of a list: a name, `#rgb`, `#rrggbb`, `#rrggbbaa`, or hue, saturation and value.
    pub(super) fn parse(value: &str) -> Self {
        let first = value.split([':', ';']).next().unwrap_or_default().trim().to_ascii_lowercase();
        // A name may have the prefix of a colour scheme: `/x11/navy`.
        let name = first.rsplit('/').next().unwrap_or_default();
        if name == "transparent" || name == "none" {
            return Self::none();
        }
        hexadecimal(name).or_else(|| hsv(name)).or_else(|| named(name)).unwrap_or_else(|| Self::opaque("black"))
    }

    /// No colour.
    pub(super) fn none() -> Self {
        Self::opaque("none")
    }

    /// An opaque SVG colour.
    pub(super) fn opaque(name: &str) -> Self {
        Self { name: name.to_owned(), alpha: None }
    }

    /// Its name, followed by the opacity if it is not opaque.
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
    let nibbles: Vec<u8> = digits.chars().map(|digit| Some(digit.to_digit(16)? as u8)).collect::<Option<_>>()?;
    let channels: Vec<u8> = match nibbles.len() {
        3 | 4 => nibbles.iter().map(|nibble| nibble * 17).collect(),
        6 | 8 => nibbles.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect(),
        _ => return None,
    };
    let colour = Colour::rgb(channels[0], channels[1], channels[2]);
    Some(Colour { alpha: channels.get(3).copied().filter(|&alpha| alpha < 255), ..colour })
}

/// Hue, saturation and value, each from 0 to 1, separated by commas or spaces.
fn hsv(value: &str) -> Option<Colour> {
    let parts = value.split([',', ' ', '\t']).filter(|part| !part.is_empty());
    let numbers: Vec<f64> =
        parts.map(|part| part.parse().ok().filter(|n: &f64| n.is_finite())).collect::<Option<_>>()?;
    let &[hue, saturation, value] = numbers.as_slice() else { return None };
    let (hue, saturation, value) = (hue.clamp(0.0, 1.0), saturation.clamp(0.0, 1.0), value.clamp(0.0, 1.0));
    // The distance of the hue from that of the channel, in sixths of the colour wheel.
    let channel = |offset: f64| {
        let position = (offset + hue * 6.0) % 6.0;
        let share = position.min(4.0 - position).clamp(0.0, 1.0);
        ((value - value * saturation * share) * 255.0).round() as u8
    };
    Some(Colour::rgb(channel(5.0), channel(3.0), channel(1.0)))
}

/// An SVG colour name; also X11's numbered greys, and numbered shades such as `red3` without their number.
fn named(value: &str) -> Option<Colour> {
    let known = |name: &str| NAMES.split(' ').any(|known| known == name).then(|| Colour::opaque(name));
    let base = value.trim_end_matches(|c: char| c.is_ascii_digit());
    match (base, value[base.len()..].parse::<u16>()) {
        ("gray" | "grey", Ok(percent @ 0..=100)) => {
            let level = u8::try_from((percent * 255 + 50) / 100).ok()?;
            Some(Colour::rgb(level, level, level))
        }
        _ => known(base),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(value: &str) -> String {
        Colour::parse(value).name
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
    fn opacity_is_separate() {
        assert_eq!(Colour::parse("#33669980"), Colour { name: "#336699".into(), alpha: Some(128) });
        assert_eq!(Colour::parse("#336699ff"), Colour { name: "#336699".into(), alpha: None });
    }

    #[test]
    fn an_invalid_colour_is_black() {
        for value in ["", "url(http://example.com/x)", "red\" onload=\"alert(1)", "#12", "#gggggg", "nan 1 1", "é7"] {
            assert_eq!(name(value), "black", "{value}");
        }
    }
}

//! Looks as CSS declarations.

use std::collections::HashMap;
use std::fmt::Write;

use super::document::Document;
use super::style::{Alignment, Capitals, CharacterStyle, ParagraphStyle};
use super::table::{Border, CellDefinition, Line, Vertical};
use crate::rtf::font::{Family, Font};

/// Writes looks. What all text has is said once, at the beginning.
#[derive(Debug)]
pub(super) struct Css<'a> {
    document: &'a Document,
    families: HashMap<i32, String>,
    base: (i32, u16),
}

impl<'a> Css<'a> {
    /// `base` is a font and a size; `fonts` are the fonts that occur.
    pub(super) fn new(
        document: &'a Document,
        base: (i32, u16),
        fonts: impl Iterator<Item = i32>,
    ) -> Self {
        let known = fonts.filter_map(|number| Some((number, document.fonts.get(number)?)));
        let families = known.filter_map(|(number, font)| Some((number, family(font)?)));
        Self {
            document,
            families: families.collect(),
            base,
        }
    }

    /// The font and its size, and what is behind the page.
    pub(super) fn base(&self) -> String {
        let mut css = self.family(self.base.0).to_owned();
        let _ = write!(css, "font-size:{}pt", points(i32::from(self.base.1) * 10));
        if let Some(color) = self.document.page_color {
            let _ = write!(css, ";background:{}", hex(color));
        }
        css
    }

    /// Where characters differ from the base.
    pub(super) fn characters(&self, style: &CharacterStyle) -> String {
        let mut css = String::new();
        let family = self.family(style.font);
        if family != self.family(self.base.0) {
            css.push_str(family);
        }
        if style.size != self.base.1 {
            let _ = write!(css, "font-size:{}pt;", points(i32::from(style.size) * 10));
        }
        // Black is what text has anyway.
        if let Some(color) = self
            .document
            .color(style.color)
            .filter(|color| *color != [0; 3])
        {
            let _ = write!(css, "color:{};", hex(color));
        }
        if let Some(color) = self.document.color(style.background) {
            let _ = write!(css, "background:{};", hex(color));
        }
        css.push_str(match style.capitals {
            Capitals::AsWritten => "",
            Capitals::All => "text-transform:uppercase;",
            Capitals::Small => "font-variant:small-caps;",
        });
        finished(css)
    }

    /// Lines around a cell and the colour in it.
    pub(super) fn cell(&self, definition: &CellDefinition) -> String {
        let mut css = String::new();
        let [first, others @ ..] = definition.borders;
        if others.iter().all(|border| *border == first) {
            self.put_border(&mut css, "border", first);
        } else {
            let names = ["border-top", "border-right", "border-bottom", "border-left"];
            for (name, border) in names.into_iter().zip(definition.borders) {
                self.put_border(&mut css, name, border);
            }
        }
        if let Some(color) = self.document.color(definition.background) {
            let _ = write!(css, "background:{};", hex(color));
        }
        finished(css)
    }

    fn put_border(&self, css: &mut String, name: &str, border: Border) {
        let (line, least) = match border.line {
            Line::None => return,
            Line::Solid => ("solid", 10),
            Line::Double => ("double", 45),
            Line::Dotted => ("dotted", 15),
            Line::Dashed => ("dashed", 15),
        };
        let width = points(i32::from(border.width.max(least)));
        let color = self.document.color(border.color).unwrap_or_default();
        let _ = write!(css, "{name}:{width}pt {line} {};", hex(color));
    }

    fn family(&self, font: i32) -> &str {
        self.families.get(&font).map_or("", String::as_str)
    }
}

/// Where a paragraph is not at the left margin, without space around it.
pub(super) fn paragraph(style: &ParagraphStyle) -> String {
    let mut css = String::from(match style.alignment {
        Alignment::Natural => "",
        Alignment::Left => "text-align:left;",
        Alignment::Right => "text-align:right;",
        Alignment::Center => "text-align:center;",
        Alignment::Justified => "text-align:justify;",
    });
    // RTF's left is where a line begins.
    let (left, right) = match style.is_right_to_left {
        true => (style.right, style.left),
        false => (style.left, style.right),
    };
    let lengths = [
        ("margin-left", left.max(0)),
        ("margin-right", right.max(0)),
        ("text-indent", style.first.max(-style.left.max(0))),
        ("margin-top", style.before),
        ("margin-bottom", style.after),
    ];
    for (name, twips) in lengths {
        if twips != 0 {
            let _ = write!(css, "{name}:{}pt;", points(twips));
        }
    }
    finished(css)
}

/// The attribute of a cell's vertical position.
pub(super) fn vertical(position: Vertical) -> &'static str {
    match position {
        Vertical::Top => "top",
        Vertical::Middle => "middle",
        Vertical::Bottom => "bottom",
    }
}

/// `None`: the font has no name, or symbols that have become characters of any font.
fn family(font: &Font) -> Option<String> {
    let is_harmless = |c: &char| c.is_alphanumeric() || " -_.".contains(*c);
    let name: String = font.name.chars().filter(is_harmless).collect();
    if name.is_empty() || font.is_symbolic() {
        return None;
    }
    let generic = match font.family {
        Family::Roman => ",serif",
        Family::Swiss => ",sans-serif",
        Family::Modern => ",monospace",
        Family::Script => ",cursive",
        Family::Decorative => ",fantasy",
        Family::Unknown => "",
    };
    Some(format!("font-family:'{name}'{generic};"))
}

fn finished(mut css: String) -> String {
    css.truncate(css.trim_end_matches(';').len());
    css
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn points(twips: i32) -> f64 {
    f64::from(twips) / 20.0
}

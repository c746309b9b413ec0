//! Looks as CSS declarations.

use std::fmt::Write;

use super::document::Document;
use super::style::{Alignment, Capitals, CharacterStyle, ParagraphStyle};
use super::table::{Border, CellDefinition, Line, Vertical};
use crate::rtf::font::Family;

/// What all text has unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Base {
    pub(super) font: i32,
    pub(super) size: u16,
}

/// The font and its size.
pub(super) fn base(document: &Document, base: Base) -> String {
    let mut css = font_family(document, base.font).unwrap_or_default();
    let _ = write!(css, "font-size:{}pt", points(i32::from(base.size) * 10));
    css
}

/// Where characters differ from the base.
pub(super) fn characters(document: &Document, style: &CharacterStyle, base: Base) -> String {
    let mut css = String::new();
    if style.font != base.font {
        css.push_str(&font_family(document, style.font).unwrap_or_default());
    }
    if style.size != base.size {
        let _ = write!(css, "font-size:{}pt;", points(i32::from(style.size) * 10));
    }
    // Black is what text has anyway.
    if let Some(color) = document.color(style.color).filter(|color| *color != [0; 3]) {
        let _ = write!(css, "color:{};", hex(color));
    }
    if let Some(color) = document.color(style.background) {
        let _ = write!(css, "background:{};", hex(color));
    }
    css.push_str(match style.capitals {
        Capitals::AsWritten => "",
        Capitals::All => "text-transform:uppercase;",
        Capitals::Small => "font-variant:small-caps;",
    });
    css.trim_end_matches(';').to_owned()
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
    let (begin, end) = match style.is_right_to_left {
        true => (style.right, style.left),
        false => (style.left, style.right),
    };
    let lengths = [
        ("margin-left", begin.max(0)),
        ("margin-right", end.max(0)),
        ("text-indent", style.first.max(-begin.max(0))),
        ("margin-top", style.before),
        ("margin-bottom", style.after),
    ];
    for (name, twips) in lengths {
        if twips != 0 {
            let _ = write!(css, "{name}:{}pt;", points(twips));
        }
    }
    css.trim_end_matches(';').to_owned()
}

/// Lines around a cell and the colour in it.
pub(super) fn cell(document: &Document, definition: &CellDefinition) -> String {
    let mut css = String::new();
    let [first, others @ ..] = definition.borders;
    if others.iter().all(|border| *border == first) {
        put_border(&mut css, document, "border", first);
    } else {
        for (name, border) in ["top", "right", "bottom", "left"]
            .into_iter()
            .zip(definition.borders)
        {
            put_border(&mut css, document, &format!("border-{name}"), border);
        }
    }
    if let Some(color) = document.color(definition.background) {
        let _ = write!(css, "background:{};", hex(color));
    }
    css.trim_end_matches(';').to_owned()
}

/// The attribute of a cell's vertical position.
pub(super) fn vertical(position: Vertical) -> &'static str {
    match position {
        Vertical::Top => "top",
        Vertical::Middle => "middle",
        Vertical::Bottom => "bottom",
    }
}

fn put_border(css: &mut String, document: &Document, name: &str, border: Border) {
    let (line, least) = match border.line {
        Line::None => return,
        Line::Solid => ("solid", 10),
        Line::Double => ("double", 45),
        Line::Dotted => ("dotted", 15),
        Line::Dashed => ("dashed", 15),
    };
    let width = points(i32::from(border.width.max(least)));
    let color = document.color(border.color).unwrap_or_default();
    let _ = write!(css, "{name}:{width}pt {line} {};", hex(color));
}

/// `None`: the font has no name, or symbols that have become characters of any font.
fn font_family(document: &Document, number: i32) -> Option<String> {
    let font = document.fonts.get(number)?;
    let name: String = font
        .name
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_.".contains(*c))
        .collect();
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

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn points(twips: i32) -> f64 {
    f64::from(twips) / 20.0
}

//! A document as HTML.

mod lists;
mod table;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt::Write;

use self::lists::{ALL_LISTS, OpenList};
use super::css::{self, Css};
use super::document::{Block, Document, Inline, Item, Paragraph};
use super::escape::Escaper;
use super::list::Marker;
use super::object::EmbeddedObject;
use super::picture::Picture;
use super::style::{CharacterStyle, ParagraphStyle, Position};
use crate::limits::Limits;
use crate::rtf::budget::Budget;
use crate::rtf::error::RtfError;

/// A document as HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeHtml {
    /// A complete document in UTF-8. It names its pictures `cid:` and [`Picture::content_id`].
    pub html: String,
    /// The pictures, in their order.
    pub pictures: Vec<Picture>,
    /// The objects that are in the document and could be read, in their order.
    pub objects: Vec<EmbeddedObject>,
    /// Where something else was shown, in their order.
    pub placeholders: Vec<Placeholder>,
}

/// Where something was shown that RTF does not contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholder {
    /// What it was.
    pub kind: PlaceholderKind,
    /// Its place in the HTML, between characters and outside of tags.
    pub offset: usize,
}

/// What RTF only has a place for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlaceholderKind {
    /// The message's next attachment, by its rendering position (`\objattph`).
    Attachment,
    /// An embedded object. A picture of it may follow.
    Object,
}

pub(super) fn write(document: Document, limits: &Limits) -> Result<NativeHtml, RtfError> {
    let looks = looks(&document);
    let base = dominant(&document, &looks);
    let fonts = looks.keys().map(|look| look.0).chain([base.0]);
    let mut writer = Writer {
        out: String::with_capacity(document.text.len() * 2),
        document: &document,
        css: Css::new(&document, base, fonts),
        budget: Budget::new(limits),
        placeholders: Vec::new(),
        lists: Vec::new(),
        link: None,
        note: None,
        escaper: Escaper::default(),
    };
    writer.document()?;
    let Writer {
        out: html,
        placeholders,
        ..
    } = writer;
    Ok(NativeHtml {
        html,
        placeholders,
        pictures: document.pictures,
        objects: document.objects,
    })
}

struct Writer<'a> {
    document: &'a Document,
    css: Css<'a>,
    budget: Budget<'a>,
    out: String,
    placeholders: Vec<Placeholder>,
    /// Lists that are open, each in an item of the one before.
    lists: Vec<OpenList>,
    /// The link that is open.
    link: Option<usize>,
    /// The note whose first paragraph comes.
    note: Option<usize>,
    escaper: Escaper,
}

impl Writer<'_> {
    fn document(&mut self) -> Result<(), RtfError> {
        self.out.push_str(HEAD);
        let _ = write!(self.out, "<body style=\"{}\">\r\n", self.css.base());
        let document = self.document;
        self.blocks(&document.blocks)?;
        for (number, note) in document.notes.iter().enumerate() {
            if number == 0 {
                self.out.push_str("<hr>\r\n");
            }
            self.note = Some(number + 1);
            self.blocks(note)?;
        }
        self.out.push_str("</body></html>\r\n");
        Ok(self.budget.output(self.out.len())?)
    }

    fn blocks(&mut self, blocks: &[Block]) -> Result<(), RtfError> {
        let outer = std::mem::take(&mut self.lists);
        for block in blocks {
            match block {
                Block::Paragraph(paragraph) => self.paragraph(paragraph)?,
                Block::Table(rows) => {
                    self.close_lists(ALL_LISTS);
                    self.table(rows)?;
                }
            }
            self.budget.output(self.out.len())?;
        }
        self.close_lists(ALL_LISTS);
        self.lists = outer;
        Ok(())
    }

    fn paragraph(&mut self, paragraph: &Paragraph) -> Result<(), RtfError> {
        match &paragraph.marker {
            Some(Marker::Bullet) => self.item(&paragraph.style, None, 1),
            Some(Marker::Number { format, value, .. }) => {
                self.item(&paragraph.style, Some(*format), *value)
            }
            Some(Marker::Text(text)) => {
                self.begin_paragraph(&paragraph.style);
                self.escaper.write(text, &mut self.out);
                self.out.push_str("&nbsp; ");
            }
            None => self.begin_paragraph(&paragraph.style),
        }
        let is_item = matches!(
            paragraph.marker,
            Some(Marker::Bullet | Marker::Number { .. })
        );
        self.inlines(&paragraph.inlines)?;
        if !is_item {
            self.out.push_str("</div>\r\n");
        }
        Ok(())
    }

    fn begin_paragraph(&mut self, style: &ParagraphStyle) {
        self.close_lists(ALL_LISTS);
        self.out.push_str("<div");
        if style.is_right_to_left {
            self.out.push_str(" dir=\"rtl\"");
        }
        self.style_attribute(&css::paragraph(style));
        self.out.push('>');
        self.escaper.begin_line();
    }

    fn style_attribute(&mut self, css: &str) {
        if !css.is_empty() {
            let _ = write!(self.out, " style=\"{css}\"");
        }
    }

    fn inlines(&mut self, inlines: &[Inline]) -> Result<(), RtfError> {
        if let Some(number) = self.note.take() {
            let _ = write!(self.out, "<sup>[{number}]</sup> ");
        }
        let begin = self.out.len();
        for inline in inlines {
            self.change_link(inline.link);
            self.item_of_text(&inline.item);
            self.budget.output(self.out.len())?;
        }
        self.change_link(None);
        if self.out.len() == begin {
            self.out.push_str("&nbsp;");
        }
        Ok(())
    }

    fn item_of_text(&mut self, item: &Item) {
        match item {
            Item::Text(range, style) => {
                let text = self.document.text.get(range.clone()).unwrap_or("");
                self.text(text, style);
            }
            Item::Picture(number) => self.picture(*number),
            Item::Attachment => self.placeholder(PlaceholderKind::Attachment),
            Item::Object => self.placeholder(PlaceholderKind::Object),
            Item::Note(number) => {
                let _ = write!(self.out, "<sup>[{}]</sup>", number + 1);
            }
        }
    }

    fn placeholder(&mut self, kind: PlaceholderKind) {
        self.placeholders.push(Placeholder {
            kind,
            offset: self.out.len(),
        });
    }

    fn picture(&mut self, number: usize) {
        let Some(picture) = self.document.pictures.get(number) else {
            return;
        };
        let _ = write!(self.out, "<img src=\"cid:{}\"", picture.content_id);
        for (name, side) in [("width", picture.width), ("height", picture.height)] {
            if side != 0 {
                let _ = write!(self.out, " {name}=\"{side}\"");
            }
        }
        self.out.push_str(" alt=\"\">");
        self.escaper.end_space();
    }

    fn change_link(&mut self, link: Option<usize>) {
        if self.link == link {
            return;
        }
        if self.link.is_some() {
            self.out.push_str("</a>");
        }
        self.link = link;
        if let Some(address) = link.and_then(|link| self.document.links.get(link)) {
            self.out.push_str("<a href=\"");
            Escaper::write_attribute(address, &mut self.out);
            self.out.push_str("\">");
        }
    }

    fn text(&mut self, text: &str, style: &CharacterStyle) {
        // Nobody sees how a space looks.
        if text.bytes().all(|octet| octet == b' ')
            && style.background == 0
            && !style.is_underlined
            && !style.is_struck
        {
            return self.escaper.write(text, &mut self.out);
        }
        let css = self.css.characters(style);
        let tags = [
            ("b", style.is_bold),
            ("i", style.is_italic),
            ("u", style.is_underlined && self.link.is_none()),
            ("s", style.is_struck),
            ("sup", style.position == Position::Superscript),
            ("sub", style.position == Position::Subscript),
        ];
        if !css.is_empty() {
            let _ = write!(self.out, "<span style=\"{css}\">");
        }
        for (tag, _) in tags.iter().filter(|(_, is_on)| *is_on) {
            let _ = write!(self.out, "<{tag}>");
        }
        self.escaper.write(text, &mut self.out);
        for (tag, _) in tags.iter().rev().filter(|(_, is_on)| *is_on) {
            let _ = write!(self.out, "</{tag}>");
        }
        if !css.is_empty() {
            self.out.push_str("</span>");
        }
    }
}

/// A font and a size.
type Look = (i32, u16);

/// How much text there is of each look.
fn looks(document: &Document) -> HashMap<Look, usize> {
    let mut looks = HashMap::new();
    weigh(document, &document.blocks, &mut looks);
    let notes = document.notes.iter();
    notes.for_each(|note| weigh(document, note, &mut looks));
    looks
}

/// The look of most of the text.
fn dominant(document: &Document, looks: &HashMap<Look, usize>) -> Look {
    let most = looks
        .iter()
        .max_by_key(|&(look, weight)| (weight, Reverse(look)));
    let plain = CharacterStyle::plain(document.fonts.default);
    most.map_or((plain.font, plain.size), |(look, _)| *look)
}

fn weigh(document: &Document, blocks: &[Block], weights: &mut HashMap<Look, usize>) {
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => {
                for inline in &paragraph.inlines {
                    if let Item::Text(range, style) = &inline.item {
                        let text = document.text.get(range.clone()).unwrap_or("");
                        *weights.entry((style.font, style.size)).or_default() +=
                            text.chars().count();
                    }
                }
            }
            Block::Table(rows) => {
                let cells = rows.iter().flat_map(|row| &row.cells);
                cells.for_each(|cell| weigh(document, cell, weights));
            }
        }
    }
}

const HEAD: &str = "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head>\r\n";

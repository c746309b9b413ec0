//! A document as it was read, before it is written as something else.

use std::ops::Range;
use std::rc::Rc;

use super::list::Marker;
use super::object::EmbeddedObject;
use super::picture::Picture;
use super::style::{CharacterStyle, ParagraphStyle};
use super::table::RowDefinition;
use crate::rtf::font::Fonts;

/// A document that was read once, to be written as HTML and as text.
#[derive(Debug, Default)]
pub struct Document {
    /// All text in one piece; what it looks like refers to ranges of it. A line end in it is a break within a paragraph.
    pub(super) text: String,
    pub(super) blocks: Vec<Block>,
    /// Footnotes and endnotes.
    pub(super) notes: Vec<Vec<Block>>,
    pub(super) links: Vec<String>,
    pub(super) pictures: Vec<Picture>,
    pub(super) objects: Vec<EmbeddedObject>,
    pub(super) fonts: Fonts,
    /// Behind the page.
    pub(super) page_color: Option<[u8; 3]>,
    /// Red, green, blue; `None` is the reader's own colour.
    pub(super) colors: Vec<Option<[u8; 3]>>,
}

/// What stands below each other.
#[derive(Debug)]
pub(super) enum Block {
    Paragraph(Paragraph),
    Table(Vec<Row>),
}

#[derive(Debug)]
pub(super) struct Paragraph {
    pub(super) style: ParagraphStyle,
    /// It is an item of a list.
    pub(super) marker: Option<Marker>,
    pub(super) inlines: Vec<Inline>,
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) definition: Rc<RowDefinition>,
    pub(super) cells: Vec<Vec<Block>>,
}

/// What stands beside each other.
#[derive(Debug, Clone)]
pub(super) struct Inline {
    pub(super) item: Item,
    /// The link it is in: a number of [`Document::links`].
    pub(super) link: Option<usize>,
}

#[derive(Debug, Clone)]
pub(super) enum Item {
    Text(Range<usize>, CharacterStyle),
    /// A number of [`Document::pictures`].
    Picture(usize),
    /// An attachment of the message was shown here.
    Attachment,
    /// An object was shown here; a picture of it may follow.
    Object,
    /// A number of [`Document::notes`].
    Note(usize),
}

impl Document {
    /// The colour of this number, when it is one of the document's own.
    pub(super) fn color(&self, number: u16) -> Option<[u8; 3]> {
        self.colors.get(usize::from(number)).copied().flatten()
    }
}

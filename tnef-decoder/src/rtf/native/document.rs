//! A document as it was read, before it is written as something else.

use std::ops::Range;
use std::rc::Rc;

use super::list::Marker;
use super::picture::Picture;
use super::style::{CharacterStyle, ParagraphStyle};
use super::table::RowDefinition;
use crate::rtf::font::Fonts;

/// A document that was read once, to be written as HTML and as text.
#[derive(Debug, Default)]
pub struct Document {
    /// All text in one piece; what it looks like refers to ranges of it. A line end in it is a break within a paragraph.
    pub(crate) text: String,
    pub(crate) blocks: Vec<Block>,
    /// Footnotes and endnotes.
    pub(crate) notes: Vec<Vec<Block>>,
    pub(crate) links: Vec<String>,
    pub(crate) pictures: Vec<Picture>,
    pub(crate) fonts: Fonts,
    /// Behind the page.
    pub(crate) page_color: Option<[u8; 3]>,
    /// Red, green, blue; `None` is the reader's own colour.
    pub(crate) colors: Vec<Option<[u8; 3]>>,
}

/// What stands below each other.
#[derive(Debug)]
pub(crate) enum Block {
    Paragraph(Paragraph),
    Table(Vec<Row>),
}

#[derive(Debug)]
pub(crate) struct Paragraph {
    pub(crate) style: ParagraphStyle,
    /// It is an item of a list.
    pub(crate) marker: Option<Marker>,
    pub(crate) inlines: Vec<Inline>,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) definition: Rc<RowDefinition>,
    pub(crate) cells: Vec<Vec<Block>>,
}

/// What stands beside each other.
#[derive(Debug, Clone)]
pub(crate) struct Inline {
    pub(crate) item: Item,
    /// The link it is in: a number of [`Document::links`].
    pub(crate) link: Option<usize>,
}

#[derive(Debug, Clone)]
pub(crate) enum Item {
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
    pub(crate) fn color(&self, number: u16) -> Option<[u8; 3]> {
        self.colors.get(usize::from(number)).copied().flatten()
    }
}

//! What a group changes, and its end restores.

use crate::rtf::native::style::{CharacterStyle, ParagraphStyle};

/// What a group changes, and its end restores.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    pub(super) destination: Destination,
    pub(super) at_end: AtEnd,
    /// The shape is what is behind the page.
    pub(super) is_page: bool,
    /// `\uc`
    pub(super) fallback: usize,
    pub(super) character: CharacterStyle,
    pub(super) paragraph: ParagraphStyle,
    /// A number of the document's links.
    pub(super) link: Option<usize>,
    /// The field whose instruction the text is.
    pub(super) field: usize,
    /// `\dbch\af`: the font of East Asian text.
    pub(super) asian_font: Option<i32>,
    pub(super) script: Script,
}

/// Where text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    Body,
    Fonts,
    Colors,
    Lists,
    ListOverrides,
    /// `\*\pn`
    OldList,
    /// `\listtext`, `\pntext`
    Marker,
    Instruction,
    Picture,
    /// `\objdata`
    Object,
    /// Nothing but what is in a shape or an object.
    Frame,
    /// What is behind the page: the name of a property and its value.
    PageName,
    PageValue,
    Skipped,
}

/// What the end of the group ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtEnd {
    Nothing,
    Fonts,
    Field,
    Instruction,
    Picture,
    Object,
    PageValue,
    Note,
    TextBox,
}

/// Which of a style's fonts the next text is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Western,
    EastAsian,
}

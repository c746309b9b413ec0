//! Where groups end, and what ends with them.

use super::Reader;
use super::scope::{AtEnd, Destination};
use crate::rtf::native::document::{Block, Item};
use crate::rtf::native::link;
use crate::rtf::native::object::EmbeddedObject;
use crate::rtf::native::style::ParagraphStyle;

impl Reader {
    pub(super) fn close(&mut self) {
        self.settle();
        let Some(outer) = self.outer.pop() else {
            self.is_at_end = true;
            return;
        };
        self.is_at_end = self.outer.is_empty();
        if self.is_at_end {
            self.end_last_paragraph();
        }
        let item = self.end_group();
        self.scope = outer;
        if let Some(item) = item {
            self.push(item);
        }
    }

    /// Its end is the document's.
    fn end_last_paragraph(&mut self) {
        let marker = self.end_paragraph();
        if !self.flow.is_at_begin() {
            self.flow.paragraph(self.scope.paragraph, marker);
        }
    }

    /// What the group's end puts into the text around it.
    fn end_group(&mut self) -> Option<Item> {
        match self.scope.at_end {
            AtEnd::Fonts => {
                self.document.fonts.close();
                self.charset = None;
            }
            AtEnd::Field => drop(self.fields.pop()),
            AtEnd::Instruction => self.end_instruction(),
            AtEnd::Picture => return self.end_picture(),
            AtEnd::Object => {
                let octets = std::mem::take(&mut self.object).finish();
                self.document.objects.extend(EmbeddedObject::read(&octets));
            }
            AtEnd::PageValue => self.end_page_property(),
            AtEnd::TextBox => {
                let blocks = self.end_flow();
                self.flow.push_box(blocks);
            }
            AtEnd::Note => {
                let blocks = self.end_flow();
                self.document.notes.push(blocks);
                return Some(Item::Note(self.document.notes.len() - 1));
            }
            AtEnd::Nothing => {}
        }
        None
    }

    /// Text of its own begins: a footnote, a text box.
    pub(super) fn begin_flow(&mut self) {
        self.end_run();
        let flow = std::mem::take(&mut self.flow);
        self.flow.begun = flow.begun;
        self.outer_flows.push((flow, self.marker.take()));
        self.scope.destination = Destination::Body;
        self.scope.paragraph = ParagraphStyle::PLAIN;
    }

    pub(super) fn end_flow(&mut self) -> Vec<Block> {
        let marker = self.end_paragraph();
        let (mut flow, outer_marker) = self.outer_flows.pop().unwrap_or_default();
        self.marker = outer_marker;
        flow.begun = self.flow.begun;
        std::mem::replace(&mut self.flow, flow).finish(self.scope.paragraph, marker)
    }

    fn end_instruction(&mut self) {
        let Some(field) = self.fields.get_mut(self.scope.field) else {
            return;
        };
        if let Some(target) = link::target(&field.instruction) {
            field.link = Some(self.document.links.len());
            self.document.links.push(target);
        }
    }

    /// A colour here is a number with red in its lowest octet.
    fn end_page_property(&mut self) {
        let (name, value) = std::mem::take(&mut self.page_property);
        if name.trim() == "fillColor"
            && let Ok(color) = value.trim().parse::<u32>()
        {
            let [red, green, blue, _] = color.to_le_bytes();
            self.document.page_color = Some([red, green, blue]);
        }
    }

    fn end_picture(&mut self) -> Option<Item> {
        let number = self.document.pictures.len();
        let picture = self.picture.take()?.finish(number + 1)?;
        self.document.pictures.push(picture);
        Some(Item::Picture(number))
    }
}

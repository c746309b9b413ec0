//! Lists: paragraphs that begin with a marker become items.

use std::fmt::Write;

use super::Writer;
use crate::rtf::native::list::NumberFormat;
use crate::rtf::native::style::ParagraphStyle;

#[derive(Debug, Clone, Copy)]
pub(super) struct OpenList {
    /// How deep it is, by level or by indent.
    depth: i32,
    format: Option<NumberFormat>,
    /// The number of its next item.
    next: u32,
}

impl OpenList {
    fn end(self) -> &'static str {
        match self.format {
            Some(_) => "</li></ol>\r\n",
            None => "</li></ul>\r\n",
        }
    }
}

impl Writer<'_> {
    /// Begins an item, in the list that is open there or in a new one.
    pub(super) fn item(
        &mut self,
        style: &ParagraphStyle,
        format: Option<NumberFormat>,
        value: u32,
    ) {
        let depth = if style.list == 0 {
            style.left
        } else {
            i32::from(style.list_level)
        };
        self.close_lists(depth);
        let is_full = self.lists.len() == LISTS_MAX;
        let beside = self.lists.pop_if(|list| list.depth == depth || is_full);
        match beside {
            Some(list) if list.format == format => {
                self.out.push_str("</li>\r\n");
                self.lists.push(list);
            }
            Some(list) => {
                self.out.push_str(list.end());
                self.open_list(OpenList {
                    depth,
                    format,
                    next: value,
                });
            }
            None => self.open_list(OpenList {
                depth,
                format,
                next: value,
            }),
        }
        self.out.push_str("<li");
        if let Some(list) = self.lists.last_mut() {
            if list.format.is_some() && list.next != value {
                let _ = write!(self.out, " value=\"{value}\"");
            }
            list.next = value.saturating_add(1);
        }
        self.out.push('>');
        self.escaper.begin_line();
    }

    fn open_list(&mut self, list: OpenList) {
        let kind = match list.format {
            None => "<ul>\r\n",
            Some(NumberFormat::Decimal) => "<ol",
            Some(NumberFormat::UpperRoman) => "<ol type=\"I\"",
            Some(NumberFormat::LowerRoman) => "<ol type=\"i\"",
            Some(NumberFormat::UpperLetter) => "<ol type=\"A\"",
            Some(NumberFormat::LowerLetter) => "<ol type=\"a\"",
        };
        self.out.push_str(kind);
        match list.format {
            Some(_) if list.next != 1 => drop(write!(self.out, " start=\"{}\">\r\n", list.next)),
            Some(_) => self.out.push_str(">\r\n"),
            None => {}
        }
        self.lists.push(list);
    }

    /// Closes lists deeper than `depth`.
    pub(super) fn close_lists(&mut self, depth: i32) {
        while let Some(list) = self.lists.pop_if(|list| list.depth > depth) {
            self.out.push_str(list.end());
        }
    }
}

/// Less than any depth.
pub(super) const ALL_LISTS: i32 = i32::MIN;
/// Lists within lists.
const LISTS_MAX: usize = 9;

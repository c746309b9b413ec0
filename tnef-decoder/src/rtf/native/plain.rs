//! A document as plain text.

use super::document::{Block, Document, Inline, Item, Paragraph, Row};
use super::list::{Marker, NumberFormat};
use crate::limits::Limits;
use crate::rtf::budget::Budget;
use crate::rtf::error::RtfError;

pub(super) fn write(document: &Document, limits: &Limits) -> Result<String, RtfError> {
    let out = String::with_capacity(document.text.len() + 64);
    let mut writer = Writer {
        document,
        budget: Budget::new(limits),
        out,
    };
    writer.blocks(&document.blocks)?;
    for (number, note) in document.notes.iter().enumerate() {
        writer.out.push_str(&format!("[{}] ", number + 1));
        writer.blocks(note)?;
    }
    writer.budget.output(writer.out.len())?;
    Ok(writer.out)
}

struct Writer<'a> {
    document: &'a Document,
    budget: Budget<'a>,
    out: String,
}

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block]) -> Result<(), RtfError> {
        for block in blocks {
            match block {
                Block::Paragraph(paragraph) => {
                    self.paragraph(paragraph, "\r\n");
                    self.out.push_str("\r\n");
                }
                Block::Table(rows) => self.table(rows, "\r\n")?,
            }
            self.budget.output(self.out.len())?;
        }
        Ok(())
    }

    fn paragraph(&mut self, paragraph: &Paragraph, line_end: &str) {
        if let Some(marker) = &paragraph.marker {
            self.out.extend(std::iter::repeat_n(
                "  ",
                usize::from(paragraph.style.list_level),
            ));
            match marker {
                Marker::Bullet => self.out.push_str("- "),
                Marker::Number {
                    format,
                    value,
                    text,
                } if text.is_empty() => {
                    self.out.push_str(&numeral(*format, *value));
                    self.out.push_str(". ");
                }
                Marker::Number { text, .. } | Marker::Text(text) => {
                    self.out.push_str(text);
                    self.out.push(' ');
                }
            }
        }
        self.inlines(&paragraph.inlines, line_end);
    }

    /// The text; the address of a link follows its text.
    fn inlines(&mut self, inlines: &[Inline], line_end: &str) {
        for inlines in inlines.chunk_by(|one, other| one.link == other.link) {
            let begin = self.out.len();
            inlines
                .iter()
                .for_each(|inline| self.item(&inline.item, line_end));
            let link = inlines.first().and_then(|inline| inline.link);
            let Some(address) = link.and_then(|link| self.document.links.get(link)) else {
                continue;
            };
            let text = self.out[begin..].trim();
            if text != address && Some(text) != address.strip_prefix("mailto:") {
                let separator = if text.is_empty() { "" } else { " " };
                self.out.push_str(&format!("{separator}<{address}>"));
            }
        }
    }

    fn item(&mut self, item: &Item, line_end: &str) {
        match item {
            Item::Text(range, _) => {
                let text = self.document.text.get(range.clone()).unwrap_or("");
                for (number, line) in text.split('\n').enumerate() {
                    if number > 0 {
                        self.out.push_str(line_end);
                    }
                    self.out.extend(
                        line.chars()
                            .filter(|&c| c != '\u{ad}' && (c == '\t' || !c.is_control())),
                    );
                }
            }
            Item::Note(number) => self.out.push_str(&format!("[{}]", number + 1)),
            Item::Picture(_) | Item::Attachment | Item::Object => {}
        }
    }

    /// A line for each row, a tab between cells. What is in a cell stays in its line.
    fn table(&mut self, rows: &[Row], row_end: &str) -> Result<(), RtfError> {
        for row in rows {
            for (number, cell) in row.cells.iter().enumerate() {
                if number > 0 {
                    self.out.push('\t');
                }
                self.cell(cell)?;
            }
            self.out.push_str(row_end);
            self.budget.output(self.out.len())?;
        }
        Ok(())
    }

    fn cell(&mut self, blocks: &[Block]) -> Result<(), RtfError> {
        for (number, block) in blocks.iter().enumerate() {
            if number > 0 {
                self.out.push(' ');
            }
            match block {
                Block::Paragraph(paragraph) => self.paragraph(paragraph, " "),
                Block::Table(rows) => self.table(rows, " ")?,
            }
        }
        Ok(())
    }
}

fn numeral(format: NumberFormat, value: u32) -> String {
    let letter = |first: u8| match value {
        1..=26 => char::from(first + (value - 1) as u8).to_string(),
        _ => value.to_string(),
    };
    match format {
        NumberFormat::Decimal => value.to_string(),
        NumberFormat::UpperLetter => letter(b'A'),
        NumberFormat::LowerLetter => letter(b'a'),
        NumberFormat::UpperRoman => roman(value).to_uppercase(),
        NumberFormat::LowerRoman => roman(value),
    }
}

fn roman(mut value: u32) -> String {
    if !(1..4_000).contains(&value) {
        return value.to_string();
    }
    let mut out = String::new();
    for (worth, letters) in ROMAN {
        while value >= worth {
            out.push_str(letters);
            value -= worth;
        }
    }
    out
}

const ROMAN: [(u32, &str); 13] = [
    (1_000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
];

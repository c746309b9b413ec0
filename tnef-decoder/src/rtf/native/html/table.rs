//! Tables: rows and cells.

use std::fmt::Write;

use super::Writer;
use crate::rtf::error::RtfError;
use crate::rtf::native::css;
use crate::rtf::native::document::{Block, Row};
use crate::rtf::native::grid::{GridCell, lay_out};
use crate::rtf::native::style::Alignment;

impl Writer<'_> {
    pub(super) fn table(&mut self, rows: &[Row]) -> Result<(), RtfError> {
        self.out
            .push_str("<table cellspacing=\"0\" cellpadding=\"4\"");
        match rows.first().map(|row| row.definition.alignment) {
            Some(Alignment::Center) => self.out.push_str(" align=\"center\""),
            Some(Alignment::Right) => self.out.push_str(" align=\"right\""),
            _ => {}
        }
        self.out
            .push_str(" style=\"border-collapse:collapse\">\r\n");
        for (row, grid) in rows.iter().zip(lay_out(rows)) {
            if row.cells.is_empty() {
                continue;
            }
            self.out.push_str("<tr>");
            if grid.indent > 0 {
                let _ = write!(self.out, "<td colspan=\"{}\"></td>", grid.indent);
            }
            for cell in &grid.cells {
                self.cell(cell, &row.cells[cell.number])?;
            }
            self.out.push_str("</tr>\r\n");
        }
        self.out.push_str("</table>\r\n");
        Ok(())
    }

    fn cell(&mut self, cell: &GridCell, blocks: &[Block]) -> Result<(), RtfError> {
        self.out.push_str("<td");
        let spans = [("colspan", cell.columns), ("rowspan", cell.rows)];
        for (name, span) in spans.into_iter().filter(|(_, span)| *span > 1) {
            let _ = write!(self.out, " {name}=\"{span}\"");
        }
        if cell.width > 0 {
            let _ = write!(self.out, " width=\"{}\"", cell.width / TWIPS_PER_PIXEL);
        }
        if let Some(definition) = &cell.definition {
            let _ = write!(
                self.out,
                " valign=\"{}\"",
                css::vertical(definition.position)
            );
            self.style_attribute(&self.css.cell(definition));
        }
        self.out.push('>');
        match blocks {
            [] => self.out.push_str("&nbsp;"),
            [Block::Paragraph(only)]
                if only.marker.is_none() && css::paragraph(&only.style).is_empty() =>
            {
                self.escaper.begin_line();
                self.inlines(&only.inlines)?;
            }
            _ => self.blocks(blocks)?,
        }
        self.out.push_str("</td>");
        Ok(self.budget.output(self.out.len())?)
    }
}

const TWIPS_PER_PIXEL: i32 = 15;

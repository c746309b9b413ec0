//! Puts paragraphs, cells and rows together.

use std::rc::Rc;

use super::document::{Block, Inline, Paragraph, Row};
use super::list::Marker;
use super::style::ParagraphStyle;
use super::table::RowDefinition;

/// Text from top to bottom: the document's, a footnote's, a text box's. A table ends with the first paragraph outside of it.
#[derive(Debug, Default)]
pub(super) struct Flow {
    blocks: Vec<Block>,
    /// Each within the last cell of the one before.
    tables: Vec<OpenTable>,
    inlines: Vec<Inline>,
    /// How many tables have begun, here and in what is around.
    pub(super) begun: usize,
    /// Text boxes, which follow the paragraph they are anchored in.
    boxes: Vec<Block>,
}

#[derive(Debug, Default)]
struct OpenTable {
    rows: Vec<Row>,
    cells: Vec<Vec<Block>>,
    /// Of the cell that is open.
    blocks: Vec<Block>,
}

impl Flow {
    pub(super) fn push(&mut self, inline: Inline) {
        self.inlines.push(inline);
    }

    pub(super) fn push_box(&mut self, blocks: Vec<Block>) {
        self.boxes.extend(blocks);
    }

    /// Nothing stands in the paragraph yet.
    pub(super) fn is_at_begin(&self) -> bool {
        self.inlines.is_empty()
    }

    /// A paragraph ends.
    pub(super) fn paragraph(&mut self, style: ParagraphStyle, marker: Option<Marker>) {
        self.close_tables(style.table_depth);
        self.open_tables(style.table_depth);
        let inlines = std::mem::take(&mut self.inlines);
        let boxes = std::mem::take(&mut self.boxes);
        let blocks = self.innermost();
        blocks.push(Block::Paragraph(Paragraph {
            style,
            marker,
            inlines,
        }));
        blocks.extend(boxes);
    }

    /// A cell ends, and its last paragraph with it.
    pub(super) fn cell(&mut self, mut style: ParagraphStyle, marker: Option<Marker>, depth: usize) {
        style.table_depth = depth;
        if !self.inlines.is_empty() || marker.is_some() || !self.boxes.is_empty() {
            self.paragraph(style, marker);
        }
        self.close_tables(depth);
        self.open_tables(depth);
        if let Some(table) = self.tables.last_mut() {
            let blocks = std::mem::take(&mut table.blocks);
            table.cells.push(blocks);
        }
    }

    /// A row ends.
    pub(super) fn row(&mut self, definition: Rc<RowDefinition>, depth: usize) {
        if self.tables.len() < depth {
            return;
        }
        self.close_tables(depth);
        if let Some(table) = self.tables.last_mut() {
            table.end_row(definition);
        }
    }

    /// No more comes.
    pub(super) fn finish(mut self, style: ParagraphStyle, marker: Option<Marker>) -> Vec<Block> {
        if !self.inlines.is_empty() || !self.boxes.is_empty() {
            self.paragraph(style, marker);
        }
        self.close_tables(0);
        self.blocks
    }

    fn open_tables(&mut self, depth: usize) {
        while self.tables.len() < depth {
            self.begun += 1;
            self.tables.push(OpenTable::default());
        }
    }

    fn close_tables(&mut self, depth: usize) {
        while self.tables.len() > depth {
            let Some(mut table) = self.tables.pop() else {
                return;
            };
            // A row that nothing ended.
            if !table.cells.is_empty() || !table.blocks.is_empty() {
                table.end_row(super::table::RowBuilder::new().definition());
            }
            if !table.rows.is_empty() {
                self.innermost().push(Block::Table(table.rows));
            }
        }
    }

    fn innermost(&mut self) -> &mut Vec<Block> {
        match self.tables.last_mut() {
            Some(table) => &mut table.blocks,
            None => &mut self.blocks,
        }
    }
}

impl OpenTable {
    fn end_row(&mut self, definition: Rc<RowDefinition>) {
        if !self.blocks.is_empty() {
            self.cells.push(std::mem::take(&mut self.blocks));
        }
        let cells = std::mem::take(&mut self.cells);
        self.rows.push(Row { definition, cells });
    }
}

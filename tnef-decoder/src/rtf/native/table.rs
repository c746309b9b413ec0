//! Rows and cells: what `\trowd` and `\cellx` define.

use std::rc::Rc;

use super::style::{Alignment, small};

/// How a row is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowDefinition {
    /// Where it begins, in twips from the margin.
    pub(super) left: i32,
    pub(super) alignment: Alignment,
    pub(super) cells: Vec<CellDefinition>,
}

/// One cell of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CellDefinition {
    /// Where it ends, in twips from the margin.
    pub(super) right: i32,
    /// Above, right, below, left.
    pub(super) borders: [Border; 4],
    pub(super) background: u16,
    pub(super) across: Merge,
    pub(super) down: Merge,
    pub(super) position: Vertical,
}

/// A line around a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Border {
    pub(super) line: Line,
    /// In twips.
    pub(super) width: u16,
    pub(super) color: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    None,
    Solid,
    Double,
    Dotted,
    Dashed,
}

/// Whether a cell is part of a larger one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Merge {
    None,
    First,
    Next,
}

/// Where a cell's text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vertical {
    Top,
    Middle,
    Bottom,
}

impl Border {
    const NONE: Self = Self {
        line: Line::None,
        width: 10,
        color: 0,
    };
}

impl CellDefinition {
    const PLAIN: Self = Self {
        right: 0,
        borders: [Border::NONE; 4],
        background: 0,
        across: Merge::None,
        down: Merge::None,
        position: Vertical::Top,
    };
}

/// Reads the words that define a row. What has been used by a row does not change any more: rows share it.
#[derive(Debug)]
pub(super) struct RowBuilder {
    row: Rc<RowDefinition>,
    cell: CellDefinition,
    /// Lines around the row are those of its cells.
    outer: [Border; 4],
    border: Target,
}

/// Whose line the next words are about.
#[derive(Debug, Clone, Copy)]
enum Target {
    Cell(usize),
    Row(usize),
    Other,
}

impl RowBuilder {
    pub(super) fn new() -> Self {
        let row = RowDefinition {
            left: 0,
            alignment: Alignment::Natural,
            cells: Vec::new(),
        };
        Self {
            row: Rc::new(row),
            cell: CellDefinition::PLAIN,
            outer: [Border::NONE; 4],
            border: Target::Other,
        }
    }

    /// The definition for a row that ends here.
    pub(super) fn definition(&self) -> Rc<RowDefinition> {
        Rc::clone(&self.row)
    }

    /// Takes a control word; `false`: it is about something else.
    pub(super) fn word(&mut self, name: &[u8], parameter: Option<i32>) -> bool {
        if name == b"trowd" {
            *self = Self::new();
            return true;
        }
        self.border_word(name, parameter)
            || self.row_word(name, parameter)
            || self.cell_word(name, parameter)
    }

    fn row_word(&mut self, name: &[u8], parameter: Option<i32>) -> bool {
        let alignment = match name {
            b"trqc" => Alignment::Center,
            b"trqr" => Alignment::Right,
            b"trql" => Alignment::Natural,
            b"trleft" => {
                if let Some(row) = Rc::get_mut(&mut self.row) {
                    row.left = parameter.unwrap_or(0).clamp(-EDGE_MAX, EDGE_MAX);
                }
                return true;
            }
            b"cellx" => {
                self.add_cell(parameter.unwrap_or(0));
                return true;
            }
            _ => return false,
        };
        if let Some(row) = Rc::get_mut(&mut self.row) {
            row.alignment = alignment;
        }
        true
    }

    fn add_cell(&mut self, right: i32) {
        let mut cell = std::mem::replace(&mut self.cell, CellDefinition::PLAIN);
        self.border = Target::Other;
        cell.right = right.clamp(-EDGE_MAX, EDGE_MAX);
        for (border, outer) in cell.borders.iter_mut().zip(self.outer) {
            if border.line == Line::None {
                *border = outer;
            }
        }
        if let Some(row) = Rc::get_mut(&mut self.row)
            && row.cells.len() < CELLS_MAX
        {
            row.cells.push(cell);
        }
    }

    fn cell_word(&mut self, name: &[u8], parameter: Option<i32>) -> bool {
        let cell = &mut self.cell;
        match name {
            b"clmgf" => cell.across = Merge::First,
            b"clmrg" => cell.across = Merge::Next,
            b"clvmgf" => cell.down = Merge::First,
            b"clvmrg" => cell.down = Merge::Next,
            b"clvertalt" => cell.position = Vertical::Top,
            b"clvertalc" => cell.position = Vertical::Middle,
            b"clvertalb" => cell.position = Vertical::Bottom,
            b"clcbpat" => cell.background = small(parameter),
            _ => return false,
        }
        true
    }

    fn border_word(&mut self, name: &[u8], parameter: Option<i32>) -> bool {
        self.border = match name {
            b"clbrdrt" => Target::Cell(0),
            b"clbrdrr" => Target::Cell(1),
            b"clbrdrb" => Target::Cell(2),
            b"clbrdrl" => Target::Cell(3),
            b"trbrdrt" => Target::Row(0),
            b"trbrdrr" => Target::Row(1),
            b"trbrdrb" => Target::Row(2),
            b"trbrdrl" => Target::Row(3),
            // Of paragraphs, of characters, between rows.
            b"brdrt" | b"brdrr" | b"brdrb" | b"brdrl" | b"brdrbtw" | b"box" | b"chbrdr"
            | b"trbrdrh" | b"trbrdrv" => Target::Other,
            _ => return self.line_word(name, parameter),
        };
        true
    }

    fn line_word(&mut self, name: &[u8], parameter: Option<i32>) -> bool {
        let border = match self.border {
            Target::Cell(side) => &mut self.cell.borders[side],
            Target::Row(side) => &mut self.outer[side],
            Target::Other => return name.starts_with(b"brdr"),
        };
        match name {
            b"brdrw" => border.width = small(parameter).min(BORDER_WIDTH_MAX),
            b"brdrcf" => border.color = small(parameter),
            b"brdrnone" | b"brdrnil" => border.line = Line::None,
            b"brdrdot" => border.line = Line::Dotted,
            b"brdrdash" | b"brdrdashsm" | b"brdrdashd" | b"brdrdashdd" => {
                border.line = Line::Dashed
            }
            b"brdrdb" | b"brdrtriple" => border.line = Line::Double,
            b"brsp" => {}
            _ if name.starts_with(b"brdr") => border.line = Line::Solid,
            _ => return false,
        }
        true
    }
}

/// Word allows 63.
const CELLS_MAX: usize = 256;
/// 22 inches, Word's widest page.
const EDGE_MAX: i32 = 31_680;
/// 12 points.
const BORDER_WIDTH_MAX: u16 = 240;

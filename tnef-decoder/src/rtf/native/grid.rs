//! Which columns and rows of an HTML table a cell takes.

use std::collections::HashMap;
use std::rc::Rc;

use super::document::{Block, Row};
use super::table::{CellDefinition, Merge, RowDefinition};

/// A cell of an HTML table.
#[derive(Debug, Clone, Copy)]
pub(super) struct GridCell {
    /// Its number in the row.
    pub(super) number: usize,
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// In twips; 0 is unknown.
    pub(super) width: i32,
    /// `None`: RTF has no definition of it.
    pub(super) definition: Option<CellDefinition>,
}

/// The cells of a row.
#[derive(Debug, Default)]
pub(super) struct GridRow {
    /// Columns before the first cell.
    pub(super) indent: usize,
    pub(super) cells: Vec<GridCell>,
}

/// The cells of each row. RTF says where each ends; columns are what all rows' ends cut the table into.
pub(super) fn lay_out(rows: &[Row]) -> Vec<GridRow> {
    let edges = edges(rows);
    let mut laid: Vec<GridRow> = Vec::with_capacity(rows.len());
    // By column: the cells that may go on in the next row.
    let mut tall: HashMap<usize, (usize, usize)> = HashMap::new();
    for row in rows {
        let (mut grid, columns) = lay_out_row(row, &edges);
        let above = std::mem::take(&mut tall);
        let mut at = 0;
        for (cell, column) in grid.cells.iter_mut().zip(columns) {
            let down = cell
                .definition
                .map_or(Merge::None, |definition| definition.down);
            match (down, above.get(&column)) {
                (Merge::First, _) => drop(tall.insert(column, (laid.len(), at))),
                (Merge::Next, Some(&top)) if is_blank(&row.cells[cell.number]) => {
                    tall.insert(column, top);
                    cell.rows = 0;
                    stretch(&mut laid, top);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        grid.cells.retain(|cell| cell.rows > 0);
        laid.push(grid);
    }
    laid
}

/// The cell goes on in one more row.
fn stretch(laid: &mut [GridRow], (row, cell): (usize, usize)) {
    let row = laid.get_mut(row);
    if let Some(cell) = row.and_then(|row| row.cells.get_mut(cell)) {
        cell.rows += 1;
    }
}

/// Nothing is in it.
fn is_blank(blocks: &[Block]) -> bool {
    blocks.iter().all(|block| match block {
        Block::Paragraph(paragraph) => paragraph.inlines.is_empty() && paragraph.marker.is_none(),
        Block::Table(_) => false,
    })
}

/// The row's cells, and the column where each begins.
fn lay_out_row(row: &Row, edges: &[i32]) -> (GridRow, Vec<usize>) {
    let definition = &row.definition;
    let mut grid = GridRow {
        indent: column(edges, definition.left),
        cells: Vec::with_capacity(row.cells.len()),
    };
    let mut columns = Vec::with_capacity(row.cells.len());
    let mut left = definition.left;
    for (number, content) in row.cells.iter().enumerate() {
        let Some(&cell) = definition.cells.get(number) else {
            columns.push(usize::MAX);
            grid.cells.push(GridCell {
                number,
                columns: 1,
                rows: 1,
                width: 0,
                definition: None,
            });
            continue;
        };
        let begin = column(edges, left);
        let span = column(edges, cell.right).saturating_sub(begin);
        let width = cell.right.saturating_sub(left).max(0);
        left = left.max(cell.right);
        match grid.cells.last_mut() {
            Some(first) if cell.across == Merge::Next && is_blank(content) => {
                first.columns += span;
                first.width += width;
            }
            _ => {
                columns.push(begin);
                let definition = Some(cell);
                grid.cells.push(GridCell {
                    number,
                    columns: span.max(1),
                    rows: 1,
                    width,
                    definition,
                });
            }
        }
    }
    (grid, columns)
}

/// Where columns begin and end, ascending. Edges that nobody can tell apart are one.
fn edges(rows: &[Row]) -> Vec<i32> {
    let mut edges = Vec::new();
    let mut last: Option<&Rc<RowDefinition>> = None;
    for row in rows {
        // Rows alike share one definition.
        if last.is_some_and(|last| Rc::ptr_eq(last, &row.definition)) || row.cells.is_empty() {
            continue;
        }
        last = Some(&row.definition);
        let used = row.definition.cells.iter().take(row.cells.len());
        edges.push(row.definition.left);
        edges.extend(used.map(|cell| cell.right));
    }
    edges.sort_unstable();
    edges.dedup_by(|later, earlier| *later - *earlier < EDGE_TOLERANCE);
    edges
}

/// The column that begins at `edge`.
fn column(edges: &[i32], edge: i32) -> usize {
    edges
        .partition_point(|&known| known <= edge)
        .saturating_sub(1)
}

/// Two points.
const EDGE_TOLERANCE: i32 = 40;

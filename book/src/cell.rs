//! One field of a table that a spreadsheet may open.

/// A field in quotes. A spreadsheet would run what begins like a formula: such a one gets an apostrophe before it.
pub(crate) fn cell(field: &str) -> String {
    let guard = if field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", field.replace('"', "\"\""))
}

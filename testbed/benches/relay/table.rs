//! The results as tables.

use testbed::figure::short;

use super::cell::Cell;
use super::peer::Peer;
use super::results::{Comparison, Row};

const COLUMNS: [&str; 12] = [
    "relay",
    "messages/s",
    "x DIRECT",
    "x nginx",
    "x Postfix queue",
    "x Postfix proxy",
    "CPU s/1,000",
    "PSS MiB",
    "KiB/session",
    "p50/p99/max ms",
    "> 35 ms",
    "arrived",
];

/// For the terminal.
pub(super) fn plain(comparison: &Comparison) -> String {
    let lines: Vec<Vec<String>> = std::iter::once(COLUMNS.map(str::to_owned).to_vec())
        .chain(comparison.rows.iter().map(|row| cells(comparison, row)))
        .collect();
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max();
    let widths: Vec<usize> = (0..COLUMNS.len()).filter_map(width).collect();
    let mut text = format!(
        "\n{}: {}\n",
        comparison.scenario,
        comparison.scenario.words()
    );
    for line in &lines {
        for (at, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let padded = match at {
                0 => format!("{cell:width$}"),
                _ if at + 1 == widths.len() => format!("  {cell}"),
                _ => format!("  {cell:>width$}"),
            };
            text.push_str(&padded);
        }
        text.push('\n');
    }
    for row in &comparison.rows {
        if let Some(fault) = row.fault() {
            text.push_str(&format!("{}: {fault}\n", row.peer));
        }
    }
    text
}

/// For a page.
pub(super) fn markdown(comparison: &Comparison) -> String {
    let mut text = format!("\n### {}\n\n", comparison.scenario.words());
    text.push_str(&format!("| {} |\n", COLUMNS.join(" | ")));
    text.push_str(&format!("|---|{}---|\n", "---:|".repeat(COLUMNS.len() - 2)));
    for row in &comparison.rows {
        text.push_str(&format!("| {} |\n", cells(comparison, row).join(" | ")));
    }
    text
}

fn cells(comparison: &Comparison, row: &Row) -> Vec<String> {
    let median = |value: fn(&Cell) -> f64| {
        let figure = row.figure(value);
        figure.map_or_else(|| "-".to_owned(), |figure| short(figure.median))
    };
    let spread = |value: fn(&Cell) -> f64| {
        let figure = row.figure(value);
        let said = |f: testbed::figure::Figure| {
            format!("{} ({}-{})", short(f.median), short(f.least), short(f.most))
        };
        figure.map_or_else(|| "-".to_owned(), said)
    };
    let times = |base: Peer| {
        let figure = comparison.times(row, base);
        figure.map_or_else(|| "-".to_owned(), |figure| short(figure.median))
    };
    // DIRECT has no relay; its time is that of source and counter.
    let (cpu, memory, each) = match row.peer {
        Peer::Direct => (
            format!("({})", median(|c| c.load_cpu)),
            "-".to_owned(),
            "-".to_owned(),
        ),
        _ => (
            spread(|c| c.cpu),
            median(|c| c.memory),
            median(|c| c.memory_per_session),
        ),
    };
    let latencies = [
        median(|c| c.sent.p50),
        median(|c| c.sent.p99),
        median(|c| c.sent.max),
    ];
    vec![
        row.peer.words().to_owned(),
        spread(|c| c.rate),
        times(Peer::Direct),
        times(Peer::Nginx),
        times(Peer::PostfixQueue),
        times(Peer::PostfixProxy),
        cpu,
        memory,
        each,
        latencies.join(" / "),
        row.slow().to_string(),
        row.verdict().to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::comparison;
    use super::*;

    #[test]
    fn both_tables_hold_every_row() {
        let comparison = comparison();
        let plain = plain(&comparison);
        let row = plain
            .lines()
            .find(|line| line.starts_with("twinmx"))
            .expect("the gateway");
        for cell in [
            "50.0 (50.0-300)",
            "0.500",
            "0.064 (0.064-0.064)",
            "FAILED: 6 lost",
        ] {
            assert!(row.contains(cell), "{cell} in {row}");
        }
        let page = markdown(&comparison);
        let columns = |line: &str| line.matches('|').count();
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(rows.len(), 4);
        assert!(
            rows.iter().all(|row| columns(row) == COLUMNS.len() + 1),
            "{page}"
        );
    }
}

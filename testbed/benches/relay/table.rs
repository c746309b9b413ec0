//! The results as tables.

use testbed::figure::short;

use super::cell::Cell;
use super::course::Course;
use super::peer::Peer;
use super::results::{Comparison, Row};

fn columns(course: Course) -> Vec<String> {
    let rate = match course {
        Course::Hold => "accepted/s",
        Course::Hello => "connections/s",
        _ => "messages/s",
    };
    let memory = match course {
        Course::Waiting(_) => "octets/waiting",
        _ => "KiB/session",
    };
    let arrived = ["p50/p99/max ms", "> 35 ms", "arrived"];
    let bases = course
        .bases()
        .iter()
        .map(|base| format!("x {}", base.brief()));
    std::iter::once("relay")
        .chain([rate])
        .map(str::to_owned)
        .chain(bases)
        .chain(["CPU s/1,000", "PSS MiB", memory].map(str::to_owned))
        .chain(arrived.map(str::to_owned))
        .collect()
}

/// For the terminal.
pub(super) fn plain(comparison: &Comparison) -> String {
    let lines: Vec<Vec<String>> = std::iter::once(columns(comparison.scenario.course))
        .chain(comparison.rows.iter().map(|row| cells(comparison, row)))
        .collect();
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max();
    let widths: Vec<usize> = (0..lines[0].len()).filter_map(width).collect();
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
    let columns = columns(comparison.scenario.course);
    text.push_str(&format!("| {} |\n", columns.join(" | ")));
    text.push_str(&format!("|---|{}---|\n", "---:|".repeat(columns.len() - 2)));
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
    let course = comparison.scenario.course;
    let (cpu, memory, each) = match row.peer {
        Peer::Direct => (
            format!("({})", median(|c| c.load_cpu)),
            "-".to_owned(),
            "-".to_owned(),
        ),
        _ => (
            spread(|c| c.cpu),
            median(|c| c.memory),
            match course {
                Course::Waiting(_) => (row.per_waiting())
                    .map_or_else(|| "-".to_owned(), |figure| short(figure.median)),
                _ => median(|c| c.memory_per_session),
            },
        ),
    };
    let latencies = [
        median(|c| c.sent.p50),
        median(|c| c.sent.p99),
        median(|c| c.sent.max),
    ];
    let mut cells = vec![row.peer.words().to_owned(), spread(|c| c.rate)];
    cells.extend(course.bases().iter().map(|base| times(*base)));
    cells.extend([cpu, memory, each]);
    cells.extend([
        latencies.join(" / "),
        row.slow().to_string(),
        arrived(row, course),
    ]);
    cells
}

/// Postfix without a hop delivers nothing: its messages are counted in its queue.
fn arrived(row: &Row, course: Course) -> String {
    let verdict = row.verdict();
    match row.peer {
        Peer::PostfixHold | Peer::PostfixDefer if verdict.is_sound() => {
            "all in its queue".to_owned()
        }
        _ if course == Course::Hello && verdict.is_sound() => "all greeted".to_owned(),
        _ => verdict.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::comparison;
    use super::*;

    #[test]
    fn each_course_has_its_columns() {
        let mut comparison = comparison();
        comparison.scenario = "10k:20:many:hold".parse().expect("a scenario");
        comparison.rows[0].peer = Peer::PostfixHold;
        let page = markdown(&comparison);
        for words in [
            "| relay | accepted/s | x Postfix hold | x Postfix deferring | CPU",
            "all in its queue |",
            "FAILED: 6 lost |",
        ] {
            assert!(page.contains(words), "{words} in {page}");
        }
        comparison.scenario = "1:20:hello:tls".parse().expect("a scenario");
        comparison.rows[0].peer = Peer::Direct;
        let page = markdown(&comparison);
        for words in ["| relay | connections/s | x DIRECT |", "| all greeted |"] {
            assert!(page.contains(words), "{words} in {page}");
        }
        comparison.scenario = "1k:20:many:w10".parse().expect("a scenario");
        comparison.rows[1].cells[0].memory_per_waiting = Some(250.0);
        let page = markdown(&comparison);
        for words in ["| octets/waiting |", "| 250 |"] {
            assert!(page.contains(words), "{words} in {page}");
        }
    }

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
        let bars = |line: &str| line.matches('|').count();
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(rows.len(), 4);
        assert!(
            rows.iter()
                .all(|row| bars(row) == columns(Course::Through).len() + 1),
            "{page}"
        );
    }
}

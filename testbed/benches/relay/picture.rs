//! The results as a picture: an SVG that needs nothing else and can be read on white and on black.

use std::fmt::Write;

use testbed::figure::{Figure, short};

use super::course::Course;
use super::peer::Peer;
use super::results::{Comparison, Row};

/// For each scenario messages a second against DIRECT on the left, CPU time on the right. Bars are long by the longest
/// of their scenario; thin lines show the least and the most.
pub(super) fn draw(comparisons: &[Comparison]) -> String {
    let mut body = String::new();
    let mut y = TOP;
    heading(&mut body, comparisons);
    for comparison in comparisons {
        y += GAP;
        put(
            &mut body,
            &text("scenario", LEFT, y, &comparison.scenario.words()),
        );
        y += 10;
        let base = comparison.rows.first().map(|row| row.peer);
        let rate = |row: &Row| comparison.times(row, base?);
        let cpu = |row: &Row| match row.peer {
            Peer::Direct => None,
            _ => row.figure(|cell| cell.cpu),
        };
        let rates = most(comparison, rate);
        let cpus = most(comparison, cpu);
        for row in &comparison.rows {
            put(&mut body, &text("name", LEFT, y + 12, row.peer.words()));
            let failed = !row.verdict().is_sound();
            bar(&mut body, [RATES, y], rate(row), rates, row.peer, failed);
            bar(&mut body, [CPUS, y], cpu(row), cpus, row.peer, false);
            y += LINE;
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"Messages a second and CPU time of relays\">\n{STYLE}\n{body}</svg>\n",
        height = y + BOTTOM,
    )
}

fn heading(body: &mut String, comparisons: &[Comparison]) {
    let through = |comparison: &Comparison| {
        let course = comparison.scenario.course;
        matches!(course, Course::Through | Course::Hello)
    };
    let base = match comparisons.iter().all(through) {
        true => "DIRECT",
        false => "the first of each",
    };
    put(
        body,
        &text(
            "title",
            RATES,
            TOP,
            &format!("messages/s, times {base} (longer is faster)"),
        ),
    );
    put(
        body,
        &text(
            "title",
            CPUS,
            TOP,
            "CPU s per 1,000 messages (shorter is better)",
        ),
    );
}

fn most(comparison: &Comparison, value: impl Fn(&Row) -> Option<Figure>) -> f64 {
    let values = comparison.rows.iter().filter_map(value);
    values
        .map(|figure| figure.most)
        .fold(f64::MIN_POSITIVE, f64::max)
}

fn bar(
    body: &mut String,
    at: [usize; 2],
    figure: Option<Figure>,
    most: f64,
    peer: Peer,
    failed: bool,
) {
    let [x, y] = at;
    let Some(figure) = figure else { return };
    let long = |value: f64| value / most * LONGEST as f64;
    let (class, width) = (peer.name(), long(figure.median).max(1.0));
    let (least, end) = (x as f64 + long(figure.least), x as f64 + long(figure.most));
    let middle = y + 8;
    put(
        body,
        &format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width:.1}\" height=\"15\" rx=\"2\"/>"
        ),
    );
    put(
        body,
        &format!("<path class=\"spread\" d=\"M{least:.1} {middle}H{end:.1}\"/>"),
    );
    let mark = if failed { " FAILED" } else { "" };
    let label = format!("{}{mark}", short(figure.median));
    put(body, &text("figure", end as usize + 6, y + 12, &label));
}

fn text(class: &str, x: usize, y: usize, words: &str) -> String {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{words}</text>")
}

fn put(body: &mut String, element: &str) {
    // A string takes everything.
    _ = writeln!(body, "{element}");
}

const WIDTH: usize = 900;
const TOP: usize = 24;
const GAP: usize = 30;
const LINE: usize = 20;
const BOTTOM: usize = 16;
const LEFT: usize = 12;
const RATES: usize = 150;
const CPUS: usize = 530;
const LONGEST: usize = 270;

const STYLE: &str = "<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.title, .scenario { font-weight: 600; }
.direct { fill: #8c959f; } .nginx { fill: #2f9e6e; } .postfix-queue { fill: #c98a1b; }
.postfix-proxy { fill: #d9663a; } .twinmx { fill: #3b76d6; }
.postfix-hold { fill: #c98a1b; } .postfix-defer { fill: #d9663a; } .twinmx-alone { fill: #8c959f; }
.spread { stroke: #1f2328; stroke-width: 1.5; opacity: .6; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .spread { stroke: #e6edf3; }
}
</style>";

#[cfg(test)]
mod tests {
    use super::super::results::tests::comparison;
    use super::*;

    #[test]
    fn every_row_has_its_bars() {
        let picture = draw(&[comparison(), comparison()]);
        // Twice DIRECT and twinmx, and the latter's CPU time.
        assert_eq!(picture.matches("<rect").count(), 6);
        assert_eq!(picture.matches("FAILED").count(), 2);
        assert!(picture.contains("prefers-color-scheme: dark"));
        let opened = picture.matches('<').count();
        assert_eq!(opened, picture.matches('>').count());
        assert!(!picture.contains("http://") || picture.matches("http://").count() == 1);
    }

    #[test]
    fn words_are_no_markup() {
        assert!(text("name", 0, 0, "a < b & c").contains("a &lt; b &amp; c"));
    }
}

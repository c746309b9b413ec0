//! Everything that was measured, by scenario and peer.

use serde_json::{Value, json};
use testbed::figure::Figure;

use super::cell::Cell;
use super::peer::Peer;
use super::scenario::Scenario;
use super::verdict::Verdict;

/// The rounds of one scenario.
#[derive(Debug, Clone)]
pub(super) struct Comparison {
    pub(super) scenario: Scenario,
    pub(super) rows: Vec<Row>,
}

/// One peer, a cell for each round.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) peer: Peer,
    pub(super) cells: Vec<Cell>,
}

impl Row {
    pub(super) fn figure(&self, value: impl Fn(&Cell) -> f64) -> Option<Figure> {
        Figure::of(self.cells.iter().map(value))
    }

    pub(super) fn verdict(&self) -> Verdict {
        let verdicts = self.cells.iter().map(|cell| cell.verdict);
        verdicts.fold(Verdict::default(), Verdict::and)
    }

    /// Octets of memory for each message that waits for another side.
    pub(super) fn per_waiting(&self) -> Option<Figure> {
        Figure::of(self.cells.iter().filter_map(|cell| cell.memory_per_waiting))
    }

    /// The slow replies of all rounds.
    pub(super) fn slow(&self) -> u64 {
        self.cells.iter().map(|cell| cell.sent.slow).sum()
    }

    pub(super) fn fault(&self) -> Option<&str> {
        self.cells
            .iter()
            .find_map(|cell| cell.sent.fault.as_deref())
    }
}

impl Comparison {
    pub(super) fn row(&self, peer: Peer) -> Option<&Row> {
        self.rows.iter().find(|row| row.peer == peer)
    }

    /// How many times as many messages `row` delivered as `base` in the same round.
    pub(super) fn times(&self, row: &Row, base: Peer) -> Option<Figure> {
        let pairs = row.cells.iter().zip(&self.row(base)?.cells);
        Figure::of(pairs.map(|(cell, base)| cell.rate / base.rate))
    }

    pub(super) fn is_sound(&self) -> bool {
        self.rows.iter().all(|row| row.verdict().is_sound())
    }

    pub(super) fn json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let figure = |value: fn(&Cell) -> f64| shown(row.figure(value));
            let times = |base| shown(self.times(row, base));
            json!({
                "peer": row.peer.name(),
                "messages_per_second": figure(|cell| cell.rate),
                "times": self.scenario.course.bases().iter().map(|base| {
                    (base.name().to_owned(), times(*base))
                }).collect::<serde_json::Map<_, _>>(),
                "cpu_seconds_per_1000": figure(|cell| cell.cpu),
                "pss_mib": figure(|cell| cell.memory),
                "pss_kib_per_session": figure(|cell| cell.memory_per_session),
                "pss_octets_per_waiting": shown(row.per_waiting()),
                "p50_ms": figure(|cell| cell.sent.p50),
                "p99_ms": figure(|cell| cell.sent.p99),
                "max_ms": figure(|cell| cell.sent.max),
                "slower_than_35_ms": row.slow(),
                "verdict": row.verdict().to_string(),
                "rounds": row.cells.iter().map(Cell::json).collect::<Vec<_>>(),
            })
        });
        json!({
            "scenario": self.scenario.to_string(),
            "words": self.scenario.words(),
            "peers": rows.collect::<Vec<_>>(),
        })
    }
}

fn shown(figure: Option<Figure>) -> Value {
    figure.map_or(
        Value::Null,
        |figure| json!({ "median": figure.median, "min": figure.least, "max": figure.most }),
    )
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::source::Sent;
    use super::*;

    pub(in super::super) fn comparison() -> Comparison {
        let cell = |rate: f64, lost: u64| Cell {
            sent: Sent {
                accepted: 100,
                seconds: 2.0,
                slow: 1,
                ..Sent::default()
            },
            verdict: Verdict {
                lost,
                ..Verdict::default()
            },
            rate,
            cpu: 0.064,
            load_cpu: 0.1,
            memory: 10.0,
            memory_per_session: 50.0,
            memory_per_waiting: None,
            hop_connections: 20,
        };
        let row = |peer, rates: [f64; 3], lost| Row {
            peer,
            cells: rates.map(|rate| cell(rate, lost)).to_vec(),
        };
        Comparison {
            scenario: "10k:20:many".parse().expect("a scenario"),
            rows: vec![
                row(Peer::Direct, [100.0, 200.0, 400.0], 0),
                row(Peer::Twinmx, [50.0, 50.0, 300.0], 2),
            ],
        }
    }

    #[test]
    fn ratios_are_taken_inside_a_round() {
        let comparison = comparison();
        let times = |base| comparison.times(&comparison.rows[1], base);
        let found = times(Peer::Direct).map(|f| (f.median, f.least, f.most));
        assert_eq!(found, Some((0.5, 0.25, 0.75)));
        assert_eq!(times(Peer::Nginx), None);
    }

    #[test]
    fn a_loss_is_not_forgotten() {
        let comparison = comparison();
        assert!(comparison.rows[0].verdict().is_sound() && !comparison.is_sound());
        let json = comparison.json();
        assert_eq!(json["peers"][1]["verdict"], "FAILED: 6 lost");
        assert_eq!(json["peers"][1]["slower_than_35_ms"], 3);
        assert_eq!(json["peers"][1]["rounds"][0]["accepted_per_second"], 50.0);
        assert_eq!(json["peers"][0]["messages_per_second"]["median"], 200.0);
        assert_eq!(json["peers"][1]["times"]["direct"]["median"], 0.5);
        assert!(json["peers"][0]["times"]["nginx"].is_null());
    }
}

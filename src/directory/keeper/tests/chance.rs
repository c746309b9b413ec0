//! Four sources that contradict each other, move people, fail, empty themselves and come back, against a simple model.

use std::collections::BTreeMap;

use super::*;
use crate::directory::chance::Chance;

const SOURCES: [&str; 4] = ["people", "second", "third", "fourth"];
const SIDES: [&str; 2] = ["notes", "other"];
const NAMES: u64 = 12;
const LIVES: u64 = 24;
const STEPS: u64 = 12;

/// One line of a file.
#[derive(Clone)]
struct Row {
    side: &'static str,
    names: Vec<String>,
}

impl Chance {
    fn rows(&mut self) -> Vec<Row> {
        let count = 1 + self.below(5);
        let row = |_| Row {
            side: SIDES[self.below(2) as usize],
            names: (0..=self.below(3))
                .map(|_| format!("n{}@c.example", self.below(NAMES)))
                .collect(),
        };
        (0..count).map(row).collect()
    }
}

/// What was last believed of each source, and where that leads.
#[derive(Default)]
struct Model(BTreeMap<usize, Vec<Row>>);

impl Model {
    fn sides(&self) -> BTreeMap<String, &'static str> {
        let mut sides: BTreeMap<String, &'static str> = BTreeMap::new();
        for rows in self.0.values() {
            // A line is known by its address, and a second one of the same by that and a number.
            let mut times = BTreeMap::new();
            let mut by_key = BTreeMap::new();
            for row in rows {
                let count = times.entry(&row.names[0]).or_insert(0);
                *count += 1;
                let key = match *count {
                    1 => row.names[0].clone(),
                    more => format!("{}#{more}", row.names[0]),
                };
                by_key.insert(key, row);
            }
            for row in by_key.into_values() {
                // Whoever has the first address already is this person, and lives where that does.
                let side = sides.get(&row.names[0]).copied().unwrap_or(row.side);
                for name in &row.names {
                    sides.entry(name.clone()).or_insert(side);
                }
            }
        }
        sides
    }
}

fn path(bench: &Bench, source: usize) -> std::path::PathBuf {
    bench.file(&format!("{}.csv", SOURCES[source]))
}

fn text(rows: &[Row]) -> String {
    let lines = rows.iter().map(|row| {
        let (primary, aliases) = row.names.split_first().unwrap();
        format!("{primary},{},{}\n", row.side, aliases.join(";"))
    });
    format!("address,side,aliases\n{}", lines.collect::<String>())
}

fn step(bench: &Bench, model: &mut Model, chance: &mut Chance) {
    let source = chance.below(4) as usize;
    let file = path(bench, source);
    match chance.below(8) {
        0 => drop(fs::remove_file(file)),
        1 => fs::write(file, "address,side\n").unwrap(),
        2 => fs::write(file, "<html>504 Gateway Timeout</html>").unwrap(),
        _ => {
            let rows = chance.rows();
            fs::write(file, text(&rows)).unwrap();
            model.0.insert(source, rows);
        }
    }
}

fn more(dir: &TempDir) -> String {
    let all = "shrink_max = 1.0\nmove_max = 1.0\n";
    let dir = dir.path().display();
    let source = |name: &&str| {
        format!(
            "[[directory]]\nname = \"{name}\"\nkind = \"csv\"\npath = \"{dir}/{name}.csv\"\n{all}"
        )
    };
    let others: String = SOURCES[1..].iter().map(source).collect();
    format!("{all}{others}")
}

#[test]
fn nobody_is_ever_sent_to_a_wrong_side() {
    let (mut chance, mut cases) = (Chance(7), 0);
    for life in 0..LIVES {
        let dir = tempfile::tempdir().unwrap();
        let text = more(&dir);
        let mut bench = Bench::stopped(dir, START);
        bench.more = text;
        let is_large = life % 2 == 1;
        if is_large {
            bench.at_once = 0;
        }
        bench.start();
        let mut model = Model::default();
        for number in 0..STEPS {
            step(&bench, &mut model, &mut chance);
            bench.now += 1;
            bench.settle();
            if is_large {
                bench.finish();
            }
            if chance.below(6) == 0 {
                // With every source down the last good view goes on.
                for source in 0..4 {
                    let _ = fs::remove_file(path(&bench, source));
                }
                bench.keeper = None;
                bench.start();
            }
            let expected = model.sides();
            for name in 0..NAMES {
                let name = format!("n{name}@c.example");
                let found = bench.side_of(&name);
                let expected = expected.get(&name).map(|side| (*side).to_owned());
                assert_eq!(found, expected, "{name} in life {life}, step {number}");
                cases += 1;
            }
        }
    }
    println!("{cases} cases, 0 wrong sides");
    assert_eq!(cases, LIVES * STEPS * NAMES);
}

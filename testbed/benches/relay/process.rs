//! Processes as /proc shows them.

use std::fs;

/// CPU seconds of a process and of those of its children that it has waited for; nothing if it is gone.
pub(super) fn cpu(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    Stat::of(&stat).map_or(0.0, |stat| stat.ticks as f64 / ticks_per_second())
}

/// A process and everything below it.
pub(super) fn tree(root: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let parents: Vec<(u32, u32)> = pids
        .filter_map(|pid: u32| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            Some((pid, Stat::of(&stat)?.parent))
        })
        .collect();
    below(root, &parents)
}

fn below(root: u32, parents: &[(u32, u32)]) -> Vec<u32> {
    let mut found = vec![root];
    let mut at = 0;
    while let Some(&parent) = found.get(at) {
        let children = parents.iter().filter(|(_, of)| *of == parent);
        found.extend(children.map(|(pid, _)| *pid));
        at += 1;
    }
    found
}

#[derive(Debug, PartialEq)]
struct Stat {
    parent: u32,
    /// User and system time, its own and that of children it has waited for.
    ticks: u64,
}

impl Stat {
    fn of(text: &str) -> Option<Self> {
        // The name stands in parentheses and may hold anything.
        let fields: Vec<&str> = text[text.rfind(')')? + 1..].split_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        Some(Self {
            parent: u32::try_from(number(1)?).ok()?,
            ticks: number(11)? + number(12)? + number(13)? + number(14)?,
        })
    }
}

fn ticks_per_second() -> f64 {
    rustix::param::clock_ticks_per_second() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parent_and_time_are_found() {
        let check = |text, expected| assert_eq!(Stat::of(text), expected, "{text}");
        let line = "7 (a) b (c) S 3 7 7 0 -1 4194560 1 2 3 4 100 20 3 4 20 0 1 0 5 6";
        check(
            line,
            Some(Stat {
                parent: 3,
                ticks: 127,
            }),
        );
        check("7 (a) S 3", None);
        check("", None);
    }

    #[test]
    fn a_tree_is_followed_to_its_leaves() {
        let parents = [(2, 1), (3, 2), (4, 3), (5, 1), (6, 4)];
        assert_eq!(below(2, &parents), [2, 3, 4, 6]);
        assert_eq!(below(9, &parents), [9]);
    }

    #[test]
    fn we_are_there_ourselves() {
        let parent = std::os::unix::process::parent_id();
        assert!(tree(parent).contains(&std::process::id()));
    }
}

//! Memory of processes: the proportional set size, where a page that two share counts half for each.

use std::fs;

/// KiB of all of them together.
pub(super) fn pss(pids: &[u32]) -> u64 {
    let rollups = pids
        .iter()
        .map(|pid| fs::read_to_string(format!("/proc/{pid}/smaps_rollup")));
    rollups.filter_map(|text| pss_in(&text.ok()?)).sum()
}

fn pss_in(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_line_is_read() {
        let check = |text, expected| assert_eq!(pss_in(text), expected, "{text}");
        check(
            "0-1 ---p [rollup]\nRss:    900 kB\nPss:     123 kB\nPss_Anon: 7 kB\n",
            Some(123),
        );
        check("Rss: 900 kB\n", None);
        check("", None);
    }

    #[test]
    fn we_have_some_ourselves() {
        assert!(pss(&[std::process::id()]) > 0);
    }
}

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_seconds(seconds)
}

fn ranked(tally: &Tally) -> Vec<(String, u64, u64)> {
    tally
        .first(usize::MAX)
        .into_iter()
        .map(|sought| (sought.address, sought.count, sought.missed))
        .collect()
}

#[test]
fn counts_are_exact_while_there_is_room() {
    let mut tally = Tally::new(3, at(0));
    for name in ["a", "b", "b", "c", "b", "c"] {
        tally.count(name, CLIENT, at(10));
    }
    let expected = [("b", 3, 0), ("c", 2, 0), ("a", 1, 0)].map(|(n, c, m)| (n.to_owned(), c, m));
    assert_eq!(ranked(&tally), expected);
    // One past it: the least goes, and who comes may have been there before.
    tally.count("d", CLIENT, at(11));
    let expected = [("b", 3, 0), ("c", 2, 0), ("d", 1, 1)].map(|(n, c, m)| (n.to_owned(), c, m));
    assert_eq!(ranked(&tally), expected);
    let sum = tally.sum();
    assert_eq!(
        (
            sum.requests,
            sum.addresses,
            sum.displaced,
            sum.displaced_at_most
        ),
        (7, 3, 1, 1)
    );
}

#[test]
fn a_harvest_displaces_nobody_who_is_asked_for_again() {
    let mut tally = Tally::new(100, at(0));
    for hour in 0..2 {
        for number in 0..50 {
            tally.count(&format!("old{number}"), CLIENT, at(hour * 3600));
        }
    }
    // Each guessed name a hundred times in a row.
    for number in 0..10_000 {
        for _ in 0..100 {
            tally.count(&format!("guess{number}"), CLIENT, at(7200 + number / 10));
        }
    }
    let left = ranked(&tally);
    let old = left.iter().filter(|(name, ..)| name.starts_with("old"));
    assert_eq!(
        old.filter(|(_, count, missed)| (*count, *missed) == (2, 0))
            .count(),
        50
    );
    assert_eq!(left.len(), 100);
}

#[test]
fn long_names_are_counted_with_all_others() {
    let mut tally = Tally::new(3, at(0));
    tally.count(&"x".repeat(UNKNOWN_OCTETS), CLIENT, at(1));
    assert_eq!(ranked(&tally).len(), 1);
    tally.count(&"x".repeat(UNKNOWN_OCTETS + 1), CLIENT, at(1));
    assert_eq!(ranked(&tally).len(), 1);
    assert_eq!(tally.sum().requests, 2);
}

#[test]
fn networks_are_told_up_to_a_bound() {
    let mut tally = Tally::new(3, at(0));
    let mut ask = |third: u8, last: u8| {
        tally.count("a", [10, 0, third, last].into(), at(1));
        let sought = tally.first(1).remove(0);
        (sought.networks.len(), sought.more_networks)
    };
    assert_eq!(ask(0, 1), (1, false));
    assert_eq!(ask(0, 2), (1, false), "the same /24");
    for third in 1..UNKNOWN_NETWORKS as u8 {
        ask(third, 1);
    }
    assert_eq!(ask(0, 1), (UNKNOWN_NETWORKS, false));
    assert_eq!(ask(200, 1), (UNKNOWN_NETWORKS, true));
    let mapped: IpAddr = "::ffff:192.0.2.9".parse().expect("an address");
    assert_eq!(network(mapped).to_string(), "192.0.2.0/24");
    let six: IpAddr = "2001:db8:1:2:3::9".parse().expect("an address");
    assert_eq!(network(six).to_string(), "2001:db8:1:2::/64");
}

#[test]
fn who_is_not_asked_for_any_more_is_forgotten() {
    let mut tally = Tally::new(3, at(0));
    tally.count("a", CLIENT, at(100));
    tally.drop_old(at(100).after(UNKNOWN_AGE));
    assert_eq!(ranked(&tally).len(), 1);
    tally.drop_old(at(101).after(UNKNOWN_AGE));
    assert_eq!(ranked(&tally), []);
    assert!(tally.order.is_empty());
}

#[test]
fn a_clock_that_is_set_back_makes_no_hours() {
    let mut tally = Tally::new(3, at(0));
    for hour in [5, 4, 5, 4, 6] {
        tally.count("a", CLIENT, at(hour * 3600));
    }
    let sought = tally.first(1).remove(0);
    assert_eq!((sought.hours, sought.count, sought.last), (2, 5, 6 * 3600));
}

proptest! {
    /// Whatever is asked for, the truth lies within what is told, and nobody frequent is missing.
    #[test]
    fn the_truth_lies_within_the_bounds(requests in prop::collection::vec((0..30_u8, 0..4_u64), 0..600)) {
        let (mut tally, mut truth, mut clock) = (Tally::new(8, at(0)), HashMap::new(), 0);
        for (name, hours) in requests {
            clock += hours * 900;
            let name = format!("n{name}");
            tally.count(&name, CLIENT, at(clock));
            *truth.entry(name).or_insert(0) += 1;
        }
        for (name, count, missed) in ranked(&tally) {
            let true_count = truth.remove(&name).unwrap_or(0);
            prop_assert!(count <= true_count && true_count <= count + missed, "{} {} {} {}", name, count, true_count, missed);
        }
        prop_assert_eq!(tally.order.len(), tally.entries.len());
        for (name, true_count) in truth {
            prop_assert!(true_count <= tally.sum().displaced_at_most, "{} {}", name, true_count);
        }
    }
}

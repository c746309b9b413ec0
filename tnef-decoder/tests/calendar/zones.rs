//! Time zones: our clocks, and what others read in our VTIMEZONE, against the tables of IANA.

use std::str::FromStr;

use chrono::{NaiveDateTime, Offset as _, TimeZone as _, Utc};
use chrono_tz::Tz;
use jiff::Timestamp;
use rrule::RRuleSet;
use tnef_decoder::calendar::{TimeZone, TimeZoneDefinition};
use tnef_decoder::icalendar::{Calendar, Method, Profile};

use super::blob::zones;
use super::oracle;

/// Every half hour.
fn points(first: i32, last: i32) -> impl Iterator<Item = i64> {
    let begin = Utc
        .with_ymd_and_hms(first, 1, 1, 0, 0, 0)
        .single()
        .expect("one")
        .timestamp();
    let end = Utc
        .with_ymd_and_hms(last, 12, 31, 0, 0, 0)
        .single()
        .expect("one")
        .timestamp();
    (begin..end).step_by(1800)
}

fn offset(tz: Tz, at: i64) -> i32 {
    let at = Utc.timestamp_opt(at, 0).single().expect("one");
    tz.offset_from_utc_datetime(&at.naive_utc())
        .fix()
        .local_minus_utc()
}

pub(super) fn check_clock(zone: &TimeZone, tz: Tz, first: i32, last: i32) {
    for at in points(first, last) {
        let point = Timestamp::from_second(at).expect("near");
        assert_eq!(zone.offset(point).seconds(), offset(tz, at), "{tz} {point}");
        let local = zone.local(point);
        let back = zone.timestamp(local);
        // The second of two points that look the same gives the first one.
        let is_second = back != point && zone.local(back) == local && back < point;
        assert!(back == point || is_second, "{tz} {point} {back}");
    }
}

/// The offsets of the VTIMEZONE, as RFC 5545 §3.6.5 has them found, its rules expanded by another.
pub(super) fn check_written(zone: &TimeZone, tz: Tz, first: i32, last: i32) {
    let years = |year: i32| i16::try_from(year).expect("near");
    let calendar = Calendar {
        method: Method::Publish,
        profile: Profile::Standard,
        time_zones: vec![zone.to_vtimezone(years(first), Some(years(last)))],
        events: Vec::new(),
        todos: Vec::new(),
    };
    let text = calendar.to_text();
    oracle::assert_reads(&text);
    let mut changes: Vec<(i64, i32)> = Vec::new();
    for kind in ["STANDARD", "DAYLIGHT"] {
        for nth in 0..text.matches(&format!("BEGIN:{kind}")).count() {
            changes.extend(onsets(&oracle::component(&text, kind, nth), last));
        }
    }
    changes.sort_unstable();
    for at in points(first, last) {
        let found = changes.iter().rev().find(|(begins, _)| *begins <= at);
        let found = found.map(|(_, offset)| *offset);
        assert_eq!(found, Some(offset(tz, at)), "{tz} {at}\n{text}");
    }
}

/// When an observance begins, in UTC, and its offset.
fn onsets(observance: &[String], last: i32) -> Vec<(i64, i32)> {
    let value = |name| oracle::value(observance, name);
    let start = value("DTSTART").expect("it has one");
    let from = seconds(value("TZOFFSETFROM").expect("it has one"));
    let to = seconds(value("TZOFFSETTO").expect("it has one"));
    let Some(rule) = value("RRULE") else {
        let start = NaiveDateTime::parse_from_str(start, "%Y%m%dT%H%M%S").expect("a time");
        return vec![(start.and_utc().timestamp() - i64::from(from), to)];
    };
    // Expanded as if local time were UTC; its end is UTC already.
    let (rule, until) = match rule.split_once(";UNTIL=") {
        Some((rule, until)) => (
            rule,
            Some(
                NaiveDateTime::parse_from_str(until, "%Y%m%dT%H%M%SZ")
                    .expect("a time")
                    .and_utc()
                    .timestamp(),
            ),
        ),
        None => (rule, None),
    };
    let set = RRuleSet::from_str(&format!("DTSTART:{start}Z\nRRULE:{rule}")).expect("a rule");
    let end = Utc
        .with_ymd_and_hms(last + 1, 1, 1, 0, 0, 0)
        .single()
        .expect("one");
    let dates = set
        .before(end.with_timezone(&rrule::Tz::UTC))
        .all(2000)
        .dates;
    let begins = dates
        .iter()
        .map(|local| local.timestamp() - i64::from(from));
    let begins = begins.filter(|at| until.is_none_or(|until| *at <= until));
    begins.map(|at| (at, to)).collect()
}

fn seconds(offset: &str) -> i32 {
    let number = |digits: &str| digits.parse::<i32>().expect("digits");
    let size = number(&offset[1..3]) * 3600 + number(&offset[3..5]) * 60;
    if offset.starts_with('-') { -size } else { size }
}

#[test]
fn zones_of_one_rule_agree_with_the_tables() {
    for (zone, tz) in zones() {
        check_clock(&zone, tz, 2020, 2026);
        check_written(&zone, tz, 2020, 2026);
    }
}

/// Rules of two years as Outlook writes them: bias, then changes of time in March or April, and in autumn.
fn definition(name: &str, rules: &[(u16, i32, [u16; 3], [u16; 3])]) -> TimeZoneDefinition {
    let units: Vec<u16> = name.encode_utf16().collect();
    let header = 2 + 2 + 2 * units.len() + 2;
    let mut octets = vec![2, 1];
    let mut word =
        |number: usize| octets.extend(u16::try_from(number).expect("small").to_le_bytes());
    word(header);
    word(2);
    word(units.len());
    units.iter().for_each(|unit| word(usize::from(*unit)));
    word(rules.len());
    for (year, bias, daylight, standard) in rules {
        octets.extend([2, 1, 62, 0, 0, 0]);
        octets.extend(year.to_le_bytes());
        octets.extend([0; 14]);
        for number in [*bias, 0, -60] {
            octets.extend(number.to_le_bytes());
        }
        for [month, nth, hour] in [standard, daylight] {
            for word in [0, *month, 0, *nth, *hour, 0, 0, 0] {
                octets.extend(word.to_le_bytes());
            }
        }
    }
    TimeZoneDefinition::read(&octets).expect("it is right")
}

#[test]
fn zones_whose_rules_changed_agree_with_the_tables() {
    let none = [0, 0, 0];
    let check = |definition: &TimeZoneDefinition, tz, first, last| {
        let zone = TimeZone::of_definition(definition, None).expect("usable");
        check_clock(&zone, tz, first, last);
        check_written(&zone, tz, first, last);
    };
    let eastern = [
        (1601, 300, [4, 1, 2], [10, 5, 2]),
        (2007, 300, [3, 2, 2], [11, 1, 2]),
    ];
    check(
        &definition("Eastern Standard Time", &eastern),
        chrono_tz::America::New_York,
        2003,
        2010,
    );
    check(
        &definition("Eastern Standard Time", &eastern),
        chrono_tz::America::New_York,
        2010,
        2013,
    );
    // Permanent daylight-saving time and back again, without any change of time since.
    let turkey = [(1601, -120, [3, 5, 3], [10, 5, 4])];
    check(
        &definition("Turkey Standard Time", &turkey),
        chrono_tz::Europe::Istanbul,
        2008,
        2010,
    );
    let sydney = [
        (1601, -600, [10, 5, 2], [3, 5, 3]),
        (2008, -600, [10, 1, 2], [4, 1, 3]),
    ];
    check(
        &definition("AUS Eastern Standard Time", &sydney),
        chrono_tz::Australia::Sydney,
        2002,
        2005,
    );
    check(
        &definition("AUS Eastern Standard Time", &sydney),
        chrono_tz::Australia::Sydney,
        2008,
        2012,
    );
    let moved = [(1601, -330, none, none)];
    check(
        &definition("India Standard Time", &moved),
        chrono_tz::Asia::Kolkata,
        1990,
        1993,
    );
}

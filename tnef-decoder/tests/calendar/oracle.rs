//! Readers of iCalendar and tables of time zones that are not ours.

use std::str::FromStr;

use calcard::Entry;
use calcard::icalendar::ICalendar;
use chrono::{TimeZone as _, Utc};
use chrono_tz::Tz;
use rrule::RRuleSet;

/// Both readers must take it, and nothing in it may be strange to them.
pub(crate) fn assert_reads(text: &str) -> ICalendar {
    for line in text.split("\r\n") {
        assert!(line.len() <= 75, "a line of {} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']), "a bare line end: {line:?}");
    }
    assert!(text.ends_with("END:VCALENDAR\r\n"), "{text}");
    let calendar = match ICalendar::parse(text) {
        Ok(calendar) => calendar,
        Err(entry) => panic!("calcard: {}\n{text}", strange(&entry)),
    };
    let other = icalendar::Calendar::from_str(text);
    let other = other.unwrap_or_else(|error| panic!("icalendar: {error}\n{text}"));
    let written = text.matches("BEGIN:VEVENT").count() + text.matches("BEGIN:VTODO").count();
    let zones = text.matches("BEGIN:VTIMEZONE").count();
    assert_eq!(other.components.len(), written + zones, "{text}");
    calendar
}

fn strange(entry: &Entry) -> String {
    format!("{entry:?}")
}

/// Unfolded lines.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let unfolded = text.replace("\r\n ", "");
    unfolded
        .split_terminator("\r\n")
        .map(str::to_owned)
        .collect()
}

/// Lines of the n-th component of that name, without those of components within it.
pub(crate) fn component(text: &str, name: &str, nth: usize) -> Vec<String> {
    let begin = format!("BEGIN:{name}");
    let all = lines(text);
    let mut begins = all.iter().enumerate().filter(|(_, line)| **line == begin);
    let (at, _) = begins.nth(nth).expect("it is there");
    let mut depth = 0;
    let mut found = Vec::new();
    for line in &all[at + 1..] {
        match line.split_once(':') {
            Some(("BEGIN", _)) => depth += 1,
            Some(("END", _)) if depth == 0 => break,
            Some(("END", _)) => depth -= 1,
            _ if depth == 0 => found.push(line.clone()),
            _ => {}
        }
    }
    found
}

/// Value of the property, without its parameters.
pub(crate) fn value<'a>(lines: &'a [String], name: &str) -> Option<&'a str> {
    let line = lines.iter().find(|line| {
        line.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with([':', ';']))
    })?;
    line.split_once(':').map(|(_, value)| value)
}

/// When the event begins, again and again, in seconds since 1970, by another expander and another table of zones.
/// Days begin at midnight in UTC.
pub(crate) fn instances(event: &[String], zone: Tz, until: i64) -> Vec<i64> {
    let wanted = ["DTSTART", "RRULE", "RDATE", "EXDATE"];
    let mut text = String::new();
    for line in event {
        let (head, value) = line.split_once(':').expect("it has a value");
        let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
        if !wanted.contains(&name) {
            continue;
        }
        let value = match (name, parameters) {
            ("RRULE", _) => with_times(value),
            (_, "VALUE=DATE") => value
                .split(',')
                .map(|day| format!("{day}T000000Z"))
                .collect::<Vec<_>>()
                .join(","),
            _ => value.to_owned(),
        };
        let zoned = parameters.starts_with("TZID=");
        let zone = if zoned {
            format!(";TZID={}", zone.name())
        } else {
            String::new()
        };
        text += &format!("{name}{zone}:{value}\n");
    }
    let until = Utc.timestamp_opt(until, 0).single().expect("it is one");
    let set = RRuleSet::from_str(text.trim_end());
    let set = set.unwrap_or_else(|error| panic!("rrule: {error}\n{text}"));
    let mut starts: Vec<i64> = match event
        .iter()
        .any(|line| line.starts_with("RRULE") || line.starts_with("RDATE"))
    {
        true => set
            .clone()
            .before(until.with_timezone(&rrule::Tz::UTC))
            .all(4000)
            .dates
            .iter()
            .map(|at| at.timestamp())
            .filter(|at| *at < until.timestamp())
            .collect(),
        false => vec![set.get_dt_start().timestamp()],
    };
    // Whether the start belongs to a set of days without a rule is a matter of taste there; RFC 5545 says it does.
    let is_listed = !event.iter().any(|line| line.starts_with("RRULE"));
    let start = set.get_dt_start().timestamp();
    if is_listed
        && !starts.contains(&start)
        && set.get_exdate().iter().all(|at| at.timestamp() != start)
    {
        starts.push(start);
    }
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// A rule whose end is a day ends with the midnight that stands for it here.
fn with_times(rule: &str) -> String {
    let parts = rule
        .split(';')
        .map(|part| match part.strip_prefix("UNTIL=") {
            Some(day) if day.len() == 8 => format!("UNTIL={day}T000000Z"),
            _ => part.to_owned(),
        });
    parts.collect::<Vec<_>>().join(";")
}

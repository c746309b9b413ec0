use jiff::civil::{Weekday, date};

use super::*;
use crate::calendar::{Frequency, Minutes};

/// Minutes of 1 January 2024, a Monday.
const START: Minutes = Minutes(222_475_680);

fn pattern(pattern: Pattern, period: u32) -> RecurrencePattern {
    RecurrencePattern {
        frequency: Frequency::Daily,
        pattern,
        calendar: CalendarKind::Gregorian(0),
        first_date_time: 0,
        period,
        regenerates: false,
        end: RecurrenceEnd::Never,
        occurrences: 0,
        week_start: Weekday::Sunday,
        deleted: Vec::new(),
        modified: Vec::new(),
        start: START,
        end_date: Minutes::NEVER,
    }
}

fn days(pattern: &RecurrencePattern, most: usize) -> Vec<String> {
    let days = pattern.instances().expect("it is expressible").take(most);
    days.map(|day| day.strftime("%m-%d").to_string()).collect()
}

#[test]
fn days_are_counted_as_users_expect() {
    assert_eq!(START.date(), date(2024, 1, 1));
    let check = |kind, period, expected: &[&str]| {
        assert_eq!(days(&pattern(kind, period), expected.len()), expected);
    };
    let month = |day| Pattern::Month { day };
    check(Pattern::Day, 2880, &["01-01", "01-03", "01-05"]);
    check(
        Pattern::Week(Weekdays::WORKING),
        1,
        &["01-01", "01-02", "01-03", "01-04", "01-05", "01-08"],
    );
    // Weeks begin on Sunday, so that the Sunday before is of the first week and the next one is not.
    check(
        Pattern::Week(Weekdays::from_bits(0x03)),
        2,
        &["01-01", "01-14", "01-15", "01-28"],
    );
    check(month(31), 1, &["01-31", "02-29", "03-31", "04-30"]);
    check(month(30), 1, &["01-30", "02-29", "03-30"]);
    check(Pattern::MonthEnd, 2, &["01-31", "03-31", "05-31"]);
    let last_friday = Pattern::MonthNth {
        weekdays: Weekdays::from_bits(0x20),
        nth: Nth::Last,
    };
    check(last_friday, 1, &["01-26", "02-23", "03-29"]);
}

#[test]
fn a_week_may_begin_on_any_day() {
    let mut weekly = pattern(Pattern::Week(Weekdays::from_bits(0x03)), 2);
    weekly.week_start = Weekday::Monday;
    assert_eq!(days(&weekly, 4), ["01-01", "01-07", "01-15", "01-21"]);
}

#[test]
fn a_series_ends_by_count_or_by_date() {
    let mut daily = pattern(Pattern::Day, 1440);
    (daily.end, daily.occurrences) = (RecurrenceEnd::Count, 3);
    assert_eq!(days(&daily, 9), ["01-01", "01-02", "01-03"]);
    (daily.end, daily.end_date) = (RecurrenceEnd::Date, Minutes(START.0 + 1440));
    assert_eq!(days(&daily, 9), ["01-01", "01-02"]);
    daily.end_date = Minutes(START.0 - 1);
    assert_eq!(days(&daily, 9), [""; 0]);
}

#[test]
fn an_endless_series_ends_with_the_calendar() {
    let sparse = pattern(Pattern::MonthEnd, 1200);
    let last = sparse.instances().expect("it is expressible").last();
    assert_eq!(last, Some(date(9924, 1, 31)));
    let mut hijri = pattern(Pattern::Month { day: 30 }, 12);
    hijri.calendar = CalendarKind::Hijri;
    let count = hijri.instances().expect("it is expressible").count();
    assert!((8000..8300).contains(&count), "{count}");
}

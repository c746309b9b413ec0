use jiff::civil::{Weekday, date};

use super::*;
use crate::calendar::{Frequency, Minutes, RecurrenceEnd};

fn pattern(pattern: Pattern, period: u32) -> RecurrencePattern {
    RecurrencePattern {
        frequency: Frequency::Monthly,
        pattern,
        calendar: CalendarKind::Gregorian(0),
        first_date_time: 0,
        period,
        regenerates: false,
        end: RecurrenceEnd::Never,
        occurrences: 0,
        week_start: Weekday::Monday,
        deleted: Vec::new(),
        modified: Vec::new(),
        start: Minutes(0),
        end_date: Minutes::NEVER,
    }
}

#[test]
fn patterns_are_said_as_rules() {
    let check = |kind, period, month, expected: &str| {
        let rule = pattern(kind, period).rule(date(2024, month, 1), RuleEnd::Never);
        let rule = rule.map(|rule| rule.to_text());
        assert_eq!(rule.as_deref(), Ok(expected));
    };
    let month = |day| Pattern::Month { day };
    let nth = |bits, nth| Pattern::MonthNth {
        weekdays: Weekdays::from_bits(bits),
        nth,
    };
    let week = Pattern::Week;
    check(Pattern::Day, 1440, 1, "FREQ=DAILY");
    check(Pattern::Day, 4320, 1, "FREQ=DAILY;INTERVAL=3");
    check(
        week(Weekdays::WORKING),
        1,
        1,
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    );
    check(
        week(Weekdays::from_bits(0x41)),
        2,
        1,
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,SA",
    );
    check(month(28), 1, 1, "FREQ=MONTHLY;BYMONTHDAY=28");
    check(month(29), 1, 1, "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1");
    check(
        month(30),
        2,
        1,
        "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=28,29,30;BYSETPOS=-1",
    );
    check(month(31), 1, 1, "FREQ=MONTHLY;BYMONTHDAY=-1");
    check(Pattern::MonthEnd, 1, 1, "FREQ=MONTHLY;BYMONTHDAY=-1");
    check(nth(0x04, Nth::Of(2)), 1, 1, "FREQ=MONTHLY;BYDAY=2TU");
    check(nth(0x20, Nth::Last), 1, 1, "FREQ=MONTHLY;BYDAY=-1FR");
    check(
        nth(0x3e, Nth::Last),
        1,
        1,
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    );
    check(nth(0x7f, Nth::Of(3)), 1, 1, "FREQ=MONTHLY;BYMONTHDAY=3");
    check(nth(0x7f, Nth::Last), 1, 1, "FREQ=MONTHLY;BYMONTHDAY=-1");
    check(month(24), 12, 12, "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24");
    check(
        month(31),
        24,
        4,
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=4;BYMONTHDAY=30",
    );
    check(month(29), 12, 2, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1");
    check(month(31), 12, 12, "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31");
    check(
        nth(0x10, Nth::Of(4)),
        12,
        11,
        "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
    );
    check(month(1), 18, 1, "FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=1");
}

#[test]
fn the_beginning_of_the_week_is_said_where_it_matters() {
    let check = |bits, period, week_start, expected| {
        let mut weekly = pattern(Pattern::Week(Weekdays::from_bits(bits)), period);
        weekly.week_start = week_start;
        let rule = weekly.rule(date(2024, 1, 1), RuleEnd::Never);
        assert_eq!(rule.map(|rule| rule.week_start), Ok(expected), "{bits:#b}");
    };
    let (sunday_and_monday, monday_and_thursday) = (0b11, 0b1_0010);
    check(sunday_and_monday, 2, Weekday::Sunday, Some(Weekday::Sunday));
    check(sunday_and_monday, 1, Weekday::Sunday, None);
    check(sunday_and_monday, 2, Weekday::Monday, None);
    check(monday_and_thursday, 2, Weekday::Sunday, None);
    check(
        monday_and_thursday,
        2,
        Weekday::Thursday,
        Some(Weekday::Thursday),
    );
    check(monday_and_thursday, 2, Weekday::Friday, None);
}

#[test]
fn what_no_rule_can_say_has_a_reason() {
    let check = |pattern: RecurrencePattern, expected| {
        let rule = pattern.rule(date(2024, 1, 1), RuleEnd::Never);
        assert_eq!(rule.err(), Some(expected));
        let is_known = expected == Inexpressible::HijriMonths;
        assert_eq!(pattern.instances().is_ok(), is_known, "{expected}");
    };
    let month = |day| pattern(Pattern::Month { day }, 1);
    let of = |calendar| RecurrencePattern {
        calendar,
        ..month(1)
    };
    let regenerates = RecurrencePattern {
        regenerates: true,
        ..pattern(Pattern::Day, 1440)
    };
    let no_day = Weekdays::from_bits(0x80);
    let nth = Nth::Of(1);
    let no_nth = Pattern::MonthNth {
        weekdays: no_day,
        nth,
    };
    check(of(CalendarKind::Hijri), Inexpressible::HijriMonths);
    check(of(CalendarKind::Other(8)), Inexpressible::OtherMonths(8));
    check(regenerates, Inexpressible::Regenerates);
    check(pattern(Pattern::Day, 0), Inexpressible::Period(0));
    check(pattern(Pattern::Day, 1441), Inexpressible::Period(1441));
    check(pattern(Pattern::MonthEnd, 0), Inexpressible::Period(0));
    check(
        pattern(Pattern::MonthEnd, u32::MAX),
        Inexpressible::Period(u32::MAX),
    );
    check(pattern(Pattern::Week(no_day), 1), Inexpressible::NoWeekday);
    check(pattern(no_nth, 1), Inexpressible::NoWeekday);
    check(month(0), Inexpressible::Day(0));
    check(month(32), Inexpressible::Day(32));
}

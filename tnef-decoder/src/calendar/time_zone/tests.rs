use jiff::civil::date;

use super::*;
use crate::calendar::DefinitionRule;

fn rule(standard: [u16; 4], daylight: [u16; 4]) -> TimeZoneRule {
    let onset = |[month, day_of_week, day, hour]: [u16; 4]| SystemTime {
        month,
        day_of_week,
        day,
        hour,
        ..SystemTime::default()
    };
    TimeZoneRule {
        bias: -60,
        standard_bias: 0,
        daylight_bias: -60,
        standard_date: onset(standard),
        daylight_date: onset(daylight),
    }
}

fn berlin() -> TimeZoneRule {
    rule([10, 0, 5, 3], [3, 0, 5, 2])
}

fn structure(rule: TimeZoneRule) -> TimeZoneStruct {
    TimeZoneStruct { rule }
}

#[test]
fn clocks_are_read_across_changes_of_time() {
    let zone = TimeZone::of_struct(&structure(berlin()), "Berlin").expect("usable");
    let check = |month, day, hour, minute, expected: &str| {
        let local = date(2024, month, day).at(hour, minute, 0, 0);
        assert_eq!(zone.timestamp(local).to_string(), expected, "{local}");
    };
    check(1, 1, 12, 0, "2024-01-01T11:00:00Z");
    check(7, 1, 12, 0, "2024-07-01T10:00:00Z");
    check(3, 31, 1, 59, "2024-03-31T00:59:00Z");
    // Never shown: as if the clock had not been changed.
    check(3, 31, 2, 30, "2024-03-31T01:30:00Z");
    check(3, 31, 3, 0, "2024-03-31T01:00:00Z");
    check(10, 27, 1, 59, "2024-10-26T23:59:00Z");
    // Shown twice: the first time.
    check(10, 27, 2, 30, "2024-10-27T00:30:00Z");
    check(10, 27, 3, 0, "2024-10-27T02:00:00Z");
}

#[test]
fn a_date_of_one_year_is_a_date() {
    let mut fixed = berlin();
    fixed.standard_date.year = 2024;
    fixed.standard_date.day = 31;
    let zone = TimeZone::of_struct(&structure(fixed), "").expect("usable");
    let at = |day| {
        zone.timestamp(date(2024, 10, day).at(12, 0, 0, 0))
            .to_string()
    };
    assert_eq!(at(30), "2024-10-30T10:00:00Z");
    assert_eq!(at(31), "2024-10-31T11:00:00Z");
}

#[test]
fn the_structure_wins() {
    let definition = |rule| TimeZoneDefinition {
        key_name: "W. Europe Standard Time".to_owned(),
        rules: [1601, 2007]
            .map(|year| DefinitionRule::new(year, rule))
            .to_vec(),
    };
    let description = Some("(UTC+01:00) Rome, Vienna");
    let check =
        |structure: Option<TimeZoneRule>, definition: Option<TimeZoneDefinition>, id: &str| {
            let structure = structure.map(|rule| TimeZoneStruct { rule });
            let zone = TimeZone::of_series(structure.as_ref(), definition.as_ref(), description);
            assert_eq!(zone.map(|zone| zone.id().to_owned()).as_deref(), Ok(id));
        };
    let other = rule([11, 0, 1, 2], [3, 0, 2, 2]);
    check(
        Some(berlin()),
        Some(definition(berlin())),
        "W. Europe Standard Time",
    );
    check(None, Some(definition(berlin())), "W. Europe Standard Time");
    check(
        Some(berlin()),
        Some(definition(other)),
        "(UTC+0100) Rome Vienna",
    );
    check(Some(berlin()), None, "(UTC+0100) Rome Vienna");
    let mut nameless = definition(berlin());
    nameless.key_name.clear();
    check(None, Some(nameless.clone()), "(UTC+0100) Rome Vienna");
    nameless.rules.clear();
    let none = TimeZone::of_series(None, Some(&nameless), None);
    assert_eq!(none, Err(UnusableTimeZone::NoRule));
    let unnamed = TimeZone::of_series(Some(&structure(berlin())), None, None);
    assert_eq!(
        unnamed.map(|zone| zone.id().to_owned()).as_deref(),
        Ok("UTC+0100")
    );
}

#[test]
fn what_no_clock_can_show_is_refused() {
    let check = |change: fn(&mut TimeZoneRule), expected| {
        let mut rule = berlin();
        change(&mut rule);
        let zone = TimeZone::of_struct(&structure(rule), "Zone");
        assert_eq!(zone.err(), expected);
    };
    let date = |month, day, hour| Some(UnusableTimeZone::Date { month, day, hour });
    check(|rule| rule.bias = 1440, None);
    check(
        |rule| rule.bias = 1441,
        Some(UnusableTimeZone::Bias { minutes: 1441 }),
    );
    let huge = -i64::from(i32::MIN) * -2;
    check(
        |rule| (rule.bias, rule.standard_bias) = (i32::MIN, i32::MIN),
        Some(UnusableTimeZone::Bias { minutes: huge }),
    );
    check(|rule| rule.standard_date.month = 13, date(13, 5, 3));
    check(|rule| rule.standard_date.day = 6, date(10, 6, 3));
    check(|rule| rule.standard_date.day = 0, date(10, 0, 3));
    check(|rule| rule.standard_date.hour = 24, date(10, 5, 24));
    check(|rule| rule.standard_date.day_of_week = 7, date(10, 5, 3));
    // No change of time at all.
    check(|rule| rule.standard_date.month = 0, None);
}

//! Structures as Outlook writes them.

use jiff::civil::{Date, DateTime, Weekday};
use tnef_decoder::calendar::{
    AppointmentRecurrence, CalendarKind, Frequency, Minutes, Pattern, RecurrenceEnd,
    RecurrencePattern, SystemTime, TimeZone, TimeZoneRule, TimeZoneStruct, Weekdays,
};

pub(crate) fn minutes(at: DateTime) -> Minutes {
    let epoch = jiff::civil::date(1601, 1, 1).at(0, 0, 0, 0);
    let minutes = at.duration_since(epoch).as_mins();
    Minutes(u32::try_from(minutes).expect("after 1601"))
}

pub(crate) fn midnight(day: Date) -> Minutes {
    minutes(day.at(0, 0, 0, 0))
}

/// Every `period` from a day on, 09:30 to 10:15, without end.
pub(crate) fn appointment(
    frequency: Frequency,
    pattern: Pattern,
    period: u32,
    start: Date,
) -> AppointmentRecurrence {
    AppointmentRecurrence {
        pattern: RecurrencePattern {
            frequency,
            pattern,
            calendar: CalendarKind::Gregorian(0),
            first_date_time: 0,
            period,
            regenerates: false,
            end: RecurrenceEnd::Never,
            occurrences: 10,
            week_start: Weekday::Sunday,
            deleted: Vec::new(),
            modified: Vec::new(),
            start: midnight(start),
            end_date: Minutes::NEVER,
        },
        start_minutes: 9 * 60 + 30,
        end_minutes: 10 * 60 + 15,
        exceptions: Vec::new(),
        shortfall: None,
    }
}

pub(crate) fn weekdays(days: &[Weekday]) -> Weekdays {
    let bits = days.iter().map(|day| 1 << day.to_sunday_zero_offset());
    Weekdays::from_bits(bits.sum())
}

fn onset([month, nth, hour]: [u16; 3]) -> SystemTime {
    SystemTime {
        month,
        day: nth,
        hour,
        ..SystemTime::default()
    }
}

/// A zone that changes its clocks on Sundays: month, which Sunday, hour.
pub(crate) fn rule(bias: i32, daylight: [u16; 3], standard: [u16; 3]) -> TimeZoneRule {
    TimeZoneRule {
        bias,
        standard_bias: 0,
        daylight_bias: -60,
        standard_date: onset(standard),
        daylight_date: onset(daylight),
    }
}

pub(crate) fn zone(id: &str, rule: TimeZoneRule) -> TimeZone {
    TimeZone::of_struct(&TimeZoneStruct { rule }, id).expect("it is usable")
}

/// What Windows knows of some zones, with the names that others have for them.
pub(crate) fn zones() -> Vec<(TimeZone, chrono_tz::Tz)> {
    let none = [0, 0, 0];
    vec![
        (
            zone("W. Europe Standard Time", rule(-60, [3, 5, 2], [10, 5, 3])),
            chrono_tz::Europe::Berlin,
        ),
        (
            zone("GMT Standard Time", rule(0, [3, 5, 1], [10, 5, 2])),
            chrono_tz::Europe::London,
        ),
        (
            zone("Eastern Standard Time", rule(300, [3, 2, 2], [11, 1, 2])),
            chrono_tz::America::New_York,
        ),
        (
            zone(
                "AUS Eastern Standard Time",
                rule(-600, [10, 1, 2], [4, 1, 3]),
            ),
            chrono_tz::Australia::Sydney,
        ),
        (
            zone("India Standard Time", rule(-330, none, none)),
            chrono_tz::Asia::Kolkata,
        ),
    ]
}

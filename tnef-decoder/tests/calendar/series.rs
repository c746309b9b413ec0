//! Series: what others make of our calendar must be what the structure says.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use tnef_decoder::calendar::{
    AppointmentRecurrence, CalendarKind, Clock, Frequency, Nth, Pattern, RecurrenceEnd, TimeZone,
};
use tnef_decoder::icalendar::{BusyStatus, Calendar, Event, Item, Method, Profile};

use super::blob::{appointment, midnight, weekdays, zones};
use super::oracle;

const YEARS: i32 = 5;

pub(super) fn calendar(
    series: &AppointmentRecurrence,
    clock: Clock<'_>,
    profile: Profile,
) -> Calendar {
    let written = series.series(clock, profile);
    let stamp = jiff::Timestamp::UNIX_EPOCH;
    let first = series.first().year();
    let mut item = Item::new("040000008200E000", stamp, "A series");
    item.recurrence = written.recurrence.clone();
    let mut events = vec![Event {
        item: item.clone(),
        start: written.start,
        end: Some(written.end),
        busy_status: BusyStatus::Busy,
    }];
    events.extend(written.overrides.into_iter().map(|changed| {
        let mut item = Item::new(&item.uid, stamp, "Changed");
        item.recurrence_id = Some(changed.recurrence_id);
        Event {
            item,
            start: changed.start,
            end: Some(changed.end),
            busy_status: BusyStatus::Busy,
        }
    }));
    let time_zones = match clock {
        Clock::Zone(zone) => vec![zone.to_vtimezone(first, None)],
        Clock::Days | Clock::Utc => Vec::new(),
    };
    Calendar {
        method: Method::Request,
        profile,
        time_zones,
        events,
        todos: Vec::new(),
    }
}

/// Straight from the structure: the days it is on that are neither deleted nor changed, by our own clocks.
fn expected(series: &AppointmentRecurrence, zone: Option<&TimeZone>, until: i64) -> Vec<i64> {
    let days = series.pattern.instances().expect("they are known");
    let is_there = |day: &Date| {
        !series
            .pattern
            .deleted
            .iter()
            .any(|deleted| deleted.date() == *day)
    };
    let changed = series
        .exceptions
        .iter()
        .map(|exception| exception.original_start.date());
    let changed: Vec<Date> = changed.collect();
    let starts = days.map(|day| {
        (
            day,
            match zone {
                Some(zone) => zone.timestamp(series.local_start(day)).as_second(),
                None => jiff::tz::Offset::UTC
                    .to_timestamp(day.at(0, 0, 0, 0))
                    .expect("near")
                    .as_second(),
            },
        )
    });
    let starts = starts.take_while(|(_, at)| *at < until);
    let starts = starts.filter(|(day, _)| is_there(day) || changed.contains(day));
    starts.map(|(_, at)| at).collect()
}

/// Returns how many instances were compared.
pub(crate) fn compare(series: &AppointmentRecurrence, profile: Profile) -> usize {
    compare_in(zones(), series, profile)
}

fn compare_in(
    zones: Vec<(TimeZone, chrono_tz::Tz)>,
    series: &AppointmentRecurrence,
    profile: Profile,
) -> usize {
    let first = series.first();
    let last = first
        .checked_add(YEARS.years())
        .expect("near")
        .at(0, 0, 0, 0);
    let until = jiff::tz::Offset::UTC
        .to_timestamp(last)
        .expect("near")
        .as_second();
    let mut compared = 0;
    let check = |clock, zone: Option<&TimeZone>, tz| {
        let text = calendar(series, clock, profile).to_text();
        oracle::assert_reads(&text);
        let event = oracle::component(&text, "VEVENT", 0);
        let found = oracle::instances(&event, tz, until);
        let wanted = expected(series, zone, until);
        assert_eq!(found, wanted, "{tz}\n{text}");
        wanted.len()
    };
    for (zone, tz) in &zones {
        compared += check(Clock::Zone(zone), Some(zone), *tz);
    }
    compared + check(Clock::Days, None, chrono_tz::UTC)
}

fn all() -> Vec<AppointmentRecurrence> {
    use Frequency::{Daily, Monthly, Weekly, Yearly};
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let working = weekdays(&[Monday, Tuesday, Wednesday, Thursday, Friday]);
    let every_day = weekdays(&[
        Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday,
    ]);
    let start = date(2024, 1, 31);
    let month = |day| Pattern::Month { day };
    let nth = |days: &[Weekday], nth| Pattern::MonthNth {
        weekdays: weekdays(days),
        nth,
    };
    let day = |days: u32| days * 1440;
    let mut all = vec![
        appointment(Daily, Pattern::Day, day(1), start),
        appointment(Daily, Pattern::Day, day(3), start),
        appointment(Daily, Pattern::Week(working), 1, date(2024, 2, 3)),
        appointment(Weekly, Pattern::Week(weekdays(&[Tuesday])), 1, start),
        appointment(
            Weekly,
            Pattern::Week(weekdays(&[Sunday, Monday, Saturday])),
            2,
            start,
        ),
        appointment(
            Weekly,
            Pattern::Week(weekdays(&[Monday, Sunday])),
            3,
            date(2024, 2, 1),
        ),
        appointment(Yearly, month(29), 12, date(2024, 2, 29)),
        appointment(Yearly, month(31), 24, date(2024, 4, 30)),
        appointment(Yearly, month(24), 12, date(2024, 12, 24)),
        appointment(Yearly, nth(&[Sunday], Nth::Last), 12, date(2024, 3, 31)),
        appointment(Yearly, nth(&[Thursday], Nth::Of(4)), 12, date(2024, 11, 28)),
        appointment(Yearly, Pattern::MonthEnd, 12, date(2024, 2, 29)),
        appointment(Monthly, Pattern::MonthEnd, 1, start),
        appointment(
            Monthly,
            Pattern::MonthNth {
                weekdays: working,
                nth: Nth::Last,
            },
            1,
            start,
        ),
        appointment(
            Monthly,
            Pattern::MonthNth {
                weekdays: working,
                nth: Nth::Of(1),
            },
            3,
            start,
        ),
        appointment(
            Monthly,
            Pattern::MonthNth {
                weekdays: every_day,
                nth: Nth::Of(2),
            },
            1,
            start,
        ),
        appointment(
            Monthly,
            Pattern::MonthNth {
                weekdays: every_day,
                nth: Nth::Last,
            },
            1,
            start,
        ),
        appointment(Monthly, nth(&[Saturday, Sunday], Nth::Of(2)), 2, start),
    ];
    for (day, period) in [
        (1, 1),
        (15, 2),
        (28, 1),
        (29, 1),
        (30, 1),
        (31, 1),
        (31, 5),
        (30, 18),
    ] {
        all.push(appointment(Monthly, month(day), period, start));
    }
    for which in [Nth::Of(1), Nth::Of(2), Nth::Of(3), Nth::Of(4), Nth::Last] {
        all.push(appointment(Monthly, nth(&[Wednesday], which), 1, start));
    }
    all
}

/// The same without end, counted, and until a day; whole, and with days deleted.
fn variants(whole: AppointmentRecurrence) -> Vec<AppointmentRecurrence> {
    let days: Vec<Date> = whole.pattern.instances().expect("known").take(8).collect();
    let mut counted = whole.clone();
    counted.pattern.end = RecurrenceEnd::Count;
    counted.pattern.occurrences = 7;
    counted.pattern.deleted = vec![midnight(days[2]), midnight(days[0])];
    let mut until = whole.clone();
    until.pattern.end = RecurrenceEnd::Date;
    until.pattern.end_date = midnight(days[5]);
    until.pattern.deleted = vec![midnight(days[4])];
    let mut between = until.clone();
    between.pattern.end_date = midnight(days[5].yesterday().expect("near"));
    let mut monday = whole.clone();
    monday.pattern.week_start = Weekday::Monday;
    // 23:45 to 00:45, and in the hour that a change of time skips or repeats.
    let mut late = whole.clone();
    (late.start_minutes, late.end_minutes) = (23 * 60 + 45, 24 * 60 + 45);
    vec![whole, counted, until, between, monday, late]
}

#[test]
fn others_find_the_same_instances() {
    let (mut series, mut instances) = (0, 0);
    for whole in all() {
        for (at, variant) in variants(whole).into_iter().enumerate() {
            // The others differ only where a rule is not simple.
            for profile in [Profile::Standard, Profile::GroupWise] {
                let mut some = zones();
                // All of them once, then one each: there are hundreds of series.
                let kept = match at {
                    0 => 0..some.len(),
                    _ => at % some.len()..at % some.len() + 1,
                };
                some = some.drain(kept).collect();
                instances += compare_in(some, &variant, profile);
                series += 1;
            }
        }
    }
    println!("{series} series, {instances} instances");
    assert!(series > 300 && instances > 100_000, "{series} {instances}");
}

#[test]
fn islamic_months_are_written_out_for_five_years() {
    let pattern = Pattern::Month { day: 1 };
    // 1 Ramadan of 1445 to 1448, as Windows reckons it.
    let mut hijri = appointment(Frequency::Yearly, pattern, 12, date(2024, 3, 10));
    hijri.pattern.calendar = CalendarKind::Hijri;
    let days: Vec<String> = hijri
        .pattern
        .instances()
        .expect("known")
        .take(4)
        .map(|day| day.to_string())
        .collect();
    assert_eq!(
        days,
        ["2024-03-10", "2025-02-28", "2026-02-17", "2027-02-07"]
    );
    assert!(compare(&hijri, Profile::Standard) > 20);
}

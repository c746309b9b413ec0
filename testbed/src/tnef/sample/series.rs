//! Series of meetings: patterns, ends, instances that differ, zones whose clocks change.

use super::Sample;
use super::facts::Calendar;
use super::meetings::{bernd, budget, request};
use crate::tnef::attachment::Attachment;
use crate::tnef::meeting::{Answer, Meeting};
use crate::tnef::message::Message;
use crate::tnef::property::Property;
use crate::tnef::recurrence::{End, Exception, Pattern, Recurrence};
use crate::tnef::tag;
use crate::tnef::time::Civil;
use crate::tnef::zone::Zone;

pub(super) fn all() -> Vec<Sample> {
    let mut all: Vec<Sample> = patterns();
    all.extend([
        with_exceptions(),
        with_exception_attached(),
        in_zone("series-new-york", Zone::NEW_YORK),
        in_zone("series-sydney", Zone::SYDNEY),
        all_day(),
        instance_moved(),
        instance_cancelled(),
        instance_declined(),
        cancelled(),
    ]);
    all
}

fn meeting(start: Civil, pattern: Pattern, end: End) -> Meeting {
    Meeting::new("Series", start).recurring(Recurrence::new(pattern, end))
}

fn ruled(name: &str, meeting: &Meeting, rule: &'static str) -> Sample {
    request(name, meeting).calendar(Calendar::of("REQUEST", meeting).ruled(rule))
}

fn patterns() -> Vec<Sample> {
    let monday = Civil::new(2026, 1, 5, 9, 30);
    let weekdays = 0b011_1110;
    let nth = |every, days, nth| Pattern::MonthlyNth { every, days, nth };
    [
        (
            "series-daily",
            monday,
            Pattern::Daily { every: 1 },
            End::After(10),
            "FREQ=DAILY;COUNT=10",
        ),
        (
            "series-every-third-day",
            monday,
            Pattern::Daily { every: 3 },
            End::By(Civil::date(2026, 4, 30)),
            "FREQ=DAILY;INTERVAL=3",
        ),
        (
            "series-weekdays",
            monday,
            Pattern::Weekly {
                every: 1,
                days: weekdays,
            },
            End::After(12),
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=12",
        ),
        (
            "series-every-other-week",
            monday,
            Pattern::Weekly {
                every: 2,
                days: 0b001_0010,
            },
            End::By(Civil::date(2026, 6, 30)),
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
        ),
        (
            "series-monthly-15",
            Civil::new(2026, 1, 15, 9, 0),
            Pattern::Monthly { every: 2, day: 15 },
            End::After(6),
            "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=15;COUNT=6",
        ),
        (
            "series-monthly-31",
            Civil::new(2026, 1, 31, 9, 0),
            Pattern::Monthly { every: 1, day: 31 },
            End::After(6),
            "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=6",
        ),
        (
            "series-second-tuesday",
            Civil::new(2026, 1, 13, 9, 0),
            nth(1, 0b000_0100, 2),
            End::After(8),
            "FREQ=MONTHLY;BYDAY=2TU;COUNT=8",
        ),
        (
            "series-last-weekday",
            Civil::new(2026, 1, 30, 16, 0),
            nth(1, weekdays, 5),
            End::After(8),
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=8",
        ),
        (
            "series-yearly",
            Civil::new(2026, 11, 9, 9, 0),
            Pattern::Yearly,
            End::After(5),
            "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=9;COUNT=5",
        ),
        (
            "series-fourth-thursday",
            Civil::new(2026, 11, 26, 9, 0),
            Pattern::YearlyNth {
                days: 0b001_0000,
                nth: 4,
            },
            End::After(5),
            "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=5",
        ),
        (
            "series-without-end",
            monday,
            Pattern::Weekly {
                every: 1,
                days: 0b000_0010,
            },
            End::Never,
            "FREQ=WEEKLY;BYDAY=MO",
        ),
    ]
    .map(|(name, start, pattern, end, rule)| ruled(name, &meeting(start, pattern, end), rule))
    .to_vec()
}

/// Six Mondays over the change of the clocks: the second is gone, the third is on Tuesday elsewhere, the fifth has
/// another name and a reminder of its own.
fn weekly() -> Meeting {
    let start = Civil::new(2026, 3, 9, 9, 0);
    let week = |n: i64| start.plus_days(7 * n);
    let tuesday = week(2).plus_days(1).plus(120);
    let mut named = Exception::moved(week(4), week(4), week(4).plus(90)).called("Osterfrühstück");
    named.reminder = Some(60);
    named.busy = Some(1);
    let series = Recurrence::new(
        Pattern::Weekly {
            every: 1,
            days: 0b000_0010,
        },
        End::After(6),
    )
    .without(week(1))
    .except(Exception::moved(week(2), tuesday, tuesday.plus(60)).located("Kantine"))
    .except(named);
    Meeting::new("Weekly", start).recurring(series)
}

const WEEKLY: &str = "FREQ=WEEKLY;BYDAY=MO;COUNT=6";

fn with_exceptions() -> Sample {
    ruled("series-with-exceptions", &weekly(), WEEKLY)
}

/// The instance that moved comes with a message of its own, as in calendars that are exported ([MS-OXOCAL] §2.2.10).
fn with_exception_attached() -> Sample {
    let tuesday = Civil::new(2026, 3, 24, 11, 0);
    let original = Civil::new(2026, 3, 23, 9, 0);
    let mut moved = Meeting::new("Weekly", tuesday).instance_of(original);
    moved.location = "Kantine".to_owned();
    let class = "IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}";
    let message = Message::meeting_request(&moved).of_class(class);
    let exception = Attachment::message("Untitled", message)
        .hidden()
        .with(Property::tag(tag::ATTACHMENT_FLAGS, 2))
        .with(Property::tag(tag::EXCEPTION_START_TIME, tuesday))
        .with(Property::tag(tag::EXCEPTION_END_TIME, tuesday.plus(60)));
    let request = Message::meeting_request(&weekly()).attach(exception);
    let calendar = Calendar::of("REQUEST", &weekly()).ruled(WEEKLY);
    Sample::of("series-with-exception-attached", request).calendar(calendar)
}

/// Weekly from before a change of the clocks to after it.
fn in_zone(name: &str, zone: Zone) -> Sample {
    let pattern = Pattern::Weekly {
        every: 1,
        days: 0b000_1000,
    };
    let meeting = meeting(Civil::new(2026, 2, 25, 17, 0), pattern, End::After(9)).in_zone(zone);
    ruled(name, &meeting, "FREQ=WEEKLY;BYDAY=WE;COUNT=9")
}

fn all_day() -> Sample {
    let pattern = Pattern::Weekly {
        every: 1,
        days: 0b010_0000,
    };
    let meeting = meeting(Civil::date(2026, 3, 20), pattern, End::After(4)).all_day(1);
    ruled("series-all-day", &meeting, "FREQ=WEEKLY;BYDAY=FR;COUNT=4")
}

/// One instance, as it is sent when only it changes.
fn instance() -> Meeting {
    let original = Civil::new(2026, 4, 13, 9, 0);
    let moved = original.plus(240);
    Meeting::new("Weekly", moved)
        .instance_of(original)
        .changed(1)
}

fn instance_moved() -> Sample {
    request("series-instance-moved", &instance())
}

fn instance_cancelled() -> Sample {
    let message = Message::cancellation(&instance());
    Sample::of("series-instance-cancelled", message).calendar(Calendar::of("CANCEL", &instance()))
}

fn instance_declined() -> Sample {
    let message = Message::reply(&instance(), Answer::Declined, &bernd());
    let mut calendar = Calendar::of("REPLY", &instance());
    calendar.answer = Some((bernd(), "DECLINED"));
    Sample::of("series-instance-declined", message).calendar(calendar)
}

fn cancelled() -> Sample {
    let pattern = Pattern::Daily { every: 1 };
    let meeting = budget()
        .recurring(Recurrence::new(pattern, End::After(3)))
        .changed(1);
    let calendar = Calendar::of("CANCEL", &meeting).ruled("FREQ=DAILY;COUNT=3");
    Sample::of("series-cancelled", Message::cancellation(&meeting)).calendar(calendar)
}

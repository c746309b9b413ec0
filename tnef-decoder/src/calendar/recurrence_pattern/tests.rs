use super::*;
use crate::limits;

fn pattern(kind: u16, specific: &[u32], tail: &[u32]) -> Vec<u8> {
    let mut octets = Vec::new();
    for word in [0x3004, 0x3004, 0x200C, kind, 0u16] {
        octets.extend(word.to_le_bytes());
    }
    let numbers = [&[0u32, 2, 0][..], specific, tail].concat();
    octets.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
    octets
}

/// No end, 10 occurrences, weeks from Monday, nothing deleted, nothing modified, start and end.
const TAIL: &[u32] = &[0x2023, 10, 1, 0, 0, 1440, 0x5AE9_80DF];

#[test]
fn every_kind_of_pattern_is_read() {
    let check = |kind, specific: &[u32], expected, calendar| {
        let read = RecurrencePattern::read(&pattern(kind, specific, TAIL)).expect("it is right");
        assert_eq!(read.pattern, expected, "{kind:#x}");
        assert_eq!(read.calendar, calendar, "{kind:#x}");
        assert_eq!(read.period, 2);
        assert_eq!(read.end, RecurrenceEnd::Never);
        assert_eq!(read.week_start, Weekday::Monday);
        assert_eq!(read.start.date_time().to_string(), "1601-01-02T00:00:00");
        assert_eq!(read.end_date, Minutes::NEVER);
    };
    let gregorian = CalendarKind::Gregorian(0);
    check(0, &[], Pattern::Day, gregorian);
    check(1, &[0x3e], Pattern::Week(Weekdays::WORKING), gregorian);
    check(2, &[31], Pattern::Month { day: 31 }, gregorian);
    let thursday = Weekdays::from_bits(0x10);
    let nth = |nth| Pattern::MonthNth {
        weekdays: thursday,
        nth,
    };
    check(3, &[0x10, 1], nth(Nth::Of(1)), gregorian);
    check(3, &[0x10, 5], nth(Nth::Last), gregorian);
    check(4, &[31], Pattern::MonthEnd, gregorian);
    check(0xA, &[7], Pattern::Month { day: 7 }, CalendarKind::Hijri);
    check(0xB, &[0x10, 4], nth(Nth::Of(4)), CalendarKind::Hijri);
    check(0xC, &[31], Pattern::MonthEnd, CalendarKind::Hijri);
}

#[test]
fn what_is_no_pattern_is_refused() {
    let unknown = |field, found| BlobError::Unknown { field, found };
    let with = |at: usize, octet: u8| {
        let mut octets = pattern(3, &[0x10, 1], TAIL);
        octets[at] = octet;
        RecurrencePattern::read(&octets)
    };
    assert_eq!(with(0, 5), Err(unknown("ReaderVersion", 0x3005)));
    assert_eq!(with(4, 0x0E), Err(unknown("RecurFrequency", 0x200E)));
    assert_eq!(with(6, 9), Err(unknown("PatternType", 9)));
    assert_eq!(with(26, 6), Err(unknown("N", 6)));
    assert_eq!(with(26, 0), Err(unknown("N", 0)));
    assert_eq!(with(30, 0), Err(unknown("EndType", 0x2000)));
    assert_eq!(with(38, 7), Err(unknown("FirstDOW", 7)));
    assert!(with(38, 6).is_ok());
}

#[test]
fn a_pattern_cut_anywhere_is_refused() {
    let whole = pattern(3, &[0x10, 1], TAIL);
    for length in 0..whole.len() {
        let read = RecurrencePattern::read(&whole[..length]);
        assert!(
            matches!(read, Err(BlobError::Truncated { .. })),
            "{length}: {read:?}"
        );
    }
    let followed = [&whole[..], b"more"].concat();
    assert_eq!(
        RecurrencePattern::read(&followed),
        RecurrencePattern::read(&whole)
    );
}

#[test]
fn dates_are_bounded() {
    let max = limits::INSTANCE_DATES_MAX;
    let with = |deleted: usize, modified: usize| {
        let count = |count: usize| u32::try_from(count).expect("small");
        let mut tail = vec![0x2023, 10, 1, count(deleted)];
        tail.extend(std::iter::repeat_n(1440, deleted));
        tail.push(count(modified));
        tail.extend(std::iter::repeat_n(1440, modified));
        tail.extend([0, 0]);
        RecurrencePattern::read(&pattern(0, &[], &tail))
    };
    let read = with(max, max).expect("at the bound");
    assert_eq!((read.deleted.len(), read.modified.len()), (max, max));
    let too_many = |counted| BlobError::TooMany {
        counted,
        found: 4097,
        max,
    };
    assert_eq!(with(max + 1, 0), Err(too_many(Counted::DeletedInstances)));
    assert_eq!(with(0, max + 1), Err(too_many(Counted::ModifiedInstances)));
}

#[test]
fn calendars_are_told_apart_by_their_months() {
    let check = |found, expected| assert_eq!(calendar(found, 2), expected);
    for gregorian in [0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 12] {
        check(gregorian, CalendarKind::Gregorian(gregorian));
    }
    check(6, CalendarKind::Hijri);
    for other in [8, 13, 14, 15, 16, 17, 18, 19, 20, 23] {
        check(other, CalendarKind::Other(other));
    }
}

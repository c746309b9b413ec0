use super::*;
use crate::calendar::{Minutes, OverrideFlags};

/// Daily for three days, 09:00 to 09:30, from 1 January 1601.
fn pattern() -> Vec<u8> {
    let mut octets = Vec::new();
    for word in [0x3004u16, 0x3004, 0x200A, 0, 0] {
        octets.extend(word.to_le_bytes());
    }
    for number in [0u32, 1440, 0, 0x2022, 3, 0, 0, 0, 0, 2880] {
        octets.extend(number.to_le_bytes());
    }
    octets
}

fn appointment(version: u32, exceptions: u16, rest: &[u8]) -> Vec<u8> {
    let mut octets = pattern();
    for number in [0x3006, version, 540, 570] {
        octets.extend(number.to_le_bytes());
    }
    octets.extend(exceptions.to_le_bytes());
    octets.extend(rest);
    octets
}

/// All that can be changed: the second instance, an hour later.
fn exception() -> Vec<u8> {
    let mut octets = Vec::new();
    for number in [1440 + 600u32, 1440 + 630, 1440 + 540] {
        octets.extend(number.to_le_bytes());
    }
    octets.extend(0x03ffu16.to_le_bytes());
    octets.extend(b"\x04\0\x03\0new");
    for number in [3u32, 15, 1] {
        octets.extend(number.to_le_bytes());
    }
    octets.extend(b"\x03\0\x02\0R\xfc");
    for number in [2u32, 1, 0, 7] {
        octets.extend(number.to_le_bytes());
    }
    octets
}

fn extended(highlight: &[u8]) -> Vec<u8> {
    let mut octets = highlight.to_vec();
    // A reserved block, the three times again, and the texts.
    octets.extend(b"\x02\0\0\0xx");
    octets.extend([0; 12]);
    octets.extend(b"\x03\0n\0e\0w\0\x02\0R\0\xfc\0");
    octets.extend([0; 4]);
    octets
}

const HIGHLIGHT: &[u8] = b"\x06\0\0\0\x80\0\0\0..";
const NOTHING_RESERVED: &[u8] = &[0; 4];

#[test]
fn a_whole_exception_is_read() {
    let rest = [
        &exception()[..],
        NOTHING_RESERVED,
        &extended(HIGHLIGHT),
        NOTHING_RESERVED,
    ]
    .concat();
    let read = AppointmentRecurrence::read(&appointment(0x3009, 1, &rest)).expect("it is right");
    assert_eq!(read.shortfall, None);
    assert_eq!((read.start_minutes, read.duration_minutes()), (540, 30));
    let expected = Exception {
        start: Minutes(2040),
        end: Minutes(2070),
        original_start: Minutes(1980),
        overrides: OverrideFlags(0x3ff),
        subject: Some(b"new".to_vec()),
        wide_subject: Some("new".to_owned()),
        meeting_type: Some(3),
        reminder_minutes: Some(15),
        has_reminder: Some(true),
        location: Some(b"R\xfc".to_vec()),
        wide_location: Some("Rü".to_owned()),
        busy_status: Some(2),
        has_attachments: Some(true),
        is_all_day: Some(false),
        color: Some(7),
        change_highlight: Some(0x80),
    };
    assert_eq!(read.exceptions, [expected]);
}

#[test]
fn older_writers_know_no_highlights() {
    let rest = [
        &exception()[..],
        NOTHING_RESERVED,
        &extended(b""),
        NOTHING_RESERVED,
    ]
    .concat();
    let read = AppointmentRecurrence::read(&appointment(0x3008, 1, &rest)).expect("it is right");
    assert_eq!(read.shortfall, None);
    assert_eq!(read.exceptions[0].wide_subject.as_deref(), Some("new"));
    assert_eq!(read.exceptions[0].change_highlight, None);
}

#[test]
fn what_was_cut_off_takes_nothing_with_it() {
    let rest = [
        &exception()[..],
        NOTHING_RESERVED,
        &extended(HIGHLIGHT),
        NOTHING_RESERVED,
    ]
    .concat();
    let whole = appointment(0x3009, 1, &rest);
    let times_end = pattern().len() + 16;
    for length in 0..whole.len() {
        let read = AppointmentRecurrence::read(&whole[..length]);
        let Ok(read) = read else {
            assert!(length < times_end, "{length}: {read:?}");
            continue;
        };
        assert!(length >= times_end, "{length}");
        assert!(matches!(read.shortfall, Some(BlobError::Truncated { .. })));
        let exceptions = usize::from(length >= times_end + 2 + exception().len());
        assert_eq!(read.exceptions.len(), exceptions, "{length}");
    }
}

#[test]
fn exceptions_are_bounded() {
    let plain = [&[0u8; 12][..], &[0; 2]].concat();
    let with = |count: usize| {
        let rest = [
            plain.repeat(count),
            vec![0; 4],
            [0u8; 8].repeat(count),
            vec![0; 4],
        ]
        .concat();
        let count = u16::try_from(count).expect("small");
        AppointmentRecurrence::read(&appointment(0x3009, count, &rest))
    };
    let max = limits::EXCEPTIONS_MAX;
    let read = with(max).expect("at the bound");
    assert_eq!((read.exceptions.len(), read.shortfall), (max, None));
    let too_many = BlobError::TooMany {
        counted: Counted::Exceptions,
        found: 4097,
        max,
    };
    assert_eq!(with(max + 1), Err(too_many));
}

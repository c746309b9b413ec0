use super::*;

const MONDAY: Civil = Civil::new(2026, 1, 5, 9, 0);

fn octets(hex: &str) -> Vec<u8> {
    let hex: String = hex.split_whitespace().collect();
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let pair = std::str::from_utf8(pair).expect("ASCII");
            u8::from_str_radix(pair, 16).expect("hexadecimal")
        })
        .collect()
}

#[test]
fn patterns_are_on_their_days() {
    let check = |pattern: Pattern, first: Civil, expected: &[(i64, i64)]| {
        let series = Recurrence::new(pattern, End::After(expected.len()));
        let days = series.days(first, 100).into_iter();
        let found: Vec<(i64, i64)> = days.map(|d| (d.ymd().1, d.ymd().2)).collect();
        assert_eq!(found, expected, "{pattern:?}");
    };
    check(
        Pattern::Daily { every: 10 },
        MONDAY,
        &[(1, 5), (1, 15), (1, 25), (2, 4)],
    );
    check(
        Pattern::Weekly {
            every: 2,
            days: 0b000_1010,
        },
        MONDAY,
        &[(1, 5), (1, 7), (1, 19), (1, 21)],
    );
    check(
        Pattern::Monthly { every: 1, day: 31 },
        Civil::date(2026, 1, 31),
        &[(1, 31), (2, 28), (3, 31), (4, 30)],
    );
    check(
        Pattern::MonthlyNth {
            every: 1,
            days: 0b000_0100,
            nth: 2,
        },
        MONDAY,
        &[(1, 13), (2, 10), (3, 10)],
    );
    check(
        Pattern::MonthlyNth {
            every: 1,
            days: 0b011_1110,
            nth: 5,
        },
        MONDAY,
        &[(1, 30), (2, 27), (3, 31)],
    );
    check(Pattern::Yearly, MONDAY, &[(1, 5), (1, 5)]);
    check(
        Pattern::YearlyNth {
            days: 0b000_0010,
            nth: 1,
        },
        MONDAY,
        &[(1, 5), (1, 4), (1, 3), (1, 1)],
    );
}

#[test]
fn instances_that_differ_begin_when_they_do() {
    let moved = Exception::moved(
        MONDAY.plus_days(1),
        MONDAY.plus_days(1).plus(60),
        MONDAY.plus_days(1).plus(120),
    );
    let series = Recurrence::new(Pattern::Daily { every: 1 }, End::After(4))
        .without(MONDAY.plus_days(2))
        .except(moved);
    let expected = [MONDAY, MONDAY.plus_days(1).plus(60), MONDAY.plus_days(3)];
    assert_eq!(series.starts(MONDAY, 100), expected);
}

#[test]
fn a_series_ends_by_its_day() {
    let by = |day| Recurrence::new(Pattern::Daily { every: 1 }, End::By(day)).days(MONDAY, 100);
    assert_eq!(by(Civil::date(2026, 1, 7)).len(), 3);
    let never = Recurrence::new(Pattern::Daily { every: 1 }, End::Never);
    assert_eq!(never.days(MONDAY, 100).len(), 100);
}

/// [MS-OXOCAL] §4.1.1.1: every week on Monday, Thursday and Friday (12 times), the week beginning on Sunday.
#[test]
fn the_blob_is_as_the_standard_prints_it() {
    let start = Civil::new(2007, 3, 26, 10, 0);
    let series = Recurrence::new(
        Pattern::Weekly {
            every: 1,
            days: 0x32,
        },
        End::After(12),
    );
    let expected = octets(
        "0430 0430 0B20 0100 0000 C0210000 01000000 00000000 32000000 22200000 0C000000 00000000 \
         00000000 00000000 8020BC0C 20ADBC0C 06300000 09300000 58020000 76020000 0000 00000000 00000000",
    );
    let found = series.blob(start, start.plus(30));
    assert_eq!(found.len(), expected.len());
    assert_eq!(found, expected);
}

#[test]
fn the_blob_lists_what_differs() {
    let second = MONDAY.plus_days(1);
    let series = Recurrence::new(Pattern::Daily { every: 1 }, End::After(4))
        .without(MONDAY.plus_days(2))
        .except(Exception::moved(second, second.plus(60), second.plus(90)).called("Ü"));
    let blob = series.blob(MONDAY, MONDAY.plus(30));
    let at = |place: usize| u32::from_le_bytes(blob[place..place + 4].try_into().expect("four"));
    let day = |n: i64| MONDAY.midnight().plus_days(n).minutes();
    // End type, count, first day of the week; two gone, one of them elsewhere.
    assert_eq!([at(22), at(26), at(30)], [0x2022, 4, 0]);
    assert_eq!([at(34), at(38), at(42)], [2, day(1), day(2)]);
    assert_eq!([at(46), at(50)], [1, day(1)]);
    assert_eq!([at(54), at(58)], [day(0), day(3)]);
    assert_eq!([at(62), at(66)], [0x3006, 0x3009]);
    assert_eq!([at(70), at(74)], [540, 570]);
    assert_eq!(blob[78..80], [1, 0]);
    let times = [second.plus(60), second.plus(90), second].map(Civil::minutes);
    assert_eq!([at(80), at(84), at(88)], times);
    assert_eq!(blob[92..94], [1, 0]);
    assert_eq!(blob[94..99], [2, 0, 1, 0, 0xDC]);
    // Reserved; ChangeHighlight; reserved; the times again; the text again; reserved twice.
    assert_eq!([at(99), at(103), at(107), at(111)], [0, 4, 0, 0]);
    assert_eq!([at(115), at(119), at(123)], times);
    assert_eq!(blob[127..], [1, 0, 0xDC, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn no_end_has_its_own_number() {
    let blob = Recurrence::new(Pattern::Daily { every: 1 }, End::Never).pattern_blob(MONDAY);
    assert_eq!(blob.len(), 54 - 4);
    assert!(blob.ends_with(&[0xDF, 0x80, 0xE9, 0x5A]));
}

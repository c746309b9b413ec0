//! Whatever octets the structures hold, what is written of them is read by others.

use proptest::prelude::*;
use tnef_decoder::calendar::{
    AppointmentRecurrence, Clock, TimeZone, TimeZoneDefinition, TimeZoneStruct,
};
use tnef_decoder::icalendar::Profile;

use super::blob::zones;
use super::oracle;
use super::series::calendar;

/// A structure that is right but for a few octets.
fn nearly(right: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = right.len();
    let changes = proptest::collection::vec((0..length, any::<u8>()), 0..4);
    (changes, 0..=length).prop_map(move |(changes, end)| {
        let mut octets = right.clone();
        for (at, octet) in changes {
            octets[at] = octet;
        }
        // Mostly whole.
        octets.truncate(if end % 3 == 0 { end } else { length });
        octets
    })
}

/// The second Tuesday of every month, with one deleted and one changed.
fn monthly() -> Vec<u8> {
    let mut octets = Vec::new();
    for word in [0x3004u16, 0x3004, 0x200C, 3, 0] {
        octets.extend(word.to_le_bytes());
    }
    let day = |day: u32| 222_475_680 + day * 1440;
    let numbers = [
        0,
        1,
        0,
        4,
        2,
        0x2022,
        10,
        0,
        2,
        day(43),
        day(71),
        1,
        day(72),
        day(8),
        day(300),
    ];
    let times = [0x3006, 0x3009, 600, 660];
    octets.extend(numbers.into_iter().chain(times).flat_map(u32::to_le_bytes));
    octets.extend([1, 0]);
    let moved = [day(72) + 600, day(72) + 660, day(71) + 600];
    octets.extend(moved.into_iter().flat_map(u32::to_le_bytes));
    octets.extend([0x11, 0, 2, 0, 1, 0, b'x', 3, 0, 2, 0, b'y', b'z']);
    octets.extend([0; 4]);
    octets.extend([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    octets.extend(moved.into_iter().flat_map(u32::to_le_bytes));
    octets.extend([1, 0, b'x', 0, 2, 0, b'y', 0, b'z', 0]);
    octets.extend([0; 8]);
    octets
}

fn zone() -> Vec<u8> {
    let mut octets: Vec<u8> = [-60i32, 0, -60]
        .into_iter()
        .flat_map(i32::to_le_bytes)
        .collect();
    for [month, nth, hour] in [[10u16, 5, 3], [3, 5, 2]] {
        let words = [0, 0, month, 0, nth, hour, 0, 0, 0];
        octets.extend(words.into_iter().flat_map(u16::to_le_bytes));
    }
    octets
}

fn definition() -> Vec<u8> {
    let mut octets = vec![2, 1, 8, 0, 2, 0, 1, 0, b'Z', 0, 2, 0];
    for year in [1601u16, 2007] {
        octets.extend([2, 1, 62, 0, 0, 0]);
        octets.extend(year.to_le_bytes());
        octets.extend([0; 14]);
        let zone = zone();
        octets.extend(&zone[..12]);
        octets.extend(&zone[14..30]);
        octets.extend(&zone[32..48]);
    }
    octets
}

fn check(series: &AppointmentRecurrence, clock: Clock<'_>) {
    for profile in [Profile::Standard, Profile::GroupWise] {
        oracle::assert_reads(&calendar(series, clock, profile).to_text());
    }
}

#[test]
fn what_the_tests_change_is_right() {
    let series = AppointmentRecurrence::read(&monthly()).expect("it is right");
    assert_eq!((series.shortfall, series.exceptions.len()), (None, 1));
    assert_eq!(series.exceptions[0].wide_location.as_deref(), Some("yz"));
    assert!(super::series::compare(&series, Profile::Standard) > 40);
    assert!(TimeZoneStruct::read(&zone()).is_ok());
    assert_eq!(
        TimeZoneDefinition::read(&definition()).map(|read| read.rules.len()),
        Ok(2)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn series(octets in nearly(monthly())) {
        if let Ok(series) = AppointmentRecurrence::read(&octets) {
            let zones = zones();
            check(&series, Clock::Days);
            check(&series, Clock::Utc);
            check(&series, Clock::Zone(&zones[0].0));
        }
    }

    #[test]
    fn time_zones(structure in nearly(zone()), definition in nearly(definition())) {
        let series = AppointmentRecurrence::read(&monthly()).expect("it is right");
        let structure = TimeZoneStruct::read(&structure).ok();
        let definition = TimeZoneDefinition::read(&definition).ok();
        let zone = TimeZone::of_series(structure.as_ref(), definition.as_ref(), Some("A: \"b\""));
        if let Ok(zone) = zone {
            check(&series, Clock::Zone(&zone));
        }
    }
}

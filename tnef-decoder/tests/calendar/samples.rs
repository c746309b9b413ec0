//! Structures of real mail, where they lie beside the checkout, and what another reader prints of them.

use tnef_decoder::calendar::{
    AppointmentRecurrence, GlobalObjectId, RecurrencePattern, TimeZone, TimeZoneDefinition,
    TimeZoneStruct,
};
use tnef_decoder::icalendar::Profile;

use super::series::compare;
use super::zones::{check_clock, check_written};
use crate::samples::{Samples, say};

fn sample(samples: &Samples, name: &str) -> Vec<u8> {
    let mut blobs = samples.of_kind("mapiblob");
    let entry = blobs.find(|entry| entry["name"] == name);
    let text = samples.read(entry.unwrap_or_else(|| panic!("{name} is one of them")));
    let digits: Vec<u8> = text.into_iter().filter(u8::is_ascii_hexdigit).collect();
    let pairs = digits.chunks_exact(2);
    let pairs = pairs.map(|pair| std::str::from_utf8(pair).expect("digits"));
    let octets = pairs.map(|pair| u8::from_str_radix(pair, 16).expect("digits"));
    octets.collect()
}

/// Runs with samples of these names and says so.
fn each(names: &[&str], check: impl Fn(&str, &[u8])) {
    let Some(samples) = Samples::find() else {
        return;
    };
    for name in names {
        check(name, &sample(&samples, name));
    }
    say(&format!("calendar samples: {names:?}"));
}

fn text(at: tnef_decoder::calendar::Minutes) -> String {
    at.date_time().strftime("%m-%d %H:%M").to_string()
}

#[test]
fn appointments() {
    each(&["2-arp1.hex"], |name, octets| {
        let read = AppointmentRecurrence::read(octets).expect(name);
        assert_eq!(read.shortfall, None);
        assert_eq!((read.start_minutes, read.end_minutes), (870, 930));
        let deleted: Vec<_> = read.pattern.deleted.iter().map(|day| text(*day)).collect();
        assert_eq!(
            deleted,
            ["02-17 00:00", "03-03 00:00", "03-17 00:00", "03-31 00:00"]
        );
        let [changed] = &read.exceptions[..] else {
            panic!("{name}: one exception")
        };
        assert_eq!(text(changed.start), "02-17 14:30");
        assert_eq!(text(changed.end), "02-17 15:30");
        assert_eq!(changed.overrides.0, 0x282);
        assert_eq!(
            (changed.meeting_type, changed.is_all_day),
            (Some(1), Some(false))
        );
        assert_eq!(changed.change_highlight, Some(0x180));
        assert!(compare(&read, Profile::Standard) > 15);
    });
    each(&["2-arp3.hex"], |name, octets| {
        let read = AppointmentRecurrence::read(octets).expect(name);
        assert_eq!(read.shortfall, None);
        assert_eq!((read.start_minutes, read.end_minutes), (900, 960));
        let changed: Vec<_> = read
            .exceptions
            .iter()
            .map(|one| {
                let subject = one.wide_subject.as_deref();
                let location = one.wide_location.as_deref();
                (
                    text(one.original_start),
                    text(one.start),
                    one.overrides.0,
                    subject,
                    location,
                )
            })
            .collect();
        let day = |day: &str| format!("{day} 15:00");
        let yadkin = "Bi-weekly Team Meeting (YADKIN for this meeting)";
        let chris = "(Use to meet with Chris/Matt/Rick)   -    Bi-weekly Team Meeting";
        let cape_fear = "Conf Room CLT 1/2381 (24) AV Cape Fear";
        assert_eq!(
            changed,
            [
                (
                    day("04-01"),
                    day("04-01"),
                    0x213,
                    Some(yadkin),
                    Some("Yadkin")
                ),
                (
                    day("04-15"),
                    day("04-15"),
                    0x213,
                    Some(chris),
                    Some(cape_fear)
                ),
                (day("05-27"), day("05-26"), 0x21a, None, Some("")),
                (day("06-10"), day("06-10"), 0x200, None, None),
                (day("08-05"), day("08-05"), 0x002, None, None),
            ]
        );
        assert_eq!(read.exceptions[2].has_reminder, Some(false));
        assert_eq!(read.exceptions[3].change_highlight, Some(0x80));
        assert!(compare(&read, Profile::Standard) > 4);
    });
}

#[test]
fn patterns() {
    each(&["14-arp1.hex", "14-arp3.hex"], |name, octets| {
        let read = RecurrencePattern::read(octets).expect(name);
        let samples = Samples::find().expect("they are there");
        let whole = sample(&samples, &name.replace("14-", "2-"));
        let whole = AppointmentRecurrence::read(&whole).expect(name);
        assert_eq!(read, whole.pattern);
        let rule = read.rule(read.start.date(), tnef_decoder::icalendar::RuleEnd::Never);
        let rule = rule.map(|rule| rule.to_text());
        assert_eq!(rule.as_deref(), Ok("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"));
        // Only the pattern is there: no times, so no appointment.
        assert!(AppointmentRecurrence::read(octets).is_err(), "{name}");
    });
}

#[test]
fn ids() {
    each(&["10-goid1.hex"], |name, octets| {
        let read = GlobalObjectId::read(octets).expect(name);
        assert_eq!(read.instance(), None);
        let created = read.created().map(|at| at.to_string());
        assert!(created.is_some_and(|at| at.starts_with("2010-04-26T11:23:55.567")));
        let uid = read.uid();
        assert!(
            uid.as_str().ends_with(
                "1000000 0E73C73F73F1C3941BDD6450F640703F3"
                    .replace(' ', "")
                    .as_str()
            )
        );
        assert_eq!(uid.as_str().len(), 2 * octets.len());
    });
}

#[test]
fn time_zones() {
    let eastern = || {
        let octets = sample(&Samples::find()?, "22-tz1.hex");
        Some(TimeZoneStruct::read(&octets).expect("22-tz1.hex"))
    };
    each(&["22-tz1.hex"], |name, octets| {
        let rule = TimeZoneStruct::read(octets).expect(name).rule;
        assert_eq!(
            (rule.bias, rule.standard_bias, rule.daylight_bias),
            (300, 0, -60)
        );
        let date = |date: tnef_decoder::calendar::SystemTime| {
            (date.month, date.day, date.day_of_week, date.hour)
        };
        assert_eq!(date(rule.standard_date), (11, 1, 0, 2));
        assert_eq!(date(rule.daylight_date), (3, 2, 0, 2));
    });
    each(&["23-tzd1.hex", "23-tzd3.hex"], |name, octets| {
        let read = TimeZoneDefinition::read(octets).expect(name);
        assert_eq!(read.key_name, "Eastern Standard Time");
        // The second one has the same octets and counts no rule, so that the structure is all there is.
        let years: Vec<_> = read
            .rules
            .iter()
            .map(|rule| (rule.year, rule.is_effective()))
            .collect();
        let (expected, first) = match name {
            "23-tzd1.hex" => (&[(2006, false), (2007, true)][..], 1999),
            _ => (&[][..], 2008),
        };
        assert_eq!(years, expected);
        let zone = TimeZone::of_series(eastern().as_ref(), Some(&read), None).expect(name);
        assert_eq!(zone.id(), "Eastern Standard Time");
        check_clock(&zone, chrono_tz::America::New_York, first, 2012);
        check_written(&zone, chrono_tz::America::New_York, first, 2012);
    });
}

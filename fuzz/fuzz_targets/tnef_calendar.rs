//! Any octets are read as every calendar structure without a panic; what can be read can be written, in short lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tnef_decoder::calendar::{
    AppointmentRecurrence, Clock, RecurrencePattern, TimeZone, TimeZoneDefinition, TimeZoneStruct,
    Uid,
};
use tnef_decoder::icalendar::{BusyStatus, Calendar, Event, Item, Method, Profile};

fuzz_target!(|octets: &[u8]| {
    // One part is the zone, the other the rest.
    let Some((&[split, kind], octets)) = octets.split_first_chunk::<2>() else {
        return;
    };
    let (zone, rest) = octets.split_at(octets.len().min(split.into()));
    let structure = TimeZoneStruct::read(zone).ok();
    let definition = TimeZoneDefinition::read(if kind & 1 == 0 { zone } else { rest }).ok();
    let zone = TimeZone::of_series(structure.as_ref(), definition.as_ref(), None).ok();
    let uid = Uid::of(rest);
    let _ = RecurrencePattern::read(rest);
    let Ok(series) = AppointmentRecurrence::read(rest) else {
        return;
    };
    let clock = match &zone {
        Some(zone) => Clock::Zone(zone),
        None if kind & 2 == 0 => Clock::Utc,
        None => Clock::Days,
    };
    let profile = match kind & 4 {
        0 => Profile::Standard,
        _ => Profile::GroupWise,
    };
    let first = series.first().year();
    let text = calendar(
        &series,
        clock,
        profile,
        uid.as_str(),
        zone.as_ref().map(|zone| zone.to_vtimezone(first, None)),
    );
    assert!(text.split("\r\n").all(|line| line.len() <= 75));
});

fn calendar(
    series: &AppointmentRecurrence,
    clock: Clock<'_>,
    profile: Profile,
    uid: &str,
    zone: Option<tnef_decoder::icalendar::VTimeZone>,
) -> String {
    let series = series.series(clock, profile);
    let mut item = Item::new(uid, jiff::Timestamp::UNIX_EPOCH, "");
    item.recurrence = series.recurrence;
    let event = Event {
        item,
        start: series.start,
        end: Some(series.end),
        busy_status: BusyStatus::Busy,
    };
    let calendar = Calendar {
        method: Method::Request,
        profile,
        time_zones: zone.into_iter().collect(),
        events: vec![event],
        todos: Vec::new(),
    };
    calendar.to_text()
}

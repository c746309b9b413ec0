//! Items of real mail.

use tnef_decoder::icalendar::{Calendar, Profile};
use tnef_decoder::vcard::Version;
use tnef_decoder::view::{Contact, Meeting, Report, Task};
use tnef_decoder::{Limits, Message};

use crate::calendar::oracle;
use crate::calendar::series::compare;
use crate::samples::{Samples, say};

#[derive(Debug, Default)]
struct Counts {
    meetings: usize,
    series: usize,
    /// Of the series, in five years and six clocks.
    instances: usize,
    tasks: usize,
    contacts: usize,
    reports: usize,
}

#[test]
fn every_item_of_a_sample_is_written_so_that_others_read_it() {
    let Some(samples) = Samples::find() else {
        return;
    };
    let mut counts = Counts::default();
    for entry in samples.of_kind("tnef") {
        let octets = samples.read(entry);
        if let Ok(message) = Message::decode(&octets, &Limits::default()) {
            walk(&message, &mut counts);
        }
    }
    say(&format!("items: {counts:?}"));
    assert!(
        counts.meetings > 0 && counts.tasks > 0 && counts.reports > 0,
        "{counts:?}"
    );
}

fn walk(message: &Message<'_>, counts: &mut Counts) {
    let limits = Limits::default();
    let is = |kind: &str| message.class.to_ascii_lowercase().starts_with(kind);
    let meeting = Meeting::read(message, &limits);
    let is_meeting =
        is("ipm.schedule.meeting.re") || is("ipm.schedule.meeting.can") || is("ipm.appointment");
    assert_eq!(meeting.is_some(), is_meeting, "{}", message.class);
    if let Some(meeting) = meeting {
        counts.meetings += 1;
        if let Some(series) = &meeting.recurrence {
            counts.series += 1;
            assert_eq!(series.shortfall, None);
            counts.instances += compare(series, Profile::Standard);
        }
        assert_eq!(meeting.lost_recurrence, None);
        written(|profile| meeting.calendar(profile).expect("its time is known"));
    }
    if let Some(task) = Task::read(message, &limits) {
        counts.tasks += 1;
        written(|profile| task.calendar(profile));
    }
    if let Some(contact) = Contact::read(message) {
        counts.contacts += 1;
        for version in [Version::V3, Version::V4] {
            let text = contact.card.to_text(version);
            assert!(calcard::vcard::VCard::parse(&text).is_ok(), "{text}");
        }
    }
    if let Some(report) = Report::read(message) {
        counts.reports += 1;
        assert!(report.disposition().is_some() != report.delivery_status("mx").is_some());
    }
    for attachment in &message.attachments {
        if let Some(Ok(inner)) = attachment.embedded(&limits) {
            walk(&inner, counts);
        }
    }
}

fn written(calendar: impl Fn(Profile) -> Calendar) {
    for profile in [Profile::Standard, Profile::Domino, Profile::GroupWise] {
        oracle::assert_reads(&calendar(profile).to_text());
    }
}

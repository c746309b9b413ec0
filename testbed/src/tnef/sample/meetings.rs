//! Single meetings: what is sent about them, by whom, in which zone.

use super::Sample;
use super::facts::Calendar;
use crate::tnef::codepage::CodePage;
use crate::tnef::meeting::{Answer, Meeting, ZoneTold};
use crate::tnef::message::Message;
use crate::tnef::recipient::Mailbox;
use crate::tnef::time::Civil;
use crate::tnef::uid::Uid;
use crate::tnef::zone::Zone;

pub(super) fn all() -> Vec<Sample> {
    let mut all = requests();
    all.extend([
        reply("meeting-accepted", Answer::Accepted, "ACCEPTED"),
        reply("meeting-tentative", Answer::Tentative, "TENTATIVE"),
        reply("meeting-declined", Answer::Declined, "DECLINED"),
        reply_by_delegate(),
        counter(),
        cancellation(),
        forwarded(),
        forward_notification(),
        japanese(),
    ]);
    all.extend(older());
    all
}

fn requests() -> Vec<Sample> {
    let all_day = || Meeting::new("Holiday", Civil::date(2026, 5, 1));
    let foreign = Uid::Foreign("8A1B2C3D4E5F60718293A4B5C6D7E8F9-Lotus_Notes_Generated".to_owned());
    let in_zone = |zone| budget().in_zone(zone);
    let altered = |alter: fn(&mut Meeting)| {
        let mut meeting = budget();
        alter(&mut meeting);
        meeting
    };
    [
        ("meeting-request", budget()),
        ("meeting-update", budget().changed(2)),
        ("meeting-born-in-notes", budget().known_as(foreign)),
        ("meeting-all-day", all_day().all_day(1)),
        ("meeting-three-days", all_day().all_day(3)),
        ("meeting-new-york", in_zone(Zone::NEW_YORK)),
        ("meeting-kolkata", in_zone(Zone::KOLKATA)),
        ("meeting-sydney", in_zone(Zone::SYDNEY)),
        (
            "meeting-zone-by-structure",
            altered(|m| m.zone_told = ZoneTold::ByStructure),
        ),
        (
            "meeting-zone-not-told",
            altered(|m| m.zone_told = ZoneTold::Not),
        ),
        ("meeting-no-reminder", altered(|m| m.reminder = None)),
        ("meeting-free", altered(|m| m.busy = 0)),
        (
            "meeting-special-characters",
            altered(|m| {
                m.subject = "Budget; \"Q1\", \\ more".to_owned();
                m.location = "Köln, Room 1;2".to_owned();
                m.text = "Line 1\r\nLine 2: a,b;c\\d\r\n".to_owned();
            }),
        ),
        (
            "meeting-by-delegate",
            altered(|m| m.delegate = Some(otto())),
        ),
    ]
    .map(|(name, meeting)| request(name, &meeting))
    .to_vec()
}

pub(super) fn request(name: &str, meeting: &Meeting) -> Sample {
    let message = Message::meeting_request(meeting);
    Sample::of(name, message).calendar(Calendar::of("REQUEST", meeting))
}

fn answered(
    meeting: &Meeting,
    method: &'static str,
    who: &Mailbox,
    state: &'static str,
) -> Calendar {
    let mut calendar = Calendar::of(method, meeting);
    calendar.answer = Some((who.clone(), state));
    calendar
}

fn reply(name: &str, answer: Answer, state: &'static str) -> Sample {
    let message = Message::reply(&budget(), answer, &bernd());
    Sample::of(name, message).calendar(answered(&budget(), "REPLY", &bernd(), state))
}

fn reply_by_delegate() -> Sample {
    let mut message = Message::reply(&budget(), Answer::Accepted, &bernd());
    message.sender = Some(otto());
    let calendar = answered(&budget(), "REPLY", &bernd(), "ACCEPTED");
    Sample::of("meeting-accepted-by-delegate", message).calendar(calendar)
}

fn counter() -> Sample {
    let start = Civil::new(2026, 3, 31, 15, 0);
    let end = start.plus(90);
    let message = Message::counter(&budget(), &bernd(), start, end);
    let mut calendar = answered(&budget(), "COUNTER", &bernd(), "TENTATIVE");
    let utc = |local| Zone::BERLIN.utc(local).basic();
    calendar.proposed = Some((utc(start), utc(end)));
    Sample::of("meeting-counter", message).calendar(calendar)
}

fn cancellation() -> Sample {
    let meeting = budget().changed(3);
    let message = Message::cancellation(&meeting);
    Sample::of("meeting-cancelled", message).calendar(Calendar::of("CANCEL", &meeting))
}

fn forwarded() -> Sample {
    let message = Message::forwarded_request(&budget(), &bernd(), &otto());
    Sample::of("meeting-forwarded", message).calendar(Calendar::of("REQUEST", &budget()))
}

fn forward_notification() -> Sample {
    let message = Message::forward_notification(&budget(), &bernd(), &otto());
    let mut calendar = Calendar::of("REQUEST", &budget());
    // It tells people; it asks for nothing.
    calendar.method = None;
    Sample::of("meeting-forward-notification", message).calendar(calendar)
}

/// As Outlook 2003 wrote: no new class, 8-bit texts, one way to tell the zone.
fn older() -> Vec<Sample> {
    let mut meeting = budget();
    meeting.zone_told = ZoneTold::ByStructure;
    let reply = |answer| Message::reply(&meeting, answer, &bernd());
    let answered = |state| answered(&meeting, "REPLY", &bernd(), state);
    [
        (
            "meeting-8-bit",
            Message::meeting_request(&meeting),
            Calendar::of("REQUEST", &meeting),
        ),
        (
            "meeting-8-bit-cancelled",
            Message::cancellation(&meeting),
            Calendar::of("CANCEL", &meeting),
        ),
        (
            "meeting-8-bit-accepted",
            reply(Answer::Accepted),
            answered("ACCEPTED"),
        ),
        (
            "meeting-8-bit-tentative",
            reply(Answer::Tentative),
            answered("TENTATIVE"),
        ),
        (
            "meeting-8-bit-declined",
            reply(Answer::Declined),
            answered("DECLINED"),
        ),
    ]
    .map(|(name, message, calendar)| {
        let message = message.in_code_page(CodePage::Windows1252);
        Sample::of(name, message.scheduled(&meeting)).calendar(calendar)
    })
    .to_vec()
}

fn japanese() -> Sample {
    let mut meeting = budget();
    meeting.subject = "予算会議".to_owned();
    meeting.location = "第一会議室".to_owned();
    meeting.attendees.truncate(0);
    meeting.text = "ご出席ください。\r\n".to_owned();
    let message = Message::meeting_request(&meeting).in_code_page(CodePage::ShiftJis);
    Sample::of("meeting-japanese", message).calendar(Calendar::of("REQUEST", &meeting))
}

/// The day after the clocks of Berlin have changed.
pub(super) fn budget() -> Meeting {
    Meeting::new("Budget", Civil::new(2026, 3, 30, 10, 0))
}

pub(super) fn bernd() -> Mailbox {
    Mailbox::new("Bernd Groß", "bernd.gross@contoso.com")
}

pub(super) fn otto() -> Mailbox {
    Mailbox::new("Otto Müller", "otto.mueller@contoso.com")
}

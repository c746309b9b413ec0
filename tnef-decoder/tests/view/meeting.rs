//! Meetings.

use tnef_decoder::calendar::{Inexpressible, NoRule};
use tnef_decoder::icalendar::Profile;
use tnef_decoder::view::Meeting;
use tnef_decoder::{AttributeId, Guid, Limits, Message};

use super::item::{List, recipient, stream};
use crate::calendar::{blob, oracle};
use crate::encoder::Encoder;

const REQUEST: &str = "IPM.Schedule.Meeting.Request";

/// The global object id of a UID of another calendar.
fn global_object_id(uid: &str, day: [u8; 4]) -> Vec<u8> {
    let prefix = [
        4, 0, 0, 0, 0x82, 0, 0xE0, 0, 0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0, 8,
    ];
    let data = [b"vCal-Uid\x01\0\0\0", uid.as_bytes(), b"\0"].concat();
    let size = u32::try_from(data.len()).expect("short").to_le_bytes();
    [&prefix[..], &day, &[0; 16], &size, &data].concat()
}

/// An hour on a summer's day, called by Anna.
fn meeting() -> List {
    List::default()
        .binary((Guid::MEETING, 0x23), &global_object_id("id-1", [0; 4]))
        .time((Guid::APPOINTMENT, 0x820D), "2024-07-01T08:00:00Z")
        .time((Guid::APPOINTMENT, 0x820E), "2024-07-01T09:00:00Z")
        .time((Guid::MEETING, 0x1A), "2024-06-20T10:11:12Z")
        .time((Guid::MEETING, 0x01), "2024-06-21T00:00:00Z")
        .long((Guid::APPOINTMENT, 0x8201), 3)
        .long((Guid::APPOINTMENT, 0x8205), 1)
        .long((Guid::APPOINTMENT, 0x8224), 2)
        .text((Guid::APPOINTMENT, 0x8208), "Raum 1; Köln")
        .text(0x0037, "Rat")
        .text(0x1000, "Bitte kommen.\r\nAnna")
        .text(0x0042, "Anna Blom")
        .text(0x0064, "SMTP")
        .text(0x0065, "anna@example.org")
}

fn berlin() -> Vec<u8> {
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

fn people() -> [List; 4] {
    [
        recipient(1, "Anna Blom", "anna@example.org").long(0x5FFD, 3),
        recipient(1, "Bo", "bo@example.org"),
        recipient(2, "Carl, Dr.", "carl@example.org").long(0x5FFF, 3),
        recipient(3, "Room 1", "room@example.org").long(0x3905, 7),
    ]
}

fn read(class: &str, properties: List, recipients: &[List]) -> Meeting {
    read_stream(&stream(class, properties, recipients))
}

fn read_stream(stream: &Encoder) -> Meeting {
    let message = Message::decode(stream.octets(), &Limits::default()).expect("it is TNEF");
    assert_eq!(message.tolerated, []);
    Meeting::read(&message, &Limits::default()).expect("it is about a meeting")
}

fn text(meeting: &Meeting, profile: Profile) -> String {
    let text = meeting
        .calendar(profile)
        .expect("its time is known")
        .to_text();
    oracle::assert_reads(&text);
    text
}

/// Unfolded, without the frame.
fn check(meeting: &Meeting, expected: &str) {
    let text = text(meeting, Profile::Standard);
    assert_eq!(oracle::lines(&text).join("\n"), expected);
}

#[test]
fn an_invitation() {
    let properties = meeting()
        .binary((Guid::APPOINTMENT, 0x8233), &berlin())
        .text((Guid::APPOINTMENT, 0x8234), "(UTC+01:00) Berlin, Bern")
        .texts((Guid::PUBLIC_STRINGS, "Keywords"), &["Red", "A, B"])
        .boolean((Guid::COMMON, 0x8503), true)
        .long((Guid::COMMON, 0x8501), 30)
        .long(0x0017, 2)
        .long(0x0036, 2)
        .text(0x0C1A, "Dora")
        .text(0x0C1E, "SMTP")
        .text(0x0C1F, "dora@example.org");
    check(
        &read(REQUEST, properties, &people()),
        "BEGIN:VCALENDAR
PRODID:-//twinmx//TNEF decoder//EN
VERSION:2.0
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:(UTC+0100) Berlin Bern
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;TZID=(UTC+0100) Berlin Bern:20240701T100000
DTEND;TZID=(UTC+0100) Berlin Bern:20240701T110000
UID:id-1
DTSTAMP:20240620T101112Z
SEQUENCE:3
SUMMARY:Rat
LOCATION:Raum 1\\; Köln
DESCRIPTION:Bitte kommen.\\nAnna
CATEGORIES:Red,A\\, B
CLASS:PRIVATE
PRIORITY:1
X-MICROSOFT-CDO-IMPORTANCE:2
STATUS:CONFIRMED
ORGANIZER;CN=Anna Blom;SENT-BY=\"mailto:dora@example.org\":mailto:anna@example.org
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Bo:mailto:bo@example.org
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE;CN=\"Carl, Dr.\":mailto:carl@example.org
ATTENDEE;CUTYPE=ROOM;ROLE=NON-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Room 1:mailto:room@example.org
TRANSP:OPAQUE
X-MICROSOFT-CDO-ALLDAYEVENT:FALSE
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Reminder
TRIGGER:-PT30M
END:VALARM
END:VEVENT
END:VCALENDAR",
    );
}

#[test]
fn an_answer_names_one_attendee_and_no_zone_is_utc() {
    let answer = |class: &str| {
        let class = format!("IPM.Schedule.Meeting.Resp.{class}");
        read(
            &class,
            meeting(),
            &[recipient(1, "Otto", "otto@example.org")],
        )
    };
    check(
        &answer("Pos"),
        "BEGIN:VCALENDAR
PRODID:-//twinmx//TNEF decoder//EN
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20240701T080000Z
DTEND:20240701T090000Z
UID:id-1
DTSTAMP:20240621T000000Z
SEQUENCE:3
SUMMARY:Rat
LOCATION:Raum 1\\; Köln
COMMENT:Bitte kommen.\\nAnna
CLASS:PUBLIC
PRIORITY:5
X-MICROSOFT-CDO-IMPORTANCE:1
ORGANIZER;CN=Otto:mailto:otto@example.org
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Anna Blom:mailto:anna@example.org
TRANSP:OPAQUE
X-MICROSOFT-CDO-ALLDAYEVENT:FALSE
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
END:VCALENDAR",
    );
    let status = |class| {
        let text = text(&answer(class), Profile::Domino);
        let event = oracle::component(&text, "VEVENT", 0).join("\n");
        ["TENTATIVE", "DECLINED"].map(|status| event.contains(&format!("PARTSTAT={status}")))
    };
    assert_eq!(status("Tent"), [true, false]);
    assert_eq!(status("Neg"), [false, true]);
}

#[test]
fn another_time_is_proposed() {
    let properties = meeting()
        .boolean((Guid::APPOINTMENT, 0x8257), true)
        .time((Guid::APPOINTMENT, 0x8250), "2024-07-02T12:00:00Z")
        .time((Guid::APPOINTMENT, 0x8251), "2024-07-02T13:30:00Z");
    let meeting = read("IPM.Schedule.Meeting.Resp.Tent", properties, &[]);
    let text = text(&meeting, Profile::Standard);
    assert!(text.contains("METHOD:COUNTER\r\n"), "{text}");
    assert!(text.contains("DTSTART:20240702T120000Z\r\n"), "{text}");
    assert!(text.contains("DTEND:20240702T133000Z\r\n"), "{text}");
    assert!(text.contains("PARTSTAT=TENTATIVE"), "{text}");
}

#[test]
fn a_cancellation_of_one_instance() {
    let properties = meeting()
        .binary((Guid::APPOINTMENT, 0x8233), &berlin())
        .binary(
            (Guid::MEETING, 0x03),
            &global_object_id("id-1", [7, 0xE8, 7, 1]),
        );
    let cancellation = |properties| {
        let meeting = read("IPM.Schedule.Meeting.Canceled", properties, &people());
        let text = text(&meeting, Profile::Standard);
        assert!(text.contains("METHOD:CANCEL\r\n"), "{text}");
        assert!(text.contains("STATUS:CANCELLED\r\n"), "{text}");
        assert!(!text.contains("RSVP"), "{text}");
        let event = oracle::component(&text, "VEVENT", 0);
        oracle::value(&event, "RECURRENCE-ID").map(str::to_owned)
    };
    let is = |value: &str| Some(value.to_owned());
    // By the day and the time of the instance, by the day, and by what it replaces.
    assert_eq!(cancellation(properties.clone()), is("20240701T100000"));
    let packed = properties
        .clone()
        .long((Guid::MEETING, 0x0E), 14 << 12 | 45 << 6);
    assert_eq!(cancellation(packed), is("20240701T144500"));
    let replaced = properties.time((Guid::APPOINTMENT, 0x8228), "2024-06-30T06:00:00Z");
    assert_eq!(cancellation(replaced), is("20240630T080000"));
    assert_eq!(cancellation(meeting()), None);
}

#[test]
fn whole_days_are_days_wherever_midnight_is() {
    let days = |start: &str, end: &str, zone: Option<Vec<u8>>| {
        let mut properties = List::default()
            .binary((Guid::MEETING, 0x23), &global_object_id("id-1", [0; 4]))
            .time((Guid::APPOINTMENT, 0x820D), start)
            .time((Guid::APPOINTMENT, 0x820E), end)
            .boolean((Guid::APPOINTMENT, 0x8215), true);
        if let Some(zone) = zone {
            properties = properties.binary((Guid::APPOINTMENT, 0x8233), &zone);
        }
        let text = text(&read(REQUEST, properties, &[]), Profile::Standard);
        assert!(!text.contains("VTIMEZONE"), "{text}");
        let event = oracle::component(&text, "VEVENT", 0);
        let day = |name| {
            oracle::value(&event, name)
                .map(str::to_owned)
                .unwrap_or_default()
        };
        assert!(
            event
                .iter()
                .any(|line| line.starts_with("DTSTART;VALUE=DATE:"))
        );
        format!("{} {}", day("DTSTART"), day("DTEND"))
    };
    let one = "20240701 20240702";
    assert_eq!(
        days("2024-06-30T22:00:00Z", "2024-07-01T22:00:00Z", None),
        one
    );
    assert_eq!(
        days("2024-07-01T05:00:00Z", "2024-07-02T05:00:00Z", None),
        one
    );
    assert_eq!(
        days(
            "2024-06-30T22:00:00Z",
            "2024-07-01T22:00:00Z",
            Some(berlin())
        ),
        one
    );
    let two = "20240701 20240703";
    assert_eq!(
        days("2024-07-01T00:00:00Z", "2024-07-03T00:00:00Z", None),
        two
    );
    // No time at all is still a day.
    assert_eq!(
        days("2024-07-01T00:00:00Z", "2024-07-01T00:00:00Z", None),
        one
    );
}

/// Every Monday, 10:00 to 11:00, from 1 July 2024; the third is deleted, the second is a day later and elsewhere.
fn mondays() -> Vec<u8> {
    let day = |day: i8| blob::midnight(jiff::civil::date(2024, 7, day)).0;
    let mut octets = Vec::new();
    for word in [0x3004u16, 0x3004, 0x200B, 1, 0] {
        octets.extend(word.to_le_bytes());
    }
    let pattern = [
        0,
        1,
        0,
        2,
        0x2022,
        5,
        0,
        2,
        day(8),
        day(15),
        1,
        day(9),
        day(1),
        day(29),
    ];
    let times = [0x3006, 0x3009, 600, 660];
    octets.extend(pattern.into_iter().chain(times).flat_map(u32::to_le_bytes));
    octets.extend([1, 0]);
    let moved = [day(9) + 720, day(9) + 780, day(8) + 600];
    octets.extend(moved.into_iter().flat_map(u32::to_le_bytes));
    octets.extend([0x11, 0, 3, 0, 2, 0, b'K', 0xf6, 2, 0, 1, 0, b'R']);
    octets.extend([0; 4]);
    octets.extend([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    octets.extend(moved.into_iter().flat_map(u32::to_le_bytes));
    octets.extend([2, 0, b'K', 0, 0xf6, 0, 1, 0, b'R', 0]);
    octets.extend([0; 8]);
    octets
}

#[test]
fn a_series_with_a_deleted_and_a_changed_instance() {
    let properties = meeting()
        .binary((Guid::APPOINTMENT, 0x8216), &mondays())
        .binary((Guid::APPOINTMENT, 0x8233), &berlin())
        .text((Guid::APPOINTMENT, 0x8234), "Berlin");
    let text = text(&read(REQUEST, properties, &people()), Profile::Domino);
    let event = oracle::component(&text, "VEVENT", 0);
    let has = |event: &[String], line: &str| {
        assert!(event.iter().any(|one| one == line), "{line}\n{event:#?}");
    };
    has(&event, "DTSTART;TZID=Berlin:20240701T100000");
    has(&event, "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=5");
    has(&event, "EXDATE;TZID=Berlin:20240715T100000");
    let changed = oracle::component(&text, "VEVENT", 1);
    has(&changed, "RECURRENCE-ID;TZID=Berlin:20240708T100000");
    has(&changed, "DTSTART;TZID=Berlin:20240709T120000");
    has(&changed, "DTEND;TZID=Berlin:20240709T130000");
    has(&changed, "SUMMARY:Kö");
    has(&changed, "LOCATION:R");
    has(&changed, "UID:id-1");
    assert_eq!(
        changed
            .iter()
            .filter(|line| line.starts_with("ATTENDEE"))
            .count(),
        3
    );
}

#[test]
fn a_changed_instance_has_its_own_body() {
    let series = || meeting().binary((Guid::APPOINTMENT, 0x8216), &mondays());
    let class = "IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}";
    let inner = List::default()
        .time((Guid::APPOINTMENT, 0x8228), "2024-07-08T08:00:00Z")
        .text(0x1000, "Elsewhere.");
    let inner = stream(class, inner, &[]);
    let attachment = List::default()
        .long(0x3705, 5)
        .message(0x3701, inner.octets());
    let whole = stream(
        REQUEST,
        series().binary((Guid::APPOINTMENT, 0x8233), &berlin()),
        &[],
    )
    .attachment(AttributeId::ATTACH_REND_DATA, &[0; 14])
    .attachment(AttributeId::ATTACHMENT, &attachment.octets());
    let text = text(&read_stream(&whole), Profile::Standard);
    let description = |nth| {
        let event = oracle::component(&text, "VEVENT", nth);
        oracle::value(&event, "DESCRIPTION").map(str::to_owned)
    };
    assert_eq!(description(0).as_deref(), Some("Bitte kommen.\\nAnna"));
    assert_eq!(description(1).as_deref(), Some("Elsewhere."));
}

#[test]
fn a_series_without_a_zone_keeps_its_weekdays() {
    let properties = meeting().binary((Guid::APPOINTMENT, 0x8216), &mondays());
    let text = text(&read(REQUEST, properties, &[]), Profile::GroupWise);
    // Its first instance is at 08:00 UTC and at 10:00 by the clock.
    assert!(
        text.contains("DTSTART;TZID=UTC+0200:20240701T100000\r\n"),
        "{text}"
    );
    assert!(text.contains("TZOFFSETTO:+0200\r\n"), "{text}");
    assert!(!text.contains("MICROSOFT"), "{text}");
}

#[test]
fn a_meeting_without_an_id_gets_one_that_lasts() {
    let uid = |properties: List| {
        let class = "IPM.Appointment";
        let properties = properties.time(0x0060, "2024-07-01T08:00:00Z");
        read(class, properties, &[]).uid.as_str().to_owned()
    };
    let subject = || List::default().text(0x0037, "Rat");
    assert_eq!(uid(subject()), uid(subject()));
    assert_ne!(uid(subject()), uid(List::default()));
    assert_eq!(uid(subject().long(0x0062, 0x1234)), "APPOINTMENT-00001234");
    assert_eq!(uid(subject().binary(0x300B, &[0xAB])), "AB");
}

#[test]
fn a_meeting_that_no_rule_can_repeat_says_why() {
    let no_rule = |at: usize, octet: u8| {
        let mut series = mondays();
        series[at] = octet;
        let properties = meeting().binary((Guid::APPOINTMENT, 0x8216), &series);
        let meeting = read(REQUEST, properties, &[]);
        let text = text(&meeting, Profile::Standard);
        assert_eq!(
            text.contains("RRULE:FREQ=WEEKLY"),
            meeting.no_rule(Profile::Standard).is_none()
        );
        meeting.no_rule(Profile::Standard)
    };
    assert_eq!(no_rule(0, 4), None);
    // The period, and the weekdays.
    assert_eq!(no_rule(14, 0), Some(NoRule::Lost(Inexpressible::Period(0))));
    assert_eq!(no_rule(22, 0), Some(NoRule::Lost(Inexpressible::NoWeekday)));
}

#[test]
fn what_is_no_meeting_is_none() {
    let none = |class: &str, properties: List| {
        let stream = stream(class, properties, &[]);
        let message = Message::decode(stream.octets(), &Limits::default()).expect("it is TNEF");
        assert_eq!(Meeting::read(&message, &Limits::default()), None, "{class}");
    };
    none("IPM.Note", meeting());
    none("IPM.Schedule.Meeting.Notification.Forward", meeting());
    none(REQUEST, List::default());
    let mut timeless = read(REQUEST, meeting(), &[]);
    timeless.start = None;
    assert_eq!(timeless.calendar(Profile::Standard), None);
}

#[test]
fn a_recurrence_nobody_can_read_leaves_the_meeting() {
    let properties = meeting().binary((Guid::APPOINTMENT, 0x8216), &mondays()[..60]);
    let meeting = read(REQUEST, properties, &[]);
    assert!(meeting.lost_recurrence.is_some());
    assert_eq!(meeting.no_rule(Profile::GroupWise), None);
    let text = text(&meeting, Profile::Standard);
    assert!(text.contains("DTSTART:20240701T080000Z\r\n"), "{text}");
}

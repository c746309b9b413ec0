//! Tasks.

use tnef_decoder::calendar::Inexpressible;
use tnef_decoder::icalendar::Profile;
use tnef_decoder::view::Task;
use tnef_decoder::{AttributeId, Guid, Limits, Message};

use super::item::{List, recipient, stream};
use crate::calendar::oracle;
use crate::encoder::Encoder;

fn task() -> List {
    List::default()
        .binary((Guid::COMMON, 0x8519), &[0xAB; 16])
        .text(0x0037, "Write")
        .time((Guid::TASK, 0x8104), "2024-07-01T00:00:00Z")
        .time((Guid::TASK, 0x8105), "2024-07-05T00:00:00Z")
        .double((Guid::TASK, 0x8102), 0.25)
        .long((Guid::TASK, 0x8101), 1)
        .long((Guid::TASK, 0x8112), 4)
        .boolean((Guid::COMMON, 0x8503), true)
        .time((Guid::COMMON, 0x8502), "2024-07-04T07:00:00Z")
}

fn sent() -> List {
    List::default()
        .time(0x0039, "2024-06-20T10:11:12Z")
        .text(0x0042, "Anna")
        .text(0x5D02, "anna@example.org")
}

fn check(stream: &Encoder, expected: &str) {
    let limits = Limits::default();
    let message = Message::decode(stream.octets(), &limits).expect("it is TNEF");
    let task = Task::read(&message, &limits).expect("it is a task");
    let text = task.calendar(Profile::GroupWise).to_text();
    oracle::assert_reads(&text);
    assert_eq!(oracle::lines(&text)[3..].join("\n"), expected);
}

#[test]
fn a_request_holds_its_task() {
    let within = stream("IPM.Task", task(), &[]);
    let attachment = List::default()
        .long(0x3705, 5)
        .message(0x3701, within.octets());
    let request = stream(
        "IPM.TaskRequest",
        sent(),
        &[recipient(1, "Bo", "bo@example.org")],
    )
    .attachment(AttributeId::ATTACH_REND_DATA, &[0; 14])
    .attachment(AttributeId::ATTACHMENT, &attachment.octets());
    check(
        &request,
        "METHOD:REQUEST
BEGIN:VTODO
DTSTART;VALUE=DATE:20240701
DUE;VALUE=DATE:20240705
PERCENT-COMPLETE:25
UID:ABABABABABABABABABABABABABABABAB
DTSTAMP:20240620T101112Z
SEQUENCE:4
SUMMARY:Write
CLASS:PUBLIC
PRIORITY:5
STATUS:IN-PROCESS
ORGANIZER;CN=Anna:mailto:anna@example.org
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Bo:mailto:bo@example.org
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Reminder
TRIGGER;VALUE=DATE-TIME:20240704T070000Z
END:VALARM
END:VTODO
END:VCALENDAR",
    );
}

#[test]
fn a_task_that_is_done_and_repeats() {
    let mut pattern = Vec::new();
    for word in [0x3004u16, 0x3004, 0x200B, 1, 0] {
        pattern.extend(word.to_le_bytes());
    }
    for number in [0u32, 1, 0, 2, 0x2023, 10, 0, 0, 0, 222_475_680, 0x5AE9_80DF] {
        pattern.extend(number.to_le_bytes());
    }
    let done = List::default()
        .text(0x1035, "<1@example.org>")
        .text(0x0037, "Write")
        .binary((Guid::TASK, 0x8116), &pattern)
        .boolean((Guid::TASK, 0x811C), true)
        .time((Guid::TASK, 0x810F), "2024-07-03T00:00:00Z")
        .time((Guid::TASK, 0x8104), "2024-07-09T00:00:00Z")
        .time((Guid::TASK, 0x8105), "2024-07-08T00:00:00Z")
        .double((Guid::TASK, 0x8102), 7.0);
    check(
        &stream("IPM.Task", done, &[]),
        "METHOD:PUBLISH
BEGIN:VTODO
DTSTART;VALUE=DATE:20240708
DUE;VALUE=DATE:20240708
COMPLETED:20240703T000000Z
PERCENT-COMPLETE:100
UID:1@example.org
DTSTAMP:19700101T000000Z
SEQUENCE:0
RRULE:FREQ=WEEKLY;BYDAY=MO
SUMMARY:Write
CLASS:PUBLIC
PRIORITY:5
STATUS:COMPLETED
END:VTODO
END:VCALENDAR",
    );
}

#[test]
fn a_task_that_begins_anew_when_it_is_done_says_so() {
    let mut pattern = Vec::new();
    for word in [0x3004u16, 0x3004, 0x200A, 0, 0] {
        pattern.extend(word.to_le_bytes());
    }
    for number in [0u32, 1440, 1, 0x2023, 10, 0, 0, 0, 0, 0] {
        pattern.extend(number.to_le_bytes());
    }
    let stream = stream(
        "IPM.Task",
        task().binary((Guid::TASK, 0x8116), &pattern),
        &[],
    );
    let limits = Limits::default();
    let message = Message::decode(stream.octets(), &limits).expect("it is TNEF");
    let task = Task::read(&message, &limits).expect("it is a task");
    assert_eq!(task.no_rule(), Some(Inexpressible::Regenerates));
    let text = task.calendar(Profile::Standard).to_text();
    assert!(!text.contains("RRULE"), "{text}");
}

#[test]
fn an_answer_goes_back() {
    let answer = |class: &str| {
        let stream = stream(class, sent(), &[recipient(1, "Otto", "otto@example.org")]);
        let limits = Limits::default();
        let message = Message::decode(stream.octets(), &limits).expect("it is TNEF");
        let task = Task::read(&message, &limits).expect("it is a task");
        let text = task.calendar(Profile::Standard).to_text();
        oracle::assert_reads(&text);
        assert!(text.contains("METHOD:REPLY\r\n"), "{text}");
        assert!(
            text.contains("ORGANIZER;CN=Otto:mailto:otto@example.org\r\n"),
            "{text}"
        );
        oracle::lines(&text).join("\n")
    };
    assert!(answer("IPM.TaskRequest.Accept").contains("PARTSTAT=ACCEPTED;CN=Anna:"));
    assert!(answer("IPM.TaskRequest.Decline").contains("PARTSTAT=DECLINED;CN=Anna:"));
}

//! Meetings ([MS-OXOCAL]): requests, answers, cancellations, proposals, and what delegates and forwarders make of them.

use super::attribute::{Attribute, id};
use super::message::{Body, Message};
use super::octets::Octets;
use super::recipient::{Kind, Mailbox, Recipient};
use super::recurrence::Recurrence;
use super::time::Civil;
use super::uid::Uid;
use super::zone::Zone;

mod properties;

/// A meeting. Its fields may be altered before a message is made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Meeting {
    /// The subject.
    pub subject: String,
    /// Who organizes it.
    pub organizer: Mailbox,
    /// Who does so in their name.
    pub delegate: Option<Mailbox>,
    /// Who is asked, and as what.
    pub attendees: Vec<(Mailbox, Kind)>,
    /// When the first instance begins, local time.
    pub start: Civil,
    /// When it ends.
    pub end: Civil,
    /// The organizer's time zone.
    pub zone: Zone,
    /// Whether it is of whole days.
    pub all_day: bool,
    /// Where.
    pub location: String,
    /// Its identity.
    pub uid: Uid,
    /// How often it was changed.
    pub sequence: i32,
    /// Its series.
    pub recurrence: Option<Recurrence>,
    /// Of which instance of the series the message is: when it would have begun.
    pub instance: Option<Civil>,
    /// Minutes before it at which one is reminded; `None`: not.
    pub reminder: Option<i32>,
    /// How busy one is then (0 free, 1 tentative, 2 busy, 3 out of office).
    pub busy: i32,
    /// The text.
    pub text: String,
    /// Which of the ways to tell of a time zone are gone.
    pub zone_told: ZoneTold,
}

/// By what a meeting tells of its time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneTold {
    /// Structure, description, and definitions.
    Fully,
    /// As Outlook did before 2007: a structure and its description.
    ByStructure,
    /// Nothing: UTC times alone.
    Not,
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Accepted,
    /// Perhaps.
    Tentative,
    /// No.
    Declined,
}

impl Meeting {
    /// An hour in Berlin with two people and a room.
    pub fn new(subject: &str, start: Civil) -> Self {
        let mailbox = |name, address| Mailbox::new(name, address);
        Self {
            subject: subject.to_owned(),
            organizer: mailbox("Anna Berg", "anna.berg@contoso.com"),
            delegate: None,
            attendees: vec![
                (mailbox("Bernd Groß", "bernd.gross@contoso.com"), Kind::To),
                (
                    mailbox("Elena Popescu", "elena.popescu@contoso.com"),
                    Kind::Cc,
                ),
                (mailbox("Room 1.01", "room-1.01@contoso.com"), Kind::Bcc),
            ],
            start,
            end: start.plus(60),
            zone: Zone::BERLIN,
            all_day: false,
            location: "Room 1.01".to_owned(),
            uid: Uid::outlook(1),
            sequence: 0,
            recurrence: None,
            instance: None,
            reminder: Some(15),
            busy: 2,
            text: "Please come.\r\n".to_owned(),
            zone_told: ZoneTold::Fully,
        }
    }

    /// Until then.
    #[must_use]
    pub fn until(mut self, end: Civil) -> Self {
        self.end = end;
        self
    }

    /// In this zone.
    #[must_use]
    pub fn in_zone(mut self, zone: Zone) -> Self {
        self.zone = zone;
        self
    }

    /// With this identity.
    #[must_use]
    pub fn known_as(mut self, uid: Uid) -> Self {
        self.uid = uid;
        self
    }

    /// Changed so often.
    #[must_use]
    pub fn changed(mut self, sequence: i32) -> Self {
        self.sequence = sequence;
        self
    }

    /// A series.
    #[must_use]
    pub fn recurring(mut self, recurrence: Recurrence) -> Self {
        self.recurrence = Some(recurrence);
        self
    }

    /// One instance of the series: when it would have begun.
    #[must_use]
    pub fn instance_of(mut self, original: Civil) -> Self {
        self.instance = Some(original);
        self
    }

    /// So many whole days.
    #[must_use]
    pub fn all_day(mut self, days: i64) -> Self {
        self.all_day = true;
        self.start = self.start.midnight();
        self.end = self.start.plus_days(days);
        self
    }
}

/// Messages about meetings.
impl Message {
    /// The organizer asks everybody to come.
    pub fn meeting_request(meeting: &Meeting) -> Self {
        let mut request = about(meeting, &meeting.subject, "IPM.Schedule.Meeting.Request")
            .with_all(meeting.appointment())
            .with_all(meeting.asking());
        request.legacy_class = Some("IPM.Microsoft Schedule.MtgReq".to_owned());
        request.sender.clone_from(&meeting.delegate);
        request.recipients = meeting.recipients();
        request
    }

    /// Somebody answers.
    pub fn reply(meeting: &Meeting, answer: Answer, who: &Mailbox) -> Self {
        let (class, legacy, prefix) = answer.words();
        let subject = format!("{prefix}: {}", meeting.subject);
        let mut reply = about(meeting, &subject, class).with_all(meeting.appointment());
        reply = reply.with_all(meeting.answering(answer, who));
        reply.legacy_class = Some(legacy.to_owned());
        reply.bodies = vec![Body::Plain(String::new())];
        reply.addressed(who, &meeting.organizer)
    }

    /// Somebody would come at another time, local.
    pub fn counter(meeting: &Meeting, who: &Mailbox, start: Civil, end: Civil) -> Self {
        let mut counter = Self::reply(meeting, Answer::Tentative, who);
        counter.subject = format!("New Time Proposed: {}", meeting.subject);
        counter.with_all(meeting.proposing(start, end))
    }

    /// The organizer calls the meeting off.
    pub fn cancellation(meeting: &Meeting) -> Self {
        let subject = format!("Canceled: {}", meeting.subject);
        let mut cancellation = about(meeting, &subject, "IPM.Schedule.Meeting.Canceled")
            .with_all(meeting.appointment())
            .with_all(meeting.cancelling());
        cancellation.legacy_class = Some("IPM.Microsoft Schedule.MtgCncl".to_owned());
        cancellation.sender.clone_from(&meeting.delegate);
        cancellation.recipients = meeting.recipients();
        cancellation
    }

    /// An attendee hands the request on: it is still the organizer's, but sent by the attendee.
    pub fn forwarded_request(meeting: &Meeting, by: &Mailbox, to: &Mailbox) -> Self {
        let mut forward = Self::meeting_request(meeting);
        forward.subject = format!("FW: {}", meeting.subject);
        forward.sender = Some(by.clone());
        forward.recipients = vec![Recipient::new(to.clone(), Kind::To)];
        forward.with_all(meeting.forwarding())
    }

    /// What the organizer is told of that ([MS-OXOCAL] §2.2.9).
    pub fn forward_notification(meeting: &Meeting, by: &Mailbox, to: &Mailbox) -> Self {
        let subject = format!("Meeting Forward Notification: {}", meeting.subject);
        let class = "IPM.Schedule.Meeting.Notification.Forward";
        let mut notification = about(meeting, &subject, class)
            .with_all(meeting.appointment())
            .with_all(meeting.notifying(to));
        let text = format!("{} has forwarded your meeting request.\r\n", by.name);
        notification.bodies = vec![Body::Plain(text)];
        notification.addressed(by, &meeting.organizer)
    }

    /// With the attributes about the schedule that older senders write; their times are local and in no zone.
    #[must_use]
    pub fn scheduled(mut self, meeting: &Meeting) -> Self {
        let Mailbox { name, address } = &meeting.organizer;
        let mut owner = Octets::new();
        for text in [name.clone(), format!("SMTP:{address}")] {
            let octets = [self.form.oem.encode(&text), vec![0]].concat();
            owner.u16(octets.len() as u16).raw(&octets);
        }
        self.extra.extend([
            Attribute::message(id::DATE_START, meeting.start.att_date()),
            Attribute::message(id::DATE_END, meeting.end.att_date()),
            Attribute::message(id::AID_OWNER, 4711_u32.to_le_bytes()),
            Attribute::message(id::REQUEST_RES, 1_u16.to_le_bytes()),
            Attribute::message(id::OWNER, owner.finish()),
        ]);
        self
    }

    fn addressed(mut self, from: &Mailbox, to: &Mailbox) -> Self {
        self.from = from.clone();
        self.recipients = vec![Recipient::new(to.clone(), Kind::To)];
        self
    }
}

fn about(meeting: &Meeting, subject: &str, class: &str) -> Message {
    let mut message = Message::note(subject).of_class(class);
    message.from = meeting.organizer.clone();
    message.body(Body::Plain(meeting.text.clone()))
}

impl Answer {
    /// Class, its older name, and the word before the subject.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Accepted => (
                "IPM.Schedule.Meeting.Resp.Pos",
                "IPM.Microsoft Schedule.MtgRespP",
                "Accepted",
            ),
            Self::Tentative => (
                "IPM.Schedule.Meeting.Resp.Tent",
                "IPM.Microsoft Schedule.MtgRespA",
                "Tentative",
            ),
            Self::Declined => (
                "IPM.Schedule.Meeting.Resp.Neg",
                "IPM.Microsoft Schedule.MtgRespN",
                "Declined",
            ),
        }
    }
}

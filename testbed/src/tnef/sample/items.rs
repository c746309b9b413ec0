//! What is no mail: tasks, contacts, groups, receipts, reports.

use super::Sample;
use super::facts::Item;
use super::meetings::{bernd, otto};
use super::octets::noise;
use crate::tnef::codepage::CodePage;
use crate::tnef::contact::Contact;
use crate::tnef::message::{Body, Message};
use crate::tnef::recipient::Mailbox;
use crate::tnef::recurrence::{End, Pattern, Recurrence};
use crate::tnef::report::{Fate, Original};
use crate::tnef::task::{Status, Task};
use crate::tnef::time::Civil;

pub(super) fn all() -> Vec<Sample> {
    let mut all = tasks();
    all.extend(contacts());
    all.extend(receipts());
    all.extend([delivered(), undelivered(), returned(), older_report()]);
    all
}

fn tasks() -> Vec<Sample> {
    let open = Task::new(
        "Write the report",
        Civil::date(2026, 1, 12),
        Civil::date(2026, 1, 16),
    );
    let mut done = open.clone();
    done.status = Status::Complete;
    done.percent = 100;
    done.completed = Some(Civil::date(2026, 1, 15));
    let mut weekly = open.clone();
    let pattern = Pattern::Weekly {
        every: 1,
        days: 0b000_0010,
    };
    weekly.recurrence = Some(Recurrence::new(pattern, End::After(4)));
    let task = |name: &str, task: &Task, message: Message| {
        Sample::of(name, message).item(Item::Task(task.clone()))
    };
    vec![
        task("task", &open, Message::task(&open)),
        task("task-complete", &done, Message::task(&done)),
        task("task-weekly", &weekly, Message::task(&weekly)),
        task("task-request", &open, Message::task_request(&open)),
    ]
}

fn contacts() -> Vec<Sample> {
    let contact = Contact::sample();
    let mut pictured = contact.clone();
    pictured.picture = Some([&[0xFF, 0xD8, 0xFF, 0xE0][..], &noise(700)].concat());
    let sample = |name: &str, contact: Contact, message: Message| {
        Sample::of(name, message).item(Item::Contact(Box::new(contact)))
    };
    let members = [
        bernd(),
        otto(),
        Mailbox::new("Li Wei", "li.wei@contoso.com"),
    ];
    vec![
        sample("contact", contact.clone(), Message::contact(&contact)),
        sample(
            "contact-picture",
            pictured.clone(),
            Message::contact(&pictured),
        ),
        sample(
            "contact-8-bit",
            contact.clone(),
            Message::contact(&contact).in_code_page(CodePage::Windows1250),
        ),
        Sample::of("group", Message::group("Board", &members)).item(Item::Group(members.to_vec())),
    ]
}

fn receipts() -> [Sample; 3] {
    let original = Original::sample();
    let read = Message::read_receipt(&original, &bernd());
    let not_read = Message::not_read_receipt(&original, &bernd());
    let older = read.clone().in_code_page(CodePage::Windows1252);
    [
        Sample::of("receipt-read-8-bit", older).item(Item::Receipt(original.clone(), true)),
        Sample::of("receipt-read", read).item(Item::Receipt(original.clone(), true)),
        Sample::of("receipt-not-read", not_read).item(Item::Receipt(original, false)),
    ]
}

fn delivered() -> Sample {
    let (original, recipients) = (Original::sample(), [bernd(), otto()]);
    let report = Message::delivery_report(&original, &recipients);
    Sample::of("report-delivered", report).item(Item::Delivered(original, recipients.to_vec()))
}

fn fates() -> Vec<Fate> {
    let fate = |who: Mailbox, status: i32, said: &str| Fate {
        who,
        status,
        said: said.to_owned(),
        host: "notes.contoso.com".to_owned(),
    };
    vec![
        fate(bernd(), 511, "550 5.1.1 No such user"),
        fate(otto(), 522, "552 5.2.2 Mailbox full"),
    ]
}

fn undelivered() -> Sample {
    let original = Original::sample();
    let report = Message::non_delivery_report(&original, &fates(), None);
    Sample::of("report-undelivered", report).item(Item::Undelivered(original, fates()))
}

/// Its class is in the attribute alone, by the name that it had before MAPI.
fn older_report() -> Sample {
    let original = Original::sample();
    let report = Message::non_delivery_report(&original, &fates(), None);
    let report = report.in_code_page(CodePage::Windows1252);
    Sample::of("report-undelivered-8-bit", report).item(Item::Undelivered(original, fates()))
}

fn returned() -> Sample {
    let original = Original::sample();
    let mut message = Message::note(&original.subject)
        .body(Body::Plain("It will be less.\r\n".to_owned()))
        .to("Bernd Groß", "bernd.gross@contoso.com");
    message.message_id.clone_from(&original.message_id);
    let report = Message::non_delivery_report(&original, &fates(), Some(message));
    Sample::of("report-undelivered-returned", report).item(Item::Undelivered(original, fates()))
}

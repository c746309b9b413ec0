//! What kinds of items mean: meetings, tasks, contacts and reports out of the properties of a [`Message`](crate::Message).
//!
//! A view is data of its own: what the properties do not say, such as the recipients that only the header around a stream
//! names, can be filled in before it is written.

mod contact;
mod lid;
mod meeting;
mod one_off;
mod people;
mod report;
mod task;

pub use contact::Contact;
pub use meeting::{Answer, Instance, Meeting, Request};
pub use report::{Report, ReportKind, Reported};
pub use task::{Task, TaskRequest};

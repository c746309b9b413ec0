//! Who is meant: organizer and attendees (RFC 5545 §3.8.4.1, §3.8.4.3).

use crate::content_line::ContentLine;

/// Somebody with an address and a name, and who acts for them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// The address; empty where only a name is known.
    pub address: String,
    /// CN.
    pub name: Option<String>,
    /// SENT-BY, the address of who acts for them.
    pub sent_by: Option<String>,
}

/// Somebody invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// Who.
    pub person: Person,
    /// CUTYPE.
    pub kind: UserKind,
    /// ROLE.
    pub role: Role,
    /// PARTSTAT.
    pub participation: Participation,
    /// RSVP: whether an answer is wanted.
    pub wants_answer: bool,
}

/// What kind of user it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserKind {
    /// A person.
    Individual,
    /// A group.
    Group,
    /// A thing that can be booked.
    Resource,
    /// A room.
    Room,
}

/// What the meeting wants of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// To lead it.
    Chair,
    /// To be there.
    Required,
    /// To be there if they like.
    Optional,
    /// To know of it, as rooms and resources do.
    None,
}

/// What somebody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Participation {
    /// Nothing yet.
    NeedsAction,
    /// Yes.
    Accepted,
    /// Perhaps.
    Tentative,
    /// No.
    Declined,
}

impl Attendee {
    /// Ends an ATTENDEE line with it.
    pub(super) fn end(&self, line: ContentLine<'_>) {
        let line = line
            .parameter("CUTYPE", self.kind.as_str())
            .parameter("ROLE", self.role.as_str())
            .parameter("PARTSTAT", self.participation.as_str());
        let line = match self.wants_answer {
            true => line.parameter("RSVP", "TRUE"),
            false => line,
        };
        self.person.end(line);
    }
}

impl Person {
    /// Ends a line with the address.
    pub(super) fn end(&self, line: ContentLine<'_>) {
        let name = self.name.as_deref();
        let sent_by = self
            .sent_by
            .as_deref()
            .filter(|address| !address.is_empty());
        let sent_by = sent_by.map(uri);
        line.parameter_if("CN", name)
            .parameter_if("SENT-BY", sent_by.as_deref())
            .value(&uri(&self.address));
    }
}

/// RFC 6068. One without an address is written as Exchange does, for the value must be an URI.
pub(crate) fn uri(address: &str) -> String {
    if address.is_empty() {
        return "invalid:nomail".to_owned();
    }
    let mut uri = String::from("mailto:");
    for character in address.chars() {
        match character {
            ' ' | '"' | '%' | '<' | '>' | '\\' | '?' | '#' | '&' => {
                uri += &format!("%{:02X}", u32::from(character));
            }
            control if control.is_control() => {}
            other => uri.push(other),
        }
    }
    uri
}

impl UserKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Individual => "INDIVIDUAL",
            Self::Group => "GROUP",
            Self::Resource => "RESOURCE",
            Self::Room => "ROOM",
        }
    }
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Self::Chair => "CHAIR",
            Self::Required => "REQ-PARTICIPANT",
            Self::Optional => "OPT-PARTICIPANT",
            Self::None => "NON-PARTICIPANT",
        }
    }
}

impl Participation {
    fn as_str(self) -> &'static str {
        match self {
            Self::NeedsAction => "NEEDS-ACTION",
            Self::Accepted => "ACCEPTED",
            Self::Tentative => "TENTATIVE",
            Self::Declined => "DECLINED",
        }
    }
}

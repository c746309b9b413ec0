//! What a card says.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::{AddressKind, PostalAddress, Version};
use crate::content_line::{ContentLine, ContentLines};
use crate::icalendar::uri;

/// A VCARD.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Card {
    /// Whom or what it is about.
    pub subject: Subject,
    /// UID.
    pub uid: Option<String>,
    /// FN: never empty in what is written.
    pub display_name: String,
    /// N.
    pub name: Name,
    /// NICKNAME.
    pub nickname: Option<String>,
    /// ORG: the company, then its parts.
    pub organization: Vec<String>,
    /// TITLE.
    pub title: Option<String>,
    /// ROLE.
    pub role: Option<String>,
    /// EMAIL, the preferred one first.
    pub addresses: Vec<EmailAddress>,
    /// TEL.
    pub phones: Vec<Phone>,
    /// IMPP.
    pub messaging: Vec<String>,
    /// ADR.
    pub postal: Vec<PostalAddress>,
    /// URL.
    pub pages: Vec<String>,
    /// BDAY and ANNIVERSARY.
    pub dated: Dated,
    /// CATEGORIES.
    pub categories: Vec<String>,
    /// NOTE.
    pub note: Option<String>,
    /// PHOTO.
    pub photo: Option<Photo>,
    /// REV.
    pub revised: Option<Timestamp>,
}

/// Whom or what a card is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Subject {
    /// A person.
    #[default]
    Person,
    /// A group of others.
    Group(Vec<Member>),
}

/// Somebody in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Their name.
    pub name: String,
    /// Their address; empty if it is not known.
    pub address: String,
}

/// N.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Name {
    /// Family name.
    pub family: String,
    /// Given name.
    pub given: String,
    /// Middle names.
    pub middle: String,
    /// Before the name.
    pub prefix: String,
    /// After the name.
    pub suffix: String,
}

/// EMAIL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress {
    /// The address.
    pub address: String,
}

/// TEL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// The number as it was written.
    pub number: String,
    /// What answers there.
    pub kind: PhoneKind,
    /// Where.
    pub place: AddressKind,
}

/// What answers at a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhoneKind {
    /// Somebody.
    Voice,
    /// A fax.
    Fax,
    /// A mobile phone.
    Mobile,
    /// A pager.
    Pager,
    /// A text telephone.
    Text,
}

/// Days in a life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dated {
    /// BDAY.
    pub birthday: Option<Date>,
    /// ANNIVERSARY.
    pub anniversary: Option<Date>,
}

/// PHOTO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    media_type: &'static str,
    base64: String,
}

impl Card {
    pub(super) fn write(&self, version: Version, lines: &mut ContentLines) {
        lines.line("VERSION").value(version.as_str());
        if let Some(uid) = &self.uid {
            lines.line("UID").text(uid);
        }
        self.subject.write(version, lines);
        lines.line("FN").text(self.full_name());
        let name = &self.name;
        let parts = [
            &name.family,
            &name.given,
            &name.middle,
            &name.prefix,
            &name.suffix,
        ];
        lines.line("N").texts(parts.map(String::as_str), ';');
        self.write_texts(lines);
        for (at, address) in self.addresses.iter().enumerate() {
            address.write(version, at == 0, lines);
        }
        for phone in &self.phones {
            phone.write(version, lines);
        }
        for page in &self.messaging {
            lines.line("IMPP").value(page);
        }
        for address in &self.postal {
            address.write(version, lines);
        }
        for page in &self.pages {
            lines.line("URL").value(page);
        }
        self.dated.write(version, lines);
        if let Some(photo) = &self.photo {
            photo.write(version, lines);
        }
        if let Some(revised) = self.revised {
            let utc = Offset::UTC.to_datetime(revised);
            lines
                .line("REV")
                .value(&utc.strftime("%Y%m%dT%H%M%SZ").to_string());
        }
    }

    /// RFC 6350 §6.2.1 demands one.
    fn full_name(&self) -> &str {
        let address = self
            .addresses
            .first()
            .map(|address| address.address.as_str());
        let organization = self.organization.first().map(String::as_str);
        let names = [Some(self.display_name.as_str()), organization, address];
        let known = names
            .into_iter()
            .flatten()
            .find(|name| !name.trim().is_empty());
        known.unwrap_or("Unknown")
    }

    fn write_texts(&self, lines: &mut ContentLines) {
        let texts = [
            ("NICKNAME", &self.nickname),
            ("TITLE", &self.title),
            ("ROLE", &self.role),
            ("NOTE", &self.note),
        ];
        for (name, text) in texts {
            if let Some(text) = text.as_deref().filter(|text| !text.trim().is_empty()) {
                lines.line(name).text(text);
            }
        }
        let lists = [
            ("ORG", &self.organization, ';'),
            ("CATEGORIES", &self.categories, ','),
        ];
        for (name, list, separator) in lists {
            if list.iter().any(|text| !text.trim().is_empty()) {
                lines
                    .line(name)
                    .texts(list.iter().map(String::as_str), separator);
            }
        }
    }
}

impl Subject {
    /// RFC 6350 §6.6.5; version 3 knows no groups, and Outlook, Apple and others read these instead.
    fn write(&self, version: Version, lines: &mut ContentLines) {
        let Self::Group(members) = self else { return };
        let (kind, member) = match version {
            Version::V4 => ("KIND", "MEMBER"),
            Version::V3 => ("X-ADDRESSBOOKSERVER-KIND", "X-ADDRESSBOOKSERVER-MEMBER"),
        };
        lines.line(kind).value("group");
        for one in members {
            let name = Some(one.name.as_str()).filter(|name| *name != one.address);
            lines
                .line(member)
                .parameter_if("X-CN", name)
                .value(&uri(&one.address));
        }
    }
}

impl EmailAddress {
    fn write(&self, version: Version, is_first: bool, lines: &mut ContentLines) {
        let line = lines.line("EMAIL");
        let line = match (version, is_first) {
            (Version::V3, true) => line.parameter("TYPE", "INTERNET").parameter("TYPE", "PREF"),
            (Version::V3, false) => line.parameter("TYPE", "INTERNET"),
            (Version::V4, true) => line.parameter("PREF", "1"),
            (Version::V4, false) => line,
        };
        line.text(&self.address);
    }
}

impl Phone {
    fn write(&self, version: Version, lines: &mut ContentLines) {
        if self.number.trim().is_empty() {
            return;
        }
        let line = lines
            .line("TEL")
            .parameter("TYPE", self.kind.as_str(version));
        let line = line.parameter_if("TYPE", self.place.as_str(version));
        line.text(&self.number);
    }
}

impl PhoneKind {
    /// RFC 6350 §6.4.1 and RFC 2426 §3.3.1.
    fn as_str(self, version: Version) -> &'static str {
        match (self, version) {
            (Self::Voice, Version::V4) => "voice",
            (Self::Fax, Version::V4) => "fax",
            (Self::Mobile, Version::V4) => "cell",
            (Self::Pager, Version::V4) => "pager",
            (Self::Text, Version::V4) => "textphone",
            (Self::Voice | Self::Text, Version::V3) => "VOICE",
            (Self::Fax, Version::V3) => "FAX",
            (Self::Mobile, Version::V3) => "CELL",
            (Self::Pager, Version::V3) => "PAGER",
        }
    }
}

impl Dated {
    fn write(self, version: Version, lines: &mut ContentLines) {
        let days = [
            ("BDAY", self.birthday),
            (version.anniversary(), self.anniversary),
        ];
        for (name, day) in days {
            if let Some(day) = day {
                let text = version.day(day);
                lines.line(name).value(&text);
            }
        }
    }
}

impl Photo {
    /// A picture of a media type such as `image/jpeg`.
    pub fn new(media_type: &'static str, octets: &[u8]) -> Self {
        Self {
            media_type,
            base64: base64(octets),
        }
    }

    fn write(&self, version: Version, lines: &mut ContentLines) {
        let line: ContentLine<'_> = lines.line("PHOTO");
        match version {
            Version::V4 => line.value(&format!("data:{};base64,{}", self.media_type, self.base64)),
            Version::V3 => {
                let kind = self.media_type.rsplit('/').next().unwrap_or_default();
                let line = line.parameter("ENCODING", "b");
                line.parameter("TYPE", &kind.to_ascii_uppercase())
                    .value(&self.base64);
            }
        }
    }
}

/// RFC 4648 §4.
fn base64(octets: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(octets.len().div_ceil(3) * 4);
    for three in octets.chunks(3) {
        let at = |index: usize| u32::from(three.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 0x3f;
            let is_padding = digit > three.len();
            text.push(if is_padding {
                '='
            } else {
                char::from(DIGITS[value as usize])
            });
        }
    }
    text
}

impl Version {
    fn as_str(self) -> &'static str {
        match self {
            Self::V3 => "3.0",
            Self::V4 => "4.0",
        }
    }

    fn anniversary(self) -> &'static str {
        match self {
            Self::V3 => "X-ANNIVERSARY",
            Self::V4 => "ANNIVERSARY",
        }
    }

    /// RFC 6350 §4.3.1 wants the basic form, RFC 2426 §3.1.5 takes both, and most write the other one.
    fn day(self, day: Date) -> String {
        match self {
            Self::V3 => day.to_string(),
            Self::V4 => day.strftime("%Y%m%d").to_string(),
        }
    }
}

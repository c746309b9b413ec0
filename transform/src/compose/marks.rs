//! Marks of a message that header fields tell (RFC 2156 §2, RFC 5322 §3.6.5, MS-OXCMAIL §2.1.3.2).

use jiff::Timestamp;
use jiff::tz::Offset;
use tnef_decoder::calendar::file_time;
use tnef_decoder::{Message, named_id, property_id as id};

use crate::entity::header::{structured_value, text_value};
use crate::entity::words;

/// The fields for them, name and value; a value is ASCII and folded where it is long.
pub(crate) fn fields(message: &Message<'_>) -> Vec<(String, String)> {
    let properties = &message.properties;
    let mut fields = Vec::new();
    let mut add = |name: &str, value: String| fields.push((name.to_owned(), value));
    match properties.long(id::IMPORTANCE) {
        Some(0) => {
            add("Importance", "Low".to_owned());
            add("X-Priority", "5".to_owned());
        }
        Some(2) => {
            add("Importance", "High".to_owned());
            add("X-Priority", "1".to_owned());
        }
        _ => {}
    }
    match properties.long(id::SENSITIVITY) {
        Some(1) => add("Sensitivity", "Personal".to_owned()),
        Some(2) => add("Sensitivity", "Private".to_owned()),
        Some(3) => add("Sensitivity", "Company-Confidential".to_owned()),
        _ => {}
    }
    let categories = properties.texts(named_id::KEYWORDS);
    let categories = categories.iter().filter(|word| !word.trim().is_empty());
    let mut keywords: Vec<String> = Vec::new();
    for category in categories {
        if let Some(last) = keywords.last_mut() {
            last.push(',');
        }
        keywords.extend(words::phrase(category));
    }
    if !keywords.is_empty() {
        add("Keywords", structured_value("Keywords", &keywords));
    }
    if let Some(flag) = flag(message) {
        add("X-Message-Flag", text_value("X-Message-Flag", &flag));
        if let Some(due) = due(message) {
            add("Reply-By", date(due));
        }
    }
    fields
}

/// What somebody is to do; it is told only while it is not done.
fn flag(message: &Message<'_>) -> Option<String> {
    let request = message.properties.text(named_id::FLAG_REQUEST);
    let request = request.filter(|request| !request.trim().is_empty());
    match (request, message.properties.long(id::FLAG_STATUS)) {
        (Some(request), _) => Some(request.into_owned()),
        (None, Some(FLAGGED)) => Some("Follow up".to_owned()),
        (None, _) => None,
    }
}

fn due(message: &Message<'_>) -> Option<Timestamp> {
    let properties = &message.properties;
    let reply = properties.time(REPLY_TIME);
    let due = reply.or_else(|| properties.time(named_id::COMMON_END));
    file_time(due?.0)
}

/// RFC 5322 §3.3.
pub(crate) fn date(at: Timestamp) -> String {
    let utc = Offset::UTC.to_datetime(at);
    utc.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// PidTagReplyTime.
pub(crate) const REPLY_TIME: u16 = 0x0030;
/// Of PidTagFlagStatus.
const FLAGGED: i32 = 2;

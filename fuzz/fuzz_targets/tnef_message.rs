//! Any octets are either no message, or one of which everything can be read, at a cost that the octets bound.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tnef_decoder::{Data, Limits, Message};

fuzz_target!(|octets: &[u8]| {
    let limits = Limits {
        decoded_octets: 1 << 20,
        ..Limits::default()
    };
    if let Ok(message) = Message::decode(octets, &limits) {
        assert!(walk(&message, &limits, octets.len()) <= octets.len());
    }
});

/// How many properties, values, recipients and attachments there are.
fn walk(message: &Message<'_>, limits: &Limits, octets: usize) -> usize {
    let pages = message.code_pages();
    let mut seen = 1;
    for property in message.properties.iter() {
        seen += property.value.each().count();
        for value in property.value.each() {
            let _read = (value.text(pages.of_text()), value.long(), value.guid());
        }
        let _found = message.properties.text(property.tag.id);
        let _shown = property.name.map(|name| name.to_string());
    }
    for recipient in message.recipients.iter() {
        seen += recipient.properties.iter().count();
        let _shown = (
            recipient.display_name(),
            recipient.smtp_address(),
            recipient.kind(),
        );
    }
    let _bodies = (message.subject(), message.text(), message.html());
    if let Some(Ok(rtf)) = message.rtf(limits) {
        assert!(rtf.rtf.len() <= limits.decoded_octets);
    }
    let mut attached = 0;
    for attachment in &message.attachments {
        seen += 1 + attachment.properties.iter().count();
        let _shown = (
            attachment.file_name(),
            attachment.content_id(),
            attachment.method(),
        );
        attached += match attachment.data() {
            Data::Bytes(data) => data.len(),
            Data::Message(data) | Data::Ole(data) | Data::Stream(data) => data.len(),
            Data::None => 0,
        };
        if let Some(Ok(inner)) = attachment.embedded(limits) {
            seen += walk(&inner, limits, octets);
        }
    }
    assert!(attached <= octets, "more is attached than there is");
    seen
}

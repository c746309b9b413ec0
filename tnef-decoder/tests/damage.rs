//! Anything may come: nothing panics, and nothing costs more than it should.

use proptest::prelude::*;
use tnef_decoder::{AttributeId, Guid, Limits, Message, PropertyType, lzfu, property_id as id};

use super::encoder::Encoder;
use super::list::{List, one, wide};

/// Reads all there is to read. Gives how many things it has seen.
fn read_all(octets: &[u8], limits: &Limits) -> usize {
    Message::decode(octets, limits).map_or(0, |message| walk(&message, limits))
}

fn walk(message: &Message<'_>, limits: &Limits) -> usize {
    let pages = message.code_pages();
    let mut seen = 1;
    for property in message.properties.iter() {
        seen += property.value.each().count();
        let _text = property.value.text(pages.of_text());
        let _found = message.properties.text(property.tag.id);
    }
    for recipient in message.recipients.iter() {
        seen += recipient.properties.iter().count();
        let _shown = (
            recipient.display_name(),
            recipient.smtp_address(),
            recipient.kind(),
        );
    }
    let _bodies = (
        message.subject(),
        message.text(),
        message.html(),
        message.rtf(limits),
    );
    let _key = message.correlation_key();
    for attachment in &message.attachments {
        seen += 1 + attachment.properties.iter().count();
        let _shown = (
            attachment.file_name(),
            attachment.content_id(),
            attachment.method(),
        );
        if let Some(Ok(inner)) = attachment.embedded(limits) {
            seen += walk(&inner, limits);
        }
    }
    seen
}

fn rich() -> Vec<u8> {
    let texts = [&2_u32.to_le_bytes()[..], &one(&wide("ä")), &one(&wide("b"))].concat();
    let list = List::new()
        .text(id::SUBJECT, "subject")
        .text8(id::CONVERSATION_TOPIC, b"topic")
        .long(id::MESSAGE_CODEPAGE, 932)
        .lid(Guid::COMMON, 0x8208, 1)
        .string_name(Guid::PUBLIC_STRINGS, "Keywords", 3)
        .raw(0x6001, PropertyType::UNICODE.multi(), &texts)
        .binary(id::HTML, b"<p>html</p>");
    let row = List::new().text(id::DISPLAY_NAME, "Anna").octets();
    let table = [&1_u32.to_le_bytes()[..], &row].concat();
    let inner = Encoder::new(1).message(AttributeId::SUBJECT, b"inner\0");
    let within = List::new().text(id::ATTACH_LONG_FILENAME, "name").object(
        id::ATTACH_DATA,
        Guid::I_MESSAGE,
        inner.octets(),
    );
    Encoder::new(0)
        .message(AttributeId::OEM_CODEPAGE, &[0xe4, 4, 0, 0, 0, 0, 0, 0])
        .message(
            AttributeId::FROM,
            &[4, 0, 9, 0, 2, 0, 2, 0, b'a', 0, b'b', 0],
        )
        .message(AttributeId::MESSAGE_PROPERTIES, &list.octets())
        .message(AttributeId::RECIPIENT_TABLE, &table)
        .attachment(AttributeId::ATTACH_REND_DATA, &[0; 14])
        .attachment(AttributeId::ATTACHMENT, &within.octets())
        .octets()
        .to_vec()
}

#[test]
fn the_sample_has_something_to_damage() {
    assert!(read_all(&rich(), &Limits::default()) > 12);
}

proptest! {
    #[test]
    fn any_octets_can_be_read(octets in prop::collection::vec(any::<u8>(), 0..400)) {
        let octets = [b"\x78\x9f\x3e\x22\0\0", &octets[..]].concat();
        prop_assert!(read_all(&octets, &Limits::default()) <= octets.len());
        let _rtf = lzfu::decompress(&octets, 10_000);
    }

    #[test]
    fn damage_can_be_read(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        end in any::<prop::sample::Index>(),
    ) {
        let mut octets = rich();
        for (at, octet) in changes {
            let at = at.index(octets.len());
            octets[at] = octet;
        }
        prop_assert!(read_all(&octets, &Limits::default()) <= octets.len());
        octets.truncate(end.index(octets.len()));
        prop_assert!(read_all(&octets, &Limits::default()) <= octets.len());
    }
}

//! Whole messages.

use tnef_decoder::{
    AttributeId, Data, DecodeError, Guid, Limit, LimitExceeded, Limits, Message, Method,
    RecipientKind, Tolerance, property_id as id,
};

use super::encoder::Encoder;
use super::list::List;

fn decode(stream: &Encoder) -> Message<'_> {
    Message::decode(stream.octets(), &Limits::default()).expect("it is TNEF")
}

fn date(year: u16) -> Vec<u8> {
    let numbers = [year, 1, 2, 3, 4, 5, 6];
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn counted(texts: &[&[u8]]) -> Vec<u8> {
    let one = |text: &&[u8]| [&[text.len() as u8, 0], *text].concat();
    texts.iter().flat_map(one).collect()
}

const REND_DATA: &[u8] = &[1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const NOWHERE: &[u8] = &[2, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 1, 0, 0, 0];

#[test]
fn attributes_from_before_mapi_are_properties() {
    let from = [&[4, 0, 20, 0, 5, 0, 12, 0][..], b"Anna\0", b"SMTP:a@b.de\0"].concat();
    let stream = Encoder::new(9)
        .message(AttributeId::OEM_CODEPAGE, &[0x52, 3, 0, 0, 0, 0, 0, 0])
        .message(AttributeId::MESSAGE_CLASS, b"IPM.Microsoft Mail.Note\0")
        .message(AttributeId::FROM, &from)
        .message(AttributeId::SUBJECT, b"gr\x81n\0")
        .message(AttributeId::BODY, b"text\0")
        .message(AttributeId::DATE_SENT, &date(1970))
        .message(AttributeId::PRIORITY, &[1, 0])
        .message(AttributeId::MESSAGE_STATUS, &[0xa4])
        .message(AttributeId::AID_OWNER, &[7, 0, 0, 0])
        .message(AttributeId::REQUEST_RES, &[1, 0])
        .message(AttributeId::OWNER, &counted(&[b"Bert\0", b"SMTP:b@b.de\0"]));
    let message = decode(&stream);
    let text = |id: u16| message.properties.text(id);
    assert_eq!((message.key, &message.class[..]), (9, "IPM.Note"));
    assert_eq!(
        message.class_written.as_deref(),
        Some("IPM.Microsoft Mail.Note")
    );
    assert_eq!(message.subject().as_deref(), Some("grün"));
    assert_eq!(message.text().as_deref(), Some("text"));
    assert_eq!(text(id::SENDER_NAME).as_deref(), Some("Anna"));
    assert_eq!(text(id::SENDER_ADDRESS_TYPE).as_deref(), Some("SMTP"));
    assert_eq!(text(id::SENDER_EMAIL_ADDRESS).as_deref(), Some("a@b.de"));
    assert_eq!(text(id::SENT_REPRESENTING_NAME).as_deref(), Some("Bert"));
    let sent = message.properties.time(id::CLIENT_SUBMIT_TIME);
    assert_eq!(
        sent.map(|time| time.to_unix()),
        Some(86_400 + 3 * 3_600 + 4 * 60 + 5)
    );
    assert_eq!(message.properties.long(id::IMPORTANCE), Some(2));
    // Read, unmodified, submitted, with attachments.
    assert_eq!(message.properties.long(id::MESSAGE_FLAGS), Some(0x17));
    assert_eq!(message.properties.long(id::OWNER_APPOINTMENT_ID), Some(7));
    assert_eq!(
        message.properties.boolean(id::RESPONSE_REQUESTED),
        Some(true)
    );
    assert_eq!(message.tolerated, []);
}

#[test]
fn the_owner_is_asked_when_the_message_answers() {
    let stream = Encoder::new(0)
        .message(AttributeId::OWNER, &counted(&[b"Bert\0", b"SMTP:b@b.de\0"]))
        .message(
            AttributeId::SENT_FOR,
            &counted(&[b"Anna\0", b"SMTP:a@b.de\0"]),
        )
        .message(AttributeId::DELEGATE, b"entry")
        .message(
            AttributeId::MESSAGE_CLASS,
            b"IPM.Microsoft Schedule.MtgRespP\0",
        );
    let message = decode(&stream);
    assert_eq!(message.class, "IPM.Schedule.Meeting.Resp.Pos");
    let text = |id: u16| message.properties.text(id);
    let asked = text(id::RECEIVED_REPRESENTING_EMAIL_ADDRESS);
    assert_eq!(asked.as_deref(), Some("b@b.de"));
    let delegate = message
        .properties
        .binary(id::RECEIVED_REPRESENTING_ENTRY_ID);
    assert_eq!(delegate, Some(&b"entry"[..]));
    assert_eq!(
        text(id::SENT_REPRESENTING_EMAIL_ADDRESS).as_deref(),
        Some("a@b.de")
    );
}

#[test]
fn properties_come_before_attributes() {
    let list = List::new()
        .text(id::SUBJECT, "new")
        .text(id::MESSAGE_CLASS, "IPM.Task")
        .long(id::IMPORTANCE, 0)
        .binary(id::TNEF_CORRELATION_KEY, b"<1@example.com>\0");
    let stream = Encoder::new(0)
        .message(AttributeId::SUBJECT, b"old\0")
        .message(AttributeId::PRIORITY, &[1, 0])
        .message(AttributeId::MESSAGE_CLASS, b"IPM.Microsoft Mail.Note\0")
        .message(AttributeId::MESSAGE_PROPERTIES, &list.octets());
    let message = decode(&stream);
    assert_eq!(message.subject().as_deref(), Some("new"));
    assert_eq!(message.properties.long(id::IMPORTANCE), Some(0));
    assert_eq!(message.class, "IPM.Task");
    assert_eq!(message.correlation_key(), Some(&b"<1@example.com>"[..]));
}

#[test]
fn bodies() {
    let list = List::new()
        .binary(id::HTML, "<p>ä</p>".as_bytes())
        .long(id::INTERNET_CODEPAGE, 65_001)
        .binary(
            id::RTF_COMPRESSED,
            b"\x13\0\0\0\x07\0\0\0MELA\0\0\0\0{\\rtf1}",
        );
    let stream = Encoder::new(0).message(AttributeId::MESSAGE_PROPERTIES, &list.octets());
    let message = decode(&stream);
    assert_eq!(message.html().as_deref(), Some("<p>ä</p>"));
    let rtf = message.rtf(&Limits::default()).expect("there is RTF");
    assert_eq!(rtf.expect("it expands").rtf, b"{\\rtf1}");
    assert_eq!(message.text(), None);
}

#[test]
fn recipients() {
    let one = List::new()
        .text(id::DISPLAY_NAME, "Anna")
        .text(id::ADDRESS_TYPE, "SMTP")
        .text(id::EMAIL_ADDRESS, "a@b.de")
        .long(id::RECIPIENT_TYPE, 0x1000_0001);
    let two = List::new()
        .text(id::SMTP_ADDRESS, "b@b.de")
        .text(id::ADDRESS_TYPE, "EX")
        .text(id::EMAIL_ADDRESS, "/o=b")
        .long(id::RECIPIENT_TYPE, 2);
    let table = [&2_u32.to_le_bytes()[..], &one.octets(), &two.octets()].concat();
    let stream = Encoder::new(0).message(AttributeId::RECIPIENT_TABLE, &table);
    let message = decode(&stream);
    let found: Vec<_> = message.recipients.iter().collect();
    assert_eq!(found[0].display_name().as_deref(), Some("Anna"));
    assert_eq!(found[0].smtp_address().as_deref(), Some("a@b.de"));
    assert_eq!(found[0].kind(), RecipientKind::To);
    assert_eq!(found[1].smtp_address().as_deref(), Some("b@b.de"));
    assert_eq!(found[1].kind(), RecipientKind::Cc);
    let limits = |recipients| Limits {
        recipients,
        ..Limits::default()
    };
    assert!(Message::decode(stream.octets(), &limits(2)).is_ok());
    let error = Message::decode(stream.octets(), &limits(1)).err();
    assert_eq!(error, exceeded(Limit::Recipients, 1));
    let cut = Encoder::new(0).message(AttributeId::RECIPIENT_TABLE, &table[..table.len() - 4]);
    let cut = decode(&cut).tolerated;
    let attribute = AttributeId::RECIPIENT_TABLE;
    let (declared, read) = (2, 1);
    assert_eq!(
        cut,
        [Tolerance::Damaged {
            attribute,
            declared,
            read
        }]
    );
}

fn exceeded(limit: Limit, most: usize) -> Option<DecodeError> {
    Some(LimitExceeded { limit, most }.into())
}

#[test]
fn files() {
    let list = List::new()
        .text(id::ATTACH_LONG_FILENAME, "größer.txt")
        .text(id::ATTACH_FILENAME, "GRER~1.TXT")
        .text(id::ATTACH_MIME_TAG, "text/plain")
        .text(id::ATTACH_CONTENT_ID, " <a@b>")
        .text(id::ATTACH_CONTENT_LOCATION, "a.txt")
        .long(id::ATTACH_FLAGS, 4)
        .long(id::ATTACHMENT_HIDDEN, 1);
    let stream = Encoder::new(0)
        .attachment(AttributeId::ATTACH_REND_DATA, REND_DATA)
        .attachment(AttributeId::ATTACH_DATA, b"one")
        .attachment(AttributeId::ATTACH_TITLE, b"title\0")
        .attachment(AttributeId::ATTACHMENT, &list.octets())
        .attachment(AttributeId::ATTACH_REND_DATA, NOWHERE)
        .attachment(AttributeId::ATTACH_TITLE, b"title\0")
        .attachment(AttributeId::ATTACH_DATA, b"");
    let message = decode(&stream);
    let [first, second] = &message.attachments[..] else {
        panic!("{:?}", message.attachments);
    };
    assert_eq!(first.file_name().as_deref(), Some("größer.txt"));
    assert_eq!(first.mime_tag().as_deref(), Some("text/plain"));
    assert_eq!(first.content_id().as_deref(), Some("a@b"));
    assert_eq!(first.content_location().as_deref(), Some("a.txt"));
    assert_eq!((first.is_rendered(), first.is_hidden()), (true, true));
    assert_eq!(first.rendering_position(), Some(5));
    assert_eq!(first.method(), Method::ByValue);
    assert_eq!(first.data(), Data::Bytes(b"one"[..].into()));
    assert_eq!(second.file_name().as_deref(), Some("title"));
    assert_eq!(second.rendering_position(), None);
    assert_eq!(second.method(), Method::Ole);
    assert!(
        second
            .rendering
            .is_some_and(|rendering| rendering.is_mac_binary)
    );
    assert_eq!(second.data(), Data::Bytes(b""[..].into()));
}

#[test]
fn data_may_be_a_property_and_placeholders_do_not_hide_it() {
    let check = |list: List, octets: Option<&[u8]>, expected: Data<'_>| {
        let mut stream = Encoder::new(0).attachment(AttributeId::ATTACH_REND_DATA, REND_DATA);
        if let Some(octets) = octets {
            stream = stream.attachment(AttributeId::ATTACH_DATA, octets);
        }
        let stream = stream.attachment(AttributeId::ATTACHMENT, &list.octets());
        let message = decode(&stream);
        assert_eq!(message.attachments[0].data(), expected, "{list:?}");
    };
    let object = |method, iid| {
        List::new()
            .long(id::ATTACH_METHOD, method)
            .object(id::ATTACH_DATA, iid, b"x")
    };
    let held = Some(&b"This attachment is held elsewhere."[..]);
    check(object(5, Guid::I_MESSAGE), held, Data::Message(b"x"));
    check(object(6, Guid::I_STORAGE), Some(b""), Data::Ole(b"x"));
    check(object(6, Guid::I_STREAM), None, Data::Stream(b"x"));
    check(object(6, Guid([0; 16])), None, Data::Stream(b"x"));
    let compound = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more";
    let ole = List::new().long(id::ATTACH_METHOD, 6);
    check(ole.clone(), Some(compound), Data::Ole(compound));
    check(
        ole.binary(id::ATTACH_DATA, compound),
        held,
        Data::Ole(compound),
    );
    let empty = List::new().binary(id::ATTACH_DATA, b"");
    check(empty.clone(), Some(b"x"), Data::Bytes(b"x"[..].into()));
    check(empty, None, Data::Bytes(b""[..].into()));
    let some = List::new().binary(id::ATTACH_DATA, b"x");
    check(some, Some(b""), Data::Bytes(b"x"[..].into()));
    check(List::new(), None, Data::None);
}

#[test]
fn odd_attachments_are_kept() {
    let stream = Encoder::new(0)
        .attachment(AttributeId::ATTACH_TITLE, b"a\0")
        .attachment(AttributeId::ATTACH_DATA, b"1")
        .attachment(AttributeId::ATTACH_DATA, b"2");
    let message = decode(&stream);
    let data: Vec<_> = message.attachments.iter().map(|one| one.octets).collect();
    assert_eq!(data, [Some(&b"1"[..]), Some(&b"2"[..])]);
    let attribute = AttributeId::ATTACH_TITLE;
    assert_eq!(
        message.tolerated,
        [
            Tolerance::NoRendering { attribute },
            Tolerance::RepeatedData
        ]
    );
    let limits = |attachments| Limits {
        attachments,
        ..Limits::default()
    };
    assert!(Message::decode(stream.octets(), &limits(2)).is_ok());
    let error = Message::decode(stream.octets(), &limits(1)).err();
    assert_eq!(error, exceeded(Limit::Attachments, 1));
}

#[test]
fn the_lower_half_of_a_number_tells_what_an_attribute_is() {
    let stream = Encoder::new(0)
        .message(AttributeId(0x8004), b"subject\0")
        .attachment(AttributeId(0x9002), b"")
        .attachment(AttributeId(0x800F), b"data");
    let message = decode(&stream);
    assert_eq!(message.subject().as_deref(), Some("subject"));
    assert_eq!(
        message.attachments[0].data(),
        Data::Bytes(b"data"[..].into())
    );
}

/// A message in a message, so many times.
fn nested(times: usize) -> Encoder {
    (0..times).fold(Encoder::new(0), |inner, _| {
        let list = List::new().long(id::ATTACH_METHOD, 5).object(
            id::ATTACH_DATA,
            Guid::I_MESSAGE,
            inner.octets(),
        );
        Encoder::new(0)
            .attachment(AttributeId::ATTACH_REND_DATA, REND_DATA)
            .attachment(AttributeId::ATTACHMENT, &list.octets())
    })
}

fn depth(message: &Message<'_>, limits: &Limits) -> Result<usize, DecodeError> {
    match message
        .attachments
        .first()
        .and_then(|one| one.embedded(limits))
    {
        Some(inner) => Ok(1 + depth(&inner?, limits)?),
        None => Ok(0),
    }
}

#[test]
fn messages_within_messages_have_a_bound() {
    let stream = nested(3);
    let message = decode(&stream);
    let limits = |depth| Limits {
        depth,
        ..Limits::default()
    };
    assert_eq!(depth(&message, &limits(3)), Ok(3));
    assert_eq!(depth(&message, &limits(2)).err(), exceeded(Limit::Depth, 2));
    assert_eq!(depth(&decode(&nested(32)), &Limits::default()), Ok(32));
    let error = depth(&decode(&nested(33)), &Limits::default()).err();
    assert_eq!(error, exceeded(Limit::Depth, 32));
}

#[test]
fn attributes_have_a_bound_and_findings_too() {
    let mut stream = Encoder::new(0);
    for _ in 0..100 {
        stream = stream
            .message(AttributeId::SUBJECT, b"a\0")
            .cut(1)
            .raw(&[9]);
    }
    assert_eq!(
        decode(&stream).tolerated.len(),
        tnef_decoder::limits::TOLERANCES_MAX
    );
    let limits = |attributes| Limits {
        attributes,
        ..Limits::default()
    };
    assert!(Message::decode(stream.octets(), &limits(100)).is_ok());
    let error = Message::decode(stream.octets(), &limits(99)).err();
    assert_eq!(error, exceeded(Limit::Attributes, 99));
}

#[test]
fn a_cut_stream_gives_what_is_left() {
    let stream = Encoder::new(0)
        .message(AttributeId::SUBJECT, b"subject\0")
        .attachment(AttributeId::ATTACH_REND_DATA, REND_DATA)
        .attachment(AttributeId::ATTACH_DATA, b"some data")
        .cut(6);
    let message = decode(&stream);
    assert_eq!(message.subject().as_deref(), Some("subject"));
    assert_eq!(
        message.attachments[0].data(),
        Data::Bytes(b"some "[..].into())
    );
    let truncated = Tolerance::Truncated {
        attribute: AttributeId::ATTACH_DATA,
        declared: 9,
        present: 5,
    };
    assert_eq!(message.tolerated, [truncated]);
    let junk = Encoder::new(0)
        .message(AttributeId::SUBJECT, b"s\0")
        .raw(b"\r\n");
    assert_eq!(decode(&junk).tolerated, [Tolerance::Junk { octets: 2 }]);
    let nothing = Encoder::new(0).raw(b"\x11junk");
    let error = Message::decode(nothing.octets(), &Limits::default()).err();
    assert_eq!(error, Some(DecodeError::NoAttributes { octets: 5 }));
    assert!(decode(&Encoder::new(0)).attachments.is_empty());
    let bare = Encoder::new(0).message(AttributeId::SUBJECT, b"s\0").cut(2);
    let attribute = AttributeId::SUBJECT;
    assert_eq!(
        decode(&bare).tolerated,
        [Tolerance::NoChecksum { attribute }]
    );
}

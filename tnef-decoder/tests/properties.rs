//! Lists of properties, right and wrong.

use tnef_decoder::{
    AttributeId, DecodeError, Guid, Limit, LimitExceeded, Limits, Message, PropertyType, Time,
    Tolerance, Value,
};

use super::encoder::Encoder;
use super::list::{List, one, sized, wide};

fn stream(list: &[u8]) -> Encoder {
    Encoder::new(0)
        .message(AttributeId::OEM_CODEPAGE, &[0xe3, 4, 0, 0, 0, 0, 0, 0])
        .message(AttributeId::MESSAGE_PROPERTIES, list)
}

fn decode(stream: &Encoder) -> Message<'_> {
    Message::decode(stream.octets(), &Limits::default()).expect("it is TNEF")
}

#[test]
fn values_of_every_type() {
    let check = |kind: PropertyType, written: &[u8], expected: Value<'_>| {
        let list = List::new().raw(0x6001, kind, written).long(0x6002, 7);
        let stream = stream(&list.octets());
        let message = decode(&stream);
        let properties = &message.properties;
        assert_eq!(properties.get(0x6001), Some(expected), "{kind:?}");
        assert_eq!(properties.long(0x6002), Some(7), "after {kind:?}");
        assert_eq!(message.tolerated, [], "{kind:?}");
    };
    check(PropertyType::NULL, &[], Value::Null);
    check(PropertyType::SHORT, &[0xfe, 0xff, 9, 9], Value::Short(-2));
    check(PropertyType::LONG, &(-2_i32).to_le_bytes(), Value::Long(-2));
    check(
        PropertyType::FLOAT,
        &1.5_f32.to_le_bytes(),
        Value::Float(1.5),
    );
    check(
        PropertyType::DOUBLE,
        &1.5_f64.to_le_bytes(),
        Value::Double(1.5),
    );
    check(
        PropertyType::CURRENCY,
        &7_i64.to_le_bytes(),
        Value::Currency(7),
    );
    check(
        PropertyType::APP_TIME,
        &2.5_f64.to_le_bytes(),
        Value::AppTime(2.5),
    );
    check(
        PropertyType::ERROR,
        &[1, 0, 0, 0x80],
        Value::Error(0x8000_0001),
    );
    check(PropertyType::BOOLEAN, &[1, 0, 0, 0], Value::Boolean(true));
    check(PropertyType::BOOLEAN, &[0, 0, 9, 9], Value::Boolean(false));
    check(PropertyType::I8, &(-7_i64).to_le_bytes(), Value::I8(-7));
    check(
        PropertyType::SYS_TIME,
        &9_u64.to_le_bytes(),
        Value::SysTime(Time(9)),
    );
    check(PropertyType::GUID, &Guid::TASK.0, Value::Guid(Guid::TASK));
    check(
        PropertyType::STRING8,
        &sized(b"abcde\0"),
        Value::String8(b"abcde"),
    );
    check(
        PropertyType::UNICODE,
        &sized(b"a\0b\0\0\0"),
        Value::Unicode(b"a\0b\0"),
    );
    check(
        PropertyType::BINARY,
        &sized(b"abcde"),
        Value::Binary(b"abcde"),
    );
    check(PropertyType::BINARY, &[0; 4], Value::Binary(b""));
    let two = [&2_u32.to_le_bytes()[..], &one(b"a"), &one(b"b")].concat();
    check(PropertyType::BINARY, &two, Value::Binary(b"a"));
}

#[test]
fn several_values() {
    let check = |kind: PropertyType, written: &[&[u8]], expected: &[Value<'_>]| {
        let count = u32::try_from(written.len()).expect("few");
        let written = [&count.to_le_bytes()[..], &written.concat()].concat();
        let list = List::new()
            .raw(0x6001, kind.multi(), &written)
            .long(0x6002, 7);
        let stream = stream(&list.octets());
        let message = decode(&stream);
        let values = message.properties.get(0x6001).expect("it is there");
        assert_eq!(values.each().collect::<Vec<_>>(), expected, "{kind:?}");
        assert_eq!(message.properties.long(0x6002), Some(7), "after {kind:?}");
    };
    let short = |n| Value::Short(n);
    check(
        PropertyType::SHORT,
        &[&[1, 0, 0, 0], &[2, 0, 0, 0]],
        &[short(1), short(2)],
    );
    check(
        PropertyType::GUID,
        &[&Guid::TASK.0],
        &[Value::Guid(Guid::TASK)],
    );
    check(
        PropertyType::BINARY,
        &[&one(b"a"), &one(b"bcdef")],
        &[Value::Binary(b"a"), Value::Binary(b"bcdef")],
    );
    check(PropertyType::LONG, &[], &[]);
    let texts = [&2_u32.to_le_bytes()[..], &one(&wide("ä")), &one(&wide("b"))].concat();
    let list = List::new().raw(0x6001, PropertyType::UNICODE.multi(), &texts);
    let stream = stream(&list.octets());
    assert_eq!(decode(&stream).properties.texts(0x6001), ["ä", "b"]);
}

#[test]
fn properties_are_found_by_number_and_by_name() {
    let list = List::new()
        .lid(Guid::COMMON, 0x8208, 1)
        .lid(Guid::APPOINTMENT, 0x8208, 2)
        .string_name(Guid::PUBLIC_STRINGS, "Keywords", 3)
        .long(0x0017, 4);
    let stream = stream(&list.octets());
    let properties = decode(&stream).properties;
    assert_eq!(properties.long((Guid::COMMON, 0x8208)), Some(1));
    assert_eq!(properties.long((Guid::APPOINTMENT, 0x8208)), Some(2));
    assert_eq!(properties.long((Guid::MEETING, 0x8208)), None);
    assert_eq!(properties.long((Guid::PUBLIC_STRINGS, "keywords")), Some(3));
    assert_eq!(properties.long(0x0017), Some(4));
    assert_eq!(properties.long(0x8001), None, "such a number says nothing");
    let names: Vec<_> = properties
        .iter()
        .filter_map(|property| property.name)
        .map(|name| name.to_string())
        .collect();
    assert_eq!(
        names,
        [
            "PSETID_Common 0x8208",
            "PSETID_Appointment PidLidLocation",
            "PS_PUBLIC_STRINGS \"Keywords\""
        ]
    );
}

#[test]
fn text_is_decoded_by_the_code_page_that_counts() {
    let list = List::new()
        .text8(0x0037, b"\xcf\xf0\xe8")
        .text8(0x0070, b"narrow")
        .text(0x0070, "wide")
        .long(0x3FFD, 1251);
    let stream = stream(&list.octets()).message(AttributeId::BODY, b"\xe4\0");
    let message = decode(&stream);
    assert_eq!(message.subject().as_deref(), Some("При"));
    assert_eq!(message.properties.text(0x0070).as_deref(), Some("wide"));
    assert_eq!(
        message.text().as_deref(),
        Some("д"),
        "1251 is the OEM page too"
    );
    assert_eq!(
        message.code_pages().message.map(|page| page.number()),
        Some(1251)
    );
}

#[test]
fn a_damaged_list_keeps_what_came_before() {
    let damaged = |declared, read| Tolerance::Damaged {
        attribute: AttributeId::MESSAGE_PROPERTIES,
        declared,
        read,
    };
    let whole = List::new().long(0x0017, 2).text(0x0037, "subject").octets();
    for length in 12..whole.len() - 2 {
        let stream = stream(&whole[..length]);
        let message = decode(&stream);
        assert_eq!(message.properties.long(0x0017), Some(2));
        assert_eq!(message.tolerated, [damaged(2, 1)], "{length}");
    }
    let huge = [&u32::MAX.to_le_bytes()[..], &whole[4..12]].concat();
    assert_eq!(decode(&stream(&huge)).tolerated, [damaged(u32::MAX, 1)]);
    let kind = PropertyType(0x0099);
    let unknown = List::new().long(0x0017, 2).raw(0x6001, kind, &[]);
    let stream = stream(&unknown.long(0x6002, 1).octets());
    let message = decode(&stream);
    assert_eq!(message.properties.len(), 1);
    let attribute = AttributeId::MESSAGE_PROPERTIES;
    assert_eq!(
        message.tolerated,
        [Tolerance::UnknownType { attribute, kind }]
    );
}

#[test]
fn counts_have_bounds() {
    let check = |list: &List, limits: &dyn Fn(usize) -> Limits, limit: Limit, count: usize| {
        let stream = stream(&list.octets());
        assert!(
            Message::decode(stream.octets(), &limits(count)).is_ok(),
            "{limit}"
        );
        let most = count - 1;
        let error = Message::decode(stream.octets(), &limits(most)).err();
        let exceeded = DecodeError::Limit(LimitExceeded { limit, most });
        assert_eq!(error, Some(exceeded));
    };
    let list = List::new().long(1, 1).long(2, 2).long(3, 3);
    let limits = |properties| Limits {
        properties,
        ..Limits::default()
    };
    check(&list, &limits, Limit::Properties, 3);
    let list = List::new().raw(
        1,
        PropertyType::LONG.multi(),
        &[2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0],
    );
    let limits = |values| Limits {
        values,
        ..Limits::default()
    };
    check(&list, &limits, Limit::Values, 2);
    let list = List::new().string_name(Guid::COMMON, "abc", 1);
    let limits = |name_octets| Limits {
        name_octets,
        ..Limits::default()
    };
    check(&list, &limits, Limit::NameOctets, 6);
}

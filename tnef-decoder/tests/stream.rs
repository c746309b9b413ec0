//! Streams, right and wrong.

use tnef_decoder::attribute::checksum;
use tnef_decoder::{
    Attribute, AttributeId, Ending, Integrity, LegacyType, Level, Stream, StreamError, limits,
};

use super::encoder::Encoder;

fn read(octets: &[u8]) -> (Vec<Attribute<'_>>, Ending) {
    let mut stream = Stream::open(octets).expect("the signature is there");
    let attributes = stream.by_ref().collect();
    assert_eq!(stream.next(), None, "an ended stream stays ended");
    (attributes, stream.ending().expect("it ended"))
}

fn sample() -> Encoder {
    Encoder::new(7)
        .message(AttributeId::TNEF_VERSION, &[0, 0, 1, 0])
        .message(AttributeId::MESSAGE_CLASS, b"IPM.Note\0")
        .attachment(AttributeId::ATTACH_REND_DATA, &[0xff; 14])
        .attachment(AttributeId::ATTACH_DATA, b"")
}

#[test]
fn a_stream_is_read_in_order() {
    let sample = sample();
    let (attributes, ending) = read(sample.octets());
    let found: Vec<_> = attributes
        .iter()
        .map(|one| (one.level, one.id, one.data.len()))
        .collect();
    assert_eq!(
        found,
        [
            (Level::Message, AttributeId::TNEF_VERSION, 4),
            (Level::Message, AttributeId::MESSAGE_CLASS, 9),
            (Level::Attachment, AttributeId::ATTACH_REND_DATA, 14),
            (Level::Attachment, AttributeId::ATTACH_DATA, 0),
        ]
    );
    assert!(
        attributes
            .iter()
            .all(|one| one.integrity == Integrity::Intact)
    );
    assert_eq!(attributes[1].data, b"IPM.Note\0");
    assert_eq!(ending, Ending::Complete);
    assert_eq!(
        Stream::open(sample.octets()).map(|stream| stream.key()),
        Ok(7)
    );
}

#[test]
fn a_stream_begins_with_its_signature() {
    for (octets, expected) in [
        (&b""[..], StreamError::TooShort { octets: 0 }),
        (
            &[0x78, 0x9f, 0x3e, 0x22, 1],
            StreamError::TooShort { octets: 5 },
        ),
        (
            &[0x22, 0x3e, 0x9f, 0x78, 0, 0],
            StreamError::NoSignature { found: 0x789f_3e22 },
        ),
        (
            b"MIME-Version",
            StreamError::NoSignature { found: 0x454d_494d },
        ),
    ] {
        assert_eq!(Stream::open(octets).err(), Some(expected));
    }
    assert_eq!(
        read(Encoder::new(0).octets()),
        (Vec::new(), Ending::Complete)
    );
}

#[test]
fn a_wrong_checksum_is_a_finding_and_hides_nothing() {
    let body = Encoder::new(0)
        .message(AttributeId::BODY, b"ab")
        .cut(2)
        .raw(&[0x01, 0x02]);
    let octets = body.message(AttributeId::SUBJECT, b"c\0");
    let (attributes, ending) = read(octets.octets());
    assert_eq!(
        attributes[0].integrity,
        Integrity::WrongChecksum {
            stated: 0x0201,
            computed: 0x00c3
        }
    );
    assert_eq!(
        (attributes[0].data, attributes[1].data),
        (&b"ab"[..], &b"c\0"[..])
    );
    assert_eq!(
        (attributes[1].integrity, ending),
        (Integrity::Intact, Ending::Complete)
    );
}

#[test]
fn a_checksum_wraps_at_16_bits() {
    for (data, expected) in [
        (&[][..], 0),
        (&[1, 2, 3], 6),
        (&[0xff; 257], 0xffff),
        (&[0xff; 258], 0x00fe),
    ] {
        assert_eq!(checksum(data), expected, "{} octets", data.len());
    }
}

#[test]
fn a_stream_may_end_within_its_last_attribute() {
    let whole = || Encoder::new(0).message(AttributeId::BODY, b"abc");
    // The data, its header, and what is then left over.
    for (cut, expected) in [
        (
            1,
            Some((&b"abc"[..], Integrity::PartialChecksum { present: 1 })),
        ),
        (2, Some((b"abc", Integrity::PartialChecksum { present: 0 }))),
        (3, Some((b"ab", Integrity::Truncated { declared: 3 }))),
        (5, Some((b"", Integrity::Truncated { declared: 3 }))),
        (6, None),
        (13, None),
    ] {
        let stream = whole().cut(cut);
        let (attributes, ending) = read(stream.octets());
        assert_eq!(
            attributes.first().map(|one| (one.data, one.integrity)),
            expected,
            "{cut} octets cut"
        );
        let junk = stream.octets().len() - 6;
        let wanted = if expected.is_some() {
            Ending::Complete
        } else {
            Ending::Junk { octets: junk }
        };
        assert_eq!(ending, wanted, "{cut} octets cut");
    }
}

#[test]
fn a_length_beyond_the_end_reaches_no_further_than_the_end() {
    let huge = Encoder::new(0)
        .raw(&[1])
        .raw(&AttributeId::BODY.0.to_le_bytes())
        .raw(&u32::MAX.to_le_bytes())
        .raw(b"xyz");
    let (attributes, ending) = read(huge.octets());
    assert_eq!(attributes[0].data, b"xyz");
    assert_eq!(
        attributes[0].integrity,
        Integrity::Truncated { declared: u32::MAX }
    );
    assert_eq!(ending, Ending::Complete);
}

#[test]
fn junk_at_the_end_is_told_and_hides_nothing() {
    for junk in [
        &b"\n"[..],
        b"\0\0",
        b"\x03 no level of an attribute",
        &[0; 4096],
    ] {
        let stream = sample().raw(junk);
        let (attributes, ending) = read(stream.octets());
        assert_eq!(
            (attributes.len(), ending),
            (4, Ending::Junk { octets: junk.len() })
        );
    }
}

#[test]
fn a_stream_has_at_most_so_many_attributes() {
    let empty = Encoder::new(0).message(AttributeId::BODY, b"").octets()[6..].to_vec();
    let stream = |attributes: usize| Encoder::new(0).raw(&empty.repeat(attributes));
    let most = stream(limits::ATTRIBUTES_MAX);
    let (attributes, ending) = read(most.octets());
    assert_eq!(
        (attributes.len(), ending),
        (limits::ATTRIBUTES_MAX, Ending::Complete)
    );
    let more = stream(limits::ATTRIBUTES_MAX + 1);
    let (attributes, ending) = read(more.octets());
    let left = Ending::TooManyAttributes {
        octets: empty.len(),
    };
    assert_eq!((attributes.len(), ending), (limits::ATTRIBUTES_MAX, left));
}

#[test]
fn ids_have_names_and_types() {
    for (id, name, legacy) in [
        (AttributeId::SUBJECT, "attSubject", LegacyType::String),
        (
            AttributeId::MESSAGE_PROPERTIES,
            "attMsgProps",
            LegacyType::Byte,
        ),
        (
            AttributeId::TNEF_VERSION,
            "attTnefVersion",
            LegacyType::DoubleWord,
        ),
        (AttributeId::FROM, "attFrom", LegacyType::Triples),
        (
            AttributeId(0x0012_3456),
            "attribute 0x00123456",
            LegacyType::Other(0x12),
        ),
    ] {
        assert_eq!((id.to_string().as_str(), id.legacy_type()), (name, legacy));
    }
}

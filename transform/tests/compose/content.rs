//! What a sample says is in its result, word by word and octet by octet.

use mail_parser::{Message, MimeHeaders, PartType};
use testbed::tnef::sample::facts::{Facts, File, Item, State};
use testbed::tnef::{Sample, sample, samples};

use super::reader::{composed, header, parse, sample_eml};

#[test]
fn every_word_and_every_file_is_there() {
    let mut files = 0;
    for sample in samples() {
        let Some(eml) = sample_eml(&sample) else {
            assert_eq!(sample.facts.state, State::Nothing, "{}", sample.name);
            continue;
        };
        let message = parse(&eml);
        if !matches!(
            sample.facts.item,
            Some(Item::Signed(_) | Item::Enveloped(_))
        ) {
            bodies(&sample, &message);
            if sample.facts.state != State::Nothing {
                files += all_files(&sample.name, &sample.facts, &message);
            }
        }
        said(&sample, &message);
        is_fit_for_mail(&sample, &eml);
    }
    assert!(files > 70, "{files}");
}

fn bodies(sample: &Sample, message: &Message<'_>) {
    let name = &sample.name;
    let text = message
        .body_text(0)
        .unwrap_or_else(|| panic!("{name} has no text"));
    assert!(
        message.text_part(0).is_some_and(|part| part.is_text()),
        "{name}"
    );
    if sample.facts.state == State::Nothing {
        return;
    }
    if let Some(expected) = &sample.facts.text {
        let expected = lines(expected);
        assert!(
            lines(&text).ends_with(&expected),
            "{name}: {text:?} is not {expected:?}"
        );
    }
    if let Some(expected) = &sample.facts.html {
        let html = message.html_part(0).expect("it has HTML");
        assert!(matches!(html.body, PartType::Html(_)), "{name}");
        let found = message.body_html(0).unwrap_or_default();
        let same = ["CHARSET", "windows-1252"]
            .iter()
            .fold(expected.clone(), |html, label| html.replace(label, "utf-8"));
        let refers = expected.contains("chart.png");
        assert!(
            refers || lines(&found) == lines(&same),
            "{name}: {found:?} is not {same:?}"
        );
        // What the HTML says, the text says, unless the message has a text of its own.
        let words = words(&found);
        let has_own = sample.facts.text.is_some();
        assert!(
            has_own || words.iter().all(|word| text.contains(word.as_str())),
            "{name}: {words:?} not in {text:?}"
        );
    }
}

/// Words of HTML as another reader sees them.
fn words(html: &str) -> Vec<String> {
    let text = mail_parser::decoders::html::html_to_text(html);
    text.split_whitespace().map(str::to_owned).collect()
}

fn lines(text: &str) -> Vec<String> {
    let lines = text.trim_end().lines();
    lines.map(|line| line.trim_end().to_owned()).collect()
}

/// Each file with its octets and its name, in the order of the stream. Gives how many.
fn all_files(sample: &str, facts: &Facts, message: &Message<'_>) -> usize {
    let mut count = 0;
    let mut found: Vec<_> = message.attachments().collect();
    let is_report = matches!(facts.item, Some(Item::Undelivered(..)));
    for file in facts
        .files
        .iter()
        .filter(|file| !file.hidden || file.content_id.is_some())
    {
        if let (Some(inner), false) = (&file.message, is_report) {
            let at = found.iter().position(|part| part.is_message());
            let Some(at) = at else {
                // An exception of a series, or the task of a request, is told by the calendar.
                assert!(facts.calendar.is_some() || facts.item.is_some(), "{sample}");
                continue;
            };
            let part = found.remove(at);
            let inner_message = part.message().expect("a message");
            assert_eq!(
                inner_message.subject().unwrap_or_default(),
                inner.subject,
                "{sample}"
            );
            count += all_files(sample, inner, inner_message);
        } else if file.message.is_none() && !is_photo(facts) {
            let (name, octets) = match &file.package {
                Some((name, octets)) => (name.clone(), octets),
                None => (file.name.clone(), &file.octets),
            };
            let at = found
                .iter()
                .position(|part| part.contents() == octets.as_slice());
            let at = at.unwrap_or_else(|| panic!("{sample} lost {name:?}"));
            let part = found.remove(at);
            names_agree(sample, file, &name, part.attachment_name());
            count += 1;
        }
    }
    count
}

fn is_photo(facts: &Facts) -> bool {
    matches!(facts.item, Some(Item::Contact(_)))
}

/// Names that are safe already stay what they are.
fn names_agree(sample: &str, file: &File, written: &str, found: Option<&str>) {
    let found = found.unwrap_or_else(|| panic!("{sample} has a file without a name"));
    let is_plain = written
        .chars()
        .all(|c| c.is_alphanumeric() || " .,-ソ".contains(c));
    let is_safe = is_plain && !written.is_empty() && written.len() < 200 && written != "con.txt";
    let is_damaged = sample.starts_with("damaged");
    if is_safe
        && !is_damaged
        && !file.octets.starts_with(b"\xD0\xCF")
        && !sample.contains("ole-stream")
    {
        assert_eq!(found, written, "{sample}");
    }
}

fn said(sample: &Sample, message: &Message<'_>) {
    let text = message.body_text(0).unwrap_or_default();
    let keywords = message.header("Keywords").map(|value| format!("{value:?}"));
    let flag = message
        .header("X-Message-Flag")
        .and_then(|value| value.as_text());
    let all = format!(
        "{text} {} {}",
        keywords.unwrap_or_default(),
        flag.unwrap_or_default()
    );
    for word in &sample.facts.said {
        assert!(
            all.contains(word),
            "{}: {word} is not in {all}",
            sample.name
        );
    }
}

/// ASCII, lines that end and are short enough; what is verbatim is as it was.
fn is_fit_for_mail(sample: &Sample, eml: &[u8]) {
    let name = &sample.name;
    assert!(eml.is_ascii() || sample.name == "smime-signed", "{name}");
    let text = String::from_utf8_lossy(eml);
    let mut longest = 0;
    for line in text.split("\r\n") {
        assert!(!line.contains(['\r', '\n', '\0']), "{name}: {line:?}");
        longest = longest.max(line.len());
    }
    assert!(longest <= 998, "{name}");
    let end = text.find("\r\n\r\n").expect("it is there");
    // What was signed has the header that it had.
    let is_ours = name != "smime-signed";
    let mut header = text[..end].lines();
    assert!(!is_ours || header.all(|line| line.len() <= 78), "{name}");
    assert!(
        !text.to_ascii_lowercase().contains("format=flowed"),
        "{name}"
    );
}

#[test]
fn what_was_signed_is_what_it_was() {
    let sample = sample("smime-signed");
    let Some(Item::Signed(entity)) = &sample.facts.item else {
        panic!("it is signed");
    };
    let (_, body) = composed(&sample)
        .expect("it is there")
        .entity
        .into_header_and_body();
    let at = entity
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("it is there");
    assert_eq!(body.to_vec(), &entity[at + 4..]);
    let eml = sample_eml(&sample).expect("it is there");
    let kind = parse(&eml);
    let kind = kind.content_type().expect("it is there");
    assert_eq!(
        (kind.ctype(), kind.subtype()),
        ("multipart", Some("signed"))
    );
    assert!(kind.attribute("micalg").is_some());
}

#[test]
fn what_was_encrypted_is_what_it_was() {
    let sample = sample("smime-enveloped");
    let Some(Item::Enveloped(object)) = &sample.facts.item else {
        panic!("it is encrypted");
    };
    let eml = sample_eml(&sample).expect("it is there");
    let message = parse(&eml);
    assert_eq!(
        message.part(0).expect("it is there").contents(),
        object.as_slice()
    );
    let kind = message.content_type().expect("it is there");
    assert_eq!(kind.attribute("smime-type"), Some("enveloped-data"));
}

#[test]
fn pictures_are_shown_where_the_html_has_them() {
    let eml = sample_eml(&sample("attachment-inline")).expect("it is there");
    let message = parse(&eml);
    let html = message.body_html(0).expect("it is there");
    let ids: Vec<_> = message
        .parts
        .iter()
        .filter_map(|part| part.content_id())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], "logo@contoso");
    assert!(ids[1].ends_with("@gateway.contoso.com"));
    let expected = format!(
        "<p>Logo: <img src=\"cid:logo@contoso\"> <img src=\"cid:{}\"></p>",
        ids[1]
    );
    assert!(html.contains(&expected), "{html}");
}

#[test]
fn objects_stand_in_their_places() {
    let eml = sample_eml(&sample("attachment-ole-package")).expect("it is there");
    let html = parse(&eml);
    let html = html.body_html(0).expect("it is there");
    assert!(html.contains("[inside.bin]"), "{html}");
}

#[test]
fn marks_are_fields_if_the_header_lacks_them() {
    let sample = sample("marks");
    let fields = composed(&sample).expect("it is there").fields;
    let of = |name: &str| {
        fields
            .iter()
            .find(|(one, _)| one == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(of("Importance"), Some("High"));
    assert_eq!(of("X-Priority"), Some("1"));
    assert_eq!(of("Sensitivity"), Some("Company-Confidential"));
    assert_eq!(of("X-Message-Flag"), Some("Reply"));
    assert_eq!(of("Reply-By"), Some("Fri, 09 Jan 2026 16:00:00 +0000"));
    assert_eq!(of("Keywords"), Some("Rot, =?utf-8?B?QsO8cm87IEvDtmxu?="));
    assert_eq!(of("Subject"), None, "the header has one");
    let with = [&header(&sample)[..], b"importance: low\r\n"].concat();
    let fields = super::reader::compose(&sample.bytes, &with, &super::reader::options());
    let fields = fields.expect("it is there").expect("it is there").fields;
    assert!(fields.iter().all(|(name, _)| name != "Importance"));
}

#[test]
fn the_same_stream_becomes_the_same_octets() {
    for sample in samples() {
        assert_eq!(sample_eml(&sample), sample_eml(&sample), "{}", sample.name);
    }
}

#[test]
fn octets_of_attachments_are_not_copied() {
    let sample = testbed::tnef::large(1 << 20);
    let source = bytes::Bytes::from(sample.bytes.clone());
    let options = super::reader::options();
    let message = tnef_decoder::Message::decode(&source, &options.limits).expect("it is there");
    let outer = transform::Outer::default();
    let composed = transform::compose(&message, &source, &outer, &options).expect("it is there");
    let range = source.as_ptr_range();
    let segments = composed.entity.segments();
    let shared = segments.0.iter().any(|segment| match segment {
        transform::Segment::Base64(octets) => {
            octets.len() == 1 << 20 && range.contains(&octets.as_ptr())
        }
        transform::Segment::Octets(_) => false,
    });
    assert!(shared);
    assert_eq!(segments.len(), segments.to_vec().len());
}

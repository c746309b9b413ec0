//! Attachments: names, places, messages within messages, objects.

use super::Sample;
use super::octets::{PNG, bitmap, noise};
use crate::tnef::attachment::{Attachment, Content};
use crate::tnef::codepage::CodePage;
use crate::tnef::compound;
use crate::tnef::message::{Body, Message};
use crate::tnef::property::Property;
use crate::tnef::rtf::{self, Letters};
use crate::tnef::tag;

pub(super) fn all() -> Vec<Sample> {
    vec![
        files(),
        same_name(),
        names(),
        nameless(),
        in_property(),
        inline(),
        embedded(),
        nested(),
        package(),
        ole_document(),
        old_ole(),
        data_before_names(),
    ]
}

fn note(subject: &str) -> Message {
    Message::note(subject).body(Body::Plain("See attachment.\r\n".to_owned()))
}

/// One of no octets, one of one, one with a length that is no multiple of anything.
fn files() -> Sample {
    let note = note("Files")
        .attach(Attachment::file("empty.txt", []).typed("text/plain"))
        .attach(Attachment::file("one.bin", *b"\0"))
        .attach(Attachment::file("noise.bin", noise(100_003)).typed("application/octet-stream"));
    Sample::of("attachment-files", note)
}

fn same_name() -> Sample {
    let note = note("Twice")
        .attach(Attachment::file("image.png", PNG))
        .attach(Attachment::file("image.png", noise(300)))
        .attach(Attachment::file("image.png", PNG));
    Sample::of("attachment-same-name", note)
}

/// Long, in other scripts, and such that no file should be called.
fn names() -> Sample {
    let long = format!("{}.txt", "long ".repeat(60));
    let names = [
        "Übersicht März.txt",
        "会議の予定.txt",
        "😀.txt",
        "..\\..\\evil.txt",
        "../../etc/evil.txt",
        "C:\\Users\\anna\\evil.txt",
        "a\r\nX-Evil: 1.txt",
        "quote\".txt",
        "semicolon; a=b.txt",
        "con.txt",
        ".hidden",
        "no extension",
        long.as_str(),
    ];
    let note = (1..)
        .zip(names)
        .fold(note("Names"), |note, (number, name)| {
            note.attach(Attachment::file(name, format!("file {number}\r\n")))
        });
    Sample::of("attachment-names", note)
}

fn nameless() -> Sample {
    let note = note("Nameless").attach(Attachment::file("", *b"no name\r\n"));
    Sample::of("attachment-nameless", note)
}

fn in_property() -> Sample {
    let content = Content::Property(b"only here\r\n".to_vec());
    let note = note("In a property").attach(Attachment::new("property.txt", content));
    Sample::of("attachment-in-property", note)
}

/// A picture that the HTML shows, one that it knows by its location, one that it does not know, and a file.
fn inline() -> Sample {
    let html = "<html><body><p>Logo: <img src=\"cid:logo@contoso\"> <img src=\"chart.png\"></p></body></html>";
    let location = Property::tag(tag::ATTACH_CONTENT_LOCATION, "chart.png");
    let note = Message::note("Pictures")
        .body(Body::Html(html.to_owned(), CodePage::Utf8))
        .attach(
            Attachment::file("logo.png", PNG)
                .typed("image/png")
                .inline("logo@contoso"),
        )
        .attach(
            Attachment::file("chart.png", noise(500))
                .typed("image/png")
                .with(location),
        )
        .attach(
            Attachment::file("unused.png", noise(400))
                .typed("image/png")
                .inline("unused@contoso"),
        )
        .attach(Attachment::file("minutes.txt", *b"Minutes\r\n").typed("text/plain"));
    Sample::of("attachment-inline", note)
}

fn embedded() -> Sample {
    let mut inner = Message::note("Inner")
        .body(Body::Plain("I was here before.\r\n".to_owned()))
        .from("Bernd Groß", "bernd.gross@contoso.com")
        .to("Anna Berg", "anna.berg@contoso.com")
        .attach(Attachment::file("inner.txt", *b"within\r\n"));
    inner.message_id = "<inner-1@contoso.com>".to_owned();
    let note = note("Outer").attach(Attachment::message("Inner", inner));
    Sample::of("attachment-message", note)
}

/// Five deep, each in another code page, a file in the innermost.
fn nested() -> Sample {
    let pages = [
        CodePage::ShiftJis,
        CodePage::Windows1251,
        CodePage::Big5,
        CodePage::Windows1252,
    ];
    let innermost = note("Level 5").attach(Attachment::file("deep.txt", *b"deep\r\n"));
    let whole = pages.into_iter().zip((1..5).rev());
    let message = whole.fold(innermost, |inner, (page, level)| {
        let name = inner.subject.clone();
        note(&format!("Level {level}"))
            .in_code_page(page)
            .attach(Attachment::message(&name, inner))
    });
    Sample::of("attachment-nested", message)
}

fn package() -> Sample {
    let octets = noise(5_000);
    let object = compound::package("inside.bin", &octets);
    let rtf = rtf::document("Before \\objattph  after\\par", Letters::Unicode);
    let note = Message::note("Package")
        .body(Body::Rtf(rtf))
        .attach(Attachment::ole("Package", object).at(7));
    Sample::of("attachment-ole-package", note)
        .known(|facts| facts.files[0].package = Some(("inside.bin".to_owned(), octets)))
}

fn ole_document() -> Sample {
    let object = compound::document(b"a document of a program that nobody has", &bitmap());
    let note = note("Object").attach(Attachment::ole("Document", object).at(0));
    Sample::of("attachment-ole-document", note)
}

fn old_ole() -> Sample {
    let content = Content::OldOle(noise(200));
    let note = note("Old object").attach(Attachment::new("Old", content).at(0));
    Sample::of("attachment-ole-stream", note)
}

fn data_before_names() -> Sample {
    let note = note("Order")
        .attach(Attachment::file("first.txt", *b"first\r\n"))
        .attach(Attachment::file("second.txt", *b"second\r\n"));
    let bytes = note.stream().with_data_before_names().bytes();
    Sample::written("attachment-data-before-names", note, bytes)
}

pub(super) fn large(octets: usize) -> Sample {
    let note = note("Large").attach(Attachment::file("large.bin", noise(octets)));
    Sample::of("attachment-large", note)
}

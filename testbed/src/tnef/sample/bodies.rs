//! Bodies: forms, code pages, scripts.

use super::Sample;
use super::octets::PNG;
use crate::tnef::attachment::Attachment;
use crate::tnef::codepage::CodePage;
use crate::tnef::message::{Body, Message};
use crate::tnef::rtf::{self, Letters};

pub(super) fn all() -> Vec<Sample> {
    let mut all = vec![
        plain(),
        empty(),
        html("body-html-utf8", CodePage::Utf8),
        html("body-html-windows-1252", CodePage::Windows1252),
        all_bodies(),
        html_in_rtf("body-rtf-html", "Grüße", GREETING, Letters::Unicode),
        stored(),
        entities(),
        text_in_rtf(),
        native(),
        long(),
        oem(),
    ];
    for (name, page, text) in SCRIPTS {
        all.push(old(name, *page, text));
        let html = format!("<html><body><p>{text}</p></body></html>");
        let letters = Letters::Octets(*page);
        let mut sample = html_in_rtf(&format!("body-rtf-{name}"), text, &html, letters);
        sample.message.form.oem = *page;
        sample.bytes = sample.message.bytes();
        all.push(sample);
    }
    all
}

fn plain() -> Sample {
    let text = "Dear Bernd,\r\n\r\nGrüße aus Köln: 5 € for 日本 and 😀.\r\n\r\nAnna\r\n";
    let note = Message::note("Grüße").body(Body::Plain(text.to_owned()));
    Sample::of("body-plain", note)
}

fn empty() -> Sample {
    Sample::of("body-none", Message::note(""))
}

fn html(name: &str, page: CodePage) -> Sample {
    let html = GREETING.replace("CHARSET", page.charset());
    Sample::of(name, Message::note("Grüße").body(Body::Html(html, page)))
}

/// As Exchange writes it for those who read what they can.
fn all_bodies() -> Sample {
    let html = GREETING.replace("CHARSET", "utf-8");
    let rtf = rtf::of_html(&html, Letters::Unicode);
    let note = Message::note("Grüße")
        .body(Body::Plain("Grüße aus Köln\r\n".to_owned()))
        .body(Body::Html(html, CodePage::Utf8))
        .body(Body::Rtf(rtf));
    Sample::of("body-all-three", note)
}

fn html_in_rtf(name: &str, subject: &str, html: &str, letters: Letters) -> Sample {
    let rtf = rtf::of_html(html, letters);
    let note = Message::note(subject).body(Body::Rtf(rtf));
    Sample::of(name, note).known(|facts| facts.html = Some(html.to_owned()))
}

fn stored() -> Sample {
    let rtf = rtf::of_html(GREETING, Letters::Octets(CodePage::Windows1252));
    let note = Message::note("Grüße").body(Body::StoredRtf(rtf));
    Sample::of("body-rtf-stored", note).known(|facts| facts.html = Some(GREETING.to_owned()))
}

fn entities() -> Sample {
    let html = "<html><body><!-- a { b } \\ c -->\r\n<p>1 &lt; 2 &amp;&amp; 3 &gt; 2,&nbsp;&quot;so&quot;</p>\r\n\
                <p title=\"{x}\">C:\\TEMP\\{a}<br>\r\n<b>bold</b></p></body></html>";
    html_in_rtf("body-rtf-html-entities", "Entities", html, Letters::Unicode)
}

fn text_in_rtf() -> Sample {
    let text = "Grüße {aus} Köln\r\n\r\n\tC:\\TEMP\r\n😀";
    let rtf = rtf::of_text(text, Letters::Octets(CodePage::Windows1252));
    Sample::of("body-rtf-text", Message::note("Text").body(Body::Rtf(rtf)))
        .known(|facts| facts.text = Some(text.to_owned()))
}

/// Headline, colours, list, table, link, picture, and the place of an attachment.
fn native() -> Sample {
    let letters = Letters::Octets(CodePage::Windows1252);
    let body = [
        "{\\b\\fs32 Bericht}\\par\r\n",
        &format!(
            "{} {{\\cf1 rot}} {{\\cf2\\ul blau}}\\par\r\n",
            rtf::escaped("Grüße,", letters)
        ),
        "{\\pntext\\f1\\'b7\\tab}{\\*\\pn\\pnlvlblt\\pnf1\\pnindent0{\\pntxtb\\'b7}}\\fi-360\\li720 eins\\par\r\n",
        "{\\pntext\\f1\\'b7\\tab}zwei\\par\r\n\\pard ",
        "\\trowd\\cellx2000\\cellx4000\\intbl A1\\cell B1\\cell\\row\r\n",
        "\\trowd\\cellx2000\\cellx4000\\intbl A2\\cell B2\\cell\\row\r\n\\pard ",
        "{\\field{\\*\\fldinst{HYPERLINK \"https://www.contoso.com/\"}}{\\fldrslt Contoso}}\\par\r\n",
        &rtf::picture(PNG, 1, 1),
        "\\par\r\n\\objattph  \\par\r\n",
    ];
    let note = Message::note("Bericht")
        .body(Body::Rtf(rtf::document(&body.concat(), letters)))
        .attach(Attachment::file("table.csv", *b"a;b\r\n1;2\r\n").at(50));
    Sample::of("body-rtf-native", note).known(|facts| {
        let words = [
            "Bericht", "Grüße,", "rot", "blau", "eins", "zwei", "A1", "B2", "Contoso",
        ];
        facts.said = words.map(str::to_owned).to_vec();
    })
}

/// Long enough that the ring of the compressor turns many times.
fn long() -> Sample {
    let line = |n: usize| format!("<p>Line {n}: the quick brown fox, {} times.</p>\r\n", n * n);
    let lines: String = (0..600).map(line).collect();
    let html = format!("<html><body>{lines}</body></html>");
    html_in_rtf("body-rtf-html-long", "Long", &html, Letters::Unicode)
}

/// The code page of the console in attributes, and no text in properties.
fn oem() -> Sample {
    let text = "Grüße aus Köln ½\r\n";
    let mut note = Message::note("Grüße")
        .in_code_page(CodePage::Windows1252)
        .body(Body::Legacy(text.to_owned()));
    note.form.oem = CodePage::Oem850;
    Sample::of("body-oem-850", note)
}

/// An older sender: 8-bit texts everywhere, and a file with a name in the same script.
fn old(name: &str, page: CodePage, text: &str) -> Sample {
    let note = Message::note(text)
        .in_code_page(page)
        .body(Body::Plain(format!("{text}\r\n")))
        .attach(Attachment::file(&format!("{text}.txt"), *b"text\r\n"));
    Sample::of(&format!("body-{name}"), note)
}

const GREETING: &str = "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=CHARSET\"></head>\r\n\
    <body><p>Grüße aus <b>Köln</b></p>\r\n<p>5 &amp; 6</p></body></html>";

const SCRIPTS: &[(&str, CodePage, &str)] = &[
    ("japanese", CodePage::ShiftJis, "会議の予定表ソ"),
    ("chinese-simplified", CodePage::Gbk, "会议日程安排"),
    ("chinese-traditional", CodePage::Big5, "會議許功蓋"),
    ("korean", CodePage::EucKr, "회의 일정"),
    ("russian", CodePage::Windows1251, "Привет, коллеги"),
    ("greek", CodePage::Windows1253, "Καλημέρα"),
    ("hebrew", CodePage::Windows1255, "שלום"),
    ("arabic", CodePage::Windows1256, "مرحبا"),
    ("polish", CodePage::Windows1250, "Zażółć gęślą jaźń"),
    ("turkish", CodePage::Windows1254, "Günaydın İstanbul"),
    ("thai", CodePage::Windows874, "สวัสดี"),
];

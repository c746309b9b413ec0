use super::{PictureKind, PlaceholderKind, to_html, to_text};
use crate::limits::{Limit, LimitExceeded, Limits};
use crate::rtf::RtfError;

const HEAD: &str = "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fswiss\\fcharset0 Arial;}{\\f1\\froman Times;}\
    {\\f2\\fnil\\fcharset2 Wingdings;}{\\f3\\fnil\\fcharset128 MS Mincho;}{\\f4\\fswiss\\fcharset204 Arial;}}\
    {\\colortbl;\\red255\\green0\\blue0;\\red0\\green0\\blue0;\\red255\\green255\\blue0;}\
    {\\stylesheet{\\s0 Normal;}}{\\info{\\title T}}\\uc1\\pard\\plain\\fs20 ";

fn html(body: &str) -> String {
    let rtf = format!("{HEAD}{body}}}");
    let read = to_html(rtf.as_bytes(), &Limits::default()).expect("native");
    let (_, inner) = read.html.split_once("<body ").expect("a body");
    let (_, inner) = inner.split_once(">\r\n").expect("its content");
    inner
        .trim_end()
        .trim_end_matches("</body></html>")
        .replace("\r\n", "")
}

fn text(body: &str) -> String {
    to_text(format!("{HEAD}{body}}}").as_bytes(), &Limits::default())
        .expect("native")
        .replace("\r\n", "|")
}

fn check(body: &str, expected: &str) {
    assert_eq!(html(body), expected, "{body}");
}

#[test]
fn characters_look_as_they_did() {
    check("a\\b b\\b0 c\\par", "<div>a<b>b</b>c</div>");
    check("\\i\\ul\\strike a", "<div><i><u><s>a</s></u></i></div>");
    check(
        "{\\super 2}{\\sub 3}x",
        "<div><sup>2</sup><sub>3</sub>x</div>",
    );
    check(
        "xx\\cf1 y\\cf2 z",
        "<div>xx<span style=\"color:#ff0000\">y</span>z</div>",
    );
    check(
        "xx\\highlight3 y",
        "<div>xx<span style=\"background:#ffff00\">y</span></div>",
    );
    check(
        "xx\\f1\\fs36 y",
        "<div>xx<span style=\"font-family:'Times',serif;font-size:18pt\">y</span></div>",
    );
    check(
        "xx{\\f4 \\'ef}{\\f3 \\'82\\'a0}",
        "<div>xxп<span style=\"font-family:'MS Mincho'\">あ</span></div>",
    );
    check("xx{\\f2 J\\u-4022 ?}", "<div>xx☺☺</div>");
    check(
        "xx\\caps y\\caps0\\scaps z",
        "<div>xx<span style=\"text-transform:uppercase\">y</span><span style=\"font-variant:small-caps\">z</span></div>",
    );
    check("a{\\v b}c{\\deleted d}", "<div>ac</div>");
    check("\\b a\\plain\\fs20  b", "<div><b>a</b> b</div>");
    check(
        "\\lquote\\rdblquote\\emdash\\~\\_",
        "<div>‘”—\u{a0}\u{2011}</div>",
    );
    check("<script>&\\'3c", "<div>&lt;script&gt;&amp;&lt;</div>");
}

#[test]
fn the_scripts_of_word_have_their_own_fonts() {
    check(
        "\\loch\\af0\\hich\\af0\\dbch\\af3 \\'82\\'a0\\loch\\f0 \\'e4",
        "<div>あä</div>",
    );
    check(
        "\\rtlch\\fcs1 \\af4\\afs20 \\ltrch\\fcs0 \\f0 \\'e4",
        "<div>ä</div>",
    );
    check(
        "\\loch\\af0\\dbch\\f3 \\uc2\\u12354\\'82\\'a0\\'82\\'a2",
        "<div>あい</div>",
    );
}

#[test]
fn paragraphs_are_where_they_were() {
    check("a\\par b\\par", "<div>a</div><div>b</div>");
    check("a\\line b\\par\\par", "<div>a<br>b</div><div>&nbsp;</div>");
    check(
        "\\qc a\\par\\pard b",
        "<div style=\"text-align:center\">a</div><div>b</div>",
    );
    check(
        "\\qr\\li720\\fi-360\\sa120 a",
        "<div style=\"text-align:right;margin-left:36pt;text-indent:-18pt;margin-bottom:6pt\">a</div>",
    );
    check(
        "\\rtlpar\\ql\\li720 a",
        "<div dir=\"rtl\" style=\"text-align:left;margin-right:36pt\">a</div>",
    );
    check("a\\sect b", "<div>a</div><div>b</div>");
    check("{\\header x\\par}{\\footerf y}a", "<div>a</div>");
    check(
        "a{\\*\\bkmkstart x}b{\\*\\unknown c}{\\xe d}",
        "<div>ab</div>",
    );
}

#[test]
fn lists_are_lists() {
    let bullet = "{\\pntext\\f2\\'B7\\tab}{\\*\\pn\\pnlvlblt\\pnf2{\\pntxtb\\'B7}}\\fi-360\\li360 ";
    let deeper = "{\\pntext\\f2\\'B7\\tab}\\li720 ";
    check(
        &format!("\\pard{bullet}a\\par{deeper}b\\par\\pard c"),
        "<ul><li>a<ul><li>b</li></ul></li></ul><div>c</div>",
    );
    let numbers = "\\pard{\\pntext 1.\\tab}{\\*\\pn\\pndec}a\\par{\\pntext 2.\\tab}b\\par{\\pntext 5.\\tab}c\\par";
    check(
        numbers,
        "<ol><li>a</li><li>b</li><li value=\"5\">c</li></ol>",
    );
    check(
        "{\\listtext c)\\tab}\\ls1 a\\par",
        "<ol type=\"a\" start=\"3\"><li>a</li></ol>",
    );
    check(
        "{\\listtext 1.2.1\\tab}\\ls1 a\\par",
        "<div>1.2.1&nbsp; a</div>",
    );
    assert_eq!(text(&format!("{bullet}a\\par\\pard c\\par")), "- a|c|");
    assert_eq!(text(numbers), "1. a|2. b|5. c|");
}

#[test]
fn lists_are_counted_where_nothing_is_written() {
    let table = "{\\*\\listtable{\\list{\\listlevel\\levelnfc2\\levelstartat3{\\leveltext\\'02\\'00.;}}\
        {\\listlevel\\levelnfc23}{\\listname ;}\\listid7}}\
        {\\*\\listoverridetable{\\listoverride\\listid7\\listoverridecount0\\ls1}}";
    let items = "\\ls1 a\\par\\ilvl1 b\\par\\ilvl0 c\\par";
    check(
        &format!("{table}{items}"),
        "<ol type=\"i\" start=\"3\"><li>a<ul><li>b</li></ul></li><li>c</li></ol>",
    );
    assert_eq!(text(&format!("{table}{items}")), "iii. a|  - b|iv. c|");
}

#[test]
fn tables_are_tables() {
    let row = "\\trowd\\trleft0\\cellx1500\\cellx3000\\pard\\intbl ";
    let cells = "<td width=\"100\" valign=\"top\">a</td><td width=\"100\" valign=\"top\">";
    let table = |rows: &str| {
        format!(
            "<table cellspacing=\"0\" cellpadding=\"4\" style=\"border-collapse:collapse\">{rows}</table>"
        )
    };
    check(
        &format!("{row}a\\cell b\\cell\\row\\pard c"),
        &format!("{}<div>c</div>", table(&format!("<tr>{cells}b</td></tr>"))),
    );
    check(
        &format!("{row}a\\cell\\cell\\row"),
        &table(&format!("<tr>{cells}&nbsp;</td></tr>")),
    );
    check(
        &format!("{row}a\\cell b\\par c\\cell\\row"),
        &table(&format!("<tr>{cells}<div>b</div><div>c</div></td></tr>")),
    );
    check(
        &format!("{row}a\\cell b"),
        &table("<tr><td>a</td><td>b</td></tr>"),
    );
    assert_eq!(
        text(&format!("{row}a\\cell b\\par c\\cell\\row\\pard d\\par")),
        "a\tb c|d|"
    );
}

#[test]
fn cells_may_be_merged_and_have_lines() {
    let row =
        |definition: &str, cells: &str| format!("\\trowd{definition}\\pard\\intbl {cells}\\row");
    let two = row("\\cellx1500\\cellx3000", "a\\cell b\\cell");
    let check = |body: String, expected: &str| {
        let html = html(&body);
        let rows = html
            .split_once("collapse\">")
            .expect("a table")
            .1
            .trim_end_matches("</table>");
        assert_eq!(rows.replace(" valign=\"top\"", ""), expected, "{body}");
    };
    let plain = "<tr><td width=\"100\">a</td><td width=\"100\">b</td></tr>";
    check(
        format!("{two}{}", row("\\cellx3000", "c\\cell")),
        &format!("{plain}<tr><td colspan=\"2\" width=\"200\">c</td></tr>"),
    );
    check(
        format!(
            "{two}{}",
            row("\\clmgf\\cellx1500\\clmrg\\cellx3000", "c\\cell\\cell")
        ),
        &format!("{plain}<tr><td colspan=\"2\" width=\"200\">c</td></tr>"),
    );
    let tall = row("\\clvmgf\\cellx1500\\cellx3000", "a\\cell b\\cell")
        + &row("\\clvmrg\\cellx1500\\cellx3000", "\\cell c\\cell");
    check(
        tall,
        "<tr><td rowspan=\"2\" width=\"100\">a</td><td width=\"100\">b</td></tr><tr><td width=\"100\">c</td></tr>",
    );
    let kept = row("\\clvmgf\\cellx1500", "a\\cell") + &row("\\clvmrg\\cellx1500", "b\\cell");
    check(
        kept,
        "<tr><td width=\"100\">a</td></tr><tr><td width=\"100\">b</td></tr>",
    );
    check(
        row(
            "\\clbrdrt\\brdrs\\brdrw20\\brdrcf1\\clcbpat3\\cellx1500",
            "a\\cell",
        ),
        "<tr><td width=\"100\" style=\"border-top:1pt solid #ff0000;background:#ffff00\">a</td></tr>",
    );
    let around = "\\trbrdrt\\brdrs\\brdrw10\\trbrdrr\\brdrs\\brdrw10\\trbrdrb\\brdrs\\brdrw10\\trbrdrl\\brdrs\\brdrw10\\cellx1500";
    check(
        row(around, "a\\cell"),
        "<tr><td width=\"100\" style=\"border:0.5pt solid #000000\">a</td></tr>",
    );
}

#[test]
fn a_table_may_be_in_a_cell() {
    let inner = "\\pard\\intbl\\itap2 x\\nestcell{\\nonesttables\\par}y\\nestcell\
        {\\*\\nesttableprops\\trowd\\cellx750\\cellx1500\\nestrow}{\\nonesttables\\par}";
    let rtf = format!("\\trowd\\cellx3000\\pard\\intbl a\\par{inner}\\pard\\intbl b\\cell\\row");
    let html = html(&rtf);
    assert!(html.contains("<div>a</div><table"), "{html}");
    assert!(html.contains("<tr><td width=\"50\" valign=\"top\">x</td><td width=\"50\" valign=\"top\">y</td></tr></table><div>b</div></td>"), "{html}");
    assert_eq!(text(&rtf), "a x\ty  b|");
}

#[test]
fn links_are_links_if_they_are_harmless() {
    let field = |target: &str| {
        format!("{{\\field{{\\*\\fldinst HYPERLINK \"{target}\"}}{{\\fldrslt\\ul a}}}} b")
    };
    check(
        &field("http://x.example/?a=1&b"),
        "<div><a href=\"http://x.example/?a=1&amp;b\">a</a> b</div>",
    );
    check(
        &field("http://x.example/'\\'22onclick=y"),
        "<div><a href=\"http://x.example/&#39;\">a</a> b</div>",
    );
    check(&field("javascript:alert(1)"), "<div><u>a</u> b</div>");
    check("{\\field{\\*\\fldinst PAGE}{\\fldrslt 7}}", "<div>7</div>");
    assert_eq!(
        text(&field("http://x.example/")),
        "a <http://x.example/> b|"
    );
    assert_eq!(
        text("{\\field{\\*\\fldinst{HYPERLINK \"mailto:a@b.example\"}}{\\fldrslt{a@b.example}}}"),
        "a@b.example|"
    );
}

#[test]
fn pictures_are_named_and_given() {
    let rtf = format!(
        "{HEAD}a{{\\*\\shppict{{\\pict{{\\*\\picprop x}}\\pngblip\\picwgoal150\\pichgoal300 8950\r\n4e47}}}}\
        {{\\nonshppict{{\\pict\\wmetafile8 00}}}}{{\\pict\\jpegblip\\bin2 \u{1}}}}}{{\\pict\\emfblip}}}}"
    );
    let read = to_html(rtf.as_bytes(), &Limits::default()).expect("native");
    assert!(read.html.contains("<div>a<img src=\"cid:rtf-picture-1\" width=\"10\" height=\"20\" alt=\"\"><img src=\"cid:rtf-picture-2\" alt=\"\"></div>"), "{}", read.html);
    let found: Vec<_> = read
        .pictures
        .iter()
        .map(|picture| (picture.kind, &picture.bytes[..]))
        .collect();
    assert_eq!(
        found,
        [
            (PictureKind::Png, &b"\x89PNG"[..]),
            (PictureKind::Jpeg, b"\x01}")
        ]
    );
}

#[test]
fn objects_and_attachments_have_places() {
    let rtf = format!(
        "{HEAD}a\\objattph  b{{\\object\\objemb{{\\*\\objclass X}}{{\\*\\objdata 0102}}{{\\result c}}}}}}"
    );
    let read = to_html(rtf.as_bytes(), &Limits::default()).expect("native");
    let places: Vec<_> = read
        .placeholders
        .iter()
        .map(|place| (place.kind, &read.html[place.offset..][..3]))
        .collect();
    assert_eq!(
        places,
        [
            (PlaceholderKind::Attachment, " bc"),
            (PlaceholderKind::Object, "c</")
        ],
        "{}",
        read.html
    );
}

#[test]
fn objects_are_taken_out() {
    let check = |data: &str, expected: &[(&str, &[u8])]| {
        let rtf = format!("{HEAD}{{\\object\\objemb{{\\*\\objdata {data}}}{{\\result c}}}}}}");
        let read = to_html(rtf.as_bytes(), &Limits::default()).expect("native");
        let found: Vec<(&str, &[u8])> = read
            .objects
            .iter()
            .map(|object| (object.class.as_str(), &*object.data))
            .collect();
        assert_eq!(found, expected, "{data}");
    };
    let header = "01050000 02000000\r\n 04000000 41426300 00000000 00000000";
    check(&format!("{header} 03000000 616263"), &[("ABc", b"abc")]);
    check(&format!("{header} 02000000 61\\bin1 b"), &[("ABc", b"ab")]);
    // It is cut off, empty, a link.
    check(&format!("{header} 04000000 616263"), &[]);
    check(&format!("{header} 00000000"), &[]);
    check(
        "01050000 01000000 00000000 00000000 00000000 01000000 61",
        &[],
    );
    check("", &[]);
}

#[test]
fn notes_and_boxes_follow() {
    check(
        "a{\\super\\chftn}{\\footnote\\pard\\plain\\fs20 b\\par}c",
        "<div>a<sup>[1]</sup>c</div><hr><div><sup>[1]</sup> b</div>",
    );
    assert_eq!(text("a{\\footnote b}c\\par"), "a[1]c|[1] b|");
    let shape = "{\\shp{\\*\\shpinst{\\sp{\\sn x}{\\sv 1}}{\\shptxt b\\par}}{\\shprslt z}}";
    check(
        &format!("a{shape}c\\par d"),
        "<div>ac</div><div>b</div><div>d</div>",
    );
}

#[test]
fn what_is_behind_the_page_is_seen() {
    let rtf = format!(
        "{HEAD}{{\\*\\background{{\\shp{{\\*\\shpinst{{\\sp{{\\sn fillColor}}{{\\sv 255}}}}}}}}}}a}}"
    );
    let read = to_html(rtf.as_bytes(), &Limits::default()).expect("native");
    assert!(
        read.html.contains(
            "<body style=\"font-family:'Arial',sans-serif;font-size:10pt;background:#ff0000\">"
        ),
        "{}",
        read.html
    );
}

#[test]
fn each_bound_holds_at_its_value_and_one_past_it() {
    let limits = Limits {
        rtf_pictures: 1,
        rtf_tables: 1,
        decoded_octets: 2_000,
        rtf_depth: 4,
        rtf_tokens: 60,
        ..Limits::default()
    };
    let check = |body: String, expected: Result<(), (Limit, usize)>| {
        let rtf = format!("{{\\rtf1 {body}}}");
        let read = to_html(rtf.as_bytes(), &limits).map(drop);
        let expected =
            expected.map_err(|(limit, most)| RtfError::Exceeds(LimitExceeded { limit, most }));
        assert_eq!(read, expected, "{body}");
    };
    let table = "\\intbl a\\par\\pard b\\par";
    check(table.into(), Ok(()));
    check(
        format!("{table}{{\\footnote{table}}}"),
        Err((Limit::RtfTables, 1)),
    );
    check("{\\pict 00}".into(), Ok(()));
    check(
        "{\\pict 00}{\\pict 00}".into(),
        Err((Limit::RtfPictures, 1)),
    );
    check("{{{x}}}".into(), Ok(()));
    check("{{{{x}}}}".into(), Err((Limit::RtfDepth, 4)));
    let empty = to_html(b"{\\rtf1 x}", &limits).expect("small").html.len();
    check("x".repeat(2_000 - empty + 1), Ok(()));
    check(
        "x".repeat(2_000 - empty + 2),
        Err((Limit::DecodedOctets, 2_000)),
    );
    check("\\b".repeat(57), Ok(()));
    check("\\b".repeat(58), Err((Limit::RtfTokens, 60)));
}

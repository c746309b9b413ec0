//! A body in several parts, and TNEF beside it.

use testbed::tnef::codepage::CodePage;
use testbed::tnef::message::{Body, Message as Tnef};

use super::check;
use crate::mail::{in_base64, tnef, winmail};

/// Text and HTML of the same, as a part.
fn alternative(plain: &str, html: &str) -> String {
    format!(
        "Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\n{plain}\r\n\
         --a\r\nContent-Type: text/html\r\n\r\n{html}\r\n--a--"
    )
}

#[test]
fn a_body_in_several_parts_is_shown_once() {
    let outer = alternative("Hello, all.", "<p>Hello, <b>all</b>.</p>");
    let as_it_is = "alternative[ plain \"Hello, all.\" html \"<p>Hello, <b>all</b>.</p>\" ]";
    let plain = tnef(&winmail("Hello, all."));
    let html = |html: &str| {
        let body = Body::Html(html.to_owned(), CodePage::Utf8);
        tnef(&in_base64(&Tnef::note("x").body(body).bytes()))
    };
    // The TNEF has no HTML: that of the body around it is not lost.
    check(&[&outer, &plain], as_it_is);
    // It has, and says the same: what it made of it is shown.
    check(
        &[&outer, &html("<i>Hello, all.</i>")],
        "alternative[ plain \"Hello, all.\" html \"<i>Hello, all.</i>\" ]",
    );
    // It says more.
    check(
        &[&outer, &html("<i>Hello, all. Bring cake.</i>")],
        "alternative[ plain \"Hello, all. Bring cake.\" html \"<i>Hello, all. Bring cake.</i>\" ]",
    );
    // It says less: somebody added a disclaimer to both.
    check(&[&outer, &html("<i>Hello</i>")], as_it_is);
    // Each says something that the other does not.
    check(
        &[&outer, &tnef(&winmail("Hello, all. Bring cake."))],
        &format!("mixed[ {as_it_is} plain \"Hello, all. Bring cake.\" ]"),
    );
    check(
        &[&outer, &tnef(&winmail("Good bye."))],
        &format!("mixed[ {as_it_is} plain \"Good bye.\" ]"),
    );
    // HTML alone.
    let bare = "Content-Type: text/html\r\n\r\n<p>Hello, all.</p>";
    check(
        &[bare, &html("<i>Hello, all.</i>")],
        "alternative[ plain \"Hello, all.\" html \"<i>Hello, all.</i>\" ]",
    );
}

#[test]
fn pictures_of_the_body_are_not_lost() {
    let text = alternative("Hello, all.", "<p>Hello, all. <img src=cid:1></p>");
    let with = |more: &str| {
        format!(
            "Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\n{text}\r\n--r\r\n{more}\r\n--r--"
        )
    };
    let picture = "Content-Type: image/png\r\nContent-ID: <1>\r\nContent-Transfer-Encoding: base64\r\n\r\nAQID";
    let shown = "related[ alternative[ plain \"Hello, all.\" html \"<p>Hello, all. <img src=cid:1></p>\" ] png 3 ]";
    let hello = Tnef::note("x").body(Body::Html("<p>Hello, all.</p>".to_owned(), CodePage::Utf8));
    let hello = tnef(&in_base64(&hello.bytes()));
    check(&[&with(picture), &hello], shown);
    // What is neither text nor picture is beside.
    let file = picture.replace("image/png", "application/pdf");
    let outer = shown.replace("png", "pdf");
    let made = "alternative[ plain \"Hello, all.\" html \"<p>Hello, all.</p>\" ]";
    check(&[&with(&file), &hello], &format!("mixed[ {outer} {made} ]"));
}

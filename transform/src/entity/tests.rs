use super::*;

fn label(media_type: &str) -> Label<'_> {
    Label {
        media_type,
        ..Label::default()
    }
}

fn numbered() -> impl FnMut() -> String {
    let mut number = 0;
    move || {
        number += 1;
        format!("=_b{number}")
    }
}

fn written(entity: Entity) -> String {
    String::from_utf8(entity.segments().to_vec()).unwrap()
}

#[test]
fn parts_stand_between_boundaries() {
    let parts = vec![
        Entity::text(label("text/plain"), "Hi"),
        Entity::file(
            Label {
                media_type: "image/png",
                name: Some("a.png"),
                disposition: Some(Disposition::Inline),
                content_id: Some("a@b"),
                ..Label::default()
            },
            Bytes::from_static(b"PNG"),
        ),
    ];
    let whole = Entity::multipart(label("multipart/related"), parts, numbered());
    let expected = "Content-Type: multipart/related; boundary=\"=_b1\"\r\n\
        Content-Transfer-Encoding: 7bit\r\n\r\n\
        \r\n--=_b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nHi\r\n\
        \r\n--=_b1\r\nContent-Type: image/png; name=\"a.png\"\r\nContent-Transfer-Encoding: base64\r\n\
        Content-ID: <a@b>\r\nContent-Disposition: inline; filename=\"a.png\"\r\n\r\nUE5H\r\n\
        \r\n--=_b1--\r\n";
    assert_eq!(written(whole), expected);
}

#[test]
fn a_boundary_that_occurs_is_not_used() {
    let inner = Entity::verbatim(
        Bytes::from_static(b"Content-Type: text/plain\r\n"),
        Bytes::from_static(b"--=_b1\r\n"),
    );
    let message = Entity::message(label("message/rfc822"), String::new(), inner);
    let whole = Entity::multipart(label("multipart/mixed"), vec![message], numbered());
    assert!(written(whole).contains("boundary=\"=_b2\""));
}

#[test]
fn what_is_verbatim_may_need_eight_bits() {
    let inner = |octets| {
        let header = Bytes::from_static(b"Content-Type: text/plain\r\n");
        let inner = Entity::verbatim(header, Bytes::from_static(octets));
        let message = Entity::message(label("message/rfc822"), String::new(), inner);
        written(Entity::multipart(
            label("multipart/mixed"),
            vec![message],
            numbered(),
        ))
    };
    let fields = |text: String| text.matches("Encoding: 8bit").count();
    assert_eq!(fields(inner(b"a\r\n")), 0);
    assert_eq!(fields(inner("ä\r\n".as_bytes())), 2);
}

#[test]
fn a_long_name_is_in_lines_of_at_most_78() {
    let name = "Übersicht über alle sehr langen Dateinamen ".repeat(6);
    let label = Label {
        media_type: "application/pdf",
        name: Some(&name),
        disposition: Some(Disposition::Attachment),
        ..Label::default()
    };
    let text = written(Entity::file(label, Bytes::new()));
    assert!(text.split("\r\n").all(|line| line.len() <= 78), "{text}");
    let parsed = mail_parser::MessageParser::new().parse(text.as_bytes());
    let parsed = parsed.unwrap();
    use mail_parser::MimeHeaders as _;
    assert_eq!(parsed.attachment_name(), Some(name.as_str()));
}

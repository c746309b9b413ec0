//! Who is taken at RCPT, where to, and in which form.

use crate::scene::{INTERNET, NOTES, SCANNER, Scene, message};

/// One RCPT from `from`: the code and enhanced code it must get.
async fn check(scene: &Scene, from: &str, to: &str, expected: (u16, &str)) {
    let mut client = scene.client(from).await;
    client.mail("a@example.net").await.expect("MAIL");
    let reply = client.rcpt(to).await.expect("RCPT");
    assert_eq!(
        (reply.code, reply.enhanced().unwrap_or_default()),
        expected,
        "{to} from {from}: {}",
        reply.text()
    );
}

#[tokio::test]
async fn each_recipient_gets_the_answer_that_its_origin_and_the_directory_call_for() {
    let scene = Scene::with(|setup| {
        setup.internet_from = Some("\"notes\", \"scanner\"".to_owned());
    })
    .await;
    for (from, to, expected) in [
        (INTERNET, "nora@contoso.com", (250, "2.1.5")),
        (INTERNET, "NORA@Contoso.COM", (250, "2.1.5")),
        (INTERNET, "nora.notes@contoso.com", (250, "2.1.5")),
        (INTERNET, "cleo+news@contoso.com", (250, "2.1.5")),
        (
            INTERNET,
            "cleo@contoso.mail.onmicrosoft.com",
            (250, "2.1.5"),
        ),
        (
            INTERNET,
            "nora@contoso.mail.onmicrosoft.com",
            (250, "2.1.5"),
        ),
        (INTERNET, "postmaster@contoso.com", (250, "2.1.5")),
        (INTERNET, "abuse@contoso.com", (250, "2.1.5")),
        (INTERNET, "Postmaster", (250, "2.1.5")),
        (INTERNET, "nobody@contoso.com", (550, "5.1.1")),
        (INTERNET, "nora+news@contoso.com", (550, "5.1.1")),
        (INTERNET, "somebody@elsewhere.example", (550, "5.7.1")),
        (
            INTERNET,
            "user%elsewhere.example@contoso.com",
            (553, "5.1.3"),
        ),
        (INTERNET, "printer@contoso.com", (550, "5.4.4")),
        (NOTES, "cleo@contoso.com", (250, "2.1.5")),
        (NOTES, "somebody@elsewhere.example", (250, "2.1.5")),
        (NOTES, "nora@contoso.com", (550, "5.4.6")),
        (NOTES, "nobody@contoso.com", (550, "5.1.1")),
        (SCANNER, "nora@contoso.com", (250, "2.1.5")),
        (SCANNER, "somebody@elsewhere.example", (250, "2.1.5")),
    ] {
        check(&scene, from, to, expected).await;
    }
}

#[tokio::test]
async fn each_side_gets_the_form_it_wants_and_orcpt_keeps_what_was_written() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    client
        .deliver("a@example.net", &["Cleo.Cloud@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    let got = scene.cloud.next_message().await.expect("it arrives");
    assert_eq!(got.recipients(), ["cleo@contoso.mail.onmicrosoft.com"]);
    assert_eq!(
        got.forward_paths[0].parameters,
        ["ORCPT=rfc822;Cleo.Cloud@contoso.com"]
    );
}

#[tokio::test]
async fn foreign_mail_of_a_side_leaves_by_the_smart_host() {
    let scene = Scene::with(|setup| setup.internet_from = Some("\"notes\"".to_owned())).await;
    let mut client = scene.client(NOTES).await;
    let sent = message("x");
    let delivery = client
        .deliver("nora@contoso.com", &["Some.Body@elsewhere.example"], &sent)
        .await;
    assert!(delivery.expect("a dialog").is_accepted());
    let got = scene.smart_host.next_message().await.expect("it arrives");
    assert_eq!(got.recipients(), ["Some.Body@elsewhere.example"]);
    assert_eq!(got.below(1), sent);
}

#[tokio::test]
async fn a_recipient_of_the_second_side_is_asked_to_come_again() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let to = ["nora@contoso.com", "cleo@contoso.com", "nils@contoso.com"];
    let delivery = client
        .deliver("a@example.net", &to, &message("x"))
        .await
        .expect("a dialog");
    let codes: Vec<_> = delivery.recipients.iter().map(|reply| reply.code).collect();
    assert_eq!(codes, [250, 452, 250]);
    assert_eq!(delivery.recipients[1].enhanced(), Some("4.5.3"));
    assert!(delivery.is_accepted());
    assert_eq!(
        scene
            .notes
            .next_message()
            .await
            .expect("it arrives")
            .recipients(),
        ["nora@contoso.com", "nils@contoso.com"]
    );
    let delivery = client
        .deliver("a@example.net", &["cleo@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted());
}

#[tokio::test]
async fn a_recipient_named_twice_is_delivered_once() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let to = ["nora@contoso.com", "Nora@contoso.com", "nora@contoso.com"];
    let delivery = client
        .deliver("a@example.net", &to, &message("x"))
        .await
        .expect("a dialog");
    assert!(delivery.recipients.iter().all(|reply| reply.code == 250));
    assert_eq!(
        scene
            .notes
            .next_message()
            .await
            .expect("it arrives")
            .recipients()
            .len(),
        1
    );
}

#[tokio::test]
async fn the_null_reverse_path_goes_through() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver("", &["nora@contoso.com"], &message("a report"))
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted());
    assert_eq!(
        scene
            .notes
            .next_message()
            .await
            .expect("it arrives")
            .reverse_path,
        ""
    );
}

#[tokio::test]
async fn a_side_that_may_send_as_somebody_only_sends_as_nobody_else() {
    let scene = Scene::with(|setup| {
        setup.scanner_accept = "may_send_as = [\"scanner@contoso.com\"]".to_owned()
    })
    .await;
    let mut client = scene.client(SCANNER).await;
    let reply = client.mail("boss@contoso.com").await.expect("MAIL");
    assert_eq!((reply.code, reply.enhanced()), (550, Some("5.7.1")));
    assert_eq!(
        client.mail("Scanner@contoso.com").await.expect("MAIL").code,
        250
    );
}

#[tokio::test]
async fn nor_does_it_write_as_anybody_else() {
    let scene = Scene::with(|setup| {
        setup.scanner_accept = "may_send_as = [\"scanner@contoso.com\"]".to_owned()
    })
    .await;
    let mut client = scene.client(SCANNER).await;
    for (fields, code) in [
        ("From: Scanner <SCANNER@contoso.com>", 250),
        ("From: boss@contoso.com", 550),
        ("From: scanner@contoso.com, boss@contoso.com", 550),
        ("From: scanner@contoso.com\r\nFrom: boss@contoso.com", 550),
        ("From: scanner@contoso.com\r\nSender: boss@contoso.com", 550),
        ("From : boss@contoso.com\r\nFrom: scanner@contoso.com", 550),
        ("From: \"scanner@contoso.com\" <boss@contoso.com>", 550),
        ("From: us: scanner@contoso.com;", 550),
        ("Subject: nobody", 550),
    ] {
        for reverse in ["scanner@contoso.com", ""] {
            let sent = format!("{fields}\r\n\r\nx\r\n");
            let delivery = client
                .deliver(reverse, &["nora@contoso.com"], sent.as_bytes())
                .await
                .expect("a dialog");
            let said = delivery.verdict();
            assert_eq!(said.code, code, "<{reverse}> {fields}: {said:?}");
        }
    }
}

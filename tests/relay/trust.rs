//! What is believed of whom.

use testbed::certificates::Leaf;
use twinmx::event::Event;

use crate::scene::{INTERNET, NOTES, OTHER_TENANT, Scene, TENANT, message};

const INTERNAL: &str = "X-MS-Exchange-Organization-AuthAs: Internal\r\nX-MS-Exchange-CrossPremises-AuthAs : Internal\r\n\
                        x-originatororg: contoso.com\r\nX-MS-Exchange-Forest-ArrivalHubServer:\r\n one\r\n";

fn with_fields(fields: &str) -> Vec<u8> {
    [fields.as_bytes(), &message("x")].concat()
}

fn of_tenant(tenant: &str, fields: &str) -> Vec<u8> {
    with_fields(&format!(
        "X-MS-Exchange-CrossTenant-Id: {tenant}\r\n{fields}"
    ))
}

#[tokio::test]
async fn internal_fields_of_strangers_are_dropped_and_the_rest_stays() {
    let scene = Scene::start().await;
    for from in [INTERNET, NOTES] {
        let mut client = scene.client(from).await;
        let kept = "X-MS-Exchange-AntiSpam-MessageData: kept\r\nARC-Seal: kept\r\n";
        let rest = message("x");
        let sent = [INTERNAL.as_bytes(), kept.as_bytes(), &rest].concat();
        let delivery = client
            .deliver("a@example.net", &["cleo@contoso.com"], &sent)
            .await
            .expect("a dialog");
        assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
        let got = scene.cloud.next_message().await.expect("it arrives");
        assert_eq!(
            got.below(1),
            [kept.as_bytes(), &rest].concat(),
            "from {from}"
        );
        let told = scene
            .event(|event| matches!(event, Event::FieldsDropped { .. }))
            .await;
        let lost = "X-MS-Exchange-Organization-AuthAs, X-MS-Exchange-CrossPremises-AuthAs, x-originatororg, \
                    X-MS-Exchange-Forest-ArrivalHubServer, which";
        assert!(told.to_string().contains(lost), "{told}");
    }
}

#[tokio::test]
async fn our_tenant_is_believed_and_another_is_the_internet() {
    let scene = Scene::with(|setup| setup.notes = "kind = \"exchange\"".to_owned()).await;
    let mut client = scene.proven(&scene.notary.cloud).await;
    let sent = of_tenant(TENANT, INTERNAL);
    assert!(
        client
            .deliver("cleo@contoso.com", &["nora@contoso.com"], &sent)
            .await
            .expect("a dialog")
            .is_accepted()
    );
    assert_eq!(
        scene
            .notes
            .next_message()
            .await
            .expect("it arrives")
            .below(1),
        sent
    );
    assert_eq!(scene.outcome().await.origin, "cloud");

    for sent in [
        of_tenant(OTHER_TENANT, INTERNAL),
        with_fields(INTERNAL),
        of_tenant(
            TENANT,
            &String::from_utf8_lossy(&of_tenant(OTHER_TENANT, "")).replace("\r\n\r\nx\r\n", "\r\n"),
        ),
    ] {
        assert!(
            client
                .deliver("x@fabrikam.com", &["nora@contoso.com"], &sent)
                .await
                .expect("a dialog")
                .is_accepted()
        );
        let got = scene.notes.next_message().await.expect("it arrives");
        assert!(
            got.fields()
                .iter()
                .all(|(name, _)| !name.to_ascii_lowercase().starts_with("x-ms-exchange-")),
            "{:?}",
            got.fields()
        );
        scene
            .event(|event| matches!(event, Event::TenantMismatch { .. }))
            .await;
        assert_eq!(scene.outcome().await.origin, "internet");
    }
}

#[tokio::test]
async fn a_verdict_in_our_name_never_passes() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let forged = "Authentication-Results: (c) MX.contoso.com 1; spf=pass\r\n";
    let other = "Authentication-Results: filter.example.net; spf=pass\r\n";
    let rest = message("x");
    let sent = [forged.as_bytes(), other.as_bytes(), &rest].concat();
    assert!(
        client
            .deliver("a@example.net", &["nora@contoso.com"], &sent)
            .await
            .expect("a dialog")
            .is_accepted()
    );
    assert_eq!(
        scene
            .notes
            .next_message()
            .await
            .expect("it arrives")
            .below(1),
        [other.as_bytes(), &rest].concat()
    );
}

#[tokio::test]
async fn nothing_internal_leaves_to_the_internet() {
    let scene =
        Scene::with(|setup| setup.internet_from = Some("\"cloud\", \"notes\"".to_owned())).await;
    let rest = message("x");
    for mut client in [
        scene.client(NOTES).await,
        scene.proven(&scene.notary.cloud).await,
    ] {
        let sent = [
            format!("X-MS-Exchange-CrossTenant-Id: {TENANT}\r\n{INTERNAL}").as_bytes(),
            &rest,
        ]
        .concat();
        assert!(
            client
                .deliver("nora@contoso.com", &["b@elsewhere.example"], &sent)
                .await
                .expect("a dialog")
                .is_accepted()
        );
        assert_eq!(
            scene
                .smart_host
                .next_message()
                .await
                .expect("it arrives")
                .below(1),
            rest
        );
    }
}

#[tokio::test]
async fn mail_for_the_cloud_does_not_go_back_to_it_but_a_strangers_with_its_certificate_does() {
    let scene = Scene::start().await;
    let mut client = scene.proven(&scene.notary.cloud).await;
    let own = client
        .deliver(
            "carl@contoso.com",
            &["cleo@contoso.com"],
            &of_tenant(TENANT, ""),
        )
        .await
        .expect("a dialog");
    assert_eq!(
        (own.verdict().code, own.verdict().enhanced()),
        (550, Some("5.4.6"))
    );
    let told = scene.outcome().await;
    assert_eq!(told.origin, "cloud");
    assert!(
        told.why.contains("lives in cloud, but cloud sent it here"),
        "{}",
        told.why
    );
    let other = client
        .deliver(
            "x@fabrikam.com",
            &["cleo@contoso.com"],
            &of_tenant(OTHER_TENANT, ""),
        )
        .await;
    assert!(other.expect("a dialog").is_accepted());
}

#[tokio::test]
async fn a_message_that_comes_back_is_not_sent_again() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    assert!(
        client
            .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
            .await
            .expect("a dialog")
            .is_accepted()
    );
    let delivered = scene
        .notes
        .next_message()
        .await
        .expect("it arrives")
        .content
        .clone();
    let again = client
        .deliver("a@example.net", &["nora@contoso.com"], &delivered)
        .await
        .expect("a dialog");
    assert_eq!(
        (again.verdict().code, again.verdict().enhanced()),
        (554, Some("5.4.6"))
    );
    let other = client
        .deliver("a@example.net", &["nils@contoso.com"], &delivered)
        .await
        .expect("a dialog");
    assert!(
        other.is_accepted(),
        "another decision is no loop: {:?}",
        other.verdict()
    );
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_leaves_its_bearer_the_internet() {
    let scene = Scene::start().await;
    let stranger =
        testbed::certificates::Certificate::self_signed(&Leaf::new("mail.protection.outlook.com"));
    let mut client = scene.proven(&stranger).await;
    scene
        .event(|event| matches!(event, Event::ClientDistrusted { .. }))
        .await;
    let sent = of_tenant(TENANT, INTERNAL);
    assert!(
        client
            .deliver("x@fabrikam.com", &["nora@contoso.com"], &sent)
            .await
            .expect("a dialog")
            .is_accepted()
    );
    assert_eq!(scene.outcome().await.origin, "internet");
}

#[tokio::test]
async fn a_second_tenant_is_seen_however_it_is_spelled() {
    let scene = Scene::start().await;
    let mut client = scene.proven(&scene.notary.cloud).await;
    for second in [
        "x-ms-exchange-crosstenant-id",
        "X-MS-Exchange-CrossTenant-Id ",
        "X-MS-EXCHANGE-CROSSTENANT-ID\t ",
        "X-MS-Exchange-CrossTenant-Id:\r\n ",
    ] {
        let sent = of_tenant(TENANT, &format!("{second}: {OTHER_TENANT}\r\n"));
        let delivery = client
            .deliver("x@fabrikam.com", &["nora@contoso.com"], &sent)
            .await
            .expect("a dialog");
        assert!(delivery.is_accepted());
        assert_eq!(scene.outcome().await.origin, "internet", "{second:?}");
    }
}

#[tokio::test]
async fn between_exchange_and_the_cloud_one_field_is_added_and_nothing_else() {
    let scene = Scene::with(|setup| {
        setup.notes = "kind = \"exchange\"".to_owned();
        setup.notes_tls = "mode = \"none\"".to_owned();
        setup.more = "[side.hq]\nkind = \"exchange\"\n[side.hq.accept]\ncertificate_names = [\"hq.contoso.com\"]\neku = \"either\"\n"
            .to_owned();
    })
    .await;
    let issuer = scene.notary.root.intermediate("Headquarters' issuer");
    let hq = issuer.issue(&Leaf::new("hq.contoso.com"));
    let tnef =
        "MIME-Version: 1.0\r\nContent-Type: application/ms-tnef; name=\"winmail.dat\"\r\n\r\nx\r\n";
    let odd = "From : nora@contoso.com\r\nSubject:folded\r\n \t text\r\nX-Empty:\r\n\r\n. \t\r\n..dots\r\n\r\n";
    for rest in [tnef, odd] {
        let fields = format!(
            "X-MS-Exchange-CrossTenant-Id: {TENANT}\r\n{INTERNAL}Authentication-Results: other.example; spf=pass\r\n\
             ARC-Seal: i=1; cv=none; b=x\r\nARC-Seal : i=2; cv=pass; b=y\r\n"
        );
        let sent = [fields.as_bytes(), rest.as_bytes()].concat();
        for (certificate, to, sink) in [
            (&hq, "cleo@contoso.com", &scene.cloud),
            (&scene.notary.cloud, "nora@contoso.com", &scene.notes),
        ] {
            for reverse in ["carl@contoso.com", ""] {
                let mut client = scene.proven(certificate).await;
                let delivery = client.deliver(reverse, &[to], &sent).await;
                let delivery = delivery.expect("a dialog");
                assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
                let got = sink.next_message().await.expect("it arrives");
                assert_eq!(got.below(1), sent, "to {to}");
                assert_eq!(
                    got.fields().first().map(|(name, _)| name.as_str()),
                    Some("Received")
                );
            }
        }
    }
}

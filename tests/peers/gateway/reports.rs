//! Delivery reports that the sender asked for (RFC 3461): the hop makes them.

use super::*;

#[tokio::test]
async fn a_report_of_success_comes_from_the_hop() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let notes = Postfix::builder().start().await;
    let scene = with_notes(notes.address()).await;
    let mut client = scene.client(INTERNET).await;
    assert!(client.offers("DSN"));
    let mail = client.mail_with(SENDER, "RET=HDRS ENVID=QQ314159").await;
    assert_eq!(mail.expect("MAIL").code, 250);
    for (to, parameters) in [
        (
            "Nora.Notes@contoso.com",
            "NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;N@old.example",
        ),
        (NILS, "NOTIFY=NEVER"),
    ] {
        let rcpt = client.rcpt_with(to, parameters).await;
        assert_eq!(rcpt.expect("RCPT").code, 250);
    }
    assert_eq!(
        client.data(&letter("reported")).await.expect("DATA").code,
        250
    );

    let stored = notes.stored(2).await;
    let (reports, mail): (Vec<_>, Vec<_>) = stored
        .into_iter()
        .partition(|one| one.reverse_path.is_empty());
    assert_eq!((reports.len(), mail.len()), (1, 1));
    assert_eq!(mail[0].below_trace(), letter("reported"));
    let report = &reports[0];
    assert_eq!(report.forward_paths, [SENDER]);
    let text = String::from_utf8_lossy(&report.content);
    for part in [
        "Original-Envelope-Id: QQ314159",
        "Original-Recipient: rfc822;N@old.example",
        "Final-Recipient: rfc822; Nora.Notes@contoso.com",
        "Action: relayed",
        "Status: 2.0.0",
        "text/rfc822-headers",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
    assert!(!text.contains("Final-Recipient: rfc822; nils"), "{text}");
}

//! Other people's clients: smtplib and Exim.

use super::*;

/// Runs this in Python toward the gateway; Notes is aiosmtpd.
async fn scripted(script: &str, content: &[u8]) -> Stored {
    let notes = Aiosmtpd::builder().start().await;
    let scene = Scene::with(|setup| {
        setup.people.push_str("j\u{f6}rg@contoso.com,notes,,\n");
        setup.notes_hops = vec![notes.address()];
    });
    let scene = scene.await;
    let root = scene.notary.root.write_to(scene.dir.path(), "python");
    let root = root.expect("the directory is ours");
    let script = script.replace("ROOT", &root.display().to_string());
    smtplib(scene.mx, &script, content).await.succeeded();
    let stored = notes.stored(1).await;
    assert_eq!(stored.len(), 1);
    passed_us(&stored[0]);
    stored.into_iter().next().expect("there is one")
}

#[tokio::test]
async fn smtplib_sends_eight_bit_text() {
    let Some(()) = require(&[Peer::Smtplib, Peer::Aiosmtpd]) else {
        return;
    };
    let sent = message::latin1("python-8").content;
    let script = format!("smtp.sendmail('{SENDER}', ['{NORA}'], message, ['BODY=8BITMIME'])");
    assert_eq!(scripted(&script, &sent).await.below_trace(), sent);
}

#[tokio::test]
async fn smtplib_sends_to_an_address_in_utf_8() {
    let Some(()) = require(&[Peer::Smtplib, Peer::Aiosmtpd]) else {
        return;
    };
    let sent = message::utf8_header("python-utf8").content;
    let script = "smtp.sendmail('s\u{f8}ren@example.net', ['j\u{f6}rg@contoso.com'], message, \
                  ['SMTPUTF8', 'BODY=8BITMIME'])";
    let stored = scripted(script, &sent).await;
    assert_eq!(stored.below_trace(), sent);
    assert_eq!(stored.reverse_path, "s\u{f8}ren@example.net");
    assert_eq!(stored.forward_paths, ["j\u{f6}rg@contoso.com"]);
    let trace = stored.trace();
    assert!(trace.contains("with UTF8SMTP id"), "{trace}");
}

#[tokio::test]
async fn smtplib_sends_five_megabytes_over_tls() {
    let Some(()) = require(&[Peer::Smtplib, Peer::Aiosmtpd]) else {
        return;
    };
    let sent = message::of_size("python-large", 5_000_000).content;
    let script = format!(
        "smtp.set_debuglevel(0)\n\
         context = ssl.create_default_context(cafile='ROOT')\n\
         smtp._host = 'mx.contoso.com'\n\
         smtp.starttls(context=context)\n\
         smtp.sendmail('{SENDER}', ['{NORA}'], message)"
    );
    let stored = scripted(&script, &sent).await;
    assert!(stored.below_trace() == sent, "it was changed");
    let trace = stored.trace();
    assert!(trace.contains("with ESMTPS id"), "{trace}");
    assert!(trace.contains("using TLSv1.3"), "{trace}");
}

#[tokio::test]
async fn exim_cuts_through_us_to_the_hop() {
    let Some(()) = require(&[Peer::Exim, Peer::Postfix]) else {
        return;
    };
    let notes = Postfix::builder().refuse(NILS, "550 5.7.1 Not from you");
    let notes = notes.start().await;
    let scene = with_notes(notes.address()).await;
    let exim = Exim::builder().cut_through_to(scene.mx).start().await;
    let mut client = testbed::client::Client::connect(exim.address())
        .await
        .expect("a greeting");
    client
        .ehlo("client.example.net")
        .await
        .expect("EHLO is answered");
    // Two servers and a gateway, and still the first hears the last one's word.
    let sent = client.deliver(SENDER, &[NILS], &letter("cut-1")).await;
    let sent = sent.expect("a dialog");
    assert_eq!(sent.verdict().code, 550, "{sent:?}");
    let sent = client.deliver(SENDER, &[NORA], &letter("cut-2")).await;
    let sent = sent.expect("a dialog");
    assert!(sent.is_accepted(), "{sent:?}");
    exim.logged(&[">> nora@contoso.com", "C=\"250 2.0.0"]).await;
    let stored = notes.stored(1).await;
    assert_eq!(stored[0].below_trace(), letter("cut-2"));
    assert_eq!(notes.taken(), 1);
}

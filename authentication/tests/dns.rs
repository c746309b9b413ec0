//! What DNS does not say is neither a pass nor a failure.

use authentication::{DmarcPolicy, Outcome};
use testbed::nameserver::Told;

use crate::dkim::record;
use crate::python;
use crate::scene::Scene;

const MESSAGE: &[u8] = b"From: ann@example.net\r\nSubject: x\r\n\r\ntext\r\n";

#[tokio::test]
async fn failure_and_silence_are_temporary() {
    for told in [Told::Failure, Told::Silence] {
        let scene = Scene::start().await;
        scene.names.tell("example.net", told.clone());
        scene.names.tell("_dmarc.example.net", told.clone());
        let verdict = scene.verify(MESSAGE, "a@example.net").await;
        assert_eq!(
            verdict.spf().outcome,
            Outcome::TempError,
            "{told:?}: {verdict}"
        );
        assert_eq!(
            verdict.dmarc.outcome,
            Outcome::TempError,
            "{told:?}: {verdict}"
        );
        assert_eq!(verdict.helo.outcome, Outcome::None, "{told:?}: {verdict}");
    }
}

#[tokio::test]
async fn a_policy_whose_proof_is_missing_is_open_and_not_failed() {
    let scene = Scene::start().await;
    scene.names.text("_dmarc.example.net", "v=DMARC1; p=reject");
    scene.names.tell("example.net", Told::Failure);
    let dmarc = scene.verify(MESSAGE, "a@example.net").await.dmarc;
    assert_eq!(dmarc.outcome, Outcome::TempError);
    assert_eq!(dmarc.policy, Some(DmarcPolicy::Reject));
    // What could not speak for the author anyway leaves nothing open.
    scene.names.tell("example.org", Told::Failure);
    let dmarc = scene.verify(MESSAGE, "a@example.org").await.dmarc;
    assert_eq!(dmarc.outcome, Outcome::Fail);
}

#[tokio::test]
async fn a_key_that_cannot_be_had_is_temporary_and_one_good_signature_is_enough() {
    if !python::is_here() {
        return;
    }
    let scene = Scene::start().await;
    scene.names.text("_dmarc.example.net", "v=DMARC1; p=reject");
    scene.names.tell("test._domainkey.slow.test", Told::Failure);
    scene.names.text("test._domainkey.example.net", &record());
    let once = python::signed(MESSAGE, "slow.test", "relaxed/relaxed").await;
    let verdict = scene.verify(&once, "").await;
    assert_eq!(verdict.dkim[0].outcome, Outcome::TempError, "{verdict}");
    assert_eq!(verdict.dmarc.outcome, Outcome::Fail, "of another domain");
    let twice = python::signed(&once, "example.net", "relaxed/relaxed").await;
    let verdict = scene.verify(&twice, "").await;
    assert_eq!(verdict.dmarc.outcome, Outcome::Pass, "{verdict}");
}

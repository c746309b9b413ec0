//! How the application proves to be itself, and what is said where it does not.

use std::fmt::Debug;
use std::fs;

use sources::graph::{Credential, GraphError};
use sources::limits::TOKEN_OCTETS_MAX;
use testbed::certificates::{Certificate, Key, Leaf, Validity};
use testbed::graph::Fault;

use super::scene::{CLIENT, SECRET, Scene, by_certificate, failure, round};

fn rsa() -> Leaf {
    Leaf::new("twinmx").key(Key::Rsa2048)
}

/// Nothing that must not be known stands in what is said.
fn keeps_quiet(scene: &Scene, said: &impl Debug, text: &str) {
    let key = scene.certificate.key_pem();
    let lines = key.lines().filter(|line| !line.starts_with("-----"));
    let tokens = scene.tenant.tokens();
    let secrets = lines
        .chain([SECRET])
        .chain(tokens.iter().map(String::as_str));
    for secret in secrets {
        let debug = format!("{said:?}");
        assert!(
            !debug.contains(secret) && !text.contains(secret),
            "{debug} {text}"
        );
    }
}

#[tokio::test]
async fn a_certificate_or_a_secret_gives_a_token() {
    let mut scene = Scene::new().await;
    scene.people(2);
    let mut mirror = scene.mirror();
    round(&mut scene.source(), &mut mirror).await.unwrap();
    scene.access.credential = Credential::Secret(scene.secret("secret", &format!("{SECRET}\n")));
    round(&mut scene.source(), &mut mirror).await.unwrap();
    assert_eq!(scene.tenant.tokens_given(), 2);
}

#[tokio::test]
async fn a_token_is_kept_until_it_ends_or_is_not_taken() {
    let scene = Scene::new().await;
    scene.people(2);
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    for _ in 0..3 {
        round(&mut source, &mut mirror).await.unwrap();
    }
    assert_eq!(scene.tenant.tokens_given(), 1);
    scene.tenant.expire_tokens();
    round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(scene.tenant.tokens_given(), 2);
    // One that is good for no time at all is none to keep.
    scene.tenant.expire_tokens();
    scene.tenant.set_token_life(0);
    let error = failure(&mut source, &mut mirror).await;
    assert!(matches!(error, GraphError::Unauthorised(_)), "{error:?}");
    keeps_quiet(&scene, &error, &error.to_string());
}

#[tokio::test]
async fn a_wrong_secret_is_told_and_not_shown() {
    let mut scene = Scene::new().await;
    scene.access.credential = Credential::Secret(scene.secret("secret", "wrong-Secret-17"));
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    let error = failure(&mut source, &mut mirror).await;
    let text = error.to_string();
    assert!(
        text.contains("AADSTS7000215") && text.contains("not its id"),
        "{text}"
    );
    assert!(!format!("{error:?} {text} {source:?}").contains("wrong-Secret-17"));
    // The file is read at each use.
    scene.secret("secret", SECRET);
    scene.people(1);
    round(&mut source, &mut mirror).await.unwrap();
}

#[tokio::test]
async fn a_server_that_repeats_a_secret_or_token_is_not_quoted() {
    let mut scene = Scene::new().await;
    let mut mirror = scene.mirror();
    scene.tenant.order("users/delta", Fault::Echo);
    let mut source = scene.source();
    let error = failure(&mut source, &mut mirror).await;
    assert!(error.to_string().contains("(left out)"), "{error}");
    keeps_quiet(&scene, &error, &error.to_string());
    keeps_quiet(&scene, &source, &format!("{:?}", scene.access));
    for _ in 0..2 {
        scene.tenant.order("/oauth2/v2.0/token", Fault::Echo);
        let error = failure(&mut scene.source(), &mut mirror).await;
        keeps_quiet(&scene, &error, &error.to_string());
        scene.access.credential = Credential::Secret(scene.secret("secret", SECRET));
    }
    assert!(scene.tenant.faults_are_over());
}

#[tokio::test]
async fn a_certificate_that_is_not_registered_is_told() {
    let mut scene = Scene::new().await;
    let other = Certificate::self_signed(&rsa());
    scene.access.credential = by_certificate(&other, &scene.directory);
    let error = failure(&mut scene.source(), &mut scene.mirror()).await;
    let text = error.to_string();
    assert!(
        text.contains("AADSTS700027") && text.contains("upload it"),
        "{text}"
    );
}

#[tokio::test]
async fn a_certificate_of_no_use_is_told_before_anybody_is_asked() {
    let mut scene = Scene::new().await;
    let mut mirror = scene.mirror();
    let good = Certificate::self_signed(&rsa());
    let old = Certificate::self_signed(&rsa().valid(Validity::Past));
    let early = Certificate::self_signed(&rsa().valid(Validity::Future));
    let elliptic = Certificate::self_signed(&Leaf::new("twinmx"));
    let foreign = good.clone().with_key_of(&old);
    for (certificate, expected) in [
        (&old, "expired 1 days ago"),
        (&early, "not valid yet"),
        (&elliptic, "no RSA key"),
        (&foreign, "not the key of certificate"),
    ] {
        scene.access.credential = by_certificate(certificate, &scene.directory);
        let error = failure(&mut scene.source(), &mut mirror).await;
        assert!(matches!(error, GraphError::Identity(_)), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    fs::write(scene.directory.path().join("app.pem"), "nothing").unwrap();
    let error = failure(&mut scene.source(), &mut mirror).await;
    assert!(
        error.to_string().contains("no certificate in PEM form"),
        "{error}"
    );
    assert_eq!(scene.tenant.seen().len(), 0);
}

#[tokio::test]
async fn a_wrong_tenant_or_application_is_told() {
    let mut scene = Scene::new().await;
    let mut mirror = scene.mirror();
    scene.access.client_id = CLIENT.replace('3', "4");
    let error = failure(&mut scene.source(), &mut mirror).await.to_string();
    assert!(
        error.contains("AADSTS700016") && error.contains("client_id"),
        "{error}"
    );
    scene.access.tenant_id = "contoso.example".to_owned();
    let error = failure(&mut scene.source(), &mut mirror).await.to_string();
    assert!(
        error.contains("AADSTS90002") && error.contains("cloud"),
        "{error}"
    );
}

#[tokio::test]
async fn a_busy_token_endpoint_is_asked_again_with_a_new_assertion() {
    let scene = Scene::new().await;
    scene.people(1);
    scene
        .tenant
        .order("/oauth2/v2.0/token", Fault::throttled("0"));
    scene
        .tenant
        .order("/oauth2/v2.0/token", Fault::status(503, "x"));
    round(&mut scene.source(), &mut scene.mirror())
        .await
        .unwrap();
    assert_eq!(scene.tenant.count("/oauth2/v2.0/token"), 3);
}

#[tokio::test]
async fn an_answer_of_the_token_endpoint_is_bounded() {
    let scene = Scene::new().await;
    for (octets, expected) in [
        (TOKEN_OCTETS_MAX, "cannot be understood"),
        (TOKEN_OCTETS_MAX + 1, "more than 262144 octets"),
    ] {
        scene
            .tenant
            .order("/oauth2/v2.0/token", Fault::Bomb(octets));
        let error = failure(&mut scene.source(), &mut scene.mirror()).await;
        assert!(error.to_string().contains(expected), "{octets}: {error}");
    }
}

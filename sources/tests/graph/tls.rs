//! Servers that are not who they should be.

use sources::graph::GraphError;
use testbed::certificates::{Authority, Leaf, Validity};
use testbed::tls::ClientTls;

use super::scene::{Scene, failure};

async fn trouble(scene: &Scene) -> String {
    match failure(&mut scene.source(), &mut scene.mirror()).await {
        GraphError::Tls { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_of_another_name_is_not_believed() {
    let authority = Authority::new("Root of the test");
    let server = authority.issue(&Leaf::new("graph.example"));
    let scene = Scene::showing(authority, &server).await;
    let why = trouble(&scene).await;
    assert!(why.contains("another name"), "{why}");
    assert_eq!(scene.tenant.seen().len(), 0);
}

#[tokio::test]
async fn a_server_of_an_unknown_authority_is_not_believed() {
    let mut scene = Scene::new().await;
    let other = Authority::new("Root of nobody");
    scene.access.tls = ClientTls::trusting([&other], "localhost").config();
    let why = trouble(&scene).await;
    assert!(why.contains("trust_roots"), "{why}");
    assert_eq!(scene.tenant.seen().len(), 0);
}

#[tokio::test]
async fn a_server_whose_certificate_ended_is_not_believed() {
    let authority = Authority::new("Root of the test");
    let server = authority.issue(&Leaf::new("localhost").valid(Validity::Past));
    let scene = Scene::showing(authority, &server).await;
    let why = trouble(&scene).await;
    assert!(why.contains("expired"), "{why}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told() {
    let mut scene = Scene::new().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("https://localhost:{}", free.local_addr().unwrap().port());
    drop(free);
    scene.access.endpoints.login = gone;
    let error = failure(&mut scene.source(), &mut scene.mirror()).await;
    assert!(matches!(error, GraphError::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains("refused"), "{error}");
}

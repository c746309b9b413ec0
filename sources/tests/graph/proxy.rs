//! Through an HTTP proxy.

use sources::graph::{GraphError, Proxy};
use testbed::connect_proxy::ConnectProxy;

use super::scene::{Scene, failure, round};

/// `user:pass word` as RFC 7617 writes it.
const AUTHORIZATION: &str = "Basic dXNlcjpwYXNzIHdvcmQ=";

#[tokio::test]
async fn everything_goes_through_the_proxy() {
    let mut scene = Scene::new().await;
    scene.people(3);
    let proxy = ConnectProxy::start(scene.tenant.address(), None)
        .await
        .unwrap();
    // Nobody here could look this name up, and nobody is asked to.
    let port = scene.tenant.address().port();
    scene.access.proxy = Some(Proxy {
        url: proxy.url(),
        login: None,
    });
    let summary = round(&mut scene.source(), &mut scene.mirror())
        .await
        .unwrap();
    assert_eq!(summary.entries, 3);
    let tunnels = proxy.tunnels();
    assert!(!tunnels.is_empty());
    assert!(
        tunnels.iter().all(|to| *to == format!("localhost:{port}")),
        "{tunnels:?}"
    );
}

#[tokio::test]
async fn a_proxy_wants_to_know_who_is_there() {
    let mut scene = Scene::new().await;
    scene.people(3);
    let address = scene.tenant.address();
    let proxy = ConnectProxy::start(address, Some(AUTHORIZATION))
        .await
        .unwrap();
    let mut login = |password: &str| {
        let login = Some(("user".to_owned(), scene.secret("proxy", password)));
        scene.access.proxy = Some(Proxy {
            url: proxy.url(),
            login,
        });
        (scene.source(), scene.mirror())
    };
    let (mut source, mut mirror) = login("wrong-Password-17");
    let error = failure(&mut source, &mut mirror).await;
    assert!(matches!(error, GraphError::Proxy { .. }), "{error:?}");
    assert!(!format!("{error:?} {error} {source:?}").contains("wrong-Password-17"));
    assert!(proxy.tunnels().is_empty());
    drop(mirror);
    let (mut source, mut mirror) = login("pass word\n");
    round(&mut source, &mut mirror).await.unwrap();
    assert!(!proxy.tunnels().is_empty());
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_told() {
    let mut scene = Scene::new().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    scene.access.proxy = Some(Proxy { url, login: None });
    let error = failure(&mut scene.source(), &mut scene.mirror()).await;
    assert!(matches!(error, GraphError::Proxy { .. }), "{error:?}");
    assert_eq!(scene.tenant.seen().len(), 0);
}

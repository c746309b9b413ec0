use std::sync::Arc;

use book::{Preset, PresetKind, Setting};
use testbed::certificates::Authority;
use testbed::tls::ClientTls;

use super::*;
use crate::Secret;

fn access() -> Access {
    let authority = Authority::new("Root of the test");
    Access {
        tenant_id: "8f1c0d52-6d5b-4d0c-9f6e-2d7a3a1b0c11".to_owned(),
        client_id: "app".to_owned(),
        credential: Credential::Secret(Secret::in_file("/nonexistent".as_ref())),
        endpoints: Cloud::Global.endpoints(),
        tls: Arc::clone(&ClientTls::trusting([&authority], "localhost").config()),
        proxy: None,
        mailbox_purpose: false,
        poll: Duration::from_secs(300),
        full_every: Some(Duration::from_secs(100)),
        patience: Patience::default(),
    }
}

fn source(access: Access) -> Result<Graph, SourceError> {
    let preset = Preset::of(PresetKind::MicrosoftGraph);
    let setting = Setting::default();
    Graph::new(access, Reading { preset, setting })
}

#[test]
fn where_a_round_begins_follows_from_the_cursor() {
    let access = access();
    let origin = access.endpoints.graph_origin().unwrap();
    let mut cursor = Cursor::new(Duration::from_secs(1_000));
    let next = origin.link("/next").unwrap();
    cursor.set(stream::Stream::Users, Place::Next(next));
    let check = |stored: Option<String>, now: u64, expected: Extent| {
        let (extent, begun) = begin(&access, stored.clone(), Duration::from_secs(now)).unwrap();
        assert_eq!(extent, expected, "{stored:?} {now}");
        assert_eq!(begun.full, expected != Extent::Changes);
    };
    check(None, 1_000, Extent::Full);
    check(Some("damaged".to_owned()), 1_000, Extent::Full);
    check(Some(cursor.text()), 9_000, Extent::Rest);
    cursor.full = false;
    check(Some(cursor.text()), 1_099, Extent::Changes);
    check(Some(cursor.text()), 1_100, Extent::Full);
    let elsewhere = cursor
        .text()
        .replace("graph.microsoft.com", "graph.microsoft.us");
    check(Some(elsewhere), 1_001, Extent::Full);
}

#[test]
fn names_that_would_lead_elsewhere_are_refused() {
    let check = |tenant_id: &str, client_id: &str, expected: &str| {
        let access = Access {
            tenant_id: tenant_id.to_owned(),
            client_id: client_id.to_owned(),
            ..access()
        };
        let error = source(access).err().map(|error| error.to_string());
        let error = error.unwrap_or_default();
        assert!(
            error.contains(expected) && error.is_empty() == expected.is_empty(),
            "{error}"
        );
    };
    check("contoso.onmicrosoft.com", "app", "");
    check("", "app", "tenant_id");
    check("..", "app", "tenant_id");
    check("a/../b", "app", "tenant_id");
    check("a?x", "app", "tenant_id");
    check("contoso.com", "a b", "client_id");
}

#[test]
fn a_proxy_is_an_http_url_without_a_password() {
    let check = |url: &str, expected: bool| {
        let access = Access {
            proxy: Some(Proxy {
                url: url.to_owned(),
                login: None,
            }),
            ..access()
        };
        assert_eq!(source(access).is_ok(), expected, "{url}");
    };
    check("http://proxy.contoso.com:3128", true);
    check("https://proxy.contoso.com", true);
    check("socks5://proxy.contoso.com", false);
    check("http://user:pass@proxy.contoso.com", false);
    check("proxy.contoso.com:3128", false);
}

#[test]
fn the_fingerprint_changes_with_what_the_mirror_depends_on() {
    let one = source(access()).unwrap().fingerprint();
    let other = |change: fn(&mut Access)| {
        let mut access = access();
        change(&mut access);
        source(access).unwrap().fingerprint()
    };
    assert_ne!(one, other(|access| access.tenant_id.push('x')));
    assert_ne!(one, other(|access| access.mailbox_purpose = true));
    assert_ne!(
        one,
        other(|access| access.endpoints = Cloud::China.endpoints())
    );
    assert_eq!(one, other(|access| access.client_id.push('x')));
    assert_eq!(one, other(|access| access.poll *= 2));
}

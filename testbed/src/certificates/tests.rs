use std::os::unix::fs::PermissionsExt;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::*;

#[test]
fn a_leaf_says_what_was_wished() {
    let authority = Authority::new("Root");
    let check = |leaf: Leaf, common_name: Option<&str>, dns: &[&str]| {
        let names = authority.issue(&leaf).names();
        assert_eq!(names.common_name.as_deref(), common_name, "{leaf:?}");
        assert_eq!(names.dns, dns, "{leaf:?}");
    };
    check(
        Leaf::new("mx.contoso.com"),
        Some("mx.contoso.com"),
        &["mx.contoso.com"],
    );
    check(
        Leaf::common_name_only("mx.contoso.com"),
        Some("mx.contoso.com"),
        &[],
    );
    check(
        Leaf::dns_only(["a.example", "*.b.example"]),
        None,
        &["a.example", "*.b.example"],
    );
    check(
        Leaf::new("a.example").dns(["b.example"]),
        Some("a.example"),
        &["b.example"],
    );
    check(
        Leaf::dns_only(["good.example\0.bad.example"]),
        None,
        &["good.example\0.bad.example"],
    );
}

#[test]
fn purpose_and_validity_are_as_wished() {
    let authority = Authority::new("Root");
    let check = |leaf: Leaf, server: Option<bool>, client: Option<bool>, valid: bool| {
        let certificate = authority.issue(&leaf);
        let (_, parsed) = X509Certificate::from_der(certificate.der()).expect("a certificate");
        let usage = parsed
            .extended_key_usage()
            .expect("readable")
            .map(|e| e.value);
        assert_eq!(usage.map(|u| u.server_auth), server, "{leaf:?}");
        assert_eq!(usage.map(|u| u.client_auth), client, "{leaf:?}");
        assert_eq!(parsed.validity().is_valid(), valid, "{leaf:?}");
    };
    let leaf = || Leaf::new("mx.contoso.com");
    check(leaf(), Some(true), Some(true), true);
    check(
        leaf().purpose(Purpose::Server),
        Some(true),
        Some(false),
        true,
    );
    check(
        leaf().purpose(Purpose::Client),
        Some(false),
        Some(true),
        true,
    );
    check(leaf().purpose(Purpose::Unstated), None, None, true);
    check(leaf().valid(Validity::Past), Some(true), Some(true), false);
    check(
        leaf().valid(Validity::Future),
        Some(true),
        Some(true),
        false,
    );
    check(leaf().key(Key::Rsa2048), Some(true), Some(true), true);
}

#[test]
fn a_leaf_of_an_intermediate_carries_it_unless_told_otherwise() {
    let root = Authority::new("Root");
    let middle = root.intermediate("Middle");
    let leaf = middle.issue(&Leaf::new("mx.contoso.com"));
    assert_eq!(leaf.chain()[1..], [middle.der().clone()]);
    assert_eq!(leaf.clone().without_chain().chain(), [leaf.der().clone()]);
    assert_eq!(
        root.issue(&Leaf::new("mx.contoso.com")).chain().len(),
        1,
        "the root is not shown"
    );
}

#[test]
fn files_read_back_and_the_key_is_private() {
    let directory = tempfile::tempdir().expect("a directory");
    let root = Authority::new("Root");
    let leaf = root
        .intermediate("Middle")
        .issue(&Leaf::new("mx.contoso.com"));
    for _ in 0..2 {
        let (certificate, key) = leaf.write_to(directory.path(), "mx").expect("written");
        assert_eq!(
            key.metadata().expect("there").permissions().mode() & 0o777,
            0o600
        );
        let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
            .expect("PEM")
            .collect::<Result<_, _>>()
            .expect("PEM");
        assert_eq!(chain, leaf.chain());
        assert_eq!(
            PrivateKeyDer::from_pem_file(key).expect("PEM"),
            leaf.key_der()
        );
    }
    let roots = root.write_to(directory.path(), "roots").expect("written");
    assert_eq!(
        &CertificateDer::from_pem_file(roots).expect("PEM"),
        root.der()
    );
}

#[test]
fn a_revocation_list_names_the_revoked_and_no_other() {
    let root = Authority::new("Root");
    let (good, bad) = (
        root.issue(&Leaf::new("good.example")),
        root.issue(&Leaf::new("bad.example")),
    );
    let directory = tempfile::tempdir().expect("a directory");
    let path = root
        .revoke([&bad])
        .write_to(directory.path(), "root")
        .expect("written");
    let list = CertificateRevocationListDer::from_pem_file(path).expect("PEM");
    let (_, list) =
        x509_parser::revocation_list::CertificateRevocationList::from_der(&list).expect("a list");
    let revoked: Vec<_> = list
        .iter_revoked_certificates()
        .map(|r| r.raw_serial().to_vec())
        .collect();
    assert_eq!(revoked, [bad.serial().to_bytes()]);
    assert_ne!(good.serial(), bad.serial());
}

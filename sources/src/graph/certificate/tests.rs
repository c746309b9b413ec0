use testbed::certificates::{Certificate, Key, Leaf, Validity};

use super::*;

/// Reads them from files, as if it were this long after 1970.
fn read(certificate: &str, key: &str, now: Duration) -> Result<Identity, GraphError> {
    let directory = tempfile::tempdir().unwrap();
    let files = (directory.path().join("pem"), directory.path().join("key"));
    std::fs::write(&files.0, certificate).unwrap();
    std::fs::write(&files.1, key).unwrap();
    Identity::read(&files.0, &Secret::in_file(&files.1), now, 64 << 10)
}

fn good() -> Certificate {
    Certificate::self_signed(&Leaf::new("twinmx").key(Key::Rsa2048))
}

#[test]
fn the_thumbprint_is_that_of_the_leaf() {
    let certificate = good();
    let identity = read(
        &certificate.chain_pem(),
        &certificate.key_pem(),
        super::super::now(),
    );
    let print = identity.unwrap().thumbprint();
    assert_eq!(print.len(), 43);
    assert_eq!(
        URL_SAFE_NO_PAD.decode(print).unwrap(),
        digest(&SHA256, certificate.der()).as_ref()
    );
}

#[test]
fn what_is_no_certificate_or_key_is_told() {
    let (one, other) = (good(), good());
    let elliptic = Certificate::self_signed(&Leaf::new("twinmx"));
    let old = Leaf::new("twinmx").key(Key::Rsa2048).valid(Validity::Past);
    let old = Certificate::self_signed(&old);
    let check = |certificate: &str, key: &str, expected: &str| {
        let error = read(certificate, key, super::super::now()).err();
        let error = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(expected), "{expected}: {error}");
    };
    let pem = one.chain_pem();
    check("", &one.key_pem(), "no certificate in PEM form");
    check(&one.key_pem(), &one.key_pem(), "no certificate in PEM form");
    check(&pem, "", "is empty");
    check(&pem, "nothing", "no RSA key");
    check(&pem, &pem, "no RSA key");
    check(&pem, &elliptic.key_pem(), "no RSA key");
    check(&pem, &other.key_pem(), "not the key of certificate");
    check(&old.chain_pem(), &old.key_pem(), "expired 1 days ago");
}

#[test]
fn a_missing_file_is_told_by_name() {
    let missing = Path::new("/nonexistent/graph.pem");
    let identity = Identity::read(missing, &Secret::in_file(missing), Duration::ZERO, 10);
    let error = identity.err().map(|error| error.to_string());
    assert!(error.unwrap_or_default().contains("/nonexistent/graph.pem"));
}

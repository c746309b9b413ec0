//! The files that a configuration names.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use testbed::certificates::{Authority, Certificate, Leaf, Purpose, Validity};
use twinmx::config::{Config, Diagnostics};

use super::BASE;

/// A directory with the files a configuration names, all of them right.
struct Place {
    directory: TempDir,
    root: Authority,
    intermediate: Authority,
}

impl Place {
    fn new() -> Self {
        let root = Authority::new("Test root");
        let intermediate = root.intermediate("Test intermediate");
        let place = Self {
            directory: tempfile::tempdir().expect("a directory"),
            root,
            intermediate,
        };
        place.put("people.csv", b"address,side\n");
        place.identity("mx", &place.leaf());
        place.put("root.pem", place.root.pem().as_bytes());
        place.put("root.crl", place.root.revoke([]).pem().as_bytes());
        place
    }

    fn leaf(&self) -> Certificate {
        self.intermediate.issue(&Leaf::new("mx.contoso.com"))
    }

    fn put(&self, name: &str, content: &[u8]) {
        fs::write(self.directory.path().join(name), content).expect("written");
    }

    fn identity(&self, stem: &str, certificate: &Certificate) {
        certificate
            .write_to(self.directory.path(), stem)
            .expect("written");
    }

    /// Everything said about a correct file with `text` added.
    fn said(&self, text: &str) -> Diagnostics {
        self.put("twinmx.toml", format!("{BASE}{text}").as_bytes());
        match Config::load(&self.directory.path().join("twinmx.toml")) {
            Ok(loaded) => loaded.warnings,
            Err(faults) => faults,
        }
    }

    /// Each complaint as "line: code".
    fn check(&self, text: &str, expected: &[&str]) {
        let said = self.said(text);
        let lines = BASE.lines().count();
        let found: Vec<String> = said
            .iter()
            .map(|one| {
                format!(
                    "{}: {}",
                    said.position(one).map_or(0, |(line, _)| line - lines),
                    one.code
                )
            })
            .collect();
        assert_eq!(found, expected, "{said}");
    }
}

const TLS: &str = "[tls]\ncertificate = \"mx.pem\"\nprivate_key = \"mx.key\"\n";
/// And whom peers are known to trust.
const ROOTED: &str =
    "[tls]\ncertificate = \"mx.pem\"\nprivate_key = \"mx.key\"\ntrust_roots = \"root.pem\"\n";

#[test]
fn right_files_are_right() {
    let place = Place::new();
    place.check(ROOTED, &[]);
    // Only their administrators know whom our peers trust.
    place.check(TLS, &["2: TWX-0169"]);
}

#[test]
fn a_leaf_without_its_chain_is_refused() {
    let place = Place::new();
    place.identity("mx", &place.leaf().without_chain());
    place.check(TLS, &["2: TWX-0142"]);
    // Trust in the intermediate itself ends the chain there.
    place.put("root.pem", place.intermediate.pem().as_bytes());
    place.check(&format!("{TLS}trust_roots = \"root.pem\""), &[]);
}

#[test]
fn a_leaf_below_a_root_we_know_needs_no_chain() {
    let place = Place::new();
    place.identity("mx", &place.root.issue(&Leaf::new("mx.contoso.com")));
    place.check(TLS, &["2: TWX-0142"]);
    place.check(&format!("{TLS}trust_roots = \"root.pem\""), &[]);
    let side = "[side.notes.tls]\nmode = \"verify\"\ntrust_roots = \"root.pem\"\n";
    place.check(&format!("{TLS}{side}"), &[]);
    let client = "[side.notes.accept]\ncertificate_names = [\"a.b\"]\nclient_ca = \"root.pem\"\n";
    place.check(&format!("{TLS}{client}"), &[]);
}

#[test]
fn a_self_signed_certificate_is_its_own_chain() {
    let place = Place::new();
    place.identity(
        "mx",
        &Certificate::self_signed(&Leaf::new("mx.contoso.com")),
    );
    place.check(TLS, &[]);
}

#[test]
fn a_chain_out_of_order_is_refused() {
    let place = Place::new();
    let (leaf, other) = (place.leaf(), Authority::new("Other root"));
    place.identity("mx", &leaf);
    let alone = leaf.without_chain().chain_pem();
    place.put("mx.pem", (alone.clone() + &other.pem()).as_bytes());
    place.check(TLS, &["2: TWX-0143"]);
    place.put("mx.pem", (place.intermediate.pem() + &alone).as_bytes());
    place.check(TLS, &["2: TWX-0143"]);
    place.put(
        "mx.pem",
        (alone + &place.intermediate.pem() + &place.root.pem()).as_bytes(),
    );
    place.check(TLS, &[]);
}

#[test]
fn the_key_must_be_that_of_the_certificate() {
    let place = Place::new();
    place.identity("mx", &place.leaf().with_key_of(&place.leaf()));
    place.check(ROOTED, &["3: TWX-0145"]);
}

#[test]
fn what_is_no_certificate_or_key_is_refused() {
    let place = Place::new();
    for content in [
        "",
        "nonsense",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n",
    ] {
        place.put("mx.pem", content.as_bytes());
        place.check(TLS, &["2: TWX-0141"]);
    }
    place.identity("mx", &place.leaf());
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    for content in [
        "",
        "nonsense",
        encrypted,
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        place.put("mx.key", content.as_bytes());
        place.check(ROOTED, &["3: TWX-0144"]);
    }
    place.put("mx.key", encrypted.as_bytes());
    assert!(place.said(TLS).to_string().contains("encrypted"));
}

#[test]
fn a_certificate_out_of_its_time_is_said_and_stops_nothing() {
    let place = Place::new();
    for (validity, words) in [
        (Validity::Past, "expired at"),
        (Validity::Future, "is not valid before"),
    ] {
        place.identity(
            "mx",
            &place
                .intermediate
                .issue(&Leaf::new("mx.contoso.com").valid(validity)),
        );
        place.check(ROOTED, &["2: TWX-0146"]);
        let said = place.said(ROOTED);
        assert_eq!((said.errors(), said.warnings()), (0, 1));
        assert!(said.to_string().contains(words), "{said}");
    }
}

#[test]
fn what_peers_may_not_like_is_said_and_stops_nothing() {
    let day = Duration::from_secs(24 * 60 * 60);
    let now = SystemTime::now();
    let leaf = || Leaf::new("mx.contoso.com");
    let soon = Validity::Between(now - day, now + day * 10);
    let place = Place::new();
    for (leaf, expected) in [
        (leaf(), &[][..]),
        (leaf().valid(soon), &["2: TWX-0165"]),
        (leaf().purpose(Purpose::Server), &[]),
        (leaf().purpose(Purpose::Client), &["2: TWX-0166"]),
        (Leaf::new("*.contoso.com"), &[]),
        (Leaf::new("mail.contoso.com"), &["2: TWX-0167"]),
        (
            Leaf::new("mail.contoso.com").valid(soon),
            &["2: TWX-0165", "2: TWX-0167"],
        ),
    ] {
        place.identity("mx", &place.intermediate.issue(&leaf));
        place.check(ROOTED, expected);
        assert_eq!(place.said(ROOTED).errors(), 0);
    }
}

#[test]
fn a_certificate_for_servers_alone_is_mentioned_where_a_hop_must_see_it() {
    let place = Place::new();
    let servers = Leaf::new("mx.contoso.com").purpose(Purpose::Server);
    place.identity("mx", &place.intermediate.issue(&servers));
    place.identity("own", &place.intermediate.issue(&servers));
    let side = "[side.notes.tls]\nmode = \"mutual\"\nserver_names = [\"notes.test\"]\n";
    place.check(&format!("{ROOTED}{side}"), &["2: TWX-0166"]);
    let own = "[[side.notes.identity]]\ncertificate = \"own.pem\"\nprivate_key = \"own.key\"\n";
    place.check(&format!("{ROOTED}{side}{own}"), &["9: TWX-0166"]);
}

#[test]
fn a_root_past_its_time_is_said_and_stops_nothing() {
    let place = Place::new();
    let old = Certificate::self_signed(&Leaf::new("Old root").valid(Validity::Past));
    place.put("root.pem", (place.root.pem() + &old.chain_pem()).as_bytes());
    place.check(ROOTED, &["4: TWX-0146"]);
    let said = place.said(ROOTED).to_string();
    assert!(said.contains("the root CN=Old root was over at"), "{said}");
    assert!(said.contains("take it out of the file"), "{said}");
}

#[test]
fn a_list_past_its_time_is_said_and_stops_nothing() {
    let place = Place::new();
    let side =
        "[side.notes.tls]\nmode = \"verify\"\ntrust_roots = \"root.pem\"\ncrl = \"root.crl\"\n";
    let old = place.root.revoke_in(Validity::Past, []).pem();
    place.put("root.crl", old.as_bytes());
    place.check(side, &["4: TWX-0168"]);
    // The one that replaces it is there as well.
    let both = old + &place.root.revoke([]).pem();
    place.put("root.crl", both.as_bytes());
    place.check(side, &[]);
}

#[test]
fn files_that_are_not_there_are_all_named() {
    let place = Place::new();
    place.check(
        "[tls]\ncertificate = \"a\"\nprivate_key = \"b\"\ntrust_roots = \"c\"\n",
        &["2: TWX-0140", "3: TWX-0140", "4: TWX-0140"],
    );
    place.check("[loop]\nkey = \"a\"", &["2: TWX-0140"]);
    let side = "[side.notes.tls]\nmode = \"verify\"\ntrust_roots = \"a\"\ncrl = \"b\"\n[[side.notes.identity]]\ncertificate = \"c\"\nprivate_key = \"d\"\n";
    place.check(
        side,
        &["3: TWX-0140", "4: TWX-0140", "6: TWX-0140", "7: TWX-0140"],
    );
    let accept =
        "[side.notes.accept]\ncertificate_names = [\"a.b\"]\nclient_ca = \"a\"\ncrl = \"b\"\n";
    place.check(
        &format!("{ROOTED}{accept}"),
        &["7: TWX-0140", "8: TWX-0140"],
    );
    let internet = "[internet]\nnext_hop = [\"a.b\"]\ntls.mode = \"verify\"\ntls.trust_roots = \"a\"\ntls.crl = \"b\"\n";
    place.check(internet, &["4: TWX-0140", "5: TWX-0140"]);
}

#[test]
fn a_source_that_is_not_there_stops_nothing() {
    let place = Place::new();
    fs::remove_file(place.directory.path().join("people.csv")).expect("was there");
    let said = place.said("");
    assert_eq!((said.errors(), said.warnings()), (0, 1), "{said}");
    assert!(
        said.iter().all(|one| one.code.to_string() == "TWX-0140"),
        "{said}"
    );
}

#[test]
fn faults_in_the_text_do_not_hide_faults_in_the_files() {
    let place = Place::new();
    place.identity("mx", &place.leaf().without_chain());
    place.check(
        &format!("{TLS}[limits]\nrecipients = 1"),
        &["2: TWX-0142", "5: TWX-0108"],
    );
}

#[test]
fn roots_and_lists_are_what_they_should_be() {
    let place = Place::new();
    let side =
        "[side.notes.tls]\nmode = \"verify\"\ntrust_roots = \"root.pem\"\ncrl = \"root.crl\"\n";
    place.check(side, &[]);
    place.put("root.crl", place.root.revoke([]).der());
    place.check(side, &[]);
    for content in [
        "",
        "nonsense",
        "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
        "\x30\x03abc",
    ] {
        place.put("root.crl", content.as_bytes());
        place.check(side, &["4: TWX-0148"]);
    }
    place.put("root.crl", place.root.revoke([]).pem().as_bytes());
    for content in [
        "",
        "nonsense",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        place.put("root.pem", content.as_bytes());
        place.check(side, &["3: TWX-0147"]);
    }
}

#[test]
fn a_loop_key_has_16_octets() {
    let place = Place::new();
    for (octets, expected) in [
        ("0123456789abcdef\n", &[][..]),
        ("0123456789abcde\n", &["2: TWX-0149"]),
    ] {
        place.put("loop.key", octets.as_bytes());
        place.check("[loop]\nkey = \"loop.key\"", expected);
    }
}

#[test]
fn files_have_their_largest_size() {
    let place = Place::new();
    let grow = |name: &str, octets: u64| {
        let path = place.directory.path().join(name);
        fs::OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|file| file.set_len(octets))
            .expect("grown");
    };
    let side =
        "[side.notes.tls]\nmode = \"verify\"\ntrust_roots = \"root.pem\"\ncrl = \"root.crl\"\n";
    grow("root.pem", 4 << 20);
    grow("root.crl", 64 << 20);
    place.check(side, &[]);
    grow("root.pem", (4 << 20) + 1);
    place.check(side, &["3: TWX-0140"]);
    grow("root.pem", 4 << 20);
    grow("root.crl", (64 << 20) + 1);
    place.check(side, &["4: TWX-0140"]);
    assert!(Path::new("/dev/zero").exists());
    place.check("[loop]\nkey = \"/dev/zero\"", &["2: TWX-0140"]);
}

//! Programs that look for weaknesses of TLS, against the port of the gateway. What they say is read as data, and judged
//! by the lists below: whatever is not on them is a complaint.

use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::scene::Scene;

/// They open many connections, one after the other.
const SCAN: Duration = Duration::from_secs(240);

#[tokio::test]
async fn sslscan_finds_nothing_to_complain_of() {
    let Some(()) = require(&[Peer::Sslscan]) else {
        return;
    };
    let scene = Scene::start().await;
    let report = scene.dir.path().join("sslscan.xml");
    let xml = format!("--xml={}", report.display());
    let address = scene.mx.to_string();
    let arguments = ["--starttls-smtp", "--show-client-cas", &xml, &address];
    program::run_for(SCAN, "/usr/bin/sslscan", &arguments, b"")
        .await
        .succeeded();
    let elements = elements(&read(&report));
    let complaints: Vec<String> = elements.iter().filter_map(complaint).collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
    let count = |name: &str, wanted: &[(&str, &str)]| {
        let fits = |one: &&Element| one.name == name && wanted.iter().all(|it| one.has(*it));
        elements.iter().filter(fits).count()
    };
    // It has seen what there is.
    assert_eq!(count("protocol", &[("enabled", "0")]), 4, "{elements:?}");
    assert_eq!(count("protocol", &[("enabled", "1")]), 2, "{elements:?}");
    assert_eq!(count("cipher", &[("sslversion", "TLSv1.2")]), 3);
    assert_eq!(count("cipher", &[("sslversion", "TLSv1.3")]), 3);
    assert_eq!(count("renegotiation", &[("supported", "0")]), 1);
    println!("sslscan looked at {} things", elements.len());
}

/// What is wrong with one thing that sslscan has seen.
fn complaint(seen: &Element) -> Option<String> {
    let is = |name, value| seen.has((name, value));
    let version = seen.value("version");
    let fine = match seen.name.as_str() {
        "protocol" if is("type", "tls") && ["1.2", "1.3"].contains(&version) => is("enabled", "1"),
        "protocol" => is("enabled", "0"),
        "renegotiation" | "compression" => is("supported", "0"),
        "heartbleed" => is("vulnerable", "0"),
        "cipher" => {
            let name = seen.value("cipher");
            let sealed = name.contains("GCM") || name.contains("POLY1305");
            let modern = is("sslversion", "TLSv1.3") || name.starts_with("ECDHE-");
            let strength = ["strong", "acceptable"].contains(&seen.value("strength"));
            sealed && modern && strength
        }
        "group" => ["x25519", "secp256r1", "secp384r1"]
            .iter()
            .any(|group| seen.value("name").starts_with(group)),
        "pk" => is("error", "false"),
        // TLS 1.3 tells of a downgrade by itself (RFC 8446 §4.1.3), and nothing older than TLS 1.2 is spoken.
        "fallback" => true,
        // Its frame, and the words of the certificate, which is ours.
        "document"
        | "ssltest"
        | "certificates"
        | "certificate"
        | "signature-algorithm"
        | "subject"
        | "altnames"
        | "issuer"
        | "self-signed"
        | "not-valid-before"
        | "not-valid-after"
        | "expired"
        | "client-cas" => true,
        _ => false,
    };
    (!fine).then(|| format!("{seen:?}"))
}

/// The start of an XML element.
#[derive(Debug)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
}

impl Element {
    fn value(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    fn has(&self, (name, value): (&str, &str)) -> bool {
        self.value(name) == value
    }
}

/// As far as sslscan writes it: values in double quotes, no comments, text only of its own making.
fn elements(xml: &str) -> Vec<Element> {
    let starts = xml.split('<').skip(1).filter_map(|rest| {
        let inside = rest.split_once('>')?.0;
        inside.starts_with(char::is_alphabetic).then_some(inside)
    });
    starts
        .map(|inside| {
            let (name, rest) = inside.split_once(' ').unwrap_or((inside, ""));
            let mut parts = rest.split('"');
            let mut attributes = BTreeMap::new();
            while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                let key = key.trim().trim_end_matches('=');
                attributes.insert(key.to_owned(), value.to_owned());
            }
            Element {
                name: name.trim_end_matches('/').to_owned(),
                attributes,
            }
        })
        .collect()
}

#[test]
fn what_is_on_no_list_is_a_complaint() {
    let xml = "<protocol type=\"tls\" version=\"1.0\" enabled=\"1\" />\
        <protocol type=\"tls\" version=\"1.3\" enabled=\"0\" />\
        <renegotiation supported=\"1\" secure=\"1\" /><heartbleed vulnerable=\"1\" />\
        <cipher sslversion=\"TLSv1.2\" cipher=\"AES128-GCM-SHA256\" strength=\"acceptable\" />\
        <cipher sslversion=\"TLSv1.2\" cipher=\"ECDHE-RSA-AES128-SHA\" strength=\"acceptable\" />\
        <cipher sslversion=\"TLSv1.3\" cipher=\"TLS_AES_128_GCM_SHA256\" strength=\"weak\" />\
        <group name=\"secp192r1\" /><pk error=\"true\" /><news />";
    let elements = elements(xml);
    assert_eq!(elements.len(), 10);
    for element in &elements {
        assert!(complaint(element).is_some(), "{element:?}");
    }
}

/// Its checks that need no public certificate, and of these the ones that do not wait for their clock.
const CHECKS: [&str; 12] = [
    "-p", "-H", "-I", "-C", "-O", "-Z", "-W", "-A", "-L", "-F", "-D", "-4",
];

/// Each must have been made, and found to be right.
const RIGHT: [&str; 17] = [
    "SSLv2",
    "SSLv3",
    "TLS1_2",
    "TLS1_3",
    "heartbleed",
    "CCS",
    "CRIME_TLS",
    "POODLE_SSL",
    "fallback_SCSV",
    "SWEET32",
    "FREAK",
    "DROWN",
    "BEAST",
    "LUCKY13",
    "RC4",
    "TLS1",
    "TLS1_1",
];

#[tokio::test]
async fn testssl_finds_nothing_to_complain_of() {
    let Some(()) = require(&[Peer::Testssl]) else {
        return;
    };
    let scene = Scene::start().await;
    let report = scene.dir.path().join("testssl.json");
    let (file, address) = (report.display().to_string(), scene.mx.to_string());
    let mut arguments = vec!["--quiet", "--color", "0", "--warnings", "off"];
    arguments.extend(["--nodns", "none", "--openssl", "/usr/bin/openssl"]);
    arguments.extend(["--jsonfile", &file, "--starttls", "smtp"]);
    arguments.extend(CHECKS);
    arguments.push(&address);
    // It exits with the number of its doubts; what they are is in the report.
    let finished = program::run_for(SCAN, "/usr/bin/testssl", &arguments, b"").await;
    let findings: Vec<serde_json::Value> =
        serde_json::from_str(&read(&report)).unwrap_or_else(|_| panic!("{finished:?}"));
    let text = |finding: &serde_json::Value, key: &str| {
        finding[key].as_str().unwrap_or_default().to_owned()
    };
    let complaints: Vec<String> = findings
        .iter()
        .filter(|one| match text(one, "severity").as_str() {
            "OK" | "INFO" => false,
            // Of itself: it knows no GOST.
            "WARN" => text(one, "id") != "engine_problem",
            _ => true,
        })
        .map(ToString::to_string)
        .collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
    for id in RIGHT {
        let finding = findings.iter().find(|one| text(one, "id") == id);
        let finding = finding.unwrap_or_else(|| panic!("{id} was not looked at: {findings:?}"));
        let right = match id {
            // Which it calls fine, and no more than that.
            "TLS1" | "TLS1_1" => text(finding, "finding") == "not offered",
            _ => text(finding, "severity") == "OK",
        };
        assert!(right, "{finding}");
    }
    println!("testssl.sh looked at {} things", findings.len());
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("the report was written")
}

//! Other readers of winmail.dat, and of what we make of it: what tnef, ytnef and tnefparse unpack is in the conversion, octet for
//! octet, and Python's email package reads every conversion without a complaint.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use testbed::tnef::sample::facts::{Item, State};
use testbed::tnef::{Sample, samples};
use transform::Options;

use super::program::{self, Finished};
use super::{Peer, require, unpacked};

#[tokio::test]
async fn what_others_unpack_is_in_the_conversion() {
    let Some(()) = require(&[Peer::Smtplib, Peer::Tnef, Peer::Ytnef]) else {
        return;
    };
    let home = tempfile::tempdir().expect("a directory");
    for sample in samples() {
        lay_out(&sample, home.path());
        unpack(&sample.name, home.path()).await;
    }
    let compared = compare(home.path()).await;
    let told: serde_json::Value = serde_json::from_str(compared.succeeded()).expect("JSON");
    println!("{told:#}");
    assert!(told["read"].as_u64() > Some(100), "{told:#}");
    for list in ["missing", "unnamed", "complaints"] {
        assert_eq!(told[list], serde_json::json!([]), "{list}");
    }
    for unpacker in ["tnef", "ytnef"] {
        assert!(told["agreed"][unpacker].as_u64() > Some(20), "{told:#}");
    }
}

/// The stream, the files that are in it, and the conversion of the message around it.
fn lay_out(sample: &Sample, home: &Path) {
    let options = Options {
        profile: tnef_decoder::icalendar::Profile::Standard,
        vcard: tnef_decoder::vcard::Version::V4,
        hostname: "mx.contoso.com".to_owned(),
        limits: tnef_decoder::Limits::default(),
    };
    let Some(converted) = transform::convert(&Bytes::from(sample.eml()), &options) else {
        return;
    };
    let write = |name: &str, octets: &[u8]| {
        fs::write(home.join(name), octets).expect("room");
    };
    let name = &sample.name;
    write(&format!("{name}.dat"), &sample.bytes);
    write(&format!("{name}.eml"), &converted.message.to_vec());
    for kind in ["truth", "tnef", "ytnef"] {
        fs::create_dir(home.join(format!("{name}.{kind}"))).expect("room");
    }
    // Of messages and objects others have something of their own. A signed entity becomes the body, a picture of a person
    // a part of the card.
    let is_body = matches!(sample.facts.item, Some(Item::Signed(_) | Item::Contact(_)));
    let files = sample.facts.files.iter().filter(|_| !is_body);
    let plain = files.filter(|file| file.message.is_none() && file.package.is_none());
    let mut names = String::new();
    for (at, file) in plain.enumerate() {
        write(&format!("{name}.truth/{at}"), &file.octets);
        if !file.hidden && is_safe(&file.name) && sample.facts.state == State::Whole {
            names.push_str(&file.name);
            names.push('\n');
        }
    }
    write(&format!("{name}.names"), names.trim_start().as_bytes());
}

/// A name that does not have to be changed.
fn is_safe(name: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || " .-_()".contains(c);
    let is_device = name.starts_with("con.");
    name.contains('.') && name.len() < 200 && name.chars().all(is_plain) && !is_device
}

async fn unpack(name: &str, home: &Path) {
    let stream = home.join(format!("{name}.dat"));
    if !stream.exists() {
        return;
    }
    let stream = stream.display().to_string();
    let into = |kind: &str| home.join(format!("{name}.{kind}")).display().to_string();
    // Damaged streams are among them: how it ends is not asked.
    let (tnef, ytnef) = (into("tnef"), into("ytnef"));
    _ = run("tnef", &["--number-backups", "-C", &tnef, &stream]).await;
    _ = run("ytnef", &["-f", &ytnef, &stream]).await;
}

/// One that is only unpacked finds its libraries beside it.
async fn run(name: &str, arguments: &[&str]) -> Finished {
    let root = unpacked(name);
    let program = root.join("usr/bin").join(name).display().to_string();
    let libraries = root.join("usr/lib/x86_64-linux-gnu");
    let libraries = format!("LD_LIBRARY_PATH={}", libraries.display());
    let all = [&[libraries.as_str(), &program], arguments].concat();
    program::run("/usr/bin/env", &all, b"").await
}

async fn compare(home: &Path) -> Finished {
    let own = unpacked("tnefparse").join("bin/python3");
    let python = match own.exists() {
        true => own.display().to_string(),
        false => super::python::PYTHON.to_owned(),
    };
    if !own.exists() {
        super::skip(Peer::Tnefparse, "it could not be loaded");
    }
    let home = home.display().to_string();
    program::run(&python, &["-I", "-c", SCRIPT, &home], b"").await
}

const SCRIPT: &str = include_str!("unpackers.py");

//! `twinmx convert`, as a person or a script runs it.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use testbed::tnef;

use crate::mime::{fields, leaves, only};

fn convert(arguments: &[&str], dir: &Path, input: Option<&[u8]>) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_twinmx"))
        .arg("convert")
        .args(arguments)
        .current_dir(dir)
        .stdin(match input {
            Some(_) => Stdio::piped(),
            None => Stdio::null(),
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    if let (Some(input), Some(stdin)) = (input, &mut process.stdin) {
        stdin.write_all(input).expect("it reads");
    }
    drop(process.stdin.take());
    process.wait_with_output().expect("it ends")
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(octets: &[u8]) -> Value {
    serde_json::from_slice(octets).expect("JSON")
}

fn dir() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

fn write(dir: &TempDir, name: &str, octets: &[u8]) {
    let path = dir.path().join(name);
    fs::create_dir_all(path.parent().expect("a directory")).expect("it is made");
    fs::write(path, octets).expect("it is written");
}

/// Every file below, with its size.
fn files(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)
        .expect("a directory")
        .map_while(Result::ok)
    {
        match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path().display().to_string()),
        }
    }
    found.sort();
    found
}

#[test]
fn a_message_is_piped_through() {
    let dir = dir();
    let message = tnef::sample("meeting-request").eml();
    for arguments in [&[][..], &["-"], &["-", "--profile", "domino"]] {
        let output = convert(arguments, dir.path(), Some(&message));
        assert_eq!(code(&output), Some(0), "{}", err(&output));
        let calendar = only(&output.stdout, "text/calendar");
        assert_eq!(calendar.method.as_deref(), Some("REQUEST"));
        assert_eq!(err(&output), "");
    }
}

#[test]
fn line_ends_of_unix_are_taken_and_those_of_mail_come_out() {
    let dir = dir();
    let message = String::from_utf8(tnef::sample("meeting-request").eml()).expect("ASCII");
    let unix = message.replace("\r\n", "\n");
    let output = convert(&[], dir.path(), Some(unix.as_bytes()));
    let same = convert(&[], dir.path(), Some(message.as_bytes()));
    assert!(output.stdout == same.stdout);
    assert_eq!(code(&output), Some(0));
}

#[test]
fn a_bare_winmail_dat_becomes_a_message_that_can_be_opened() {
    let dir = dir();
    let sample = tnef::sample("attachment-files");
    write(&dir, "winmail.dat", &sample.bytes);
    let output = convert(&["winmail.dat"], dir.path(), None);
    assert_eq!(code(&output), Some(0), "{}", err(&output));
    for file in &sample.facts.files {
        let there = leaves(&output.stdout)
            .into_iter()
            .any(|leaf| leaf.name.as_deref() == Some(&file.name) && leaf.octets == file.octets);
        assert!(there, "{}", file.name);
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for field in [
        "From: Anna Berg <",
        "Date: ",
        "Subject: Files\r\n",
        "Message-ID: <",
    ] {
        let there = text.matches(&format!("\r\n{field}")).count();
        assert_eq!(there, 1, "{field} in {}", &text[..text.len().min(2_000)]);
    }
    assert_eq!(fields(&output.stdout, "Subject"), ["Files"]);
}

#[test]
fn what_is_no_tnef_comes_out_as_it_went_in() {
    let dir = dir();
    let message = b"Subject: x\r\n\r\nHello\xff\r\n.\r\n no end";
    let output = convert(&[], dir.path(), Some(message));
    assert_eq!((code(&output), &output.stdout[..]), (Some(0), &message[..]));
}

#[test]
fn a_contact_becomes_the_card_that_is_wanted() {
    let dir = dir();
    let message = tnef::sample("contact").eml();
    for (version, expected) in [("4", "VERSION:4.0\r\n"), ("3", "VERSION:3.0\r\n")] {
        let output = convert(&["--vcard", version], dir.path(), Some(&message));
        let card = leaves(&output.stdout)
            .into_iter()
            .find(|leaf| leaf.media_type == "text/vcard")
            .expect("a card");
        assert!(String::from_utf8_lossy(&card.octets).contains(expected));
    }
}

#[test]
fn what_cannot_be_decoded_stays_and_is_told() {
    let dir = dir();
    let message = b"Subject: x\r\nContent-Type: application/ms-tnef\r\n\r\nno tnef\r\n";
    let output = convert(&[], dir.path(), Some(message));
    assert_eq!(code(&output), Some(65));
    assert!(output.stdout.ends_with(message));
    assert!(
        err(&output).contains("-: TNEF stays as it was"),
        "{}",
        err(&output)
    );
    let output = convert(&["--json"], dir.path(), Some(message));
    let report = json(&output.stderr);
    assert_eq!(report["result"], "kept");
    assert_eq!(report["parts"][0]["result"], "kept");
}

#[test]
fn the_report_says_what_was_done() {
    let dir = dir();
    write(&dir, "a.eml", &tnef::sample("meeting-request").eml());
    let output = convert(&["a.eml", "--json", "--dry-run"], dir.path(), None);
    let report = json(&output.stdout);
    assert_eq!(report["file"], "a.eml");
    assert_eq!(report["result"], "converted");
    let part = &report["parts"][0];
    assert_eq!(part["class"], "IPM.Schedule.Meeting.Request");
    assert_eq!(part["method"], "REQUEST");
    assert!(
        part["mapped"].as_u64().is_some_and(|mapped| mapped > 5),
        "{part}"
    );
    assert_eq!(code(&output), Some(0));
}

#[test]
fn a_folder_is_converted_into_another() {
    let dir = dir();
    write(&dir, "in/a.eml", &tnef::sample("meeting-request").eml());
    write(&dir, "in/deep/b.dat", &tnef::sample("body-plain").bytes);
    write(&dir, "in/deep/c.EML", b"Subject: plain\r\n\r\nx\r\n");
    write(&dir, "in/notes.txt", b"not mail");
    let before = files(dir.path());
    let dry = convert(&["in", "--out", "out", "--dry-run"], dir.path(), None);
    assert_eq!(code(&dry), Some(0), "{}", err(&dry));
    assert_eq!(files(dir.path()), before);

    let output = convert(&["in", "--out", "out"], dir.path(), None);
    assert_eq!(code(&output), Some(0), "{}", err(&output));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(
        text.ends_with("4 files: 2 converted, 1 skipped, 1 unchanged\n"),
        "{text}"
    );
    let made = |name: &str| fs::read(dir.path().join("out").join(name)).expect("it is made");
    assert_eq!(
        only(&made("a.eml"), "text/calendar").method.as_deref(),
        Some("REQUEST")
    );
    assert!(!leaves(&made("deep/b.dat.eml")).is_empty());
    assert_eq!(made("deep/c.EML"), b"Subject: plain\r\n\r\nx\r\n");
    assert_eq!(
        files(dir.path()).len(),
        before.len() + 3,
        "and nothing else"
    );

    // Again, as JSON: the same files in place of the same.
    let again = convert(&["in", "--out", "out", "--json"], dir.path(), None);
    let report = json(&again.stdout);
    assert_eq!(report["counts"]["converted"], 2);
    assert_eq!(report["files"].as_array().map(Vec::len), Some(4));
    assert_eq!(files(dir.path()).len(), before.len() + 3);
}

#[test]
fn a_folder_within_its_own_output_is_left_out() {
    let dir = dir();
    write(&dir, "a.eml", &tnef::sample("meeting-request").eml());
    for _ in 0..2 {
        let output = convert(&[".", "--out", "out"], dir.path(), None);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.ends_with("1 files: 1 converted\n"), "{text}");
    }
}

#[test]
fn an_input_is_never_written_over() {
    let dir = dir();
    let message = tnef::sample("meeting-request").eml();
    write(&dir, "in/a.eml", &message);
    for (arguments, expected) in [
        (&["in", "--out", "in"][..], 64),
        (&["in", "--out", "."], 64),
        (&["in/a.eml", "--out", "in"], 73),
    ] {
        let output = convert(arguments, dir.path(), None);
        assert_eq!(
            code(&output),
            Some(expected),
            "{arguments:?}: {}",
            err(&output)
        );
        assert!(fs::read(dir.path().join("in/a.eml")).is_ok_and(|same| same == message));
    }
    assert_eq!(files(dir.path()).len(), 1);
}

#[test]
fn every_fault_has_its_code_and_says_what_to_do() {
    let dir = dir();
    write(&dir, "a.eml", &tnef::sample("meeting-request").eml());
    write(&dir, "file", b"");
    write(&dir, "noise", b"\0\x01 noise");
    fs::create_dir(dir.path().join("empty")).expect("a directory");
    let check = |arguments: &[&str], expected: i32, words: &str| {
        let output = convert(arguments, dir.path(), None);
        let said = format!(
            "{}{}",
            err(&output),
            String::from_utf8_lossy(&output.stdout)
        );
        assert_eq!(code(&output), Some(expected), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    };
    check(&["nowhere.eml"], 66, "cannot be read");
    check(&["empty", "--out", "out"], 66, "there is no file");
    check(&["."], 64, "needs --out DIR");
    check(&["-", "--out", "out"], 64, "--out needs a file or a folder");
    check(&["a.eml", "--profile", "outlook"], 64, "groupwise");
    check(&["a.eml", "--out", "file"], 73, "cannot be written");
    check(&["file"], 65, "it is empty");
    check(&["noise"], 65, "neither a message");
    check(&[], 65, "it is empty");
}

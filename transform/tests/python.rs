//! Python's email package reads what we make.

use std::io::Write;
use std::process::{Command, Stdio};

use testbed::tnef::mail::Packing;
use testbed::tnef::samples;

use crate::mail::convert;

/// For each message: its defects, and the sizes of its leaves that are no text.
const READER: &str = r"
import email, email.policy, sys, struct
data = sys.stdin.buffer
while True:
    head = data.read(4)
    if len(head) < 4: break
    message = email.message_from_bytes(data.read(struct.unpack('>I', head)[0]), policy=email.policy.default)
    defects, files = [], []
    for part in message.walk():
        defects += [type(d).__name__ for d in part.defects]
        if not part.is_multipart():
            name = part.get_filename()
            size = len(part.get_payload(decode=True) or b'')
            if part.get_content_maintype() not in ('text', 'message'): files.append(size)
    print(','.join(defects) + ';' + ','.join(str(size) for size in files))
";

#[test]
fn python_finds_no_fault_and_the_same_files() {
    let python = Command::new("python3")
        .args(["-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut python) = python else {
        crate::compose::samples::say("SKIPPED: there is no python3");
        return;
    };
    let mut messages = Vec::new();
    for sample in samples() {
        for packing in [Packing::Legacy, Packing::Summary] {
            let Some(converted) = convert(sample.eml_as(packing)) else {
                continue;
            };
            if converted.report.has_converted() {
                messages.push((sample.name.clone(), converted.message.to_vec()));
            }
        }
    }
    let mut input = python.stdin.take().expect("it is piped");
    let written = messages.clone();
    let writer = std::thread::spawn(move || {
        for (_, message) in written {
            let size = u32::try_from(message.len()).expect("it is small");
            input.write_all(&size.to_be_bytes()).expect("python reads");
            input.write_all(&message).expect("python reads");
        }
    });
    let output = python.wait_with_output().expect("python ends");
    writer.join().expect("all was written");
    let output = String::from_utf8(output.stdout).expect("ASCII");
    assert_eq!(output.lines().count(), messages.len());
    for (line, (name, message)) in output.lines().zip(&messages) {
        let (defects, files) = line.split_once(';').expect("two fields");
        assert_eq!(defects, "", "{name}");
        assert_eq!(files, crate::mail::files(message), "{name}");
    }
    println!("{} messages", messages.len());
}

//! Python's email package reads what we make, field by field.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use notice::{Failure, Fate, Notice, Way};
use smtp::{OriginalRecipient, Ret, Xtext};

use crate::reader::Report;
use crate::scene::{BODY, HEADER, Message, UNTIL, compose, notice, recipient, whole};

/// For each report: its defects and those of its parts, their kinds, and each field of its status part.
const READER: &str = r"
import email, email.policy, sys, struct
data = sys.stdin.buffer
policy = email.policy.SMTPUTF8.clone(refold_source='none')
out = open(sys.stdout.fileno(), 'w', encoding='utf-8', newline='\n')
while True:
    head = data.read(4)
    if len(head) < 4: break
    message = email.message_from_bytes(data.read(struct.unpack('>I', head)[0]), policy=policy)
    defects = []
    for part in [message, *message.iter_parts()]:
        defects += [type(d).__name__ for d in part.defects]
    status, = [p for p in message.iter_parts() if p.get_content_type().endswith('delivery-status')]
    blocks = status.get_payload()
    if status.get_content_type() == 'message/global-delivery-status':
        text = blocks[0].as_bytes().decode('utf-8').strip()
        blocks = [email.message_from_string(block, policy=policy) for block in text.split('\r\n\r\n')]
    print('DEFECTS', ','.join(defects), file=out)
    print('PARTS', ' '.join(p.get_content_type() for p in message.iter_parts()), file=out)
    print('AUTO', message['Auto-Submitted'], file=out)
    for block in blocks:
        if block.keys():
            print('BLOCK', file=out)
            for name, value in block.items():
                print(name + ': ' + value, file=out)
    print('END', file=out)
out.flush()
";

fn reports() -> Vec<Vec<u8>> {
    let id = Xtext::encode(b"QQ 314159");
    let orcpt = OriginalRecipient::parse("utf-8;j\\x{F6}rg@x.example").expect("an ORCPT");
    let after = Duration::from_hours(120);
    let mut jorg = recipient(
        "jörg@bücher.example",
        Fate::Failed(Failure::Expired { after }),
    );
    jorg.original = Some(&orcpt);
    let fates = [
        Fate::Failed(Failure::Unknown),
        Fate::Delayed { until: UNTIL },
        Fate::Relayed,
        Fate::Delivered,
    ];
    let usual: Vec<_> = fates
        .map(|fate| recipient("bert@fabrikam.com", fate))
        .into();
    let messages = [
        Message::usual(),
        Message::new(HEADER, "Grüße\r\n"),
        Message::new("Subject: Größe\r\n\r\n", BODY),
    ];
    let mut reports = Vec::new();
    for message in &messages {
        for recipients in [&usual[..], &[jorg], &usual[2..3]] {
            for (way, ret) in [(Way::Ascii, Ret::Full), (Way::Utf8, Ret::Headers)] {
                let composed = compose(&Notice {
                    way,
                    ret: Some(ret),
                    envelope_id: Some(&id),
                    ..notice(message, recipients)
                });
                reports.push(whole(&composed));
            }
        }
    }
    reports
}

/// What Python should print.
fn expected(raw: &[u8]) -> String {
    let report = Report::read(raw);
    let mut lines = vec![
        "DEFECTS ".to_owned(),
        format!(
            "PARTS {} {} {}",
            report.kind(0),
            report.kind(1),
            report.kind(2)
        ),
        "AUTO auto-replied".to_owned(),
    ];
    for block in report.blocks() {
        lines.push("BLOCK".to_owned());
        lines.extend(block.iter().map(|(name, value)| format!("{name}: {value}")));
    }
    lines.push("END\n".to_owned());
    lines.join("\n")
}

#[test]
fn python_reads_every_field() {
    let python = Command::new("python3")
        .args(["-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut python) = python else {
        let mut console = std::io::stderr();
        writeln!(console, "SKIPPED: there is no python3").expect("it can be said");
        return;
    };
    let reports = reports();
    let mut input = python.stdin.take().expect("it is piped");
    let written = reports.clone();
    let writer = std::thread::spawn(move || {
        for report in written {
            let size = u32::try_from(report.len()).expect("it is small");
            input.write_all(&size.to_be_bytes()).expect("python reads");
            input.write_all(&report).expect("python reads");
        }
    });
    let output = python.wait_with_output().expect("python ends");
    writer.join().expect("all was written");
    let found = String::from_utf8(output.stdout).expect("UTF-8");
    let expected: String = reports.iter().map(|raw| expected(raw)).collect();
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
}

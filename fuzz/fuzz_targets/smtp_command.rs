//! Any line: what is understood can be written again, and means the same then.

#![no_main]

use libfuzzer_sys::fuzz_target;
use smtp::command::{self, Command};
use smtp::{ForwardPath, Notify, OriginalRecipient, ReversePath, Xtext};

fuzz_target!(|line: &[u8]| {
    match command::parse(line) {
        Ok(Command::Mail(mail)) => {
            let written = one_line(&mail.path.to_string());
            assert_eq!(ReversePath::parse(&written), Ok(mail.path));
            if let Some(envid) = mail.envid {
                assert_eq!(Xtext::from_encoded(&one_line(envid.as_str())), Some(envid));
            }
        }
        Ok(Command::Rcpt(rcpt)) => {
            let written = one_line(&rcpt.path.to_string());
            assert_eq!(ForwardPath::parse(&written), Ok(rcpt.path.clone()));
            if let ForwardPath::Mailbox(mailbox) = &rcpt.path {
                let original = OriginalRecipient::of(mailbox);
                let written = one_line(&original.to_string());
                assert_eq!(
                    OriginalRecipient::parse(&written).is_some(),
                    original.fits()
                );
            }
            if let Some(notify) = rcpt.notify {
                assert_eq!(Notify::parse(&notify.to_string()), Some(notify));
            }
            if let Some(orcpt) = rcpt.orcpt {
                assert_eq!(
                    OriginalRecipient::parse(&one_line(&orcpt.to_string())),
                    Some(orcpt)
                );
            }
        }
        Ok(Command::Hello(hello)) => {
            assert!(hello.name.bytes().all(|b| b.is_ascii_graphic()));
        }
        Ok(_) => {}
        Err(error) => assert!(error.reply().code().value() >= 500),
    }
});

fn one_line(text: &str) -> String {
    assert!(!text.contains(|c: char| c.is_control()), "{text:?}");
    text.to_owned()
}

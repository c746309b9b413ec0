use super::*;
use crate::limits::{
    COMMAND_LINE_OCTETS_MAX, MAIL_PARAMETERS_OCTETS_MAX, RCPT_PARAMETERS_OCTETS_MAX,
};

#[test]
fn commands() {
    let check = |line: &str, expected: Command| {
        assert_eq!(parse(line.as_bytes()), Ok(expected), "{line:?}")
    };
    let hello = |name: &str, extended| {
        Command::Hello(Hello {
            name: name.into(),
            extended,
        })
    };
    check("EHLO mx.example", hello("mx.example", true));
    check("helo [192.0.2.1]", hello("[192.0.2.1]", false));
    check("EHLO my pc (x)", hello("my?pc??x?", true));
    check("EHLO bücher.example ", hello("b?cher.example", true));
    check("Data", Command::Data);
    check("DATA  ", Command::Data);
    check("rset", Command::Rset);
    check("QUIT", Command::Quit);
    check("NOOP anything at all", Command::Noop);
    check("VRFY someone", Command::Vrfy);
    check("HELP", Command::Help);
    check("STARTTLS", Command::StartTls);
    check("AUTH PLAIN x", Command::NotOffered);
    check("EXPN list", Command::NotOffered);
    check(
        "BDAT 0",
        Command::Bdat(Chunk {
            size: 0,
            last: false,
        }),
    );
    check(
        "bdat 86 last",
        Command::Bdat(Chunk {
            size: 86,
            last: true,
        }),
    );
    check(
        "BDAT 18446744073709551615",
        Command::Bdat(Chunk {
            size: u64::MAX,
            last: false,
        }),
    );
}

#[test]
fn lines_that_are_no_commands() {
    use CommandError::*;
    let check = |line: &str, expected: CommandError| {
        assert_eq!(parse(line.as_bytes()), Err(expected), "{line:?}")
    };
    check("", Unknown);
    check("XYZZY", Unknown);
    check(" NOOP", Unknown);
    check("NOOP\0", Unknown);
    check("NOOP \0", Unknown);
    check("NOOP \x7f", Unknown);
    check("GET / HTTP/1.1", Unknown);
    check("EHLO", Hello);
    check("HELO  ", Hello);
    check("DATA now", Argument);
    check("RSET x", Argument);
    check("QUIT x", Argument);
    check("STARTTLS x", Argument);
    for line in [
        "BDAT",
        "BDAT x",
        "BDAT -1",
        "BDAT +1",
        "BDAT 1x",
        "BDAT 1 FIRST",
        "BDAT 1 LAST x",
        "BDAT 0x10",
        "BDAT 18446744073709551616",
        "BDAT 000000000000000000001",
        "BDAT 1\0",
        "BDAT\t",
        "BDAT 1,5",
        "bdat ١",
    ] {
        check(line, Bdat);
    }
    assert_eq!(parse(b"NOOP \xff"), Err(Unknown));
    assert_eq!(parse(b"BDAT \xff"), Err(Bdat));
}

#[test]
fn mail() {
    let check = |argument: &str, expected: Result<(&str, &str), CommandError>| {
        let line = format!("MAIL {argument}");
        let found = match parse(line.as_bytes()) {
            Ok(Command::Mail(mail)) => Ok((mail.path.to_string(), describe(&mail))),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error),
        };
        let expected = expected.map(|(path, parameters)| (path.to_owned(), parameters.to_owned()));
        assert_eq!(found, expected, "{line}");
    };
    use CommandError::*;
    check("FROM:<>", Ok(("", "")));
    check("from:<a@b.c>", Ok(("a@b.c", "")));
    check("FROM: <a@b.c> ", Ok(("a@b.c", "")));
    check("FROM:<\"a>b\\\"\"@b.c>", Ok(("\"a>b\\\"\"@b.c", "")));
    check(
        "FROM:<a@b.c> SIZE=1000 BODY=8bitmime RET=HDRS ENVID=x+2By",
        Ok(("a@b.c", "SIZE=1000 EightBit HDRS x+2By")),
    );
    check(
        "FROM:<a@b.c> body=7BIT ret=full",
        Ok(("a@b.c", "SevenBit FULL")),
    );
    check("FROM:<jörg@b.c> SMTPUTF8", Ok(("jörg@b.c", "SMTPUTF8")));
    check(
        "FROM:<a@b.c> SIZE=99999999999999999999",
        Ok(("a@b.c", "SIZE=18446744073709551615")),
    );
    check("FROM:<jörg@b.c>", Err(NeedsSmtpUtf8));
    check("FROM:a@b.c", Err(Mail));
    check("FROM:<a@b.c", Err(Mail));
    check("FROM:<\"a>", Err(Mail));
    check("TO:<a@b.c>", Err(Mail));
    check("", Err(Mail));
    check("FROM:<a@b.c>SIZE=1", Err(Mail));
    check("FROM:<a@b.c>>", Err(Mail));
    check("FROM:<a@@b.c>", Err(Sender(PathError::Syntax)));
    check("FROM:<@x:a@b.c>", Err(Sender(PathError::Route)));
    check("FROM:<a@b.c> SIZE", Err(Parameter));
    check("FROM:<a@b.c> SIZE=", Err(Parameter));
    check("FROM:<a@b.c> SIZE=-1", Err(Parameter));
    check("FROM:<a@b.c> SIZE=000000000000000000001", Err(Parameter));
    check("FROM:<a@b.c> SIZE=1 size=1", Err(Parameter));
    check("FROM:<a@b.c> BODY=9BIT", Err(Parameter));
    check("FROM:<a@b.c> BODY=BINARYMIME", Err(UnknownParameter));
    check("FROM:<a@b.c> SMTPUTF8=1", Err(Parameter));
    check("FROM:<a@b.c> RET=SOME", Err(Parameter));
    check("FROM:<a@b.c> ENVID=", Err(Parameter));
    check("FROM:<a@b.c> AUTH=<>", Err(UnknownParameter));
    check("FROM:<a@b.c> NOTIFY=NEVER", Err(UnknownParameter));
}

fn describe(mail: &MailFrom) -> String {
    use crate::envelope::BodyKind;
    let mut words = Vec::new();
    words.extend(mail.size.map(|size| format!("SIZE={size}")));
    match mail.body {
        BodyKind::Unspecified => {}
        kind => words.push(format!("{kind:?}")),
    }
    words.extend(mail.smtp_utf8.then(|| "SMTPUTF8".to_owned()));
    words.extend(mail.ret.map(|ret| ret.to_string()));
    words.extend(mail.envid.as_ref().map(|envid| envid.to_string()));
    words.join(" ")
}

#[test]
fn rcpt() {
    let check = |argument: &str, expected: Result<&str, CommandError>| {
        let line = format!("RCPT {argument}");
        let found = match parse(line.as_bytes()) {
            Ok(Command::Rcpt(rcpt)) => Ok(rcpt),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error),
        };
        let found = found.map(|rcpt| {
            let mut words = vec![rcpt.path.to_string()];
            words.extend(rcpt.notify.map(|notify| notify.to_string()));
            words.extend(rcpt.orcpt.map(|orcpt| orcpt.to_string()));
            words.join(" ")
        });
        assert_eq!(found.as_deref().map_err(|e| *e), expected, "{line}");
    };
    use CommandError::*;
    check("TO:<a@b.c>", Ok("a@b.c"));
    check("To: <POSTMASTER>", Ok("Postmaster"));
    check("TO:<jörg@b.c>", Ok("jörg@b.c"));
    check(
        "TO:<a@b.c> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;x@y",
        Ok("a@b.c SUCCESS,DELAY rfc822;x@y"),
    );
    check("TO:<>", Err(Recipient(PathError::Syntax)));
    check("TO:<a@b@c>", Err(Recipient(PathError::Syntax)));
    check("TO:<a%b@c>", Err(Recipient(PathError::Route)));
    check("TO:<@x:a@b.c>", Err(Recipient(PathError::Route)));
    check("TO:a@b.c", Err(Rcpt));
    check("FROM:<a@b.c>", Err(Rcpt));
    check("TO:<a@b.c> NOTIFY=", Err(Parameter));
    check("TO:<a@b.c> NOTIFY=NEVER NOTIFY=NEVER", Err(Parameter));
    check("TO:<a@b.c> ORCPT=x", Err(Parameter));
    check("TO:<a@b.c> SIZE=1", Err(UnknownParameter));
}

#[test]
fn each_command_has_its_length() {
    let check = |line: &str, extra: usize| {
        let padded = |octets: usize| format!("{line}{}", " ".repeat(octets - line.len() - 2));
        let max = COMMAND_LINE_OCTETS_MAX + extra;
        assert!(parse(padded(max).as_bytes()).is_ok(), "{line}");
        let expected = match line.starts_with("BDAT") {
            true => CommandError::Bdat,
            false => CommandError::TooLong,
        };
        assert_eq!(parse(padded(max + 1).as_bytes()), Err(expected), "{line}");
    };
    check("NOOP", 0);
    check("EHLO x", 0);
    check("BDAT 1", 0);
    check("MAIL FROM:<>", MAIL_PARAMETERS_OCTETS_MAX);
    check("RCPT TO:<a@b.c>", RCPT_PARAMETERS_OCTETS_MAX);
}

#[test]
fn the_hello_name_is_cut() {
    let check = |octets: usize, kept: usize| {
        let line = format!("EHLO {}", "x".repeat(octets));
        let Ok(Command::Hello(hello)) = parse(line.as_bytes()) else {
            panic!("no hello")
        };
        assert_eq!(hello.name.len(), kept);
    };
    check(HELLO_NAME_OCTETS_MAX, HELLO_NAME_OCTETS_MAX);
    check(HELLO_NAME_OCTETS_MAX + 1, HELLO_NAME_OCTETS_MAX);
}

//! Reading command lines.

use std::hint::black_box;

use smtp::command;

use crate::{HotPath, Work};

pub(crate) fn paths() -> Vec<HotPath> {
    let path = |name: &str, line: &'static str| {
        let name = format!("command/{name}");
        HotPath::new(name, Work::Elements(1), move || {
            move || u64::from(command::parse(black_box(line.as_bytes())).is_ok())
        })
    };
    vec![
        path("ehlo", "EHLO relay4.fabrikam.example"),
        path("mail", "MAIL FROM:<bob.stone@fabrikam.example> SIZE=10000"),
        path(
            "mail/parameters",
            "MAIL FROM:<bob.stone@fabrikam.example> SIZE=10000 BODY=8BITMIME RET=HDRS ENVID=QQ314159",
        ),
        path("rcpt", "RCPT TO:<anna.berg@contoso.com>"),
        path(
            "rcpt/parameters",
            "RCPT TO:<anna.berg@contoso.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;anna.berg@contoso.com",
        ),
        path("data", "DATA"),
        path("bdat", "BDAT 10000 LAST"),
    ]
}

//! A command line as a sink reads it: just enough of RFC 5321 §4.1.1.

/// A command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    Ehlo(String),
    Helo(String),
    StartTls,
    Mail {
        path: String,
        parameters: Vec<String>,
    },
    Rcpt {
        path: String,
        parameters: Vec<String>,
    },
    Data,
    Bdat {
        octets: usize,
        last: bool,
    },
    Rset,
    Noop,
    Quit,
    /// No command that we know.
    Unknown,
    /// A command that we know, with arguments that we do not.
    Malformed,
}

impl Command {
    pub(super) fn parse(line: &str) -> Self {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => Self::Ehlo(rest.trim().to_owned()),
            "HELO" => Self::Helo(rest.trim().to_owned()),
            "STARTTLS" => Self::StartTls,
            "MAIL" => path(rest, "FROM:").map_or(Self::Malformed, |(path, parameters)| {
                Self::Mail { path, parameters }
            }),
            "RCPT" => path(rest, "TO:").map_or(Self::Malformed, |(path, parameters)| Self::Rcpt {
                path,
                parameters,
            }),
            "DATA" => Self::Data,
            "BDAT" => bdat(rest).unwrap_or(Self::Malformed),
            "RSET" => Self::Rset,
            "NOOP" => Self::Noop,
            "QUIT" => Self::Quit,
            _ => Self::Unknown,
        }
    }
}

/// What stands between `<` and the `>` that is not quoted, and the words behind it.
fn path(rest: &str, keyword: &str) -> Option<(String, Vec<String>)> {
    let (said, rest) = rest.split_at_checked(keyword.len())?;
    if !said.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let inside = rest.trim_start().strip_prefix('<')?;
    let (mut quoted, mut escaped) = (false, false);
    let end = inside.char_indices().find_map(|(at, letter)| {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '>' if !quoted => return Some(at),
            _ => {}
        }
        None
    })?;
    let parameters = inside[end + 1..]
        .split_ascii_whitespace()
        .map(str::to_owned)
        .collect();
    Some((inside[..end].to_owned(), parameters))
}

fn bdat(rest: &str) -> Option<Command> {
    let mut words = rest.split_ascii_whitespace();
    let octets = words.next()?.parse().ok()?;
    let last = match (words.next(), words.next()) {
        (None, _) => false,
        (Some(word), None) if word.eq_ignore_ascii_case("LAST") => true,
        _ => return None,
    };
    Some(Command::Bdat { octets, last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_are_understood() {
        let check =
            |line: &str, expected: Command| assert_eq!(Command::parse(line), expected, "{line}");
        let mail = |path: &str, parameters: &[&str]| Command::Mail {
            path: path.to_owned(),
            parameters: parameters.iter().map(|&p| p.to_owned()).collect(),
        };
        check("ehlo a.example", Command::Ehlo("a.example".to_owned()));
        check("MAIL FROM:<>", mail("", &[]));
        check(
            "mail from:<a@b> SIZE=1 BODY=8BITMIME",
            mail("a@b", &["SIZE=1", "BODY=8BITMIME"]),
        );
        check("MAIL FROM: <a@b>", mail("a@b", &[]));
        check(
            r#"MAIL FROM:<"a>\"b"@c> X=1"#,
            mail(r#""a>\"b"@c"#, &["X=1"]),
        );
        check("MAIL FROM:a@b", Command::Malformed);
        check("MAIL TO:<a@b>", Command::Malformed);
        check("MAIL FROM:<a@b", Command::Malformed);
        check("MAIL", Command::Malformed);
        check(
            "BDAT 10",
            Command::Bdat {
                octets: 10,
                last: false,
            },
        );
        check(
            "BDAT 0 last",
            Command::Bdat {
                octets: 0,
                last: true,
            },
        );
        check("BDAT", Command::Malformed);
        check("BDAT -1", Command::Malformed);
        check("BDAT 1 LAST LAST", Command::Malformed);
        check("", Command::Unknown);
        check("QUITE", Command::Unknown);
    }
}

//! What a message says in properties and not in its body, to be added to text and HTML alike.

use crate::entity::words;
use crate::percent::percent;

/// Lines to add.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Before the body.
    before: Vec<Line>,
    /// After it.
    after: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    text: String,
    html: String,
}

impl Said {
    /// A line before the body: what it is, and what it says.
    pub(crate) fn before(&mut self, label: &str, value: &str) {
        self.before.push(Line::of(label, value, escaped(value)));
    }

    /// Options to vote for, each a link that writes the vote as Outlook does, if it is known to whom.
    pub(crate) fn vote(
        &mut self,
        options: &[String],
        voter_writes_to: Option<&str>,
        subject: &str,
    ) {
        let linked = |option: &String| match voter_writes_to.filter(|to| words::is_address(to)) {
            Some(to) => {
                let subject = percent(&format!("{option}: {subject}"), UNRESERVED);
                let to = percent(to, UNRESERVED).replace("%40", "@");
                format!(
                    "<a href=\"mailto:{to}?subject={subject}\">{}</a>",
                    escaped(option)
                )
            }
            None => escaped(option),
        };
        let html: Vec<String> = options.iter().map(linked).collect();
        self.before.push(Line::of(
            "Voting options",
            &options.join("; "),
            html.join("; "),
        ));
    }

    /// A line after the body.
    pub(crate) fn after(&mut self, label: &str, value: &str) {
        self.after.push(Line::of(label, value, escaped(value)));
    }

    /// A line after the body with a link.
    pub(crate) fn link(&mut self, label: &str, value: &str, address: &str) {
        let linked = format!("<a href=\"{}\">{}</a>", escaped(address), escaped(value));
        self.after.push(Line::of(label, value, linked));
    }

    /// Adds the lines to the text.
    pub(crate) fn add_to_text(&self, text: &mut String) {
        if !self.before.is_empty() {
            let empty = if text.trim().is_empty() { "" } else { "\r\n" };
            text.insert_str(0, &format!("{}{empty}", lines(&self.before)));
        }
        if !self.after.is_empty() {
            let end = if text.is_empty() || text.ends_with('\n') {
                ""
            } else {
                "\r\n"
            };
            let empty = if text.trim().is_empty() { "" } else { "\r\n" };
            text.push_str(&format!("{end}{empty}{}", lines(&self.after)));
        }
    }

    /// Adds the lines to HTML: within its body, if it has one. Gives where the first were put, and how many octets.
    pub(crate) fn add_to_html(&self, html: &mut String) -> (usize, usize) {
        if !self.after.is_empty() {
            let at = rfind(html, "</body").unwrap_or(html.len());
            html.insert_str(at, &paragraphs(&self.after));
        }
        let at = begin_of_body(html);
        let before = paragraphs(&self.before);
        html.insert_str(at, &before);
        (at, before.len())
    }
}

impl Line {
    fn of(label: &str, value: &str, html: String) -> Self {
        let html = format!("<b>{label}:</b> {html}");
        let text = format!("{label}: {}", words::plain(value));
        Self { text, html }
    }
}

/// Text that is no markup.
pub(crate) fn escaped(text: &str) -> String {
    let text = words::plain(text);
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

fn lines(lines: &[Line]) -> String {
    lines
        .iter()
        .map(|line| format!("{}\r\n", line.text))
        .collect()
}

fn paragraphs(lines: &[Line]) -> String {
    let paragraphs = lines.iter().map(|line| format!("<p>{}</p>\r\n", line.html));
    paragraphs.collect()
}

fn begin_of_body(html: &str) -> usize {
    let body = html
        .as_bytes()
        .windows(5)
        .position(|five| five.eq_ignore_ascii_case(b"<body"));
    let end =
        body.and_then(|at| memchr::memchr(b'>', &html.as_bytes()[at..]).map(|end| at + end + 1));
    end.unwrap_or(0)
}

fn rfind(html: &str, tag: &str) -> Option<usize> {
    let windows = html.as_bytes().windows(tag.len());
    windows
        .rev()
        .position(|window| window.eq_ignore_ascii_case(tag.as_bytes()))
        .map(|from_end| html.len() - tag.len() - from_end)
}

/// RFC 3986 §2.3.
const UNRESERVED: &[u8] = b"-._~";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_in_text_and_html() {
        let mut said = Said::default();
        said.vote(&["Ja & Nein".to_owned()], Some("a@b.c"), "Was?");
        said.after("Linked file", "\\\\server\\<x>");
        let mut text = "Hello".to_owned();
        said.add_to_text(&mut text);
        assert_eq!(
            text,
            "Voting options: Ja & Nein\r\n\r\nHello\r\n\r\nLinked file: \\\\server\\<x>\r\n"
        );
        let mut html = "<html><BODY class=x>Hello</BODY></html>".to_owned();
        said.add_to_html(&mut html);
        assert_eq!(
            html,
            "<html><BODY class=x><p><b>Voting options:</b> \
             <a href=\"mailto:a@b.c?subject=Ja%20%26%20Nein%3A%20Was%3F\">Ja &amp; Nein</a></p>\r\n\
             Hello<p><b>Linked file:</b> \\\\server\\&lt;x&gt;</p>\r\n</BODY></html>"
        );
    }
}

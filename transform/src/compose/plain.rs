//! HTML as plain text: what it says, without what it looks like.
//!
//! One pass over the tags, without a tree: nesting costs nothing. Held by `fuzz_targets/tnef_conversion.rs`.

pub(crate) mod tag;

use mail_parser::decoders::html::add_html_token;
use memchr::{memchr, memmem};

use tag::Tag;

/// Text that says the same as `html`. Lines end with CRLF.
pub(crate) fn of_html(html: &str) -> String {
    let mut writer = Writer {
        out: String::with_capacity(html.len() / 4),
        ..Writer::default()
    };
    let mut rest = html;
    while let Some(at) = memchr(b'<', rest.as_bytes()) {
        writer.text(&rest[..at]);
        rest = writer.markup(&rest[at..]);
    }
    writer.text(rest);
    writer.finish()
}

#[derive(Default)]
struct Writer<'h> {
    out: String,
    /// Line ends to be written before the next word: at most two.
    breaks: usize,
    has_space: bool,
    /// A cell ended: a tab comes before the next one's text.
    has_tab: bool,
    preformatted: usize,
    /// Open lists: the number of the next item, of those that count.
    lists: Vec<Option<u32>>,
    /// The link that is open, and where its text begins.
    link: Option<(&'h str, usize)>,
}

impl<'h> Writer<'h> {
    /// Reads what begins with `<`, and gives what comes after it.
    fn markup(&mut self, html: &'h str) -> &'h str {
        let octets = html.as_bytes();
        if octets.starts_with(b"<!--") {
            let end = memmem::find(octets, b"-->");
            return end.map_or("", |end| &html[end + 3..]);
        }
        match octets.get(1) {
            Some(b'!' | b'?') => {
                let end = memchr(b'>', octets);
                return end.map_or("", |end| &html[end + 1..]);
            }
            Some(b'/') => {}
            Some(octet) if octet.is_ascii_alphabetic() => {}
            _ => {
                self.text("<");
                return &html[1..];
            }
        }
        let Some((tag, rest)) = Tag::read(html) else {
            return "";
        };
        match tag.is("script") || tag.is("style") || tag.is("title") || tag.is("template") {
            true if !tag.is_end => after_end(rest, tag.name),
            _ => {
                self.tag(&tag);
                rest
            }
        }
    }

    fn tag(&mut self, tag: &Tag<'h>) {
        let mut name = [0; NAME_OCTETS_MAX];
        match tag.lower_name(&mut name) {
            "br" => self.line(),
            "p" => self.block(paragraph_breaks(tag)),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" => self.block(2),
            "pre" => {
                self.block(1);
                self.preformatted = match tag.is_end {
                    true => self.preformatted.saturating_sub(1),
                    false => self.preformatted + 1,
                };
            }
            "ul" | "ol" => self.list(tag),
            "li" if !tag.is_end => self.item(),
            "hr" => {
                self.block(1);
                self.word("----------");
                self.block(1);
            }
            "td" | "th" if tag.is_end => self.has_tab = true,
            "tr" => {
                self.has_tab = false;
                self.block(1);
            }
            "img" => {
                if let Some(alternative) = tag.attribute("alt").filter(|alt| !alt.trim().is_empty())
                {
                    self.text(alternative);
                }
            }
            "a" => self.anchor(tag),
            name if is_block(name) => self.block(1),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.preformatted > 0 {
            return self.preformatted(text);
        }
        let mut rest = text;
        while let Some(begin) = rest.find(|c: char| !c.is_ascii_whitespace()) {
            self.has_space |= begin > 0;
            rest = &rest[begin..];
            let (words, after) = rest.split_at(end_of_words(rest.as_bytes()));
            self.word(words);
            rest = after;
        }
        self.has_space |= !rest.is_empty();
    }

    fn preformatted(&mut self, text: &str) {
        for line in text.split_inclusive('\n') {
            let content = line.trim_end_matches(['\r', '\n']);
            if !content.is_empty() {
                self.before();
                decode(content, &mut self.out);
            }
            if line.ends_with('\n') {
                self.line();
            }
        }
    }

    fn word(&mut self, word: &str) {
        self.before();
        decode(word, &mut self.out);
    }

    /// Writes what stands between the last word and the next.
    fn before(&mut self) {
        let is_begun = !self.out.is_empty();
        if self.breaks > 0 {
            let breaks = if is_begun { self.breaks } else { 0 };
            (0..breaks).for_each(|_| self.out.push_str("\r\n"));
        } else if self.has_tab {
            self.out.push('\t');
        } else if self.has_space && is_begun && !self.out.ends_with([' ', '\n', '\t']) {
            self.out.push(' ');
        }
        self.breaks = 0;
        self.has_space = false;
        self.has_tab = false;
    }

    /// `<br>`: one more line end, at once.
    fn line(&mut self) {
        (0..self.breaks).for_each(|_| self.out.push_str("\r\n"));
        self.breaks = 1;
        self.has_space = false;
    }

    fn block(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
    }

    fn list(&mut self, tag: &Tag<'_>) {
        self.block(1);
        match tag.is_end {
            true => drop(self.lists.pop()),
            false => self.lists.push(tag.is("ol").then_some(1)),
        }
    }

    fn item(&mut self) {
        self.block(1);
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1);
                marker
            }
            _ => "- ".to_owned(),
        };
        self.before();
        self.out.push_str(&marker);
    }

    /// The address of a link follows its text, if it is not the text.
    fn anchor(&mut self, tag: &Tag<'h>) {
        let open = self.link.take();
        if !tag.is_end {
            let address = tag.attribute("href").map(str::trim);
            let address = address.filter(|address| is_worth_telling(address));
            self.link = address.map(|address| (address, self.out.len()));
            return;
        }
        let Some((address, begin)) = open else {
            return;
        };
        let mut decoded = String::new();
        decode(address, &mut decoded);
        let bare = decoded.strip_prefix("mailto:").unwrap_or(&decoded);
        let text = self.out.get(begin..).unwrap_or_default();
        if !text.contains(bare.trim_end_matches('/')) {
            self.has_space = true;
            self.before();
            self.out.push_str(&format!("<{bare}>"));
        }
    }

    /// Ends the text, and takes away what cannot be seen at the ends of lines.
    fn finish(self) -> String {
        let mut text = String::with_capacity(self.out.len() + 2);
        for line in self.out.lines() {
            text.push_str(line.trim_end_matches([' ', '\t', '\u{a0}']));
            text.push_str("\r\n");
        }
        let length = text.trim_end().len();
        text.truncate(length);
        if !text.is_empty() {
            text.push_str("\r\n");
        }
        text.replace('\u{a0}', " ")
    }
}

/// Where words end that stand a single space apart.
fn end_of_words(octets: &[u8]) -> usize {
    let mut end = 0;
    while let Some(rest) = octets.get(end..) {
        let Some(word) = rest.iter().position(u8::is_ascii_whitespace) else {
            break;
        };
        end += word;
        let next = octets.get(end + 1);
        if octets.get(end) != Some(&b' ') || next.is_none_or(u8::is_ascii_whitespace) {
            return end;
        }
        end += 1;
    }
    octets.len()
}

/// References to characters, resolved.
fn decode(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let head = rest.floor_char_boundary(REFERENCE_OCTETS_MAX);
        let end = memchr(b';', &rest.as_bytes()[..head]);
        let end = match end {
            Some(end) if end > 1 => end + 1,
            _ => 1,
        };
        add_html_token(out, &rest.as_bytes()[..end], false);
        rest = &rest[end..];
    }
    out.push_str(rest);
}

/// Outlook makes each line a paragraph of this class, without space between them.
fn paragraph_breaks(tag: &Tag<'_>) -> usize {
    let class = tag.attribute("class").unwrap_or_default();
    match tag.is_end
        || class
            .get(..9)
            .is_some_and(|begin| begin.eq_ignore_ascii_case("MsoNormal"))
    {
        true => 1,
        false => 2,
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "div"
            | "table"
            | "tbody"
            | "thead"
            | "dl"
            | "dt"
            | "dd"
            | "body"
            | "center"
            | "form"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "address"
            | "fieldset"
            | "caption"
            | "li"
    )
}

fn is_worth_telling(address: &str) -> bool {
    let schemes = [
        "http:", "https:", "mailto:", "ftp:", "tel:", "notes:", "file:",
    ];
    schemes.iter().any(|scheme| {
        address
            .get(..scheme.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    })
}

/// What comes after the end tag of an element that holds no markup.
fn after_end<'h>(html: &'h str, name: &str) -> &'h str {
    let octets = html.as_bytes();
    let mut ends = memmem::find_iter(octets, b"</");
    let end = ends.find(|at| {
        let written = octets.get(at + 2..at + 2 + name.len());
        written.is_some_and(|written| written.eq_ignore_ascii_case(name.as_bytes()))
    });
    end.map_or("", |end| &html[end..])
}

/// `blockquote`, the longest name that matters.
const NAME_OCTETS_MAX: usize = 10;
/// `&CounterClockwiseContourIntegral;`
const REFERENCE_OCTETS_MAX: usize = 40;

#[cfg(test)]
mod tests;

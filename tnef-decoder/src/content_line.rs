//! Lines of iCalendar and vCard: escaped, folded, ended by CRLF (RFC 5545 §3.1, RFC 6350 §3.2).

/// A text under construction.
#[derive(Debug, Clone, Default)]
pub(crate) struct ContentLines(String);

/// A line whose value is still missing.
#[derive(Debug)]
pub(crate) struct ContentLine<'a> {
    lines: &'a mut ContentLines,
    /// Where it begins among them.
    begin: usize,
}

impl ContentLines {
    /// Begins a line.
    pub(crate) fn line(&mut self, name: &str) -> ContentLine<'_> {
        let begin = self.0.len();
        self.0.push_str(name);
        ContentLine { lines: self, begin }
    }

    /// BEGIN, what `within` writes, END.
    pub(crate) fn component(&mut self, name: &str, within: impl FnOnce(&mut Self)) {
        self.line("BEGIN").value(name);
        within(self);
        self.line("END").value(name);
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }

    /// Ends the line that begins there. None is longer than 75 octets, and none ends within a character.
    fn end_line(&mut self, begin: usize) {
        if self.0.len() - begin > LINE_OCTETS_MAX {
            let line = self.0.split_off(begin);
            self.push_folded(&line);
        }
        self.0.push_str("\r\n");
    }

    fn push_folded(&mut self, line: &str) {
        let mut rest = line;
        let mut room = LINE_OCTETS_MAX;
        while rest.len() > room {
            let (now, after) = rest.split_at(rest.floor_char_boundary(room));
            self.0.extend([now, "\r\n "]);
            rest = after;
            room = LINE_OCTETS_MAX - 1;
        }
        self.0.push_str(rest);
    }
}

impl ContentLine<'_> {
    /// A parameter. No quote and no control character can be said in one (RFC 5545 §3.1).
    pub(crate) fn parameter(self, name: &str, value: &str) -> Self {
        let quote = match value.contains([':', ';', ',']) {
            true => "\"",
            false => "",
        };
        let line = &mut self.lines.0;
        line.extend([";", name, "=", quote]);
        match is_plain(value) && !value.contains('"') {
            true => line.push_str(value),
            false => line.extend(value.chars().map(plain)),
        }
        line.push_str(quote);
        self
    }

    /// The same, unless there is nothing to say.
    pub(crate) fn parameter_if(self, name: &str, value: Option<&str>) -> Self {
        match value.filter(|value| !value.trim().is_empty()) {
            Some(value) => self.parameter(name, value),
            None => self,
        }
    }

    /// Ends the line with a value that needs no escapes: a number, a date, an address.
    pub(crate) fn value(self, value: &str) {
        let line = &mut self.lines.0;
        line.push(':');
        match is_plain(value) {
            true => line.push_str(value),
            false => line.extend(value.chars().map(control_free)),
        }
        self.lines.end_line(self.begin);
    }

    /// Ends it with a text (RFC 5545 §3.3.11).
    pub(crate) fn text(self, text: &str) {
        self.texts([text], ',');
    }

    /// Ends it with several texts, parted by `separator`.
    pub(crate) fn texts<'t>(self, texts: impl IntoIterator<Item = &'t str>, separator: char) {
        let line = &mut self.lines.0;
        line.push(':');
        for (at, text) in texts.into_iter().enumerate() {
            if at > 0 {
                line.push(separator);
            }
            push_escaped(line, text);
        }
        self.lines.end_line(self.begin);
    }
}

fn push_escaped(line: &mut String, text: &str) {
    let mut rest = text;
    while !rest.is_empty() {
        let is_special = |octet: u8| !is_printable(octet) || matches!(octet, b'\\' | b';' | b',');
        let run = rest.bytes().position(is_special).unwrap_or(rest.len());
        let (now, after) = rest.split_at(run);
        line.push_str(now);
        let mut characters = after.chars();
        if let Some(character) = characters.next() {
            push_special(line, character, characters.as_str().starts_with('\n'));
        }
        rest = characters.as_str();
    }
}

fn push_special(line: &mut String, character: char, before_lf: bool) {
    match character {
        '\\' | ';' | ',' => line.extend(['\\', character]),
        '\r' if before_lf => {}
        '\r' | '\n' | '\u{2028}' | '\u{2029}' => line.push_str("\\n"),
        '\t' => line.push('\t'),
        control if control.is_control() => {}
        other => line.push(other),
    }
}

/// Whether it is printable ASCII, as most values are.
fn is_plain(text: &str) -> bool {
    text.bytes().all(is_printable)
}

fn is_printable(octet: u8) -> bool {
    (b' '..=b'~').contains(&octet)
}

/// RFC 6868 could say a quote, and is not known to Notes or GroupWise.
fn plain(character: char) -> char {
    match character {
        '"' => '\'',
        other => control_free(other),
    }
}

fn control_free(character: char) -> char {
    if character.is_control() {
        ' '
    } else {
        character
    }
}

/// RFC 5545 §3.1, without the line break.
const LINE_OCTETS_MAX: usize = 75;

#[cfg(test)]
mod tests;

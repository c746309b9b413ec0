//! Lines of iCalendar and vCard: escaped, folded, ended by CRLF (RFC 5545 §3.1, RFC 6350 §3.2).

/// A text under construction.
#[derive(Debug, Clone, Default)]
pub(crate) struct ContentLines(String);

/// A line whose value is still missing.
#[derive(Debug)]
pub(crate) struct ContentLine<'a> {
    lines: &'a mut ContentLines,
    line: String,
}

impl ContentLines {
    /// Begins a line.
    pub(crate) fn line(&mut self, name: &str) -> ContentLine<'_> {
        ContentLine {
            lines: self,
            line: name.to_owned(),
        }
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

    /// No line is longer than 75 octets, and none ends within a character.
    fn push_folded(&mut self, line: &str) {
        let mut octets = 0;
        for character in line.chars() {
            if octets + character.len_utf8() > LINE_OCTETS_MAX {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            octets += character.len_utf8();
            self.0.push(character);
        }
        self.0.push_str("\r\n");
    }
}

impl ContentLine<'_> {
    /// A parameter. No quote and no control character can be said in one (RFC 5545 §3.1).
    pub(crate) fn parameter(mut self, name: &str, value: &str) -> Self {
        let value: String = value.chars().map(plain).collect();
        let needs_quotes = value.contains([':', ';', ',']);
        let quote = if needs_quotes { "\"" } else { "" };
        self.line
            .push_str(&format!(";{name}={quote}{value}{quote}"));
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
    pub(crate) fn value(mut self, value: &str) {
        self.line.push(':');
        self.line.extend(value.chars().map(control_free));
        self.lines.push_folded(&self.line);
    }

    /// Ends it with a text (RFC 5545 §3.3.11).
    pub(crate) fn text(mut self, text: &str) {
        self.line.push(':');
        push_escaped(&mut self.line, text);
        self.lines.push_folded(&self.line);
    }

    /// Ends it with several texts, parted by `separator`.
    pub(crate) fn texts<'t>(mut self, texts: impl IntoIterator<Item = &'t str>, separator: char) {
        self.line.push(':');
        for (at, text) in texts.into_iter().enumerate() {
            if at > 0 {
                self.line.push(separator);
            }
            push_escaped(&mut self.line, text);
        }
        self.lines.push_folded(&self.line);
    }
}

fn push_escaped(line: &mut String, text: &str) {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' | ';' | ',' => line.extend(['\\', character]),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\n' | '\u{2028}' | '\u{2029}' => line.push_str("\\n"),
            '\t' => line.push('\t'),
            control if control.is_control() => {}
            other => line.push(other),
        }
    }
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

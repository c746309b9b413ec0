//! Text as HTML's text.

/// Writes text so that it is nothing but text. Spaces that HTML would drop remain.
#[derive(Debug, Default)]
pub(super) struct Escaper {
    /// A space here would be dropped.
    is_after_space: bool,
}

impl Escaper {
    /// A line begins.
    pub(super) fn begin_line(&mut self) {
        self.is_after_space = true;
    }

    /// Something other than text was written.
    pub(super) fn end_space(&mut self) {
        self.is_after_space = false;
    }

    pub(super) fn write(&mut self, text: &str, out: &mut String) {
        let mut begin = 0;
        for (at, octet) in text.bytes().enumerate() {
            let reference = match octet {
                b' ' if self.is_after_space => "&nbsp;",
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\t' => "&nbsp;&nbsp;&nbsp; ",
                b'\n' => "<br>\r\n",
                0..0x20 | 0x7f => "",
                _ => {
                    self.is_after_space = octet == b' ';
                    continue;
                }
            };
            out.push_str(&text[begin..at]);
            out.push_str(reference);
            begin = at + 1;
            self.is_after_space = matches!(octet, b'\t' | b'\n');
        }
        out.push_str(&text[begin..]);
    }

    /// For between quotation marks.
    pub(super) fn write_attribute(text: &str, out: &mut String) {
        for character in text.chars() {
            match character {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                _ => out.push(character),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Escaper;

    #[test]
    fn text_remains_text_and_spaces_remain() {
        let check = |text: &str, expected: &str| {
            let (mut escaper, mut out) = (Escaper::default(), String::new());
            escaper.begin_line();
            escaper.write(text, &mut out);
            assert_eq!(out, expected, "{text:?}");
        };
        check("<b>&\"ä'", "&lt;b&gt;&amp;&quot;ä'");
        check(" a b  c   d", "&nbsp;a b &nbsp;c &nbsp; d");
        check("a\n b", "a<br>\r\n&nbsp;b");
        check("a\t b", "a&nbsp;&nbsp;&nbsp; &nbsp;b");
        check("a\0b\u{7f}", "ab");
    }
}

//! The readable form of a line of the log, for files and journals.
//!
//! The same words as `tracing_subscriber` writes by default, at a fraction of the cost: there is a line for every
//! recipient of every message.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::clock;

/// `TIME LEVEL message field=value ...`
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text;

impl<S, N> FormatEvent<S, N> for Text
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut line: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        clock::now(|second, micros| write!(line, "{}.{micros:06}Z ", second.rfc3339))?;
        let level = event.metadata().level().as_str();
        write!(line, "{level:>5}")?;
        let mut fields = Fields {
            line: &mut line,
            result: Ok(()),
        };
        event.record(&mut fields);
        fields.result?;
        line.write_char('\n')
    }
}

struct Fields<'a, 'b> {
    line: &'a mut Writer<'b>,
    result: fmt::Result,
}

impl Fields<'_, '_> {
    fn put(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        if self.result.is_err() {
            return;
        }
        self.result = (|| {
            self.line.write_char(' ')?;
            if field.name() != "message" {
                self.line.write_str(field.name())?;
                self.line.write_char('=')?;
            }
            value(self.line)
        })();
    }
}

impl Visit for Fields<'_, '_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        let plain = |octet: u8| matches!(octet, b' '..=b'~') && octet != b'"' && octet != b'\\';
        self.put(field, |line| {
            if field.name() == "message" {
                return line.write_str(value);
            }
            if !value.bytes().all(plain) {
                return write!(line, "{value:?}");
            }
            line.write_char('"')?;
            line.write_str(value)?;
            line.write_char('"')
        });
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, |line| write!(line, "{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, |line| write!(OneLine(line), "{value:?}"));
    }
}

/// Nobody's words can make a second line, or move the cursor of whoever reads the first.
struct OneLine<'a, 'b>(&'a mut Writer<'b>);

impl fmt::Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.bytes().all(|octet| matches!(octet, b' '..=b'~')) {
            return self.0.write_str(text);
        }
        for c in text.chars() {
            match c.is_control() {
                true => write!(self.0, "{}", c.escape_default())?,
                false => self.0.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Page {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").write(octets)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Page {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    fn say() {
        let none: Option<&str> = None;
        tracing::info!(
            session = %"1f",
            size = 10_240_u64,
            to = "nora@contoso.com",
            odd = "a \"quoted\" line\r\nand ü\u{7f}\\",
            none,
            some = Some("x"),
            "mail {}",
            "delivered"
        );
        tracing::warn!(code = Some("TWX-0301"), "hop {} is gone", "ä");
    }

    /// Each line without its time.
    fn lines(page: &Page) -> Vec<String> {
        let text = String::from_utf8(page.0.lock().expect("no panic").clone()).expect("UTF-8");
        let rest = |line: &str| line.split_once("Z ").expect("a time").1.to_owned();
        text.lines().map(rest).collect()
    }

    #[test]
    fn the_words_are_those_of_the_library() {
        let [theirs, ours] = [Page::default(), Page::default()];
        let subscriber = || {
            tracing_subscriber::fmt()
                .with_ansi(false)
                .with_target(false)
        };
        let library = subscriber().with_writer(theirs.clone()).finish();
        tracing::subscriber::with_default(library, say);
        let own = subscriber().event_format(Text).with_writer(ours.clone());
        tracing::subscriber::with_default(own.finish(), say);
        assert_eq!(lines(&ours), lines(&theirs));
        assert!(lines(&ours)[0].contains("to=\"nora@contoso.com\""));
    }

    #[test]
    fn a_message_is_one_line() {
        let page = Page::default();
        let log = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_target(false);
        let log = log.event_format(Text).with_writer(page.clone());
        tracing::subscriber::with_default(log.finish(), || {
            tracing::warn!(found = %"a\rb", "it said {}", "x\n2026 WARN forged\u{9b}");
        });
        let expected = " WARN it said x\\n2026 WARN forged\\u{9b} found=a\\rb";
        assert_eq!(lines(&page), [expected]);
    }
}

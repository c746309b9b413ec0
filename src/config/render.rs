//! Diagnostics as text for people: place, caret, and what to do.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::diagnostic::{Diagnostic, Diagnostics, Severity};

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, &Renderer::plain())
    }
}

impl Diagnostics {
    /// With the colours of a terminal.
    pub fn coloured(&self) -> impl fmt::Display {
        struct Coloured<'a>(&'a Diagnostics);
        impl fmt::Display for Coloured<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.write(f, &Renderer::styled())
            }
        }
        Coloured(self)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, renderer: &Renderer) -> fmt::Result {
        for one in &self.list {
            writeln!(f, "{}\n", renderer.render(&[self.group(one)]))?;
        }
        if self.left_out > 0 {
            writeln!(f, "and {} more\n", self.left_out)?;
        }
        writeln!(f, "{}", self.summary())
    }

    fn group<'a>(&'a self, one: &'a Diagnostic) -> Group<'a> {
        let level = match one.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level
            .primary_title(one.message.as_str())
            .id(one.code.to_string());
        let group = match &one.span {
            Some(span) => title.element(self.snippet(one, span)),
            None => title.element(Origin::path(self.file.as_str())),
        };
        group.element(Level::NOTE.message(one.note.as_str()))
    }

    fn snippet<'a>(
        &'a self,
        one: &'a Diagnostic,
        span: &Range<usize>,
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let mut snippet = Snippet::source(&*self.text)
            .path(self.file.as_str())
            .annotation(
                AnnotationKind::Primary
                    .span(self.within(span))
                    .label(one.label.as_str()),
            );
        if let Some((place, words)) = &one.related {
            snippet = snippet.annotation(
                AnnotationKind::Context
                    .span(self.within(place))
                    .label(words.as_str()),
            );
        }
        snippet
    }

    /// A span that surely lies within the text and on the borders of characters: the renderer trusts it.
    fn within(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.floor_char_boundary(span.end);
        start..end.max(start)
    }
}

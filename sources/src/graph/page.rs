//! One page of a delta query.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::GraphError;
use super::link::{Link, Origin};

/// What a page brings, and where it goes on.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) objects: Vec<Map<String, Value>>,
    pub(super) next: Next,
}

/// Where it goes on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Next {
    /// With the next page.
    Page(Link),
    /// With the changes from now on.
    Changes(Link),
    /// Nowhere.
    End,
}

#[derive(Deserialize)]
struct Raw {
    value: Vec<Map<String, Value>>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    delta: Option<String>,
}

impl Page {
    /// Reads a page of which the next one or the changes must be named; otherwise it is only a part of the answer.
    pub(super) fn of_delta(body: &[u8], origin: &Origin) -> Result<Self, GraphError> {
        let page = Self::of_list(body, origin)?;
        match page.next {
            Next::End => Err(GraphError::malformed(
                "a page names neither the next one nor where the changes begin",
            )),
            Next::Page(_) | Next::Changes(_) => Ok(page),
        }
    }

    /// Reads a page of a list, which may simply end.
    pub(super) fn of_list(body: &[u8], origin: &Origin) -> Result<Self, GraphError> {
        let raw: Raw = serde_json::from_slice(body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            GraphError::malformed(format!(
                "a page is no JSON of a list (line {line}, column {column})"
            ))
        })?;
        let next = match (raw.next, raw.delta) {
            (Some(next), None) => Next::Page(origin.accept(&next)?),
            (None, Some(delta)) => Next::Changes(origin.accept(&delta)?),
            (None, None) => Next::End,
            (Some(_), Some(_)) => {
                return Err(GraphError::malformed("a page is the last one and is not"));
            }
        };
        Ok(Self {
            objects: raw.value,
            next,
        })
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::*;

    fn read(body: &str) -> Result<Page, GraphError> {
        let origin = Origin::of(&Url::parse("https://g.example").unwrap()).unwrap();
        Page::of_delta(body.as_bytes(), &origin)
    }

    #[test]
    fn a_page_goes_on_with_the_next_or_with_changes() {
        let next = read(r#"{"value":[{"id":"1"}],"@odata.nextLink":"https://g.example/n"}"#);
        let next = next.unwrap();
        assert!(matches!(next.next, Next::Page(link) if link.as_str().ends_with("/n")));
        assert_eq!(next.objects.len(), 1);
        let last = read(r#"{"value":[],"@odata.deltaLink":"https://g.example/d"}"#).unwrap();
        assert!(matches!(last.next, Next::Changes(_)));
    }

    #[test]
    fn what_is_no_page_is_told() {
        for body in [
            "",
            "<html>",
            "[]",
            "{}",
            r#"{"value":{}}"#,
            r#"{"value":[1]}"#,
            r#"{"value":[]}"#,
            r#"{"value":[],"@odata.nextLink":17}"#,
            r#"{"value":[],"@odata.nextLink":"https://g.example/n","@odata.deltaLink":"https://g.example/d"}"#,
            r#"{"value":[{"id":"1"}],"@odata.nextLink":"https://g.exam"#,
        ] {
            assert!(
                matches!(read(body), Err(GraphError::Malformed(_))),
                "{body}"
            );
        }
        let foreign = read(r#"{"value":[],"@odata.nextLink":"https://h.example/n"}"#);
        assert!(matches!(foreign, Err(GraphError::ForeignLink { .. })));
    }
}

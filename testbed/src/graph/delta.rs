//! Delta queries: the tokens that were given out, and the pages behind them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::people::{Kind, People};

/// Every state that somebody can come back to.
#[derive(Debug, Default)]
pub(super) struct States {
    given: u64,
    skips: BTreeMap<String, Skip>,
    deltas: BTreeMap<String, Delta>,
}

/// A place between two pages.
#[derive(Debug, Clone)]
struct Skip {
    listing: Arc<Listing>,
    page: usize,
}

/// What one question listed.
#[derive(Debug)]
struct Listing {
    kind: Kind,
    select: BTreeSet<String>,
    pages: Vec<Vec<Value>>,
    /// The number of the last change it knows of.
    until: u64,
}

#[derive(Debug, Clone)]
struct Delta {
    kind: Kind,
    select: BTreeSet<String>,
    since: u64,
}

/// A page, with the token behind it.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) value: Vec<Value>,
    /// The query that the next link has.
    pub(super) next: Option<String>,
    /// The query that the delta link has.
    pub(super) delta: Option<String>,
}

/// How a page is tampered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Twist {
    None,
    Replay,
    Half,
}

/// A token is not known.
#[derive(Debug)]
pub(super) struct Unknown;

impl States {
    pub(super) fn forget(&mut self) {
        self.skips.clear();
        self.deltas.clear();
    }

    /// The first page of everything.
    pub(super) fn start(
        &mut self,
        people: &People,
        kind: Kind,
        select: BTreeSet<String>,
        size: usize,
        twist: Twist,
    ) -> Page {
        let delta = Delta {
            kind,
            select,
            since: 0,
        };
        self.list(people, delta, None, size, twist)
    }

    /// The first page of what changed.
    pub(super) fn changes(
        &mut self,
        people: &People,
        kind: Kind,
        token: &str,
        size: usize,
        twist: Twist,
    ) -> Result<Page, Unknown> {
        let delta = self.deltas.get(token).cloned();
        let delta = delta.filter(|delta| delta.kind == kind).ok_or(Unknown)?;
        let since = Some(delta.since);
        Ok(self.list(people, delta, since, size, twist))
    }

    /// A further page.
    pub(super) fn skip(&mut self, kind: Kind, token: &str, twist: Twist) -> Result<Page, Unknown> {
        let skip = self.skips.get(token).cloned();
        let mut skip = skip
            .filter(|skip| skip.listing.kind == kind)
            .ok_or(Unknown)?;
        match twist {
            Twist::Replay if skip.page > 0 => skip.page -= 1,
            Twist::Half => {
                let listing = &skip.listing;
                skip.listing = Arc::new(Listing {
                    kind: listing.kind,
                    select: listing.select.clone(),
                    pages: listing.pages.iter().map(|page| half(page)).collect(),
                    until: listing.until,
                });
            }
            Twist::Replay | Twist::None => {}
        }
        Ok(self.page(skip))
    }

    fn list(
        &mut self,
        people: &People,
        delta: Delta,
        since: Option<u64>,
        size: usize,
        twist: Twist,
    ) -> Page {
        let mut all = people.list(delta.kind, since, &delta.select);
        if twist == Twist::Half {
            all = half(&all);
        }
        let pages = all.chunks(size).map(<[Value]>::to_vec).collect();
        let listing = Listing {
            kind: delta.kind,
            select: delta.select,
            pages,
            until: people.now(),
        };
        self.page(Skip {
            listing: Arc::new(listing),
            page: 0,
        })
    }

    fn page(&mut self, skip: Skip) -> Page {
        self.given += 1;
        let token = format!("{:016x}", self.given.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let Skip { listing, page } = skip;
        let value = listing.pages.get(page).cloned().unwrap_or_default();
        if page + 1 < listing.pages.len() {
            let page = page + 1;
            self.skips.insert(token.clone(), Skip { listing, page });
            let next = Some(format!("$skiptoken={token}"));
            return Page {
                value,
                next,
                delta: None,
            };
        }
        let delta = Delta {
            kind: listing.kind,
            select: listing.select.clone(),
            since: listing.until,
        };
        self.deltas.insert(token.clone(), delta);
        Page {
            value,
            next: None,
            delta: Some(format!("$deltatoken={token}")),
        }
    }
}

impl Page {
    /// As it is sent.
    pub(super) fn body(self, origin: &str, kind: Kind) -> Value {
        let collection = kind.collection();
        let link = |query: &str| format!("{origin}/v1.0/{collection}/delta?{query}");
        let mut body = json!({
            "@odata.context": format!("{origin}/v1.0/$metadata#{collection}"),
            "value": self.value,
        });
        if let Some(next) = &self.next {
            body["@odata.nextLink"] = Value::from(link(next));
        }
        if let Some(delta) = &self.delta {
            body["@odata.deltaLink"] = Value::from(link(delta));
        }
        body
    }
}

fn half(values: &[Value]) -> Vec<Value> {
    values.iter().step_by(2).cloned().collect()
}

//! The order in which an address is looked up.
//!
//! As it is; in a routing domain as the person of that name in each of our domains; then the same without the tag. An
//! address of somebody's own always goes before a tag: a+b@ may be a name.

use crate::policy::Area;
use crate::snapshot::RecipientView;
use crate::{Address, Policy, Snapshot, Tags};

/// Hears of every lookup.
pub(crate) trait Notes {
    /// `taken`: whether the recipient found, if any, is the answer.
    fn looked_up(&mut self, address: &Address, found: Option<&RecipientView>, taken: bool);
}

/// Nobody listens.
pub(super) struct Unheard;

impl Notes for Unheard {
    fn looked_up(&mut self, _: &Address, _: Option<&RecipientView>, _: bool) {}
}

pub(super) enum Search<'a> {
    Hit(Hit<'a>),
    /// One name in a routing domain, several people of that name in our domains.
    Ambiguous {
        first: Address,
        second: Address,
    },
    Nobody,
}

pub(super) struct Hit<'a> {
    pub(super) view: RecipientView<'a>,
    /// The address that led there.
    pub(super) looked_up: Address,
    pub(super) via: Via,
    /// Whether that address lacks the tag of the one asked for.
    pub(super) tagged: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Via {
    Itself,
    PlusTag,
    RoutingDomain,
}

pub(super) fn search<'a>(
    path: &Address,
    area: Area,
    snapshot: &'a Snapshot,
    policy: &Policy,
    notes: &mut impl Notes,
) -> Search<'a> {
    match search_one(path, area, snapshot, policy, notes, |_| true) {
        Search::Nobody => {}
        found => return found,
    }
    let Some(stripped) = path.without_plus_tag() else {
        return Search::Nobody;
    };
    let takes_tags = |view: &RecipientView| {
        view.side()
            .and_then(|side| policy.side(side))
            .is_some_and(|rule| rule.tags != Tags::Refused)
    };
    match search_one(&stripped, area, snapshot, policy, notes, takes_tags) {
        Search::Hit(hit) => {
            let via = if hit.via == Via::Itself {
                Via::PlusTag
            } else {
                hit.via
            };
            Search::Hit(Hit {
                via,
                tagged: true,
                ..hit
            })
        }
        other => other,
    }
}

fn search_one<'a>(
    path: &Address,
    area: Area,
    snapshot: &'a Snapshot,
    policy: &Policy,
    notes: &mut impl Notes,
    suits: impl Fn(&RecipientView) -> bool,
) -> Search<'a> {
    let mut ask = |address: &Address| {
        let found = snapshot.lookup(address);
        let taken = found.filter(|view| suits(view));
        notes.looked_up(address, found.as_ref(), taken.is_some());
        taken
    };
    if let Some(view) = ask(path) {
        return Search::Hit(Hit {
            view,
            looked_up: path.clone(),
            via: Via::Itself,
            tagged: false,
        });
    }
    if area != Area::Routing {
        return Search::Nobody;
    }
    let mut hit: Option<Hit> = None;
    for domain in policy.domains() {
        let Ok(address) = path.with_domain(&domain.name) else {
            continue;
        };
        let Some(view) = ask(&address) else { continue };
        match &hit {
            None => {
                hit = Some(Hit {
                    view,
                    looked_up: address,
                    via: Via::RoutingDomain,
                    tagged: false,
                })
            }
            Some(first) if first.view.is(&view) => {}
            Some(first) => {
                return Search::Ambiguous {
                    first: first.looked_up.clone(),
                    second: address,
                };
            }
        }
    }
    hit.map_or(Search::Nobody, Search::Hit)
}

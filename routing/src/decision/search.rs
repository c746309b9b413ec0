//! The order in which an address is looked up.
//!
//! As it is; in a routing domain as the person of that name in each of our domains; then the same without the tag. An
//! address of somebody's own always goes before a tag: a+b@ may be a name. An encapsulated name of another world
//! (`IMCEAEX-...`) is whoever has that name, in whichever of our domains it is asked for.

use crate::policy::Area;
use crate::snapshot::RecipientView;
use crate::{Address, Policy, ReadError, Snapshot, Tags};

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
    /// The snapshot cannot say: where the answer should be it is damaged.
    Damaged,
}

pub(super) struct Hit<'a> {
    pub(super) view: RecipientView<'a>,
    /// The address that led there; `None`: the path itself, of which a copy is made only for who needs it.
    pub(super) looked_up: Option<Address>,
    pub(super) via: Via,
    /// Whether that address lacks the tag of the one asked for.
    pub(super) tagged: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Via {
    Itself,
    PlusTag,
    RoutingDomain,
    Foreign,
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
    if let Some(name) = path.foreign() {
        return search_name(name, snapshot, notes);
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
                view: hit.view,
                looked_up: hit.looked_up.or(Some(stripped)),
                via,
                tagged: true,
            })
        }
        other => other,
    }
}

/// A name that Outlook or Notes kept from before somebody moved.
fn search_name<'a>(name: Address, snapshot: &'a Snapshot, notes: &mut impl Notes) -> Search<'a> {
    let Ok(found) = snapshot.find(&name) else {
        return Search::Damaged;
    };
    notes.looked_up(&name, found.as_ref(), found.is_some());
    found.map_or(Search::Nobody, |view| {
        Search::Hit(Hit {
            view,
            looked_up: Some(name),
            via: Via::Foreign,
            tagged: false,
        })
    })
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
        let found = snapshot.find(address)?;
        let taken = found.filter(|view| suits(view));
        notes.looked_up(address, found.as_ref(), taken.is_some());
        Ok::<_, ReadError>(taken)
    };
    match ask(path) {
        Ok(None) => {}
        Ok(Some(view)) => {
            return Search::Hit(Hit {
                view,
                looked_up: None,
                via: Via::Itself,
                tagged: false,
            });
        }
        Err(_) => return Search::Damaged,
    }
    if area != Area::Routing {
        return Search::Nobody;
    }
    let mut hit: Option<(RecipientView, Address)> = None;
    for domain in policy.domains() {
        let Ok(address) = path.with_domain(&domain.name) else {
            continue;
        };
        let view = match ask(&address) {
            Ok(None) => continue,
            Ok(Some(view)) => view,
            Err(_) => return Search::Damaged,
        };
        match hit.take() {
            None => hit = Some((view, address)),
            Some((first, looked_up)) if first.is(&view) => hit = Some((first, looked_up)),
            Some((_, first)) => {
                return Search::Ambiguous {
                    first,
                    second: address,
                };
            }
        }
    }
    hit.map_or(Search::Nobody, |(view, looked_up)| {
        Search::Hit(Hit {
            view,
            looked_up: Some(looked_up),
            via: Via::RoutingDomain,
            tagged: false,
        })
    })
}

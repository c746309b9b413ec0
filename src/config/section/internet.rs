//! `[internet]`: the way out to foreign domains.

use super::{Keys, Section, hop_tls};
use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::value::hop::WayOut;
use crate::config::{Internet, TlsMode};

pub(crate) const KEYS: Keys = Keys {
    section: "internet",
    names: &["next_hop", "from", "tls"],
};

pub(super) fn read(root: &mut Section<'_, '_>) -> Option<Internet> {
    let mut section = root.child("internet", &KEYS);
    if !section.is_present() {
        return None;
    }
    if !section.has("next_hop") {
        section.miss("next_hop", "next_hop = [\"smarthost.corp.contoso.com:25\"]");
    }
    let mut next_hop = Vec::new();
    let mut through = None;
    for (index, way) in section.list::<WayOut>("next_hop").into_iter().enumerate() {
        match way {
            WayOut::Hop(hop) => next_hop.push(hop),
            WayOut::Side(side) if index == 0 => through = Some(side),
            WayOut::Side(_) => alone(&mut section),
        }
    }
    if through.is_some() && !next_hop.is_empty() {
        alone(&mut section);
    }
    Some(Internet {
        next_hop,
        through,
        from: section.list("from"),
        tls: hop_tls::read(
            &mut section.child("tls", &hop_tls::INTERNET_KEYS),
            TlsMode::Opportunistic,
            Vec::new(),
        ),
    })
}

fn alone(section: &mut Section<'_, '_>) {
    let fault = Fault::new(
        Code::BAD_VALUE,
        "a side as the way out stands alone: its hops are tried in its own order",
    );
    section.refuse("next_hop", fault);
}

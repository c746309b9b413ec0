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
    let ways = section.list::<WayOut>("next_hop");
    let lonely = ways.iter().find_map(WayOut::lonely);
    if let Some(why) = lonely.filter(|_| ways.len() > 1) {
        section.refuse("next_hop", Fault::new(Code::BAD_VALUE, why));
    }
    let mut internet = Internet {
        next_hop: Vec::new(),
        through: None,
        exchangers: None,
        from: section.list("from"),
        tls: hop_tls::read(
            &mut section.child("tls", &hop_tls::INTERNET_KEYS),
            TlsMode::Opportunistic,
            Vec::new(),
        ),
    };
    for way in ways {
        match way {
            WayOut::Hop(hop) => internet.next_hop.push(hop),
            WayOut::Side(side) => internet.through = Some(side),
            WayOut::Exchangers(port) => internet.exchangers = Some(port),
        }
    }
    Some(internet)
}

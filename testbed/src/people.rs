//! Fifty invented people of one company, half of them in the cloud, half in Notes.
//!
//! Their names are those that trip directories up: umlauts and other scripts, apostrophes, a plus that is part of the
//! address, the longest local part there may be, aliases that must be quoted.

use std::fmt;

/// The shared domain.
pub const DOMAIN: &str = "contoso.com";

/// The domain by which the cloud knows its own.
pub const ROUTING_DOMAIN: &str = "contoso.mail.onmicrosoft.com";

/// One person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name for people.
    pub name: String,
    /// The primary address.
    pub address: String,
    /// Where the person lives.
    pub side: Side,
    /// The address by which the side knows the person.
    pub routing_address: Option<String>,
    /// Other addresses.
    pub aliases: Vec<String>,
}

/// Where a person lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Exchange Online.
    Cloud,
    /// HCL Notes.
    Notes,
}

/// All of them; the order is always the same.
pub fn all() -> Vec<Person> {
    CLOUD
        .iter()
        .map(|row| person(row, Side::Cloud))
        .chain(NOTES.iter().map(|row| person(row, Side::Notes)))
        .collect()
}

/// Those who live on this side.
pub fn on(side: Side) -> Vec<Person> {
    all()
        .into_iter()
        .filter(|person| person.side == side)
        .collect()
}

/// All of them as a directory file: `address,side,routing_address,aliases`.
pub fn csv() -> String {
    csv_of(&all())
}

/// These people as a directory file (RFC 4180, lines ending in LF).
pub fn csv_of<'a>(people: impl IntoIterator<Item = &'a Person>) -> String {
    let mut text = "address,side,routing_address,aliases\n".to_owned();
    for person in people {
        let side = person.side.to_string();
        let routing_address = person.routing_address.as_deref().unwrap_or("");
        let aliases = person.aliases.join(";");
        let cells = [person.address.as_str(), &side, routing_address, &aliases].map(cell);
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

impl Person {
    /// The same person after a move; the routing address is that of the new side.
    #[must_use]
    pub fn moved_to(mut self, side: Side) -> Self {
        let local = self.address.rsplit_once('@').map_or("", |(local, _)| local);
        self.routing_address = (side == Side::Cloud).then(|| format!("{local}@{ROUTING_DOMAIN}"));
        self.side = side;
        self
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cloud => "cloud",
            Self::Notes => "notes",
        })
    }
}

fn person(&(name, local, aliases): &Row, side: Side) -> Person {
    let aliases = aliases.iter().map(|&alias| {
        if alias.contains('@') {
            alias.to_owned()
        } else {
            format!("{alias}@{DOMAIN}")
        }
    });
    let person = Person {
        name: name.to_owned(),
        address: format!("{local}@{DOMAIN}"),
        side,
        routing_address: None,
        aliases: aliases.collect(),
    };
    person.moved_to(side)
}

fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Name, local part of the primary address, aliases (a local part, or a whole address).
type Row = (&'static str, &'static str, &'static [&'static str]);

const CLOUD: &[Row] = &[
    ("Anna Berg", "anna.berg", &["aberg", "anna"]),
    ("Otto Müller", "otto.mueller", &["otto.müller"]),
    ("Zoë Šimůnková", "zoe.simunkova", &[]),
    (
        "Patrick O'Brien",
        "patrick.o'brien",
        &["pobrien", "patrick.obrien"],
    ),
    ("José Muñoz García", "jose.munoz", &["jose.garcia"]),
    ("Chiara D'Angelo", "chiara.d'angelo", &[]),
    ("Li Wei", "li.wei", &["wei.li"]),
    ("Søren Ærø", "søren.ærø", &["soren.aero"]),
    ("Build Alerts", "alerts+build", &[]),
    (
        "Marie-Claire Dubois-Lefèvre",
        "marie-claire.dubois-lefevre",
        &["mcdl"],
    ),
    ("Jan van der Berg", "jan.van.der.berg", &["jvdb"]),
    ("Ngọc Trần", "ngoc.tran", &[]),
    ("Ólafur Þórsson", "olafur.thorsson", &[]),
    ("Aoife Ní Bhriain", "aoife.nibhriain", &[]),
    ("Priya Raman", "priya.raman", &["Priya.Raman@fabrikam.com"]),
    ("Kwame Mensah", "kwame.mensah", &[]),
    ("Yuki Tanaka", "yuki.tanaka", &["tanaka_y"]),
    (
        "Grzegorz Brzęczyszczykiewicz",
        "grzegorz.brzeczyszczykiewicz",
        &["gb"],
    ),
    (
        "Anna Maria Rossi",
        "annamaria.rossi",
        &["\"anna maria\"@contoso.com"],
    ),
    ("Sales", "sales", &["info", "orders"]),
    ("Dmitri Ivanov", "dmitri.ivanov", &[]),
    ("Fatma Yılmaz", "fatma.yilmaz", &[]),
    ("Room 1.01", "room-1.01", &["meeting/1.01"]),
    ("Li", "li", &[]),
    ("Postmaster", "admin", &["postmaster", "abuse"]),
];

const NOTES: &[Row] = &[
    ("Bernd Groß", "bernd.gross", &["bgross", "bernd.groß"]),
    ("Ute Schäfer", "ute.schaefer", &["ute.schafer"]),
    ("Siobhán O'Neill", "siobhan.o'neill", &[]),
    ("Hans-Jürgen Weiß", "hans-juergen.weiss", &["hjw"]),
    ("Liam McDonald", "LMcDonald", &["liam.mcdonald"]),
    ("Elena Popescu", "elena.popescu", &[]),
    ("Test Plus", "john+projects", &[]),
    (
        "John Smith",
        "john",
        &["john.smith", "\"john smith\"@contoso.com"],
    ),
    ("Maximiliane von und zu Hohenfels", LONGEST, &["mvh"]),
    ("Renée Brontë", "renee.bronte", &[]),
    ("Håkon Ødegård", "hakon.odegard", &["håkon.ødegård"]),
    ("Wolfgang Amadé Koch", "wolfgang.koch", &[]),
    ("Ivan Horvat", "ivan.horvat", &[]),
    ("Noor de Vries", "noor.de.vries", &[]),
    (
        "Thandiwe Nkosi",
        "thandiwe.nkosi",
        &["Thandiwe.Nkosi@fabrikam.com"],
    ),
    ("Ωμέγα Παππά", "omega.pappa", &[]),
    ("Works Council", "works-council", &["betriebsrat"]),
    ("Mail-in Database Orders", "orders=2024", &[]),
    ("Kitchen", "kitchen", &["menu", "lunch"]),
    ("Pekka Mäkelä", "pekka.makela", &[]),
    ("Inês Conceição", "ines.conceicao", &[]),
    ("Archive {old}", "archive{old}", &[]),
    ("Agnieszka Wójcik", "agnieszka.wojcik", &[]),
    ("Bo", "b", &[]),
    ("Scanner Second Floor", "scanner-2nd-floor", &[]),
];

/// 64 octets: RFC 5321 §4.5.3.1.1.
const LONGEST: &str = "maximiliane.friederike.charlotte.auguste.von.und.zu.hohenfels-xx";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_fifty_half_of_them_on_each_side() {
        assert_eq!((on(Side::Cloud).len(), on(Side::Notes).len()), (25, 25));
        assert_eq!(LONGEST.len(), 64);
    }

    #[test]
    fn no_address_is_anybody_elses() {
        let people = all();
        let addresses: Vec<String> = people
            .iter()
            .flat_map(|p| p.aliases.iter().chain([&p.address]))
            .map(|a| a.to_lowercase())
            .collect();
        assert_eq!(
            addresses.iter().collect::<BTreeSet<_>>().len(),
            addresses.len()
        );
    }

    #[test]
    fn the_cloud_knows_its_own_by_its_own_domain() {
        for person in all() {
            let routed = person
                .routing_address
                .is_some_and(|a| a.ends_with(ROUTING_DOMAIN));
            assert_eq!(routed, person.side == Side::Cloud, "{}", person.address);
        }
    }

    #[test]
    fn a_directory_file_has_one_line_each() {
        let check = |line: &str| assert!(csv().lines().any(|l| l == line), "{line}");
        assert_eq!(csv().lines().count(), 51);
        check("address,side,routing_address,aliases");
        check(
            "anna.berg@contoso.com,cloud,anna.berg@contoso.mail.onmicrosoft.com,aberg@contoso.com;anna@contoso.com",
        );
        check("ivan.horvat@contoso.com,notes,,");
        check(r#"john@contoso.com,notes,,"john.smith@contoso.com;""john smith""@contoso.com""#);
    }

    #[test]
    fn a_person_who_moves_gets_the_routing_address_of_the_side() {
        let bernd = on(Side::Notes).remove(0).moved_to(Side::Cloud);
        assert_eq!(
            bernd.routing_address.as_deref(),
            Some("bernd.gross@contoso.mail.onmicrosoft.com")
        );
        assert_eq!(bernd.moved_to(Side::Notes).routing_address, None);
    }
}

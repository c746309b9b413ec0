//! Lists of values that a server gives in parts ([MS-ADTS] 3.1.1.3.1.3.3).

use book::Scope;

use super::{Connection, Object, Search};
use crate::SourceError;
use crate::limits::RANGES_MAX;

impl Connection {
    /// Asks for the rest of every list of an object of which only a part was given.
    pub async fn complete(&mut self, object: &mut Object) -> Result<(), SourceError> {
        for _ in 0..RANGES_MAX {
            let unfinished = object.attributes.unfinished().next();
            let Some((name, from)) = unfinished.map(|(name, from)| (name.to_owned(), from)) else {
                return Ok(());
            };
            let search = Search {
                base: object.dn.clone(),
                scope: Scope::Base,
                filter: "(objectClass=*)".to_owned(),
                attributes: vec![format!("{name};range={from}-*")],
                controls: Vec::new(),
            };
            let Some(rest) = self.object(&search).await? else {
                return Ok(()); // it is gone meanwhile; the next round says so
            };
            if !append(object, &rest, &name, from) {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Puts the next range behind what is there. False if it does not go on from there, or does not fit: then what there
/// is stays marked as a part.
fn append(object: &mut Object, rest: &Object, name: &str, from: u64) -> bool {
    let next = rest.attributes.unfinished().find(|(rest, _)| *rest == name);
    let description = match next.map(|(_, next)| next) {
        Some(next) if next > from => format!("{name};range={from}-{}", next - 1),
        Some(_) => return false,
        None => format!("{name};range={from}-*"),
    };
    if !rest.attributes.has(name) {
        return false;
    }
    let values = rest.attributes.octets(name);
    object.attributes.extend(&description, values).is_ok()
}

#[cfg(test)]
mod tests {
    use book::Attributes;

    use super::*;

    fn object(name: &str, values: &[&str]) -> Object {
        let mut attributes = Attributes::default();
        let values = values.iter().map(|value| value.as_bytes());
        attributes.extend(name, values).unwrap();
        Object {
            dn: "cn=all".to_owned(),
            attributes,
            controls: Vec::new(),
            left_out: Vec::new(),
        }
    }

    #[test]
    fn ranges_are_put_one_behind_the_other() {
        let mut all = object("member;range=0-1", &["a", "b"]);
        assert!(append(
            &mut all,
            &object("member;range=2-2", &["c"]),
            "member",
            2
        ));
        assert_eq!(
            all.attributes.unfinished().collect::<Vec<_>>(),
            [("member", 3)]
        );
        assert!(append(
            &mut all,
            &object("member;range=3-*", &["d"]),
            "member",
            3
        ));
        assert_eq!(all.attributes.unfinished().count(), 0);
        let members: Vec<&str> = all.attributes.texts("member").collect();
        assert_eq!(members, ["a", "b", "c", "d"]);
    }

    #[test]
    fn a_server_that_does_not_go_on_leaves_a_part() {
        for (name, values) in [("member;range=0-1", &["a", "b"][..]), ("other", &["a"])] {
            let mut all = object("member;range=0-1", &["a", "b"]);
            assert!(
                !append(&mut all, &object(name, values), "member", 2),
                "{name}"
            );
            assert!(all.attributes.is_unfinished("member"));
            assert_eq!(all.attributes.texts("member").count(), 2);
        }
    }
}

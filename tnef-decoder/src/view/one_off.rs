//! Members of a group, who carry their names and addresses with them (MS-OXCDATA §2.2.5.1).

use crate::code_page;
use crate::vcard::Member;

/// Reads a one-off entry id, whole or within the wrapper of a contact group (MS-OXOCNTC §2.2.2.2.3).
pub(super) fn member(octets: &[u8], narrow: impl Fn(&[u8]) -> String) -> Option<Member> {
    let octets = octets
        .strip_prefix(&WRAPPED)
        .and_then(|rest| rest.get(1..))
        .unwrap_or(octets);
    let provider = octets.get(4..20)?;
    if provider != PROVIDER {
        return None;
    }
    let flags = u16::from_le_bytes(*octets.get(22..24)?.first_chunk()?);
    let rest = octets.get(24..)?;
    let mut texts = match flags & UNICODE {
        0 => rest
            .split(|octet| *octet == 0)
            .map(&narrow)
            .collect::<Vec<_>>(),
        _ => wide(rest),
    }
    .into_iter();
    let name = texts.next()?;
    let kind = texts.next()?;
    let address = texts.next()?;
    let is_smtp = kind.eq_ignore_ascii_case("SMTP");
    Some(Member {
        name,
        address: if is_smtp { address } else { String::new() },
    })
}

fn wide(octets: &[u8]) -> Vec<String> {
    let (units, _) = octets.as_chunks::<2>();
    let texts = units.split(|unit| *unit == [0, 0]);
    texts
        .map(|text| code_page::utf16(text.as_flattened()).into_owned())
        .collect()
}

/// Flags, then the provider that wraps entry ids; a kind follows.
const WRAPPED: [u8; 20] = [
    0, 0, 0, 0, 0xC0, 0x91, 0xAD, 0xD3, 0x51, 0x9D, 0xCF, 0x11, 0xA4, 0xA9, 0x00, 0xAA, 0x00, 0x47,
    0xFA, 0xA4,
];
const PROVIDER: [u8; 16] = [
    0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54, 0x02,
];
const UNICODE: u16 = 0x8000;

#[cfg(test)]
mod tests {
    use super::*;

    fn id(flags: u16, texts: &[u8]) -> Vec<u8> {
        [&[0; 4], &PROVIDER[..], &[0, 0], &flags.to_le_bytes(), texts].concat()
    }

    #[test]
    fn members_are_read_in_both_alphabets_and_wrapped() {
        let wide: Vec<u8> = "Anna\0SMTP\0anna@example.org\0"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let narrow = b"Bo\xe9\0EX\0/o=Example\0";
        let anna = ("Anna".to_owned(), "anna@example.org".to_owned());
        let bo = ("Boé".to_owned(), String::new());
        let wrapped = [&WRAPPED[..], &[0xB5], &id(0x8000, &wide)].concat();
        for (octets, expected) in [
            (id(0x9001, &wide), Some(&anna)),
            (wrapped, Some(&anna)),
            (id(0, narrow), Some(&bo)),
            (id(0, b"Anna\0SMTP"), None),
            (id(0, narrow)[..20].to_vec(), None),
            (b"".to_vec(), None),
            (vec![0; 64], None),
        ] {
            let latin = |octets: &[u8]| octets.iter().map(|octet| char::from(*octet)).collect();
            let found = member(&octets, latin).map(|member| (member.name, member.address));
            assert_eq!(found.as_ref(), expected);
        }
    }
}

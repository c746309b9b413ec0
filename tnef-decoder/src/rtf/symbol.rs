//! Fonts whose octets are pictures, not letters.

/// A font of symbols (`\fcharset2`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum SymbolFont {
    /// Greek letters and mathematics.
    Symbol,
    /// Bullets, arrows, hands; Outlook's smiley is its `J`.
    Wingdings,
    /// Another one: its octets have no known characters.
    Unknown,
}

impl SymbolFont {
    /// By the name in the font table.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "Symbol" => Self::Symbol,
            "Wingdings" => Self::Wingdings,
            _ => Self::Unknown,
        }
    }

    /// The character of an octet. Without a known one it is where Windows puts it: U+F000 and the octet.
    pub(super) fn character(self, octet: u8) -> char {
        let own =
            || char::from_u32(0xf000 + u32::from(octet)).unwrap_or(char::REPLACEMENT_CHARACTER);
        let table = match self {
            _ if octet < 0x20 => return char::from(octet),
            Self::Symbol => SYMBOL,
            Self::Wingdings => WINGDINGS,
            Self::Unknown => return own(),
        };
        match table[usize::from(octet - 0x20)] {
            '\0' => own(),
            character => character,
        }
    }

    /// The octet behind a code unit of the private area that Windows uses for these fonts.
    pub(super) fn octet(unit: u16) -> Option<u8> {
        let [high, low] = unit.to_be_bytes();
        (high == 0xf0).then_some(low)
    }
}

const SYMBOL: [char; 224] = table([
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?",
    "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_",
    "‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼\0",
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵",
    "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓",
    "◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\0〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭\0",
]);

const WINGDINGS: [char; 224] = table([
    " 🖉✂✁👓🕭🕮🕯🕿✆🖂🖃📪📫📬📭🗀🗁🗎🗏🗐🗄⏳🖮🖰🖲🖳🖴🖫🖬✇✍",
    "🖎✌👌👍👎☜☞☝☟🖐☺😐☹💣☠🏳🏱✈☼🌢❄🕆✞🕈✠✡☪☯🕉☸♈♉",
    "♊♋♌♍♎♏♐♑♒♓🙰🙵●❍■□🞐❑❒⬧⧫◆❖⬥⌧⮹⌘🏵🏶🙶🙷\0",
    "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿🙢🙠🙡🙣🙞🙜🙝🙟·•",
    "▪⚪🞆🞈◉◎🔿▪◻🟂✦★✶✴✹✵⯐⌖⟡⌑⯑✪✰🕐🕑🕒🕓🕔🕕🕖🕗🕘",
    "🕙🕚🕛⮰⮱⮲⮳⮴⮵⮶⮷🙪🙫🙕🙔🙗🙖🙐🙑🙒🙓⌫⌦⮘➢⮙⮛⮈➲⮉⮋←",
    "→↑↓↖↗↙↘🡸➔🡹🡻🡼🡽🡿🡾⇦⇨⇧⇩⬄⇳⬀⬁⬃⬂🢬🢭✗✓☒☑⊞",
]);

/// Seven rows of 32 characters, from 0x20 to 0xFF. A row of another length does not compile.
const fn table(rows: [&str; 7]) -> [char; 224] {
    let mut characters = ['\0'; 224];
    let mut row = 0;
    while row < rows.len() {
        let octets = rows[row].as_bytes();
        let mut at = 0;
        let mut column = 0;
        while at < octets.len() {
            let (character, length) = first(octets, at);
            assert!(column < 32, "a row has 32 characters");
            characters[row * 32 + column] = character;
            column += 1;
            at += length;
        }
        assert!(column == 32, "a row has 32 characters");
        row += 1;
    }
    characters
}

/// The character of UTF-8 at `at`, and its length.
const fn first(octets: &[u8], at: usize) -> (char, usize) {
    let lead = octets[at] as u32;
    let (mut value, length) = match octets[at] {
        0..=0x7f => (lead, 1),
        0xc0..=0xdf => (lead & 0x1f, 2),
        0xe0..=0xef => (lead & 0x0f, 3),
        _ => (lead & 0x07, 4),
    };
    let mut next = 1;
    while next < length {
        value = value << 6 | (octets[at + next] as u32 & 0x3f);
        next += 1;
    }
    match char::from_u32(value) {
        Some(character) => (character, length),
        None => panic!("a string literal is UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use super::SymbolFont;

    #[test]
    fn octets_have_their_characters() {
        let check = |name, octet, expected| {
            assert_eq!(
                SymbolFont::named(name).character(octet),
                expected,
                "{name} {octet:#x}"
            );
        };
        check("Symbol", 0xb7, '•');
        check("Symbol", b'a', 'α');
        check("Symbol", 0xfe, '⎭');
        check("Symbol", 0x80, '\u{f080}');
        check("Wingdings", b'J', '☺');
        check("Wingdings", 0xa7, '▪');
        check("Wingdings", 0xd8, '➢');
        check("Wingdings", 0xe0, '→');
        check("Wingdings", 0xfc, '✓');
        check("Marlett", b'x', '\u{f078}');
        assert_eq!(SymbolFont::octet(0xf04a), Some(b'J'));
        assert_eq!(SymbolFont::octet(0x004a), None);
    }
}

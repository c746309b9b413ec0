//! Any octets are read as RTF, or refused, in bounded space; places are places in what was written.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tnef_decoder::Limits;
use tnef_decoder::rtf::token::{Token, Tokens};
use tnef_decoder::rtf::{Document, de_encapsulate};

fuzz_target!(|octets: &[u8]| {
    let limits = Limits {
        decoded_octets: 1 << 20,
        ..Limits::default()
    };
    let text: usize = Tokens::new(octets).map(octets_of).sum();
    assert!(text <= octets.len(), "a token borrows octets of its own");
    if let Ok(mut read) = de_encapsulate(octets, &limits) {
        assert!(read.text.len() <= limits.decoded_octets);
        read.relabel();
        let mut places = read.attachments.iter();
        assert!(places.all(|&at| read.text.is_char_boundary(at)));
    }
    let Ok(document) = Document::read(octets, &limits) else {
        return;
    };
    let _ = document.to_text(&limits);
    let Ok(read) = document.into_html(&limits) else {
        return;
    };
    assert!(read.html.len() <= limits.decoded_octets);
    assert!(!read.html.to_ascii_lowercase().contains("<script"));
    let mut places = read.placeholders.iter();
    assert!(places.all(|place| read.html.is_char_boundary(place.offset)));
});

fn octets_of(token: Token<'_>) -> usize {
    match token {
        Token::Text(octets) | Token::Binary(octets) | Token::Word { name: octets, .. } => {
            octets.len()
        }
        _ => 1,
    }
}

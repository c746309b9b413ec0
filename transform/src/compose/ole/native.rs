//! A file that the shell packaged (`\x01Ole10Native`, [MS-OLEDS] §2.3.6).
//!
//! [MS-OLEDS]: https://learn.microsoft.com/openspecs/windows_protocols/ms-oleds/

use tnef_decoder::{CodePage, CodePages};

/// Name, likely extension, and octets; `None`: it is something of its own.
pub(super) fn read(
    stream: &[u8],
    pages: CodePages,
) -> Option<(Option<String>, Option<&'static str>, Vec<u8>)> {
    let (size, rest) = number(stream)?;
    read_bare(rest.get(..size.min(rest.len()))?, pages)
}

/// The same without the size before it, as in an object of OLE 1.0 ([MS-OLEDS] §2.2.5).
pub(super) fn read_bare(
    native: &[u8],
    pages: CodePages,
) -> Option<(Option<String>, Option<&'static str>, Vec<u8>)> {
    if let Some((name, octets)) = package(native, pages) {
        return Some((Some(name), None, octets.to_vec()));
    }
    let extension = super::sniff(native)?;
    Some((None, Some(extension), native.to_vec()))
}

fn package(native: &[u8], pages: CodePages) -> Option<(String, &[u8])> {
    let rest = native.strip_prefix(&PACKAGE)?;
    let (label, rest) = text(rest)?;
    let (path, rest) = text(rest)?;
    // Two numbers say that it is embedded; then where it lay for a while.
    let (lay, rest) = number(rest.get(4..)?)?;
    let (size, rest) = number(rest.get(lay..)?)?;
    let octets = rest.get(..size)?;
    let name = wide_label(rest.get(size..).unwrap_or_default());
    let narrow = || {
        let name = if label.is_empty() { path } else { label };
        pages.text(name).into_owned()
    };
    Some((name.unwrap_or_else(narrow), octets))
}

/// Later writers add path, label and path again, in UTF-16.
fn wide_label(rest: &[u8]) -> Option<String> {
    let (path, rest) = number(rest)?;
    let rest = rest.get(path.checked_mul(2)?..)?;
    let (label, rest) = number(rest)?;
    let label = rest.get(..label.checked_mul(2)?)?;
    let label = CodePage::UTF_16.decode(label);
    let label = label.trim_end_matches('\0');
    (!label.is_empty()).then(|| label.to_owned())
}

fn number(octets: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = octets.split_first_chunk::<4>()?;
    Some((usize::try_from(u32::from_le_bytes(*number)).ok()?, rest))
}

fn text(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(0, octets)?;
    Some((&octets[..end], octets.get(end + 1..)?))
}

const PACKAGE: [u8; 2] = [2, 0];

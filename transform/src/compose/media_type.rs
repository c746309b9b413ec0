//! Media types of files (RFC 6838).

use super::file_name::extension;

/// The type of a file: as `tag` says it if that is a type a file can have, else by its name.
pub(crate) fn of_file(tag: Option<&str>, name: &str) -> String {
    let tag = tag.map(str::trim).filter(|tag| is_leaf(tag));
    match tag {
        Some(tag) => tag.to_ascii_lowercase(),
        None => by_extension(extension(name).unwrap_or_default()).to_owned(),
    }
}

/// The usual extension of a type; `None`: nobody knows.
pub(crate) fn extension_of(media_type: &str) -> Option<&'static str> {
    let found = EXTENSIONS.iter().find(|(_, known)| *known == media_type);
    found.map(|(extension, _)| *extension)
}

/// A type for which a part of octets may be taken: a message, parts or a meeting would be read as such. What says nothing,
/// says less than the name.
fn is_leaf(tag: &str) -> bool {
    let Some((kind, subtype)) = tag.split_once('/') else {
        return false;
    };
    let is_structure = ["message", "multipart"]
        .iter()
        .any(|one| kind.eq_ignore_ascii_case(one));
    let is_other = [
        "text/calendar",
        "text/x-vcalendar",
        "application/octet-stream",
        "application/ms-tnef",
        "application/vnd.ms-tnef",
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
    ];
    let is_other = is_other.iter().any(|one| tag.eq_ignore_ascii_case(one));
    is_name(kind) && is_name(subtype) && !is_structure && !is_other
}

/// RFC 6838 §4.2.
fn is_name(name: &str) -> bool {
    let is_inner = |octet: u8| octet.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&octet);
    let is_begun = name
        .bytes()
        .next()
        .is_some_and(|octet| octet.is_ascii_alphanumeric());
    is_begun && name.len() <= NAME_OCTETS_MAX && name.bytes().all(is_inner)
}

fn by_extension(extension: &str) -> &'static str {
    let is_it = |(known, _): &&(&str, &str)| extension.eq_ignore_ascii_case(known);
    EXTENSIONS
        .iter()
        .find(is_it)
        .map_or(OCTETS, |(_, media_type)| media_type)
}

/// What is just octets.
pub(crate) const OCTETS: &str = "application/octet-stream";

const NAME_OCTETS_MAX: usize = 127;

/// The first of a type is its usual one. A message in a file stays octets: RFC 2046 §5.2.1 forbids to encode it.
const EXTENSIONS: &[(&str, &str)] = &[
    ("txt", "text/plain"),
    ("log", "text/plain"),
    ("csv", "text/csv"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("rtf", "application/rtf"),
    ("xml", "application/xml"),
    ("json", "application/json"),
    ("vcf", "text/vcard"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("bmp", "image/bmp"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("svg", "image/svg+xml"),
    ("webp", "image/webp"),
    ("emf", "image/emf"),
    ("wmf", "image/wmf"),
    ("mp3", "audio/mpeg"),
    ("wav", "audio/wav"),
    ("wma", "audio/x-ms-wma"),
    ("mp4", "video/mp4"),
    ("avi", "video/x-msvideo"),
    ("wmv", "video/x-ms-wmv"),
    ("zip", "application/zip"),
    ("gz", "application/gzip"),
    ("7z", "application/x-7z-compressed"),
    ("doc", "application/msword"),
    ("dot", "application/msword"),
    ("xls", "application/vnd.ms-excel"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pps", "application/vnd.ms-powerpoint"),
    ("vsd", "application/vnd.visio"),
    ("mpp", "application/vnd.ms-project"),
    ("msg", "application/vnd.ms-outlook"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("p7s", "application/pkcs7-signature"),
    ("ps", "application/postscript"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_says_what_the_file_is_and_nothing_else() {
        let check = |tag: &str, name: &str, expected: &str| {
            let tag = (!tag.is_empty()).then_some(tag);
            assert_eq!(of_file(tag, name), expected);
        };
        check("image/PNG", "a", "image/png");
        check("", "a.PNG", "image/png");
        check("", "a", OCTETS);
        check("application/octet-stream", "a.pdf", "application/pdf");
        check("message/rfc822", "a.eml", OCTETS);
        check("multipart/mixed; boundary=x", "a.pdf", "application/pdf");
        check("Multipart/x", "a", OCTETS);
        check("text/calendar", "a.ics", OCTETS);
        check("application/ms-tnef", "winmail.dat", OCTETS);
        check("image/png\r\nX-Evil: 1", "a.gif", "image/gif");
        check("image/png; name=\"x\"", "a.gif", "image/gif");
        check("image", "a.gif", "image/gif");
        check("image/", "a.gif", "image/gif");
        check("/png", "a.gif", "image/gif");
        check("image/é", "a.gif", "image/gif");
        assert_eq!(extension_of("image/jpeg"), Some("jpg"));
        assert_eq!(extension_of("x/y"), None);
    }
}

//! The picture of an OLE object (`\x02OlePres000`, [MS-OLEDS] §2.3.4).
//!
//! [MS-OLEDS]: https://learn.microsoft.com/openspecs/windows_protocols/ms-oleds/

/// A picture as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) media_type: &'static str,
    pub(crate) extension: &'static str,
    pub(crate) octets: Vec<u8>,
}

impl Picture {
    /// A metafile as it was drawn in memory, `width` and `height` in 1/100 mm ([MS-WMF] §2.3.2.3).
    ///
    /// [MS-WMF]: https://learn.microsoft.com/openspecs/windows_protocols/ms-wmf/
    pub(crate) fn of_metafile(metafile: &[u8], width: u32, height: u32) -> Option<Self> {
        let is_whole = metafile.starts_with(&PLACEABLE);
        if !is_whole && !metafile.starts_with(&METAFILE) {
            return None;
        }
        let mut octets = Vec::with_capacity(metafile.len() + 22);
        if !is_whole {
            let side = |side: u32| u16::try_from(side.clamp(1, 0x7fff)).unwrap_or(1);
            let words = [
                0xCDD7,
                0x9AC6,
                0,
                0,
                0,
                side(width),
                side(height),
                UNITS_PER_INCH,
                0,
                0,
            ];
            let checksum = words.iter().fold(0, |sum, word| sum ^ word);
            let words = words.iter().chain([&checksum]);
            octets.extend(words.flat_map(|word| word.to_le_bytes()));
        }
        octets.extend_from_slice(metafile);
        Some(Self {
            media_type: "image/wmf",
            extension: "wmf",
            octets,
        })
    }

    /// A bitmap without the header that a file has.
    fn of_bitmap(bitmap: &[u8]) -> Option<Self> {
        let long = |at: usize| Some(u32::from_le_bytes(*bitmap.get(at..)?.first_chunk()?));
        let header = long(0)?;
        let depth = u16::from_le_bytes(*bitmap.get(14..)?.first_chunk()?);
        let masks = if header == 40 && long(16)? == 3 {
            12
        } else {
            0
        };
        let colors = match (long(32)?, depth) {
            (0, depth @ 1..=8) => 1_u32 << depth,
            (colors, _) => colors,
        };
        let offset = colors
            .checked_mul(4)?
            .checked_add(header)?
            .checked_add(14 + masks)?;
        let size = u32::try_from(bitmap.len()).ok()?.checked_add(14)?;
        if header < 40 || offset > size {
            return None;
        }
        let numbers = [size, 0, offset].into_iter().flat_map(u32::to_le_bytes);
        let mut octets: Vec<u8> = b"BM".iter().copied().chain(numbers).collect();
        octets.extend_from_slice(bitmap);
        Some(Self {
            media_type: "image/bmp",
            extension: "bmp",
            octets,
        })
    }

    fn of_enhanced(metafile: &[u8]) -> Option<Self> {
        let is_one = metafile.starts_with(&[1, 0, 0, 0]) && metafile.get(40..44) == Some(b" EMF");
        is_one.then(|| Self {
            media_type: "image/emf",
            extension: "emf",
            octets: metafile.to_vec(),
        })
    }
}

/// Reads the stream.
pub(super) fn read(stream: &[u8]) -> Option<Picture> {
    let mut rest = stream;
    let mut next = || {
        let (number, after) = rest.split_first_chunk::<4>()?;
        rest = after;
        Some(u32::from_le_bytes(*number))
    };
    // A format of the clipboard by its number; one by its name is a program's own.
    let (marker, format) = (next()?, next()?);
    if !matches!(marker, 0xFFFF_FFFF | 0xFFFF_FFFE) {
        return None;
    }
    let device = usize::try_from(next()?).ok()?.saturating_sub(4);
    rest = rest.get(device..)?;
    let mut next = || {
        let (number, after) = rest.split_first_chunk::<4>()?;
        rest = after;
        Some(u32::from_le_bytes(*number))
    };
    let _aspect_index_advice_compression = (next()?, next()?, next()?, next()?);
    let (width, height) = (next()?, next()?);
    let size = usize::try_from(next()?).ok()?;
    let data = rest.get(..size.min(rest.len()))?;
    match format {
        3 => Picture::of_metafile(data, width, height),
        8 => Picture::of_bitmap(data),
        14 => Picture::of_enhanced(data),
        _ => None,
    }
}

const PLACEABLE: [u8; 4] = 0x9AC6_CDD7_u32.to_le_bytes();
/// In memory, with a header of nine words.
const METAFILE: [u8; 4] = [1, 0, 9, 0];
/// Units are 1/100 mm.
const UNITS_PER_INCH: u16 = 2_540;

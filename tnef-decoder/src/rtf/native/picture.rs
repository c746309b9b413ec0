//! Pictures.

use super::digits::Digits;

/// A picture of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What the HTML names it by, without `cid:`. Unique in the document; a message with several documents has to rename.
    pub content_id: String,
    /// Its format.
    pub kind: PictureKind,
    /// A file of that format.
    pub bytes: Vec<u8>,
    /// Its width on the page, in pixels of 1/96 inch; 0 is unknown.
    pub width: u32,
    /// Its height likewise.
    pub height: u32,
}

/// A picture's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// Enhanced Windows metafile.
    Emf,
    /// Windows metafile, with the header that makes it a file.
    Wmf,
    /// Windows bitmap, with the header that makes it a file.
    Bmp,
    /// Something older, bytes as they are: a Macintosh picture, an OS/2 metafile or a bitmap of a device.
    Other,
}

impl PictureKind {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Emf => "image/emf",
            Self::Wmf => "image/wmf",
            Self::Bmp => "image/bmp",
            Self::Other => "application/octet-stream",
        }
    }

    /// How its files' names end.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Emf => "emf",
            Self::Wmf => "wmf",
            Self::Bmp => "bmp",
            Self::Other => "bin",
        }
    }
}

/// A picture while it is read.
#[derive(Debug)]
pub(super) struct PictureDraft {
    kind: PictureKind,
    digits: Digits,
    width: Side,
    height: Side,
}

/// One dimension.
#[derive(Debug)]
struct Side {
    /// `\picwgoal`: twips.
    goal: i64,
    /// `\picw`: pixels, or 1/100 mm of a metafile.
    natural: i64,
    /// `\picscalex`: percent.
    scale: i64,
}

impl PictureDraft {
    pub(super) fn new() -> Self {
        let side = || Side {
            goal: 0,
            natural: 0,
            scale: 100,
        };
        Self {
            kind: PictureKind::Other,
            digits: Digits::default(),
            width: side(),
            height: side(),
        }
    }

    pub(super) fn word(&mut self, name: &[u8], parameter: Option<i32>) {
        let value = i64::from(parameter.unwrap_or(0)).clamp(0, SIDE_MAX);
        match name {
            b"pngblip" => self.kind = PictureKind::Png,
            b"jpegblip" => self.kind = PictureKind::Jpeg,
            b"emfblip" => self.kind = PictureKind::Emf,
            b"wmetafile" => self.kind = PictureKind::Wmf,
            b"dibitmap" => self.kind = PictureKind::Bmp,
            b"picw" => self.width.natural = value,
            b"pich" => self.height.natural = value,
            b"picwgoal" => self.width.goal = value,
            b"pichgoal" => self.height.goal = value,
            b"picscalex" => self.width.scale = value,
            b"picscaley" => self.height.scale = value,
            _ => {}
        }
    }

    pub(super) fn digits(&mut self) -> &mut Digits {
        &mut self.digits
    }

    /// The `number`th picture; `None`: it is empty.
    pub(super) fn finish(self, number: usize) -> Option<Picture> {
        let bytes = self.digits.finish();
        if bytes.is_empty() {
            return None;
        }
        let is_metafile = matches!(self.kind, PictureKind::Emf | PictureKind::Wmf);
        let twips = [
            self.width.twips(is_metafile),
            self.height.twips(is_metafile),
        ];
        let bytes = match self.kind {
            PictureKind::Wmf => placeable_metafile(bytes, twips),
            PictureKind::Bmp => bitmap_file(bytes),
            _ => bytes,
        };
        Some(Picture {
            content_id: format!("rtf-picture-{number}"),
            kind: self.kind,
            bytes,
            width: self.width.pixels(twips[0]),
            height: self.height.pixels(twips[1]),
        })
    }
}

impl Side {
    fn twips(&self, is_metafile: bool) -> i64 {
        match (self.goal, is_metafile) {
            (0, true) => self.natural * TWIPS_PER_INCH / 2_540,
            (0, false) => self.natural * TWIPS_PER_PIXEL,
            (goal, _) => goal,
        }
    }

    fn pixels(&self, twips: i64) -> u32 {
        let scale = if self.scale == 0 { 100 } else { self.scale };
        u32::try_from(twips * scale / 100 / TWIPS_PER_PIXEL).unwrap_or(0)
    }
}

/// RTF leaves out the header of a bitmap's file ([MS-WMF] §2.2.2.9 is what it keeps).
fn bitmap_file(bitmap: Vec<u8>) -> Vec<u8> {
    let field = |at: usize, octets: usize| {
        let octets = bitmap.get(at..at + octets).unwrap_or(&[]);
        octets
            .iter()
            .rev()
            .fold(0_u64, |value, &octet| value << 8 | u64::from(octet))
    };
    let header = field(0, 4);
    let (depth, compression, used) = (field(14, 2), field(16, 4), field(32, 4));
    let colors = match (depth, used) {
        (1..=8, 0) => 1 << depth,
        (_, used) => used,
    };
    let masks = if header == 40 && compression == 3 {
        12
    } else {
        0
    };
    let begin = FILE_HEADER + header + masks + colors.saturating_mul(4);
    let size = FILE_HEADER + bitmap.len() as u64;
    let field32 = |value: u64| u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes();
    [
        &b"BM"[..],
        &field32(size),
        &[0; 4],
        &field32(begin),
        &bitmap,
    ]
    .concat()
}

/// RTF leaves out the header of a metafile's file ([MS-WMF] §2.3.2.3).
fn placeable_metafile(metafile: Vec<u8>, [width, height]: [i64; 2]) -> Vec<u8> {
    if metafile.starts_with(&PLACEABLE_KEY) {
        return metafile;
    }
    let side = |twips: i64| {
        u16::try_from(twips)
            .unwrap_or(i16::MAX as u16)
            .min(i16::MAX as u16)
    };
    let [key_low, key_high] = [0xcdd7, 0x9ac6];
    let fields = [
        key_low,
        key_high,
        0,
        0,
        0,
        side(width),
        side(height),
        TWIPS_PER_INCH as u16,
        0,
        0,
    ];
    let checksum = fields.iter().fold(0, |sum, field| sum ^ field);
    let header = fields
        .into_iter()
        .chain([checksum])
        .flat_map(u16::to_le_bytes);
    header.chain(metafile).collect()
}

const PLACEABLE_KEY: [u8; 4] = [0xd7, 0xcd, 0xc6, 0x9a];
const FILE_HEADER: u64 = 14;
const TWIPS_PER_INCH: i64 = 1_440;
const TWIPS_PER_PIXEL: i64 = 15;
/// Longer sides are mistakes.
const SIDE_MAX: i64 = 100_000;

#[cfg(test)]
mod tests {
    use super::{Picture, PictureDraft, PictureKind};

    fn picture(words: &[(&str, i32)], hex: &[&str]) -> Option<Picture> {
        let mut draft = PictureDraft::new();
        words
            .iter()
            .for_each(|(name, value)| draft.word(name.as_bytes(), Some(*value)));
        hex.iter()
            .for_each(|digits| draft.digits().text(digits.as_bytes()));
        draft.finish(1)
    }

    #[test]
    fn digits_may_be_cut_anywhere() {
        let read = picture(&[("pngblip", 0)], &["89 5", "04", "E4"]).expect("a picture");
        assert_eq!(
            (read.kind, read.bytes),
            (PictureKind::Png, vec![0x89, 0x50, 0x4e])
        );
        assert_eq!(picture(&[("pngblip", 0)], &["8"]), None);
    }

    #[test]
    fn sizes_are_pixels() {
        let check = |words: &[(&str, i32)], expected| {
            let read = picture(words, &["00"]).expect("a picture");
            assert_eq!((read.width, read.height), expected, "{words:?}");
        };
        check(&[("picwgoal", 1_500), ("pichgoal", 750)], (100, 50));
        check(
            &[
                ("picwgoal", 1_500),
                ("pichgoal", 750),
                ("picscalex", 50),
                ("picscaley", 200),
            ],
            (50, 100),
        );
        check(&[("picw", 20), ("pich", 10)], (20, 10));
        check(
            &[("emfblip", 0), ("picw", 2_540), ("pich", 1_270)],
            (96, 48),
        );
        check(&[("picwgoal", -5)], (0, 0));
    }

    #[test]
    fn bitmaps_and_metafiles_become_files() {
        let mut header = vec!["28000000"; 1];
        header.extend([
            "01000000", "01000000", "0100", "0800", "00000000", "00000000",
        ]);
        header.extend([
            "00000000",
            "00000000",
            "02000000",
            "00000000",
            "ffffff00000000000100",
        ]);
        let bitmap = picture(&[("dibitmap", 0)], &header).expect("a picture");
        assert_eq!(&bitmap.bytes[..2], b"BM");
        assert_eq!(
            bitmap.bytes[2..6],
            (bitmap.bytes.len() as u32).to_le_bytes()
        );
        assert_eq!(bitmap.bytes[10..14], 62_u32.to_le_bytes());
        let metafile = picture(
            &[("wmetafile", 8), ("picwgoal", 1_440), ("pichgoal", 720)],
            &["0100"],
        );
        let bytes = metafile.expect("a picture").bytes;
        assert_eq!(
            (bytes.len(), &bytes[..4], &bytes[22..]),
            (24, &[0xd7, 0xcd, 0xc6, 0x9a][..], &[1, 0][..])
        );
        let words = bytes[..22]
            .chunks(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        assert_eq!(words.fold(0, |sum, word| sum ^ word), 0);
    }
}

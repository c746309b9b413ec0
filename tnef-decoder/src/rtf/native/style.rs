//! How text and paragraphs look.

/// How characters look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CharacterStyle {
    /// Its number in the font table.
    pub(super) font: i32,
    /// In half points.
    pub(super) size: u16,
    /// Its number in the colour table; 0 is none.
    pub(super) color: u16,
    /// The same, behind the text.
    pub(super) background: u16,
    pub(super) is_bold: bool,
    pub(super) is_italic: bool,
    pub(super) is_underlined: bool,
    pub(super) is_struck: bool,
    pub(super) is_hidden: bool,
    pub(super) position: Position,
    pub(super) capitals: Capitals,
}

/// Where characters stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Baseline,
    Superscript,
    Subscript,
}

/// Whether small letters are shown as capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Capitals {
    AsWritten,
    All,
    Small,
}

impl CharacterStyle {
    /// After `\plain`.
    pub(super) fn plain(font: i32) -> Self {
        Self {
            font,
            size: SIZE_DEFAULT,
            color: 0,
            background: 0,
            is_bold: false,
            is_italic: false,
            is_underlined: false,
            is_struck: false,
            is_hidden: false,
            position: Position::Baseline,
            capitals: Capitals::AsWritten,
        }
    }

    /// Takes a control word; `false`: it is about something else.
    pub(super) fn word(&mut self, name: &[u8], parameter: Option<i32>) -> bool {
        let is_on = parameter != Some(0);
        match name {
            b"f" => self.font = parameter.unwrap_or(0),
            b"fs" => self.size = small(parameter).clamp(SIZE_MIN, SIZE_MAX),
            b"cf" => self.color = small(parameter),
            b"highlight" | b"cb" | b"chcbpat" => self.background = small(parameter),
            b"b" => self.is_bold = is_on,
            b"i" => self.is_italic = is_on,
            b"strike" | b"striked" => self.is_struck = is_on,
            b"v" | b"deleted" => self.is_hidden = is_on,
            b"super" => {
                self.position = if is_on {
                    Position::Superscript
                } else {
                    Position::Baseline
                }
            }
            b"sub" => {
                self.position = if is_on {
                    Position::Subscript
                } else {
                    Position::Baseline
                }
            }
            b"nosupersub" => self.position = Position::Baseline,
            b"caps" => {
                self.capitals = if is_on {
                    Capitals::All
                } else {
                    Capitals::AsWritten
                }
            }
            b"scaps" => {
                self.capitals = if is_on {
                    Capitals::Small
                } else {
                    Capitals::AsWritten
                }
            }
            b"ulnone" => self.is_underlined = false,
            b"ulc" => {}
            _ if is_underline(name) => self.is_underlined = is_on,
            _ => return false,
        }
        true
    }
}

fn is_underline(name: &[u8]) -> bool {
    matches!(
        name,
        b"ul"
            | b"uld"
            | b"uldash"
            | b"uldashd"
            | b"uldashdd"
            | b"uldb"
            | b"ulhwave"
            | b"ulldash"
            | b"ulth"
            | b"ulthd"
            | b"ulthdash"
            | b"ulthdashd"
            | b"ulthdashdd"
            | b"ulthldash"
            | b"ululdbwave"
            | b"ulw"
            | b"ulwave"
    )
}

/// How a paragraph looks, lengths in twips (1/20 point).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ParagraphStyle {
    pub(super) alignment: Alignment,
    pub(super) left: i32,
    pub(super) right: i32,
    /// Of the first line, in addition to `left`.
    pub(super) first: i32,
    pub(super) before: i32,
    pub(super) after: i32,
    pub(super) is_right_to_left: bool,
    /// Tables around it.
    pub(super) table_depth: usize,
    /// `\ls`; 0 is none.
    pub(super) list: i32,
    /// `\ilvl`
    pub(super) list_level: u8,
}

/// Where a line's text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alignment {
    Natural,
    Left,
    Right,
    Center,
    Justified,
}

impl ParagraphStyle {
    /// After `\pard`.
    pub(super) const PLAIN: Self = Self {
        alignment: Alignment::Natural,
        left: 0,
        right: 0,
        first: 0,
        before: 0,
        after: 0,
        is_right_to_left: false,
        table_depth: 0,
        list: 0,
        list_level: 0,
    };

    /// Takes a control word; `false`: it is about something else.
    pub(super) fn word(&mut self, name: &[u8], parameter: Option<i32>) -> bool {
        let length = parameter.unwrap_or(0).clamp(-LENGTH_MAX, LENGTH_MAX);
        match name {
            b"pard" => *self = Self::PLAIN,
            b"ql" => {
                self.alignment = if self.is_right_to_left {
                    Alignment::Left
                } else {
                    Alignment::Natural
                }
            }
            b"qr" => self.alignment = Alignment::Right,
            b"qc" => self.alignment = Alignment::Center,
            b"qj" | b"qd" => self.alignment = Alignment::Justified,
            b"li" => self.left = length,
            b"ri" => self.right = length,
            b"fi" => self.first = length,
            b"sb" => self.before = length.max(0),
            b"sa" => self.after = length.max(0),
            b"rtlpar" => self.is_right_to_left = true,
            b"ltrpar" => self.is_right_to_left = false,
            b"intbl" => self.table_depth = self.table_depth.max(1),
            b"itap" => self.table_depth = usize::try_from(length).unwrap_or(0).min(TABLE_DEPTH_MAX),
            b"ls" => self.list = length,
            b"ilvl" => self.list_level = small(parameter).min(LIST_LEVEL_MAX) as u8,
            _ => return false,
        }
        true
    }
}

/// A parameter that is never large where it means something.
pub(super) fn small(parameter: Option<i32>) -> u16 {
    parameter.map_or(0, |value| u16::try_from(value.max(0)).unwrap_or(u16::MAX))
}

/// 12 points, RTF's default.
const SIZE_DEFAULT: u16 = 24;
const SIZE_MIN: u16 = 2;
/// 1638 points, Word's largest.
const SIZE_MAX: u16 = 3_276;
/// 22 inches, Word's widest page.
const LENGTH_MAX: i32 = 31_680;
/// Tables within tables; deeper ones are drawn in the last.
const TABLE_DEPTH_MAX: usize = 8;
const LIST_LEVEL_MAX: u16 = 8;

//! What a payload holds, to write and as read.

use bytes::{BufMut, Bytes, BytesMut};

use crate::fields::Fields;
use crate::id::QueueId;
use crate::record::Payload;

/// One change, ready to be written.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Add {
        id: QueueId,
        meta: Bytes,
        state: Option<Bytes>,
        body: Body,
    },
    State {
        id: QueueId,
        state: Bytes,
    },
    Settle {
        id: QueueId,
    },
    /// A segment of which nothing is needed any more.
    Retire {
        generation: u64,
    },
    /// A part of a roster.
    Roster(Bytes),
}

/// Where a message is.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Inline(Vec<Bytes>),
    File { salt: u64, octets: u64 },
}

/// The same, as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View<'a> {
    Add {
        id: QueueId,
        meta: &'a [u8],
        state: Option<&'a [u8]>,
        body: Seen<'a>,
    },
    State {
        id: QueueId,
        state: &'a [u8],
    },
    Settle {
        id: QueueId,
    },
    Retire {
        generation: u64,
    },
    Roster(&'a [u8]),
}

/// Where a message is, as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen<'a> {
    Inline(&'a [u8]),
    File { salt: u64, octets: u64 },
}

/// Which octets of a payload are one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) at: u32,
    pub(crate) octets: u32,
}

impl Body {
    pub(crate) fn octets(&self) -> u64 {
        match self {
            Self::Inline(pieces) => pieces.iter().map(|piece| piece.len() as u64).sum(),
            Self::File { octets, .. } => *octets,
        }
    }
}

impl Seen<'_> {
    pub(crate) fn octets(&self) -> u64 {
        match self {
            Self::Inline(octets) => octets.len() as u64,
            Self::File { octets, .. } => *octets,
        }
    }
}

impl Item {
    /// Adds the entry to `payload` and says where it is.
    pub(crate) fn encode(&self, payload: &mut Payload) -> Extent {
        let at = payload.octets;
        match self {
            Self::Add {
                id,
                meta,
                state,
                body,
            } => encode_add(payload, *id, meta, state.as_ref(), body),
            Self::State { id, state } => {
                let mut fixed = BytesMut::with_capacity(13);
                fixed.put_u8(STATE);
                fixed.put_u64_le(id.number());
                fixed.put_u32_le(length(state));
                payload.push(fixed.freeze());
                payload.push(state.clone());
            }
            Self::Settle { id } => payload.push(tagged(SETTLE, id.number())),
            Self::Retire { generation } => payload.push(tagged(RETIRE, *generation)),
            Self::Roster(part) => {
                let mut fixed = BytesMut::with_capacity(5);
                fixed.put_u8(ROSTER);
                fixed.put_u32_le(length(part));
                payload.push(fixed.freeze());
                payload.push(part.clone());
            }
        }
        let whole = |octets: u64| u32::try_from(octets).expect("a record fits into a segment");
        Extent {
            at: whole(at),
            octets: whole(payload.octets - at),
        }
    }
}

fn encode_add(
    payload: &mut Payload,
    id: QueueId,
    meta: &Bytes,
    state: Option<&Bytes>,
    body: &Body,
) {
    let mut fixed = BytesMut::with_capacity(34 + meta.len() + state.map_or(0, Bytes::len));
    fixed.put_u8(match body {
        Body::Inline(_) => ADD_INLINE,
        Body::File { .. } => ADD_FILE,
    });
    fixed.put_u64_le(id.number());
    fixed.put_u32_le(length(meta));
    fixed.put_u32_le(state.map_or(NO_STATE, length));
    fixed.put_u64_le(body.octets());
    if let Body::File { salt, .. } = body {
        fixed.put_u64_le(*salt);
    }
    fixed.put_slice(meta);
    fixed.put_slice(state.map_or(&[], |state| state));
    payload.push(fixed.freeze());
    if let Body::Inline(pieces) = body {
        for piece in pieces {
            payload.push(piece.clone());
        }
    }
}

fn tagged(kind: u8, number: u64) -> Bytes {
    let mut fixed = BytesMut::with_capacity(9);
    fixed.put_u8(kind);
    fixed.put_u64_le(number);
    fixed.freeze()
}

fn length(octets: &Bytes) -> u32 {
    u32::try_from(octets.len()).expect("bounded before it is encoded")
}

impl<'a> View<'a> {
    /// All entries of a payload; `None` if it is not one.
    pub(crate) fn all(payload: &'a [u8]) -> Option<Vec<(Extent, Self)>> {
        let mut fields = Fields(payload);
        let mut views = Vec::new();
        while !fields.0.is_empty() {
            let at = payload.len() - fields.0.len();
            let view = Self::next(&mut fields)?;
            let octets = payload.len() - fields.0.len() - at;
            let extent = Extent {
                at: u32::try_from(at).ok()?,
                octets: u32::try_from(octets).ok()?,
            };
            views.push((extent, view));
        }
        Some(views)
    }

    /// The entry that begins at `at`.
    pub(crate) fn at(payload: &'a [u8], at: u32) -> Option<Self> {
        Self::next(&mut Fields(payload.get(at as usize..)?))
    }

    fn next(fields: &mut Fields<'a>) -> Option<Self> {
        let kind = fields.u8()?;
        Some(match kind {
            ADD_INLINE | ADD_FILE => Self::add(fields, kind)?,
            STATE => {
                let id = QueueId::from_number(fields.u64()?);
                let octets = fields.u32()?;
                let state = fields.octets(octets as usize)?;
                Self::State { id, state }
            }
            SETTLE => Self::Settle {
                id: QueueId::from_number(fields.u64()?),
            },
            RETIRE => Self::Retire {
                generation: fields.u64()?,
            },
            ROSTER => {
                let octets = fields.u32()?;
                Self::Roster(fields.octets(octets as usize)?)
            }
            _ => return None,
        })
    }

    fn add(fields: &mut Fields<'a>, kind: u8) -> Option<Self> {
        let id = QueueId::from_number(fields.u64()?);
        let meta_octets = fields.u32()?;
        let state_octets = fields.u32()?;
        let octets = fields.u64()?;
        let salt = match kind {
            ADD_FILE => Some(fields.u64()?),
            _ => None,
        };
        let meta = fields.octets(meta_octets as usize)?;
        let state = match state_octets {
            NO_STATE => None,
            count => Some(fields.octets(count as usize)?),
        };
        let body = match salt {
            Some(salt) => Seen::File { salt, octets },
            None => Seen::Inline(fields.octets(usize::try_from(octets).ok()?)?),
        };
        Some(Self::Add {
            id,
            meta,
            state,
            body,
        })
    }
}

const ADD_INLINE: u8 = 1;
const ADD_FILE: u8 = 2;
const STATE: u8 = 3;
const SETTLE: u8 = 4;
const RETIRE: u8 = 5;
const ROSTER: u8 = 6;
const NO_STATE: u32 = u32::MAX;

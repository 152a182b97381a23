//! Guest tickets and the reasons they, or an operation with them, are refused.

use crate::config::MemError;
use std::fmt;

/// A guest ticket. As a value: kind 0E, see [`GuestTicket::to_words`].
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct GuestTicket {
    /// Which set of drawers (World or process).
    pub lemari: u16,
    /// Which drawer.
    pub drawer: u16,
    /// Which tray: 0 (A) or 1 (B).
    pub tray: u8,
    /// The tray's generation, 31 bits.
    pub generation: u32,
    /// Byte offset of the glass's contents in the tray.
    pub offset: u32,
}

impl GuestTicket {
    /// The value's aux (lemari u16, generation high u16) and payload (drawer u16, tray 1 bit, generation low 15 bits,
    /// offset u32), high bits first.
    pub fn to_words(self) -> (u32, u64) {
        let aux = (self.lemari as u32) << 16 | (self.generation >> 15) & 0xFFFF;
        let low = (self.generation & 0x7FFF) as u64;
        let payload = (self.drawer as u64) << 48
            | ((self.tray & 1) as u64) << 47
            | low << 32
            | self.offset as u64;
        (aux, payload)
    }

    /// The inverse of [`GuestTicket::to_words`]; every pair of words is some ticket (checked at its use).
    pub fn from_words(aux: u32, payload: u64) -> GuestTicket {
        GuestTicket {
            lemari: (aux >> 16) as u16,
            drawer: (payload >> 48) as u16,
            tray: (payload >> 47) as u8 & 1,
            generation: (aux & 0xFFFF) << 15 | (payload >> 32) as u32 & 0x7FFF,
            offset: payload as u32,
        }
    }
}

/// Why an operation on guest drawers was refused. Nothing was changed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum GuestError {
    /// The tray was washed since the ticket was given out, or it never named a glass ("tiket basi").
    Stale,
    /// The ticket belongs to another lemari.
    Foreign,
    /// There is no such drawer, or its owner left.
    NoDrawer,
    /// The write tray has no room and no extra drawer may be opened.
    Full {
        /// Bytes asked for.
        asked: u32,
        /// Bytes free in the write tray.
        free: u32,
    },
    /// The tray to be washed still has readers.
    Busy {
        /// How many.
        readers: u32,
    },
    /// The tray's generations are used up.
    UsedUp,
    /// A tray that nobody pinned was unpinned.
    NotPinned,
    /// Bytes were asked of a glass holding a value, or the other way round.
    WrongContents,
    /// All drawer ids are in use.
    TooMany,
    /// The meter or the host refused.
    Memory(MemError),
}

impl fmt::Display for GuestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GuestError::Stale => f.write_str("tiket basi"),
            GuestError::Foreign => f.write_str("ticket of another lemari"),
            GuestError::NoDrawer => f.write_str("no such drawer"),
            GuestError::Full { asked, free } => {
                write!(f, "drawer full: {asked} bytes asked for, {free} free")
            }
            GuestError::Busy { readers } => write!(f, "the tray has {readers} readers"),
            GuestError::UsedUp => f.write_str("the tray's generations are used up"),
            GuestError::NotPinned => f.write_str("the tray is not pinned"),
            GuestError::WrongContents => f.write_str("the glass holds something else"),
            GuestError::TooMany => f.write_str("no drawer id is free"),
            GuestError::Memory(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for GuestError {}

impl From<MemError> for GuestError {
    fn from(e: MemError) -> GuestError {
        GuestError::Memory(e)
    }
}

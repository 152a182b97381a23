//! One tray of a guest drawer: glasses side by side, and how its memory is taken and handed back.

use super::ticket::GuestError;
use crate::config::MemError;
use crate::cupboard::Lemari;

/// Generations are 31 bits; a tray that has used them up is closed for good.
pub const LAST_GENERATION: u32 = (1 << 31) - 1;
/// Bytes before a glass: {length u32, what u32}.
pub(super) const HEADER: u32 = 8;
/// What a glass holds: bytes.
pub(super) const BYTES: u32 = 0;
/// What a glass holds: a value.
pub(super) const VALUE: u32 = 1;

#[derive(Debug, Default)]
pub(super) struct Tray {
    pub(super) backing: Vec<u8>,
    pub(super) offset: u32,
    pub(super) generation: u32,
    pub(super) readers: u32,
    pub(super) used_up: bool,
    /// Offsets of glasses holding values, ascending.
    pub(super) values: Vec<u32>,
    /// Bytes of `values` that were charged.
    pub(super) values_charged: usize,
}

impl Tray {
    pub(super) fn free(&self, capacity: u32) -> u32 {
        capacity - self.offset.min(capacity)
    }

    /// Constant time, but for the end of the value list's memory when the tray is used up.
    pub(super) fn wash(&mut self) {
        self.offset = 0;
        self.values.clear();
        if self.generation >= LAST_GENERATION {
            self.used_up = true;
        } else {
            self.generation += 1;
        }
    }

    pub(super) fn word(&self, at: u32) -> Option<u32> {
        let bytes = self.backing.get(at as usize..)?.first_chunk::<4>()?;
        Some(u32::from_le_bytes(*bytes))
    }

    pub(super) fn glass(&self, offset: u32) -> Result<(u32, &[u8]), GuestError> {
        if offset < HEADER || !offset.is_multiple_of(8) || offset > self.offset {
            return Err(GuestError::Stale);
        }
        let length = self.word(offset - HEADER).ok_or(GuestError::Stale)?;
        let what = self.word(offset - HEADER + 4).ok_or(GuestError::Stale)?;
        if length > self.offset - offset {
            return Err(GuestError::Stale);
        }
        let bytes = self
            .backing
            .get(offset as usize..)
            .and_then(|b| b.get(..length as usize));
        Ok((what, bytes.ok_or(GuestError::Stale)?))
    }

    pub(super) fn value(&self, offset: u32) -> Option<[u64; 2]> {
        let bytes = self.backing.get(offset as usize..)?;
        let low = u64::from_le_bytes(*bytes.first_chunk::<8>()?);
        let high = u64::from_le_bytes(*bytes.get(8..)?.first_chunk::<8>()?);
        Some([low, high])
    }

    pub(super) fn write(&mut self, at: u32, bytes: &[u8]) {
        let at = at as usize;
        if let Some(place) = self.backing.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }
}

/// Takes a tray's bytes if it has none yet (true), and room to note a value.
pub(super) fn prepare(
    tray: &mut Tray,
    capacity: u32,
    what: u32,
    meter: &mut Lemari,
    emergency: bool,
) -> Result<bool, MemError> {
    let first = tray.backing.is_empty() && capacity > 0;
    if first {
        let bytes = capacity as usize;
        charge(meter, bytes, emergency)?;
        if tray.backing.try_reserve_exact(bytes).is_err() {
            refund(meter, bytes, emergency);
            return Err(MemError::Host);
        }
        tray.backing.resize(bytes, 0);
    }
    if what == VALUE {
        reserve_value(tray, meter, emergency)?;
    }
    Ok(first)
}

pub(super) fn reserve_value(
    tray: &mut Tray,
    meter: &mut Lemari,
    emergency: bool,
) -> Result<(), MemError> {
    if tray.values.len() == tray.values.capacity() {
        let more = tray.values.capacity().max(16);
        charge(meter, more * 4, emergency)?;
        if tray.values.try_reserve_exact(more).is_err() {
            refund(meter, more * 4, emergency);
            return Err(MemError::Host);
        }
        tray.values_charged += more * 4;
    }
    Ok(())
}

/// Moves the offset and writes the glass's header; room was made before.
pub(super) fn pour(tray: &mut Tray, needed: u32, length: u32, what: u32) -> u32 {
    let offset = tray.offset + HEADER;
    tray.write(tray.offset, &length.to_le_bytes());
    tray.write(tray.offset + 4, &what.to_le_bytes());
    tray.offset += needed;
    if what == VALUE {
        tray.values.push(offset);
    }
    offset
}

/// Gives a washed tray's memory back.
pub(super) fn hand_back(tray: &mut Tray, meter: &mut Lemari, emergency: bool) {
    refund(meter, tray.backing.len() + tray.values_charged, emergency);
    tray.backing = Vec::new();
    tray.values = Vec::new();
    tray.values_charged = 0;
}

pub(super) fn charge(meter: &mut Lemari, bytes: usize, emergency: bool) -> Result<(), MemError> {
    if emergency {
        meter.charge_emergency(bytes)
    } else {
        meter.charge(bytes)
    }
}

pub(super) fn refund(meter: &mut Lemari, bytes: usize, emergency: bool) {
    if emergency {
        meter.refund_emergency(bytes);
    } else {
        meter.refund(bytes);
    }
}

//! Scalars of a text: their number, the one at an index, cutting by scalar indexes (docs/specs/machine.md §1 "Text").
//!
//! ASCII texts are indexed directly. Others longer than [`WALK_MAX`] bytes get *breadcrumbs* at the first index: the byte
//! offset of every 64th scalar. Those of a flat text are an object of their own; those of a buffer stand behind its
//! content and grow with it, so that appending and indexing in turn stays linear.

use lemari::Ticket;

use super::fuel_of;
use super::rope::Crumbs;
use crate::fault::Raise;
use crate::heap::object::{UNKNOWN, kind};
use crate::value::{Kind, Value};
use crate::world::World;

/// Scalars between two breadcrumbs.
pub(crate) const STEP: u32 = 64;
/// Longest text, in bytes, that is walked from its start instead.
const WALK_MAX: usize = 128;
/// Bytes before the first offset of a breadcrumb object: header and count.
const CRUMBS_HEADER: usize = 12;

/// Number of scalars of UTF-8 bytes: those that do not continue one.
pub(crate) fn count(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .map(|byte| u32::from((*byte as i8) >= -64))
        .sum()
}

/// Byte offset of the scalar `ahead` places after the one at `from`, at most the end.
pub(crate) fn walk(bytes: &[u8], from: usize, ahead: u32) -> usize {
    let mut at = from.min(bytes.len());
    for _ in 0..ahead {
        at += width(bytes, at);
    }
    at.min(bytes.len())
}

/// Bytes of the scalar that starts at `at`.
fn width(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(0xF0..) => 4,
        Some(0xE0..) => 3,
        Some(0xC0..) => 2,
        Some(_) => 1,
        None => 0,
    }
}

/// The scalar that starts at byte `at`.
pub(crate) fn decode(bytes: &[u8], at: usize) -> Option<char> {
    let scalar = bytes.get(at..at + width(bytes, at))?;
    std::str::from_utf8(scalar).ok()?.chars().next()
}

impl World {
    /// Number of scalars; counted once per text and kept. The work is paid for when a text is made.
    pub(crate) fn text_scalars(&mut self, text: Ticket) -> u32 {
        let object = self.text_object(text);
        // SAFETY: a live text; ropes always know their number (rope.rs), so what is counted is flat.
        unsafe {
            if (*object).scalars == UNKNOWN && !self.text_is_rope(text) {
                (*object).scalars = count(self.text_flat_bytes(text));
            }
            (*object).scalars
        }
    }

    /// True if every scalar is one byte.
    pub(crate) fn text_is_ascii(&mut self, text: Ticket) -> bool {
        self.text_scalars(text) == self.text_bytes_len(text)
    }

    /// The scalar at a 0-based index; `None` outside the text. Allocates (ropes, breadcrumbs).
    pub(crate) fn text_at(&mut self, text: Ticket, index: i64) -> Raise<Option<char>> {
        let scalars = self.text_scalars(text);
        let Ok(index) = u32::try_from(index) else {
            return Ok(None);
        };
        if index >= scalars {
            return Ok(None);
        }
        let at = self.temp(Value::ticket(Kind::Text, text))?;
        let offset = self.text_offset(at, index)?;
        let text = self.temps[at].as_ticket();
        self.temps.truncate(at);
        // SAFETY: `text_offset` joined it.
        Ok(decode(
            unsafe { self.text_flat_bytes(text) },
            offset as usize,
        ))
    }

    /// The scalars from `from` to before `to`, both at most the number of scalars and in order (else they are cut).
    pub(crate) fn text_slice(&mut self, text: Ticket, from: u32, to: u32) -> Raise<Ticket> {
        let scalars = self.text_scalars(text);
        let (from, to) = (from.min(scalars), to.min(scalars));
        if from == 0 && to == scalars {
            return Ok(text);
        }
        let at = self.temp(Value::ticket(Kind::Text, text))?;
        let (start, end) = (self.text_offset(at, from)?, self.text_offset(at, to)?);
        let slice = self.text_cut(at, start, end.max(start), to.saturating_sub(from))?;
        self.temps.truncate(at);
        Ok(slice)
    }

    /// A copy of the bytes `start..end` (scalar boundaries) of the joined text in `temps[at]`; `scalars` or
    /// [`UNKNOWN`] is their number of scalars.
    pub(crate) fn text_cut(
        &mut self,
        at: usize,
        start: u32,
        end: u32,
        scalars: u32,
    ) -> Raise<Ticket> {
        let length = end.saturating_sub(start);
        if length == 1 {
            // SAFETY: the text is joined (caller).
            let byte = unsafe { self.text_flat_bytes(self.temps[at].as_ticket()) }
                .get(start as usize)
                .copied()
                .unwrap_or(0);
            return self.char_text(char::from(byte));
        }
        self.charge_fuel(fuel_of(u64::from(length)))?;
        let slice = self.text_raw(length as usize, scalars)?;
        let text = self.temps[at].as_ticket();
        // SAFETY: both are live; the bytes lie within the text (callers' offsets do) and the copy has room for them.
        unsafe {
            let from = self.text_flat_bytes(text);
            let start = (start as usize).min(from.len());
            let length = (length as usize).min(from.len() - start);
            std::ptr::copy_nonoverlapping(
                from.as_ptr().add(start),
                self.text_content(slice),
                length,
            );
        }
        Ok(slice)
    }

    /// Byte offset of the scalar at `index` (at most the number of scalars) of the text in `temps[at]`, which is joined
    /// on the way.
    pub(crate) fn text_offset(&mut self, at: usize, index: u32) -> Raise<u32> {
        self.text_flatten(at)?;
        let text = self.temps[at].as_ticket();
        let scalars = self.text_scalars(text);
        let bytes = self.text_bytes_len(text);
        if scalars == bytes || index == 0 {
            return Ok(index);
        }
        if index >= scalars {
            return Ok(bytes);
        }
        if bytes as usize <= WALK_MAX {
            // SAFETY: joined, nothing allocated since.
            return Ok(walk(unsafe { self.text_flat_bytes(text) }, 0, index) as u32);
        }
        let start = self.text_crumb(at, index / STEP)?;
        let text = self.temps[at].as_ticket();
        // SAFETY: joined, nothing allocated since.
        Ok(walk(
            unsafe { self.text_flat_bytes(text) },
            start as usize,
            index % STEP,
        ) as u32)
    }

    /// Number of the scalar that starts at byte `offset` of a joined text.
    pub(crate) fn text_index_of(&mut self, text: Ticket, offset: usize) -> u32 {
        if self.text_is_ascii(text) {
            return offset as u32;
        }
        // SAFETY: joined (caller).
        let bytes = unsafe { self.text_flat_bytes(text) };
        count(bytes.get(..offset).unwrap_or(bytes))
    }

    /// Byte offset of scalar `64·step` of the joined text in `temps[at]`, which has that many.
    fn text_crumb(&mut self, at: usize, step: u32) -> Raise<u32> {
        if step == 0 {
            return Ok(0);
        }
        let text = self.temps[at].as_ticket();
        if self.object_kind(text) != kind::TEXT {
            return self.buffer_crumb(text, step);
        }
        // SAFETY: a live flat text; `link` is its breadcrumb object or 0.
        let mut crumbs = unsafe { Ticket((*self.text_object(text)).link) };
        if crumbs.is_none() {
            let (bytes, scalars) = (self.text_bytes_len(text), self.text_scalars(text));
            self.charge_fuel(fuel_of(u64::from(bytes)))?;
            let number = scalars / STEP;
            crumbs = self.alloc(kind::CRUMBS, 0, CRUMBS_HEADER + number as usize * 4)?;
            let text = self.temps[at].as_ticket();
            // SAFETY: the object has room for `number` offsets; the text is live and not moved since the allocation.
            unsafe {
                let object = self.at::<u8>(crumbs);
                *object.add(8).cast::<u32>() = number;
                let offsets = object.add(CRUMBS_HEADER).cast::<u32>();
                let content = self.text_flat_bytes(text);
                let mut offset = 0;
                for i in 0..number as usize {
                    offset = walk(content, offset, STEP);
                    *offsets.add(i) = offset as u32;
                }
                let slot = &raw mut (*self.text_object(text)).link;
                self.store_ticket(text, slot, crumbs);
            }
        }
        // SAFETY: `step` is at most the number of offsets, as the text has more than 64·step scalars.
        unsafe {
            let object = self.at::<u8>(crumbs);
            let number = *object.add(8).cast::<u32>();
            Ok(*object
                .add(CRUMBS_HEADER)
                .cast::<u32>()
                .add(step.min(number) as usize - 1))
        }
    }

    /// As `text_crumb` for a view: the buffer's breadcrumbs are continued as far as needed.
    fn buffer_crumb(&mut self, text: Ticket, step: u32) -> Raise<u32> {
        // SAFETY: a live view; the buffer is live through it.
        let known = unsafe {
            self.buffer_crumbs(Ticket((*self.text_object(text)).link))
                .count()
        };
        if known < step {
            self.charge_fuel(u64::from(step - known))?;
        }
        // SAFETY: as above; charging fuel allocates nothing. The view has more than 64·step scalars, so each offset exists,
        // lies within the view and has a place.
        unsafe {
            let content = self.text_flat_bytes(text);
            let crumbs: Crumbs = self.buffer_crumbs(Ticket((*self.text_object(text)).link));
            let mut number = known;
            let mut offset = crumbs.get(number);
            while number < step {
                offset = walk(content, offset as usize, STEP) as u32;
                number += 1;
                crumbs.push(number, offset);
            }
            Ok(crumbs.get(step))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{count, decode, walk};

    #[test]
    fn scalars_are_counted_walked_and_decoded() {
        let text = "aä€𝄞z";
        let bytes = text.as_bytes();
        assert_eq!(count(bytes), 5);
        for (i, (offset, scalar)) in text.char_indices().enumerate() {
            assert_eq!(walk(bytes, 0, i as u32), offset);
            assert_eq!(decode(bytes, offset), Some(scalar));
        }
        assert_eq!(walk(bytes, 0, 99), bytes.len());
        assert_eq!(decode(bytes, bytes.len()), None);
    }
}

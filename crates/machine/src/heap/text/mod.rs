//! Immutable UTF-8 text (docs/specs/machine.md §1 "Text").
//!
//! A text value is a ticket of one of three object kinds that share their first twenty-four bytes ([`TextObj`]):
//! *flat* (the bytes follow), *view* (the first bytes of a growing buffer) and *rope* (two texts not yet joined, always
//! longer than [`rope::FLAT_MAX`] bytes). Reading a rope makes a view of it in place, so identity and hash stay.
//! Where to start: this file (making and reading), `rope` (joining), `index` (scalars), `search` (substrings), `switch`
//! (branching).

pub(crate) mod index;
pub(crate) mod rope;
pub(crate) mod search;
pub(crate) mod switch;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::hash::Hasher;

use lemari::Ticket;
use siphasher::sip::SipHasher13;

use crate::fault::{Fault, Raise};
use crate::heap::object::{TEXT_HEADER, TextObj, UNKNOWN, kind};
use crate::value::{Kind, Value};
use crate::world::World;

/// Bytes of text that one unit of fuel pays for (docs/specs/machine.md §4 "Fuel").
pub(crate) const BYTES_PER_FUEL: u64 = 64;

/// Fuel for work on so many bytes.
pub(crate) const fn fuel_of(bytes: u64) -> u64 {
    bytes / BYTES_PER_FUEL
}

impl World {
    /// The common part of a text object.
    #[inline(always)]
    pub(crate) fn text_object(&self, text: Ticket) -> *mut TextObj {
        self.at::<TextObj>(text)
    }

    /// A flat text of `bytes` bytes that the caller fills with UTF-8 before the next allocation.
    #[inline]
    pub(crate) fn text_raw(&mut self, bytes: usize, scalars: u32) -> Raise<Ticket> {
        let length = self.text_length(bytes as u64)?;
        let text = self.alloc(kind::TEXT, 0, TEXT_HEADER + bytes)?;
        let object = self.text_object(text);
        // SAFETY: the object was just made with room for its head.
        unsafe {
            (*object).bytes = length;
            (*object).scalars = scalars;
            (*object).hash = 0;
            (*object).link = 0;
        }
        Ok(text)
    }

    /// First content byte of a flat text.
    #[inline(always)]
    pub(crate) fn text_content(&self, text: Ticket) -> *mut u8 {
        self.at::<u8>(text).wrapping_add(TEXT_HEADER)
    }

    /// The length of a text to be made; fault mem if no text may be that long.
    pub(crate) fn text_length(&mut self, bytes: u64) -> Raise<u32> {
        match u32::try_from(bytes) {
            Ok(length) if length <= u32::MAX - 64 && bytes <= self.limits.one_allocation as u64 => {
                Ok(length)
            }
            _ => {
                let bound = self.limits.one_allocation;
                Err(self.fault_args(Fault::Mem, format_args!("a text of {bytes} bytes is longer than one allocation may be ({bound} bytes)")))
            }
        }
    }

    /// A new text with that content. A single ASCII scalar comes from the World's table.
    #[inline]
    pub fn text_new(&mut self, content: &str) -> Raise<Ticket> {
        if let [byte] = content.as_bytes() {
            return self.char_text(char::from(*byte));
        }
        let text = self.text_raw(content.len(), UNKNOWN)?;
        // SAFETY: the object has room for the content, which lies outside the heap (or in a part that did not move: `content`
        // cannot borrow from the World while it is borrowed mutably).
        unsafe {
            std::ptr::copy_nonoverlapping(content.as_ptr(), self.text_content(text), content.len())
        };
        Ok(text)
    }

    /// A new text in the old drawers, for what lives as long as the World (names, constants). It is marked as such in the
    /// header's aux.
    pub(crate) fn text_new_old(&mut self, content: &str) -> Raise<Ticket> {
        let length = self.text_length(content.len() as u64)?;
        let text = self.alloc_old(kind::TEXT, 1, TEXT_HEADER + content.len())?;
        let object = self.text_object(text);
        // SAFETY: the object was just made with room for head and content.
        unsafe {
            (*object).bytes = length;
            (*object).scalars = index::count(content.as_bytes());
            (*object).hash = 0;
            (*object).link = 0;
            std::ptr::copy_nonoverlapping(content.as_ptr(), self.text_content(text), content.len());
        }
        Ok(text)
    }

    /// The text value with that content.
    pub fn text_value(&mut self, content: &str) -> Raise<Value> {
        Ok(Value::ticket(Kind::Text, self.text_new(content)?))
    }

    /// The text of one scalar. ASCII scalars are made once per World.
    pub(crate) fn char_text(&mut self, scalar: char) -> Raise<Ticket> {
        let number = scalar as usize;
        if number < 128 {
            if let Some(ticket) = self.ascii.as_ref().and_then(|table| table.get(number))
                && *ticket != 0
            {
                return Ok(Ticket(*ticket));
            }
            return self.ascii_text(scalar);
        }
        let mut bytes = [0; 4];
        let content = scalar.encode_utf8(&mut bytes);
        let text = self.text_raw(content.len(), 1)?;
        // SAFETY: the object has room for the content.
        unsafe {
            std::ptr::copy_nonoverlapping(content.as_ptr(), self.text_content(text), content.len())
        };
        Ok(text)
    }

    #[cold]
    fn ascii_text(&mut self, scalar: char) -> Raise<Ticket> {
        if self.ascii.is_none() {
            self.charge(size_of::<[u32; 128]>())?;
            let mut table = Vec::new();
            if table.try_reserve_exact(128).is_err() {
                self.lemari.refund(size_of::<[u32; 128]>());
                return Err(self.fault(Fault::Mem, "the host has no memory left"));
            }
            table.resize(128, 0);
            self.ascii = table.into_boxed_slice().try_into().ok();
        }
        let mut bytes = [0; 4];
        let text = self.text_new_old(scalar.encode_utf8(&mut bytes))?;
        if let Some(slot) = self
            .ascii
            .as_mut()
            .and_then(|table| table.get_mut(scalar as usize))
        {
            *slot = text.0;
        }
        Ok(text)
    }

    /// Length in bytes.
    #[inline(always)]
    pub(crate) fn text_bytes_len(&self, text: Ticket) -> u32 {
        // SAFETY: a live text.
        unsafe { (*self.text_object(text)).bytes }
    }

    /// True if the text is two texts not yet joined.
    #[inline(always)]
    pub(crate) fn text_is_rope(&self, text: Ticket) -> bool {
        self.object_kind(text) == kind::ROPE
    }

    /// The content of a text that is no rope, without the proof that it is UTF-8.
    ///
    /// # Safety
    /// `text` is a live text and no rope.
    #[inline(always)]
    pub(crate) unsafe fn text_flat_bytes(&self, text: Ticket) -> &[u8] {
        // SAFETY: flat texts hold their bytes, a view is the beginning of its buffer.
        unsafe {
            let object = self.text_object(text);
            let start = if *object.cast::<u8>() == kind::TEXT {
                object.cast::<u8>().add(TEXT_HEADER)
            } else {
                self.buffer_content(Ticket((*object).link))
            };
            std::slice::from_raw_parts(start, (*object).bytes as usize)
        }
    }

    /// The content of a text that is no rope.
    #[inline(always)]
    pub(crate) fn text_str_unrooted(&self, text: Ticket) -> Option<&str> {
        if self.text_is_rope(text) {
            return None;
        }
        // SAFETY: not a rope; texts are made of `str` and joined and cut at scalar boundaries only.
        unsafe { Some(std::str::from_utf8_unchecked(self.text_flat_bytes(text))) }
    }

    /// Joins a rope in place; the ticket after it (it may have moved). Nothing happens to other texts.
    #[inline]
    pub(crate) fn text_flat(&mut self, text: Ticket) -> Raise<Ticket> {
        if !self.text_is_rope(text) {
            return Ok(text);
        }
        let at = self.temp(Value::ticket(Kind::Text, text))?;
        self.text_flatten(at)?;
        let text = self.temps[at].as_ticket();
        self.temps.truncate(at);
        Ok(text)
    }

    /// Two texts without ropes, as [`World::text_flat`].
    pub(crate) fn text_flat_pair(&mut self, a: Ticket, b: Ticket) -> Raise<(Ticket, Ticket)> {
        if !self.text_is_rope(a) && !self.text_is_rope(b) {
            return Ok((a, b));
        }
        let at = self.temp(Value::ticket(Kind::Text, a))?;
        let second = self.temp(Value::ticket(Kind::Text, b))?;
        self.text_flatten(at)?;
        self.text_flatten(second)?;
        let pair = (self.temps[at].as_ticket(), self.temps[second].as_ticket());
        self.temps.truncate(at);
        Ok(pair)
    }

    /// The content, valid until the next allocation. May allocate and collect itself (ropes).
    pub fn text_str(&mut self, text: Ticket) -> Raise<&str> {
        let text = self.text_flat(text)?;
        Ok(self.text_str_unrooted(text).unwrap_or_default())
    }

    /// Equal content? Fuel by length.
    pub(crate) fn text_eq(&mut self, a: Ticket, b: Ticket) -> Raise<bool> {
        if a == b {
            return Ok(true);
        }
        // SAFETY: live texts.
        let (x, y) = unsafe { (&*self.text_object(a), &*self.text_object(b)) };
        if x.bytes != y.bytes || (x.hash != y.hash && x.hash != 0 && y.hash != 0) {
            return Ok(false);
        }
        let bytes = x.bytes;
        self.charge_fuel(fuel_of(u64::from(bytes)))?;
        let (a, b) = self.text_flat_pair(a, b)?;
        // SAFETY: both are joined now and nothing was allocated since.
        unsafe { Ok(self.text_flat_bytes(a) == self.text_flat_bytes(b)) }
    }

    /// Order by scalar values. Fuel by length.
    pub(crate) fn text_cmp(&mut self, a: Ticket, b: Ticket) -> Raise<Ordering> {
        if a == b {
            return Ok(Ordering::Equal);
        }
        let least = self.text_bytes_len(a).min(self.text_bytes_len(b));
        self.charge_fuel(fuel_of(u64::from(least)))?;
        let (a, b) = self.text_flat_pair(a, b)?;
        // SAFETY: as in `text_eq`. UTF-8 orders as the scalar values do.
        unsafe { Ok(self.text_flat_bytes(a).cmp(self.text_flat_bytes(b))) }
    }

    /// Hash of the content under the World's key; never 0. Kept in the object.
    pub(crate) fn text_hash(&mut self, text: Ticket) -> Raise<u32> {
        // SAFETY: a live text.
        let (known, bytes) = unsafe {
            (
                (*self.text_object(text)).hash,
                (*self.text_object(text)).bytes,
            )
        };
        if known != 0 {
            return Ok(known);
        }
        self.charge_fuel(fuel_of(u64::from(bytes)))?;
        let text = self.text_flat(text)?;
        // SAFETY: joined, nothing allocated since.
        let hash = self.hash_bytes(unsafe { self.text_flat_bytes(text) });
        // SAFETY: a live text.
        unsafe { (*self.text_object(text)).hash = hash };
        Ok(hash)
    }

    /// Hash of a text's content that is not (yet) a text; equal to [`World::text_hash`] of such a text.
    pub(crate) fn hash_bytes(&self, content: &[u8]) -> u32 {
        let mut hasher = SipHasher13::new_with_keys(self.hash_key.0, self.hash_key.1);
        hasher.write(content);
        let hash = hasher.finish();
        let folded = hash as u32 ^ (hash >> 32) as u32;
        if folded == 0 { 1 } else { folded }
    }
}

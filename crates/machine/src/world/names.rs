//! Names of a World: every field name and interned key has a number here, and a text in the old drawers
//! (docs/specs/machine.md §8 "Accounting": counted, at most 2²⁰, freed with the World only).

use lemari::{Ticket, Visitor};

use crate::fault::{Fault, Raise};
use crate::value::{Kind, Value};
use crate::world::World;

/// Most names of a World.
pub const MAX_NAMES: usize = 1 << 20;
/// Slots of the first index.
const FIRST_SLOTS: usize = 64;

/// The table of names. Nothing is allocated before the first one.
#[derive(Default)]
pub struct Names {
    /// Texts by number (tickets; they live in old drawers and move only in major collections).
    texts: Vec<u32>,
    /// Open addressing by content hash: number + 1, 0 is free. A power of two, at most three quarters full.
    slots: Vec<u32>,
}

impl Names {
    /// No names.
    pub const fn new() -> Names {
        Names {
            texts: Vec::new(),
            slots: Vec::new(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Shows the texts to the collector.
    pub(crate) fn visit_roots(&mut self, v: &mut Visitor<'_>) {
        for text in &mut self.texts {
            v.ticket(text);
        }
    }
}

impl World {
    /// The number of a name, made on first use. Fault mem at the memory limit or when there are 2²⁰ names.
    pub fn intern(&mut self, name: &str) -> Raise<u32> {
        let hash = self.hash_bytes(name.as_bytes());
        if let Some(id) = self.find_name(name, hash) {
            return Ok(id);
        }
        if self.names.texts.len() >= MAX_NAMES {
            return Err(self.fault(Fault::Mem, "the World has no room for more names"));
        }
        self.reserve_name()?;
        let text = self.text_new_old(name)?;
        // SAFETY: a flat text just made; its hash is that of its content.
        unsafe { (*self.text_object(text)).hash = hash };
        let id = self.names.texts.len() as u32;
        self.names.texts.push(text.0);
        place(&mut self.names.slots, hash, id);
        Ok(id)
    }

    /// Room for one more name, so that adding it cannot fail.
    fn reserve_name(&mut self) -> Raise<()> {
        let count = self.names.texts.len();
        if count == self.names.texts.capacity() {
            let more = count.max(16);
            self.charge(more * size_of::<u32>())?;
            if self.names.texts.try_reserve_exact(more).is_err() {
                self.lemari.refund(more * size_of::<u32>());
                return Err(self.fault(Fault::Mem, "the host has no memory left"));
            }
        }
        let slots = self.names.slots.len();
        if (count + 1) * 4 <= slots * 3 {
            return Ok(());
        }
        let wanted = (slots * 2).max(FIRST_SLOTS);
        self.charge((wanted - slots) * size_of::<u32>())?;
        let mut fresh: Vec<u32> = Vec::new();
        if fresh.try_reserve_exact(wanted).is_err() {
            self.lemari.refund((wanted - slots) * size_of::<u32>());
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        fresh.resize(wanted, 0);
        for (id, &text) in self.names.texts.iter().enumerate() {
            // SAFETY: a live text whose hash was stored when it was interned.
            let hash = unsafe { (*self.text_object(Ticket(text))).hash };
            place(&mut fresh, hash, id as u32);
        }
        self.names.slots = fresh;
        Ok(())
    }

    /// The number of the name that a text is, if it is one; a rope that was never read is none. Neither allocates nor
    /// faults.
    pub(crate) fn known_name(&self, text: Ticket) -> Option<u32> {
        let content = self.text_str_unrooted(text)?;
        // SAFETY: a live text.
        let kept = unsafe { (*self.text_object(text)).hash };
        let hash = if kept != 0 {
            kept
        } else {
            self.hash_bytes(content.as_bytes())
        };
        self.find_name(content, hash)
    }

    /// The number of a name that was interned; never makes one.
    pub(crate) fn name_if_known(&self, name: &str) -> Option<u32> {
        self.find_name(name, self.hash_bytes(name.as_bytes()))
    }

    fn find_name(&self, name: &str, hash: u32) -> Option<u32> {
        let mask = self.names.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        for _ in 0..=mask {
            let id = self.names.slots.get(at)?.checked_sub(1)?;
            let text = Ticket(self.names.texts.get(id as usize).copied()?);
            // SAFETY: a live text.
            let same = unsafe { (*self.text_object(text)).hash == hash };
            if same && self.text_str_unrooted(text) == Some(name) {
                return Some(id);
            }
            at = (at + 1) & mask;
        }
        None
    }

    /// The number of the name that a text is, if it is one. A rope is joined; may allocate.
    pub(crate) fn name_of_text(&mut self, text: Ticket) -> Raise<Option<u32>> {
        let text = self.text_flat(text)?;
        let hash = self.text_hash(text)?;
        Ok(self
            .text_str_unrooted(text)
            .and_then(|content| self.find_name(content, hash)))
    }

    /// A name's text; empty for a number that does not exist.
    pub fn name_text(&self, id: u32) -> &str {
        self.names
            .texts
            .get(id as usize)
            .and_then(|&text| self.text_str_unrooted(Ticket(text)))
            .unwrap_or_default()
    }

    /// A name's text as a value: the same object every time.
    pub(crate) fn name_value(&self, id: u32) -> Value {
        match self.names.texts.get(id as usize) {
            Some(&text) => Value::ticket(Kind::Text, Ticket(text)),
            None => Value::EMPTY,
        }
    }
}

/// Enters a number; there is a free slot.
fn place(slots: &mut [u32], hash: u32, id: u32) {
    let Some(mask) = slots.len().checked_sub(1) else {
        return;
    };
    let mut at = hash as usize & mask;
    for _ in 0..=mask {
        if slots[at] == 0 {
            slots[at] = id + 1;
            return;
        }
        at = (at + 1) & mask;
    }
}

//! Joining texts: ropes, the buffers they are joined into, and appending in place (docs/specs/machine.md §1 "Text").
//!
//! A *buffer* holds text that grows at its end: {used, cap}, `cap` bytes, then breadcrumbs of what they hold. Bytes below
//! `used` never change. A *view* is the first `bytes` bytes of a buffer; one that ends at `used` is at its *tip*, and
//! appending to it writes behind and makes a longer view. A *rope* names two texts; its fourth word holds a rank (how
//! many texts wait at most while it is read, at most 32 because a rope of rank n has 2^n parts) and the number of parts.

use lemari::Ticket;

use super::fuel_of;
use super::index::STEP;
use crate::fault::Raise;
use crate::heap::object::{BUFFER_HEADER, BufferObj, TEXT_HEADER, TextObj, UNKNOWN, kind};
use crate::value::{Kind, Value};
use crate::world::World;

/// Longest result of a join that is copied at once, in bytes.
pub(crate) const FLAT_MAX: usize = 256;
/// Bytes of a view or rope object.
const NODE_BYTES: usize = TEXT_HEADER + 8;
/// Places for texts that wait while a rope is read; one more than the greatest rank.
const WAITING: usize = 34;

/// The two words after the common head of a rope (a view uses neither).
#[repr(C)]
struct NodeTail {
    right: u32,
    /// Rank in the low byte, parts above it.
    rank: u32,
}

/// Breadcrumbs of a buffer: a count, then the byte offsets of scalars 64, 128, ….
#[derive(Clone, Copy)]
pub(crate) struct Crumbs(*mut u32);

impl Crumbs {
    /// How many offsets are known.
    ///
    /// # Safety
    /// The buffer is live and has not moved.
    pub(crate) unsafe fn count(self) -> u32 {
        // SAFETY: the caller's promise.
        unsafe { *self.0 }
    }
    /// Offset of scalar `64·step`, for `step` up to the count.
    ///
    /// # Safety
    /// As [`Crumbs::count`], and `step` is at most the count.
    pub(crate) unsafe fn get(self, step: u32) -> u32 {
        // SAFETY: the caller's promise; offset `step` stands at word `step`.
        unsafe {
            if step == 0 {
                0
            } else {
                *self.0.add(step as usize)
            }
        }
    }
    /// Sets offset `step`, the next one.
    ///
    /// # Safety
    /// As [`Crumbs::count`]; the buffer holds at least `64·step` bytes.
    pub(crate) unsafe fn push(self, step: u32, offset: u32) {
        // SAFETY: there is one place per 64 bytes of the buffer.
        unsafe {
            *self.0.add(step as usize) = offset;
            *self.0 = step;
        }
    }
}

/// Where a buffer's breadcrumbs begin, and how many bytes it has in all.
const fn crumbs_at(cap: usize) -> usize {
    (BUFFER_HEADER + cap + 3) & !3
}
const fn buffer_bytes(cap: usize) -> usize {
    crumbs_at(cap) + 4 + cap / STEP as usize * 4
}

impl World {
    #[inline(always)]
    unsafe fn node_tail(&self, text: Ticket) -> *mut NodeTail {
        // SAFETY: views and ropes have two words after the head (caller).
        unsafe { self.text_object(text).add(1).cast() }
    }

    /// First content byte of a buffer.
    ///
    /// # Safety
    /// `buffer` is a live buffer.
    #[inline(always)]
    pub(crate) unsafe fn buffer_content(&self, buffer: Ticket) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { self.at::<u8>(buffer).add(BUFFER_HEADER) }
    }

    /// Breadcrumbs of a buffer.
    ///
    /// # Safety
    /// `buffer` is a live buffer.
    pub(crate) unsafe fn buffer_crumbs(&self, buffer: Ticket) -> Crumbs {
        // SAFETY: they stand behind the content.
        unsafe {
            let object = self.at::<BufferObj>(buffer);
            Crumbs(
                object
                    .cast::<u8>()
                    .add(crumbs_at((*object).cap as usize))
                    .cast(),
            )
        }
    }

    fn buffer_new(&mut self, cap: usize) -> Raise<Ticket> {
        let buffer = self.alloc(kind::BUFFER, 0, buffer_bytes(cap))?;
        // SAFETY: the object was just made with that room.
        unsafe {
            let object = self.at::<BufferObj>(buffer);
            (*object).used = 0;
            (*object).cap = cap as u32;
            *self.buffer_crumbs(buffer).0 = 0;
        }
        Ok(buffer)
    }

    /// Rank and parts of a text.
    unsafe fn text_rank(&self, text: Ticket) -> (u32, u32) {
        // SAFETY: a live text (caller); only ropes have a rank word.
        unsafe {
            if self.text_is_rope(text) {
                let word = (*self.node_tail(text)).rank;
                (word & 0xFF, word >> 8)
            } else {
                (0, 1)
            }
        }
    }

    /// Joins the rope in `temps[at]` in place: it becomes a view of a fresh buffer with half as much room again. Other
    /// texts are left alone. Fuel by bytes and parts.
    pub(crate) fn text_flatten(&mut self, at: usize) -> Raise<()> {
        let text = self.temps[at].as_ticket();
        if !self.text_is_rope(text) {
            return Ok(());
        }
        let bytes = self.text_bytes_len(text) as usize;
        // SAFETY: a live rope.
        let (_, parts) = unsafe { self.text_rank(text) };
        self.charge_fuel(fuel_of(bytes as u64) + u64::from(parts))?;
        let roomy = bytes.saturating_add(bytes / 2).min(u32::MAX as usize - 64);
        let roomy = if buffer_bytes(roomy) > self.limits.one_allocation {
            bytes
        } else {
            roomy
        };
        let buffer = match self.buffer_new(roomy) {
            Ok(buffer) => buffer,
            Err(_) if roomy > bytes => {
                self.raised = None;
                self.buffer_new(bytes)?
            }
            Err(raised) => return Err(raised),
        };
        let text = self.temps[at].as_ticket();
        // SAFETY: nothing is allocated from here on; the buffer has room for `bytes`, which is the sum of the parts.
        unsafe {
            self.text_copy_parts(text, self.buffer_content(buffer), bytes);
            (*self.at::<BufferObj>(buffer)).used = bytes as u32;
            *self.at::<u8>(text) = kind::VIEW;
            let slot = &raw mut (*self.text_object(text)).link;
            self.store_ticket(text, slot, buffer);
            self.node_tail(text).write(NodeTail { right: 0, rank: 0 });
        }
        Ok(())
    }

    /// Copies the parts of a rope to `to`. The part with the lesser rank is taken first, so that at most as many parts
    /// wait as the rank says.
    unsafe fn text_copy_parts(&self, rope: Ticket, to: *mut u8, room: usize) {
        let mut waiting = [(Ticket::NONE, 0usize); WAITING];
        let mut depth = 0;
        let (mut node, mut offset) = (rope, 0usize);
        loop {
            // SAFETY: live texts below a live rope; nothing is allocated meanwhile.
            unsafe {
                if self.text_is_rope(node) && depth < WAITING {
                    let left = Ticket((*self.text_object(node)).link);
                    let right = Ticket((*self.node_tail(node)).right);
                    let behind = offset + self.text_bytes_len(left) as usize;
                    if self.text_rank(left).0 > self.text_rank(right).0 {
                        waiting[depth] = (left, offset);
                        (node, offset) = (right, behind);
                    } else {
                        waiting[depth] = (right, behind);
                        node = left;
                    }
                    depth += 1;
                    continue;
                }
                let part = self.text_flat_bytes(node);
                let length = part.len().min(room.saturating_sub(offset));
                std::ptr::copy_nonoverlapping(part.as_ptr(), to.add(offset), length);
            }
            if depth == 0 {
                return;
            }
            depth -= 1;
            (node, offset) = waiting[depth];
        }
    }

    /// Joins two texts.
    pub(crate) fn text_concat2(&mut self, a: Ticket, b: Ticket) -> Raise<Ticket> {
        let first = self.temp(Value::ticket(Kind::Text, a))?;
        self.temp(Value::ticket(Kind::Text, b))?;
        let joined = self.text_concat(first..first + 2)?;
        self.temps.truncate(first);
        Ok(joined)
    }

    /// Joins the texts in a range of `temps`, which keeps them. Runs of short ones are copied at once, the rest is
    /// appended in place or becomes a rope. The length is tested before any work.
    pub(crate) fn text_concat(&mut self, parts: std::ops::Range<usize>) -> Raise<Ticket> {
        let (mut total, mut copied) = (0u64, 0u64);
        for i in parts.clone() {
            let length = u64::from(self.text_bytes_len(self.temps[i].as_ticket()));
            total += length;
            copied += length.min(FLAT_MAX as u64);
        }
        self.text_length(total)?;
        self.charge_fuel(fuel_of(copied) + parts.len() as u64 / 4)?;
        let result = self.temp(Value::EMPTY)?;
        let mut at = parts.start;
        while at < parts.end {
            let mut end = at;
            let mut length = 0;
            while end < parts.end {
                let next = self.text_bytes_len(self.temps[end].as_ticket()) as usize;
                if length + next > FLAT_MAX {
                    break;
                }
                length += next;
                end += 1;
            }
            // A run of short texts is copied; a long one stands for itself.
            let (run, next) = match end - at {
                0 | 1 => (self.temps[at].as_ticket(), at + 1),
                _ => (self.text_copy_run(at..end, length)?, end),
            };
            self.temps[result] = if self.temps[result].is_empty() {
                Value::ticket(Kind::Text, run)
            } else {
                let other = self.temp(Value::ticket(Kind::Text, run))?;
                let joined = self.text_join_two(result, other)?;
                self.temps.truncate(other);
                Value::ticket(Kind::Text, joined)
            };
            at = next;
        }
        let joined = match self.temps[result].is_empty() {
            true => self.text_raw(0, 0)?,
            false => self.temps[result].as_ticket(),
        };
        self.temps.truncate(result);
        Ok(joined)
    }

    /// A flat text of the short texts in a range of `temps`, `length` bytes in all. None of them is a rope, as ropes are
    /// longer.
    fn text_copy_run(&mut self, parts: std::ops::Range<usize>, length: usize) -> Raise<Ticket> {
        let mut scalars = 0u32;
        for i in parts.clone() {
            // SAFETY: a live text.
            let known = unsafe { (*self.text_object(self.temps[i].as_ticket())).scalars };
            scalars = if known == UNKNOWN || scalars == UNKNOWN {
                UNKNOWN
            } else {
                scalars + known
            };
        }
        let text = self.text_raw(length, scalars)?;
        let mut offset = 0;
        for i in parts {
            // SAFETY: live short texts; the new one has room for all of them; nothing is allocated meanwhile.
            unsafe {
                let part = self.text_flat_bytes(self.temps[i].as_ticket());
                std::ptr::copy_nonoverlapping(
                    part.as_ptr(),
                    self.text_content(text).add(offset),
                    part.len(),
                );
                offset += part.len();
            }
        }
        Ok(text)
    }

    /// Joins the texts in two places of `temps`, whose lengths together were tested.
    fn text_join_two(&mut self, left: usize, right: usize) -> Raise<Ticket> {
        let (a, b) = (self.temps[left].as_ticket(), self.temps[right].as_ticket());
        let (x, y) = (self.text_bytes_len(a), self.text_bytes_len(b));
        if y == 0 {
            return Ok(a);
        }
        if x == 0 {
            return Ok(b);
        }
        if x as usize + y as usize <= FLAT_MAX {
            let first = self.temp(Value::ticket(Kind::Text, a))?;
            self.temp(Value::ticket(Kind::Text, b))?;
            let text = self.text_copy_run(first..first + 2, x as usize + y as usize)?;
            self.temps.truncate(first);
            return Ok(text);
        }
        let scalars = self.text_scalars(a) + self.text_scalars(b);
        let append = self.text_has_room(a, y) && !self.text_is_rope(b);
        if append {
            self.charge_fuel(fuel_of(u64::from(y)))?;
        }
        let node = self.alloc(if append { kind::VIEW } else { kind::ROPE }, 0, NODE_BYTES)?;
        let (a, b) = (self.temps[left].as_ticket(), self.temps[right].as_ticket());
        // SAFETY: all are live and nothing is allocated from here on. The new object is small, so young: no barrier.
        unsafe {
            let object = self.text_object(node);
            let (link, tail) = if append {
                let buffer = Ticket((*self.text_object(a)).link);
                let part = self.text_flat_bytes(b);
                std::ptr::copy_nonoverlapping(
                    part.as_ptr(),
                    self.buffer_content(buffer).add(x as usize),
                    part.len(),
                );
                (*self.at::<BufferObj>(buffer)).used = x + y;
                (buffer.0, NodeTail { right: 0, rank: 0 })
            } else {
                let ((rank_a, parts_a), (rank_b, parts_b)) = (self.text_rank(a), self.text_rank(b));
                let rank = if rank_a == rank_b {
                    rank_a + 1
                } else {
                    rank_a.max(rank_b)
                };
                let parts = (parts_a + parts_b).min(0x00FF_FFFF);
                (
                    a.0,
                    NodeTail {
                        right: b.0,
                        rank: rank | parts << 8,
                    },
                )
            };
            object
                .cast::<u64>()
                .add(1)
                .write(u64::from(x + y) | u64::from(scalars) << 32);
            (*object).hash = 0;
            (*object).link = link;
            self.node_tail(node).write(tail);
        }
        Ok(node)
    }

    /// True if a text is the tip of a buffer with room for `more` bytes.
    fn text_has_room(&self, text: Ticket, more: u32) -> bool {
        // SAFETY: a live text; a view names a live buffer.
        unsafe {
            let object: *mut TextObj = self.text_object(text);
            if *object.cast::<u8>() != kind::VIEW {
                return false;
            }
            let buffer = self.at::<BufferObj>(Ticket((*object).link));
            (*buffer).used == (*object).bytes && (*buffer).cap - (*buffer).used >= more
        }
    }
}

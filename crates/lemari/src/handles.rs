//! What the host holds of a World: handles, validated on every use (docs/specs/machine.md §8, "Host handles").

use crate::config::MemError;
use crate::cupboard::Lemari;
use crate::roots::{Scope, Visitor};
use crate::ticket::{FIRST_TICKET_KIND, Ticket};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A handle's name, to be copied freely; it says nothing about whether the slot is still held.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct HandleId {
    /// The World it belongs to.
    pub world: u32,
    /// Its place in that World's table.
    pub slot: u32,
    /// How often the place was given out before.
    pub generation: u32,
}

/// Why a handle does not work.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum HandleError {
    /// It was released.
    Stale(HandleId),
    /// It belongs to another World.
    Foreign {
        /// The handle.
        id: HandleId,
        /// The World it was used with.
        here: u32,
    },
}

impl fmt::Display for HandleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HandleError::Stale(id) => write!(f, "stale handle: slot {} was released", id.slot),
            HandleError::Foreign { id, here } => {
                write!(
                    f,
                    "foreign handle: it belongs to world {}, not to world {here}",
                    id.world
                )
            }
        }
    }
}

impl std::error::Error for HandleError {}

/// Released handles on their way to their World: may be filled from any thread.
#[derive(Debug, Default)]
pub struct DropQueue {
    waiting: AtomicBool,
    lost: AtomicU64,
    ids: Mutex<Vec<HandleId>>,
}

impl DropQueue {
    fn lock(&self) -> MutexGuard<'_, Vec<HandleId>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Releases a handle at the World's next safepoint. The table has reserved room for every slot it ever had, so this
    /// allocates only if one handle is released more than once.
    pub fn push(&self, id: HandleId) {
        let mut ids = self.lock();
        if ids.try_reserve(1).is_ok() {
            ids.push(id);
            self.waiting.store(true, Ordering::Release);
        } else {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Releases that could not be noted; their slots are held until the World closes.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

/// A handle that releases itself when dropped, on whatever thread.
#[derive(Debug)]
pub struct OwnedHandle {
    id: HandleId,
    queue: Arc<DropQueue>,
}

impl OwnedHandle {
    /// Its name.
    pub fn id(&self) -> HandleId {
        self.id
    }
}

impl Drop for OwnedHandle {
    fn drop(&mut self) {
        self.queue.push(self.id);
    }
}

#[derive(Debug)]
struct Slot {
    value: [u64; 2],
    generation: u32,
    held: bool,
    /// The value holds a young ticket (or did at the last collection or store), and the slot is in the young list.
    young: bool,
}

/// One World's table of handles.
#[derive(Debug)]
pub struct Handles {
    world: u32,
    slots: Vec<Slot>,
    free: Vec<u32>,
    young: Vec<u32>,
    /// Held slots whose `young` is set.
    young_held: usize,
    held: usize,
    queue: Arc<DropQueue>,
}

/// Bytes charged per slot: the slot itself and its places in the free list, the young list and the drop queue.
const SLOT_BYTES: usize = size_of::<Slot>() + 2 * size_of::<u32>() + size_of::<HandleId>();

impl Handles {
    /// An empty table for the World `world`. Allocates nothing but the queue.
    pub fn new(world: u32) -> Handles {
        Handles {
            world,
            slots: Vec::new(),
            free: Vec::new(),
            young: Vec::new(),
            young_held: 0,
            held: 0,
            queue: Arc::new(DropQueue::default()),
        }
    }

    /// Gives out a handle to `value`; the growth of the table is charged to the meter.
    pub fn insert(&mut self, value: [u64; 2], lemari: &mut Lemari) -> Result<HandleId, MemError> {
        if self.free.is_empty() {
            // Within one long call of the host's nothing else may have given back what was dropped.
            self.release_dropped();
            self.forget_released();
            // If that gave little, it would have to be done again soon.
            if self.free.len() <= self.slots.len() / 4 {
                self.grow(lemari)?;
            }
        }
        let index = self.free.pop().ok_or(MemError::Host)?;
        let young = holds_young(&value, lemari);
        let slot = self.slots.get_mut(index as usize).ok_or(MemError::Host)?;
        slot.value = value;
        slot.held = true;
        let id = HandleId {
            world: self.world,
            slot: index,
            generation: slot.generation,
        };
        self.held += 1;
        if young {
            self.note_young(index);
        }
        Ok(id)
    }

    /// As [`Handles::insert`], with a handle that releases itself.
    pub fn insert_owned(
        &mut self,
        value: [u64; 2],
        lemari: &mut Lemari,
    ) -> Result<OwnedHandle, MemError> {
        let id = self.insert(value, lemari)?;
        Ok(OwnedHandle {
            id,
            queue: Arc::clone(&self.queue),
        })
    }

    /// Room for as many slots again, everywhere a slot may have to stand, so that nothing else here allocates.
    fn grow(&mut self, lemari: &mut Lemari) -> Result<(), MemError> {
        let more = self.slots.len().clamp(16, 1 << 16);
        if u32::try_from(self.slots.len() + more).is_err() {
            return Err(MemError::Host);
        }
        lemari.charge(more * SLOT_BYTES)?;
        let all = self.slots.len() + more;
        let room = self.slots.try_reserve_exact(more).is_ok()
            && self.free.try_reserve_exact(all - self.free.len()).is_ok()
            && self.young.try_reserve_exact(all - self.young.len()).is_ok()
            && {
                let mut ids = self.queue.lock();
                let waiting = ids.len();
                ids.try_reserve_exact(all.saturating_sub(waiting)).is_ok()
            };
        if !room {
            lemari.refund(more * SLOT_BYTES);
            return Err(MemError::Host);
        }
        let first = self.slots.len() as u32;
        for index in (first..first + more as u32).rev() {
            self.free.push(index);
            self.slots.push(Slot {
                value: [0; 2],
                generation: 0,
                held: false,
                young: false,
            });
        }
        Ok(())
    }

    /// The value of a handle.
    pub fn get(&self, id: HandleId) -> Result<[u64; 2], HandleError> {
        self.index(id).map(|_| ())?;
        self.slots
            .get(id.slot as usize)
            .map(|s| s.value)
            .ok_or(HandleError::Stale(id))
    }

    /// Puts another value under a handle.
    pub fn set(
        &mut self,
        id: HandleId,
        value: [u64; 2],
        lemari: &Lemari,
    ) -> Result<(), HandleError> {
        let index = self.index(id)?;
        if let Some(slot) = self.slots.get_mut(index as usize) {
            slot.value = value;
        }
        if holds_young(&value, lemari) {
            self.note_young(index);
        }
        Ok(())
    }

    /// Releases a handle now.
    pub fn release(&mut self, id: HandleId) -> Result<(), HandleError> {
        let index = self.index(id)?;
        self.free_slot(index);
        Ok(())
    }

    /// Releases what was dropped meanwhile, on any thread. Called at safepoints; nearly free if nothing was.
    #[inline]
    pub fn release_dropped(&mut self) {
        if self.queue.waiting.load(Ordering::Acquire) {
            self.release_waiting();
        }
    }

    #[cold]
    fn release_waiting(&mut self) {
        let queue = Arc::clone(&self.queue);
        let mut ids = queue.lock();
        queue.waiting.store(false, Ordering::Relaxed);
        for &id in ids.iter() {
            if let Ok(index) = self.index(id) {
                self.free_slot(index);
            }
        }
        ids.clear();
    }

    fn index(&self, id: HandleId) -> Result<u32, HandleError> {
        if id.world != self.world {
            return Err(HandleError::Foreign {
                id,
                here: self.world,
            });
        }
        match self.slots.get(id.slot as usize) {
            Some(slot) if slot.held && slot.generation == id.generation => Ok(id.slot),
            _ => Err(HandleError::Stale(id)),
        }
    }

    fn free_slot(&mut self, index: u32) {
        let Some(slot) = self.slots.get_mut(index as usize) else {
            return;
        };
        slot.held = false;
        slot.value = [0; 2];
        self.held -= 1;
        if slot.young {
            // It leaves the young list at the next minor collection.
            self.young_held -= 1;
        }
        // A place whose generations are used up is never given out again.
        if slot.generation < u32::MAX {
            slot.generation += 1;
            if !slot.young {
                self.free.push(index);
            }
        }
    }

    /// A slot is in the young list at most once, so that the list never needs more room than there are slots.
    fn note_young(&mut self, index: u32) {
        if let Some(slot) = self.slots.get_mut(index as usize)
            && !slot.young
        {
            slot.young = true;
            self.young_held += 1;
            self.young.push(index);
        }
    }

    /// Gives back the places of released handles that are in the young list still.
    fn forget_released(&mut self) {
        let (slots, free) = (&mut self.slots, &mut self.free);
        self.young.retain(|&index| {
            let Some(slot) = slots.get_mut(index as usize) else {
                return false;
            };
            if !slot.held {
                slot.young = false;
                if slot.generation < u32::MAX {
                    free.push(index);
                }
            }
            slot.held
        });
    }

    /// Shows the roots: for a minor collection those that may be young, else all held. What was dropped is none.
    pub fn visit(&mut self, scope: Scope, v: &mut Visitor<'_>) {
        self.release_dropped();
        if scope != Scope::Minor {
            for slot in self.slots.iter_mut().filter(|s| s.held) {
                v.value(&mut slot.value);
            }
            return;
        }
        self.forget_released();
        let (slots, young_held) = (&mut self.slots, &mut self.young_held);
        self.young.retain(|&index| {
            let Some(slot) = slots.get_mut(index as usize) else {
                return false;
            };
            slot.young = v.value(&mut slot.value);
            *young_held -= usize::from(!slot.young);
            slot.young
        });
    }

    /// True if some held handle may name a young object: the handles' part of the wash test, in constant time.
    pub fn holds_young(&self) -> bool {
        self.young_held != 0
    }

    /// Forgets released young slots; called after a wash in place of a minor collection, when no held one is young.
    pub fn washed(&mut self) {
        if self.young_held == 0 {
            for index in self.young.drain(..) {
                if let Some(slot) = self.slots.get_mut(index as usize) {
                    slot.young = false;
                    if slot.generation < u32::MAX {
                        self.free.push(index);
                    }
                }
            }
        }
    }

    /// Handles held (a number).
    pub fn held(&self) -> usize {
        self.held
    }

    /// The queue for releases from other threads.
    pub fn queue(&self) -> &Arc<DropQueue> {
        &self.queue
    }
}

fn holds_young(value: &[u64; 2], lemari: &Lemari) -> bool {
    value[0] as u8 >= FIRST_TICKET_KIND && lemari.is_young(Ticket(value[1] as u32))
}

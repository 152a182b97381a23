//! Inline caches of name sites: one entry, then four ways, then none (docs/specs/machine.md §2 "Inline caches").

use crate::cache::{Cache, action};
use crate::host_memory::boxed;
use crate::value::Value;
use crate::world::World;

/// Actions of name sites beyond those of [`crate::cache::action`].
pub(crate) mod more {
    /// The receiver's own slot holds a cell whose value is shown.
    pub const EXPOSED: u32 = 16;
    /// The site has seen several legends: `target` is the address of its ways, `slot` how many are in use.
    pub const WAYS: u32 = 17;
    /// The site has seen too many: always the slow path.
    pub const MEGA: u32 = 18;
}

/// Entries of a site with several legends.
pub(crate) const WAYS: usize = 4;
/// How often ways are replaced before the site is given up.
const PATIENCE: u32 = 64;

/// Legend and action of an entry as one word, as they stand in it.
#[inline(always)]
pub(crate) const fn key(legend: u32, action: u32) -> u64 {
    legend as u64 | (action as u64) << 32
}

/// The first word of an entry.
///
/// # Safety
/// `cache` is an entry of the running function's array.
#[inline(always)]
pub(crate) unsafe fn key_of(cache: *const Cache) -> u64 {
    // SAFETY: the caller's promise; legend and action are the entry's first two fields.
    unsafe { *cache.cast::<u64>() }
}

/// The way of a site with several legends that is for this legend and action; null if there is none.
///
/// # Safety
/// `cache` is an entry of the running function's array.
#[inline(always)]
pub(crate) unsafe fn way(cache: *mut Cache, wanted: u64) -> *mut Cache {
    // SAFETY: an entry whose action is `WAYS` holds the address of four entries, which live as long as the World.
    unsafe {
        if (*cache).action != more::WAYS {
            return std::ptr::null_mut();
        }
        let ways = (*cache).target as usize as *mut Cache;
        let mut index = 0;
        while index < WAYS {
            if key_of(ways.add(index)) == wanted {
                return ways.add(index);
            }
            index += 1;
        }
        std::ptr::null_mut()
    }
}

impl World {
    /// The cache entry of a site of the running function.
    pub(super) fn site(&self, site: u32) -> *mut Cache {
        // SAFETY: the frame on top is the running function's; the translator counts its sites.
        unsafe { (*self.frame).caches.wrapping_add(site as usize) }
    }

    /// True if a site takes no more entries.
    pub(super) fn site_given_up(&self, cache: *mut Cache) -> bool {
        // SAFETY: an entry of the running function's array.
        cache.is_null() || unsafe { (*cache).action == more::MEGA }
    }

    /// Enters what was found at a site. Holders must be old: young ones are left out, to be met again after they moved.
    pub(super) fn remember(&mut self, cache: *mut Cache, entry: Cache) {
        if self.site_given_up(cache) {
            return;
        }
        if entry.holder != 0
            && entry.action != action::ADD
            && self.lemari.is_young(lemari::Ticket(entry.holder))
        {
            return;
        }
        // SAFETY: an entry of the running function's array; ways live as long as the World.
        unsafe {
            let now = *cache;
            if now.action == action::COLD
                || (now.action != more::WAYS && now.legend == entry.legend)
            {
                *cache = entry;
                return;
            }
            if now.action != more::WAYS {
                let bytes = size_of::<[Cache; WAYS]>();
                if self.lemari.charge(bytes).is_err() {
                    *cache = entry;
                    return;
                }
                let made = boxed([now, entry, Cache::default(), Cache::default()]);
                let (Ok(mut ways), Ok(())) = (made, self.legends.ways.try_reserve(1)) else {
                    self.lemari.refund(bytes);
                    *cache = entry;
                    return;
                };
                let address = ways.as_mut_ptr() as usize as u64;
                self.legends.ways.push(ways);
                *cache = Cache {
                    legend: 0,
                    action: more::WAYS,
                    slot: 2,
                    holder: 0,
                    epoch: 0,
                    seen: 0,
                    target: address,
                };
                return;
            }
            let ways = now.target as usize as *mut Cache;
            for index in 0..WAYS {
                if (*ways.add(index)).legend == entry.legend {
                    *ways.add(index) = entry;
                    return;
                }
            }
            if now.seen >= PATIENCE {
                for index in 0..WAYS {
                    *ways.add(index) = Cache::default();
                }
                *cache = Cache {
                    action: more::MEGA,
                    ..Cache::default()
                };
                return;
            }
            *ways.add(now.slot as usize % WAYS) = entry;
            (*cache).slot = now.slot.wrapping_add(1);
            if now.slot as usize >= WAYS {
                (*cache).seen += 1;
            }
        }
    }

    /// A routine that runs as a bound method: what `get_name` of a method gives (policy Morph).
    pub(crate) fn bind_method(
        &mut self,
        callee: usize,
        receiver: usize,
    ) -> crate::fault::Raise<Value> {
        use crate::heap::object::{PartialObj, kind};
        let ticket = self.alloc(kind::PARTIAL, 0, size_of::<PartialObj>())?;
        // SAFETY: a fresh young object.
        unsafe {
            let object = self.at::<PartialObj>(ticket);
            (*object).bound = 1;
            (*object).pad = 0;
            (*object).target = self.temps[callee];
            (*object).receiver = self.temps[receiver];
        }
        Ok(Value::ticket(crate::value::Kind::Partial, ticket))
    }
}

//! Lists of things by number, some of which may have gone since, and tables whose order never shows.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasherDefault;

/// A table whose hashes are the same in every run, so that what walks through it is deterministic. Its keys are numbers that
/// the machine gives, or hashes under the World's own key.
pub(crate) type Table<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

/// Numbers in ascending order. Those of things that are gone are left out when they have become the larger half, so that
/// losing one costs the same whatever the length.
#[derive(Default)]
pub(crate) struct Numbers {
    list: Vec<u64>,
    gone: usize,
}

impl Numbers {
    /// Adds the highest number so far; `None` if the host has no memory.
    pub fn push(&mut self, number: u64) -> Option<()> {
        self.list.try_reserve(1).ok()?;
        if self.list.last() != Some(&number) {
            self.list.push(number);
        }
        Some(())
    }

    /// Adds a number that need not be the highest; `None` if the host has no memory.
    pub fn insert(&mut self, number: u64) -> Option<()> {
        self.list.try_reserve(1).ok()?;
        if let Err(place) = self.list.binary_search(&number) {
            self.list.insert(place, number);
        }
        Some(())
    }

    /// All of them, also of what is gone.
    pub fn all(&self) -> &[u64] {
        &self.list
    }

    /// One that is in it has gone; true if none is left.
    pub fn lost(&mut self, lives: impl Fn(u64) -> bool) -> bool {
        self.gone += 1;
        if self.gone * 2 > self.list.len() {
            self.list.retain(|number| lives(*number));
            self.gone = 0;
        }
        self.list.is_empty()
    }
}

/// Adds a number under a key; `None` if the host has no memory.
pub(crate) fn note<K: std::hash::Hash + Eq>(
    table: &mut Table<K, Numbers>,
    key: K,
    number: u64,
) -> Option<()> {
    table.try_reserve(1).ok()?;
    table.entry(key).or_default().push(number)
}

/// What has a number under a key is gone.
pub(crate) fn forget<K: std::hash::Hash + Eq>(
    table: &mut Table<K, Numbers>,
    key: &K,
    lives: impl Fn(u64) -> bool,
) {
    if table.get_mut(key).is_some_and(|list| list.lost(lives)) {
        table.remove(key);
    }
}

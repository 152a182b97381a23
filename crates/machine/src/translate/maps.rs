//! The stack maps of a function, each distinct one once.

use fzb::{Term, term};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::emitter::NO_MEMORY;
use crate::code::StackMap;

/// So many maps are compared one by one; what comes later is looked up by its hash.
const COMPARED: usize = 16;

/// Register words that are live at a place, before it is known whether they make a new map.
#[derive(Default)]
pub struct Live {
    /// Words where a tagged pair begins.
    pub pairs: Vec<u16>,
    /// Words that hold a bare ticket.
    pub tickets: Vec<u16>,
}

impl Live {
    /// Nothing is live; room for so many. False if the host has no memory for it.
    pub fn begin(&mut self, most: usize) -> bool {
        self.pairs.clear();
        self.tickets.clear();
        self.pairs.try_reserve(most).is_ok() && self.tickets.try_reserve(most).is_ok()
    }

    /// In ascending order, each once.
    pub fn sort(&mut self) {
        for words in [&mut self.pairs, &mut self.tickets] {
            // Most are noted in order.
            if !words.is_sorted_by(|a, b| a < b) {
                words.sort_unstable();
                words.dedup();
            }
        }
    }

    fn is(&self, map: &StackMap) -> bool {
        *self.pairs == *map.pairs && *self.tickets == *map.tickets
    }
}

/// The maps so far.
pub struct Maps {
    /// What was noted last.
    pub live: Live,
    list: Vec<StackMap>,
    /// Index of the maps beyond [`COMPARED`] by their hash. Two that share one are both kept: a map is shared to save
    /// memory only.
    hashed: HashMap<u64, u32>,
    hasher: RandomState,
    bytes: usize,
    bound: usize,
}

impl Maps {
    /// No maps yet; all together may take `bound` bytes.
    pub fn new(bound: usize) -> Maps {
        Maps {
            live: Live::default(),
            list: Vec::new(),
            hashed: HashMap::new(),
            hasher: RandomState::new(),
            bytes: 0,
            bound,
        }
    }

    /// Index of the map that says what was noted last.
    ///
    /// # Errors
    /// Why there is none: the bound, or the host's memory.
    pub fn index(&mut self) -> Result<u32, Term> {
        let compared = self.list.get(..COMPARED).unwrap_or(&self.list);
        if let Some(index) = compared.iter().rposition(|map| self.live.is(map)) {
            return Ok(index as u32);
        }
        let hash = (self.list.len() >= COMPARED)
            .then(|| self.hasher.hash_one((&self.live.pairs, &self.live.tickets)));
        if let Some(hash) = hash
            && let Some(&index) = self.hashed.get(&hash)
            && self
                .list
                .get(index as usize)
                .is_some_and(|map| self.live.is(map))
        {
            return Ok(index);
        }
        let index = self.list.len() as u32;
        let (Some(pairs), Some(tickets)) = (exact(&self.live.pairs), exact(&self.live.tickets))
        else {
            return Err(NO_MEMORY);
        };
        let map = StackMap { pairs, tickets };
        self.bytes += map.bytes() + size_of::<u32>();
        if self.bytes > self.bound {
            return Err(term!("the function's stack maps are too large"));
        }
        if self.list.try_reserve(1).is_err() {
            return Err(NO_MEMORY);
        }
        if let Some(hash) = hash {
            if self.hashed.try_reserve(1).is_err() {
                return Err(NO_MEMORY);
            }
            self.hashed.insert(hash, index);
        }
        self.list.push(map);
        Ok(index)
    }

    /// The maps by their index; `None` if the host has no memory for the list.
    pub fn take(&mut self) -> Option<Box<[StackMap]>> {
        let mut maps = Vec::new();
        maps.try_reserve_exact(self.list.len()).ok()?;
        maps.append(&mut self.list);
        Some(maps.into_boxed_slice())
    }
}

/// A copy without spare room; `None` if the host has no memory for it.
fn exact(words: &[u16]) -> Option<Box<[u16]>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(words.len()).ok()?;
    copy.extend_from_slice(words);
    Some(copy.into_boxed_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(maps: &mut Maps, words: &[u16]) -> u32 {
        assert!(maps.live.begin(words.len()));
        maps.live.pairs.extend_from_slice(words);
        maps.live.sort();
        maps.index().expect("room")
    }

    #[test]
    fn equal_maps_share_an_index_before_and_beyond_those_compared() {
        let mut maps = Maps::new(1 << 20);
        let first: Vec<u32> = (0..100).map(|at| note(&mut maps, &[at, 200])).collect();
        assert_eq!(first, (0..100).collect::<Vec<u32>>());
        let again: Vec<u32> = (0..100).map(|at| note(&mut maps, &[200, at, at])).collect();
        assert_eq!(again, first);
        let list = maps.take().expect("room");
        assert_eq!(list.len(), 100);
        assert_eq!(*list[7].pairs, [7, 200]);
    }

    #[test]
    fn the_bound_holds() {
        let mut maps = Maps::new(200);
        assert!(maps.live.begin(200));
        maps.live.pairs.extend(0..200);
        assert!(maps.index().is_err_and(|why| why != NO_MEMORY));
    }
}

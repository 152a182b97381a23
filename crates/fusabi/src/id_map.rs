//! Tables by ids: ids count from 0 without gaps and no program chooses them, so a hash needs no key of its own to be even.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A table by ids.
pub(crate) type IdMap<K, V> = HashMap<K, V, BuildHasherDefault<IdHasher>>;

/// A set of ids.
pub(crate) type IdSet<K> = HashSet<K, BuildHasherDefault<IdHasher>>;

/// An odd number near 2^64 divided by the golden ratio: neighbouring ids land far from each other (Knuth, The Art of Computer
/// Programming 3, §6.4).
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Multiplies; not for texts, which programs choose.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct IdHasher(u64);

impl IdHasher {
    const fn add(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(FACTOR);
    }
}

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        // Tables look at the low bits, a product is even in its high ones.
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.add(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.add(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.add(u64::from(value));
    }

    fn write_usize(&mut self, value: usize) {
        self.add(value as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::BuildHasher;

    #[test]
    fn neighbouring_ids_have_different_places_and_marks() {
        let hasher = BuildHasherDefault::<IdHasher>::default();
        // The table of the standard library takes the place from the low bits and seven high ones as a mark.
        let mut places = vec![0u32; 1 << 12];
        for id in 0..1u32 << 12 {
            places[hasher.hash_one(id) as usize & 0xFFF] += 1;
        }
        assert!(places.iter().max() <= Some(&8), "{:?}", places.iter().max());
        let marks: HashSet<u64> = (0..1u32 << 12)
            .map(|id| hasher.hash_one(id) >> 57)
            .collect();
        assert_eq!(marks.len(), 128);
    }
}

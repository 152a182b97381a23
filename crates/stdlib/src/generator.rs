//! The generator of random numbers: xoshiro256++ (Blackman and Vigna, 2019), seeded through SplitMix64. The numbers of a seed
//! are part of the interface and never change.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A generator.
#[derive(Clone, Debug)]
pub(crate) struct Generator([u64; 4]);

impl Generator {
    /// The generator of a seed.
    pub(crate) fn seeded(seed: u64) -> Generator {
        let mut state = seed;
        Generator(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ (mixed >> 31)
        }))
    }

    /// A generator that nobody can repeat: seeded by the keys that the system gives the standard library's hash tables.
    pub(crate) fn surprising() -> Generator {
        Generator::seeded(RandomState::new().build_hasher().finish())
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.0;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.0 = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A float from 0 to below 1: 53 random bits.
    pub(crate) fn float(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number from 0 to `last`, each equally likely (Lemire's rejection).
    pub(crate) fn up_to(&mut self, last: u64) -> u64 {
        let Some(count) = last.checked_add(1) else {
            return self.next();
        };
        let unfair = count.wrapping_neg() % count;
        loop {
            let product = u128::from(self.next()) * u128::from(count);
            if product as u64 >= unfair {
                return (product >> 64) as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The state 1, 2, 3, 4 gives the reference implementation's first numbers.
    #[test]
    fn it_is_xoshiro() {
        let mut generator = Generator([1, 2, 3, 4]);
        let first: Vec<u64> = (0..4).map(|_| generator.next()).collect();
        assert_eq!(
            first,
            [41943041, 58720359, 3588806011781223, 3591011842654386]
        );
    }

    #[test]
    fn every_number_comes() {
        let mut generator = Generator::seeded(7);
        let mut seen = [0u32; 6];
        for _ in 0..6_000 {
            seen[generator.up_to(5) as usize] += 1;
        }
        assert!(
            seen.iter().all(|count| (800..1_200).contains(count)),
            "{seen:?}"
        );
        assert!((0..1_000).all(|_| (0.0..1.0).contains(&generator.float())));
        generator.up_to(u64::MAX);
        assert_eq!(generator.up_to(0), 0);
    }
}

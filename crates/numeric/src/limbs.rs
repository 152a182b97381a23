//! Coefficients in memory: limbs for the machine's own `big` objects, bytes for everything else.

use dashu_int::{IBig, Sign, UBig, Word};

use crate::exact::Exact;
use crate::number::{MAX_BITS, NumError};

/// Words of the big-integer library in one limb of ours.
const WORDS_PER_LIMB: usize = 64 / Word::BITS as usize;

impl Exact {
    /// The magnitude's limbs, least first, none of them a leading zero; none at all for zero. The sign is
    /// [`Exact::is_negative`], as machine.md §1 keeps `big`: sign, scale, limbs.
    #[allow(clippy::unnecessary_cast)] // `Word` is u64 only where pointers have 64 bits.
    pub fn limbs(&self) -> impl Iterator<Item = u64> + '_ {
        let (_, words) = self.coefficient().as_sign_words();
        words.chunks(WORDS_PER_LIMB).map(|chunk| {
            chunk.iter().rev().fold(0u64, |limb, word| {
                limb.wrapping_shl(Word::BITS % 64) | *word as u64
            })
        })
    }

    /// Number of limbs that [`Exact::limbs`] gives.
    pub fn limb_count(&self) -> usize {
        let (_, words) = self.coefficient().as_sign_words();
        words.len().div_ceil(WORDS_PER_LIMB)
    }

    /// [`Exact::limbs`], collected.
    pub fn to_limbs(&self) -> Vec<u64> {
        self.limbs().collect()
    }

    /// The number with that sign, magnitude (limbs, least first; leading zeros allowed) and scale,
    /// normalised.
    ///
    /// # Errors
    /// [`NumError::TooLarge`].
    pub fn from_limbs(negative: bool, limbs: &[u64], scale: u32) -> Result<Exact, NumError> {
        let used = limbs
            .iter()
            .rposition(|limb| *limb != 0)
            .map_or(0, |last| last + 1);
        let limbs = limbs.get(..used).unwrap_or(limbs);
        let magnitude = match limbs {
            [] => UBig::ZERO,
            [low] => UBig::from(*low),
            [low, high] => UBig::from(u128::from(*high) << 64 | u128::from(*low)),
            _ if limbs.len() > MAX_BITS / 64 => return Err(NumError::TooLarge),
            _ => {
                let words: Vec<Word> = limbs
                    .iter()
                    .flat_map(|limb| {
                        (0..WORDS_PER_LIMB)
                            .map(move |part| (limb >> (part as u32 * (Word::BITS % 64))) as Word)
                    })
                    .collect();
                UBig::from_words(&words)
            }
        };
        let sign = if negative {
            Sign::Negative
        } else {
            Sign::Positive
        };
        Exact::new(IBig::from_parts(sign, magnitude), scale)
    }

    /// The coefficient in two's complement, little-endian, the fewest bytes; empty for zero.
    pub fn to_le_bytes(&self) -> Vec<u8> {
        self.coefficient().to_le_bytes().into_vec()
    }

    /// The inverse of [`Exact::to_le_bytes`]; any sign extension is accepted.
    ///
    /// # Errors
    /// [`NumError::TooLarge`].
    pub fn from_le_bytes(bytes: &[u8], scale: u32) -> Result<Exact, NumError> {
        // One byte more than the magnitude may take, for the sign.
        if bytes.len() > MAX_BITS / 8 + 1 {
            return Err(NumError::TooLarge);
        }
        Exact::new(IBig::from_le_bytes(bytes), scale)
    }
}

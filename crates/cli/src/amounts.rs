//! Amounts as people write them on the command line.

use std::time::Duration;

use diag::{Diagnostic, fc};
use foxvm::Limits;

use crate::arguments::Bounds;

/// Least and greatest memory of a World, in bytes: a tray and a drawer need room, and tickets reach 32 GiB here.
const LEAST_MEMORY: u64 = 1 << 20;
pub const MOST_MEMORY: u64 = 32 << 30;
/// Greatest call depth that can be asked for.
pub const MOST_DEPTH: u64 = 1 << 28;

/// Sets what the flags say.
///
/// # Errors
/// The first flag whose value means nothing.
#[allow(clippy::result_large_err, reason = "called once per process")]
pub fn limits(bounds: &Bounds, mut limits: Limits) -> Result<Limits, Diagnostic> {
    if let Some(text) = &bounds.fuel {
        limits.fuel = fuel(text)
            .ok_or_else(|| Diagnostic::error(fc::FUEL_VALUE).arg("value", text.as_str()))?;
    }
    if let Some(text) = &bounds.memory {
        let bytes = memory(text).filter(|bytes| (LEAST_MEMORY..=MOST_MEMORY).contains(bytes));
        let bytes = bytes
            .and_then(|bytes| usize::try_from(bytes).ok())
            .ok_or_else(|| {
                Diagnostic::error(fc::MEMORY_VALUE)
                    .arg("value", text.as_str())
                    .arg("least", LEAST_MEMORY)
                    .arg("most", MOST_MEMORY)
            })?;
        limits.memory = bytes;
        limits.one_allocation = limits.one_allocation.min(bytes);
    }
    if let Some(text) = &bounds.timeout {
        limits.deadline = timeout(text)
            .ok_or_else(|| Diagnostic::error(fc::TIMEOUT_VALUE).arg("value", text.as_str()))?;
    }
    if let Some(text) = &bounds.depth {
        let depth = plain(text)
            .filter(|depth| (1..=MOST_DEPTH).contains(depth))
            .and_then(|depth| u32::try_from(depth).ok());
        limits.depth = depth.ok_or_else(|| {
            Diagnostic::error(fc::DEPTH_VALUE)
                .arg("value", text.as_str())
                .arg("most", MOST_DEPTH)
        })?;
    }
    Ok(limits)
}

/// A whole number whose digits `_` may separate.
fn plain(text: &str) -> Option<u64> {
    let begins = text.starts_with(|c: char| c.is_ascii_digit());
    if !begins
        || !text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_')
    {
        return None;
    }
    text.replace('_', "").parse().ok()
}

/// A number and what stands behind its digits.
fn with_unit(text: &str) -> Option<(u64, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '_')
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    Some((plain(digits)?, unit.trim()))
}

/// `None` inside means no limit.
fn fuel(text: &str) -> Option<Option<u64>> {
    if matches!(text, "unlimited" | "off") {
        return Some(None);
    }
    let (number, unit) = with_unit(text)?;
    let factor = match unit {
        "" => 1,
        "k" | "K" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        _ => return None,
    };
    number.checked_mul(factor).map(Some)
}

fn memory(text: &str) -> Option<u64> {
    let (number, unit) = with_unit(text)?;
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kib" => 10,
        "m" | "mib" => 20,
        "g" | "gib" => 30,
        _ => return None,
    };
    number.checked_mul(1 << shift)
}

/// `None` inside means no limit.
fn timeout(text: &str) -> Option<Option<Duration>> {
    if text == "off" {
        return Some(None);
    }
    let (number, unit) = with_unit(text)?;
    let millis = match unit {
        "ms" => number,
        "" | "s" => number.checked_mul(1_000)?,
        "m" => number.checked_mul(60_000)?,
        "h" => number.checked_mul(3_600_000)?,
        _ => return None,
    };
    (millis > 0).then(|| Some(Duration::from_millis(millis)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuel_has_units() {
        assert_eq!(fuel("10M"), Some(Some(10_000_000)));
        assert_eq!(fuel("2_500_000"), Some(Some(2_500_000)));
        assert_eq!(fuel("unlimited"), Some(None));
        for bad in [
            "",
            "-1",
            "ten",
            "1.5M",
            "10X",
            "_1",
            "99999999999999999999",
            "99999999999999G",
        ] {
            assert_eq!(fuel(bad), None, "{bad}");
        }
    }

    #[test]
    fn memory_is_in_powers_of_two() {
        assert_eq!(memory("64MiB"), Some(64 << 20));
        assert_eq!(memory("2G"), Some(2 << 30));
        assert_eq!(memory("4096"), Some(4096));
        for bad in ["", "big", "1TB", "-5M", "99999999999999999G"] {
            assert_eq!(memory(bad), None, "{bad}");
        }
    }

    #[test]
    fn time_has_units() {
        assert_eq!(timeout("500ms"), Some(Some(Duration::from_millis(500))));
        assert_eq!(timeout("2"), Some(Some(Duration::from_secs(2))));
        assert_eq!(timeout("1m"), Some(Some(Duration::from_secs(60))));
        assert_eq!(timeout("off"), Some(None));
        for bad in ["", "0", "soon", "-1s", "1d"] {
            assert_eq!(timeout(bad), None, "{bad}");
        }
    }
}

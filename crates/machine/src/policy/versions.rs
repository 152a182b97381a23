//! Versions with wildcards, suffixes or parts beyond 16, 16 and 32 bits: maps of nature version (docs/specs/rhumb.md §1.8,
//! §3.16; machine.md §1). Plain ones are inline.
//!
//! The map's elements are the parts in order: one part for `1.-`, two for `1.2.-`, three and perhaps the suffix (with its
//! `-` or `+`) for the rest.

use std::cmp::Ordering;
use std::fmt::Write as _;

use crate::fault::{Fault, Raise};
use crate::host_memory::{NoMemory, duplicate};
use crate::legend::{Legends, Nature};
use crate::value::{Kind, Value};
use crate::world::World;

/// Most digits of a part: all of them fit u64.
const MAX_DIGITS: usize = 18;

/// A version taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Parts {
    /// Major, minor, patch; those from `known` on stand for any number.
    numbers: [u64; 3],
    known: usize,
    /// What follows the numbers, sign included; empty for none.
    suffix: String,
}

/// The version that a text is: `1.2.3`, `1,2,3`, `1.2.-`, `1.-`, each of the first two with a suffix `-rc1`, `+b7`. `Err` if
/// the host has no memory for the suffix.
pub(crate) fn parse(text: &str) -> Result<Option<Parts>, NoMemory> {
    let Some((numbers, known, suffix)) = split(text) else {
        return Ok(None);
    };
    Ok(Some(Parts {
        numbers,
        known,
        suffix: duplicate(suffix)?,
    }))
}

/// A version's numbers, how many of them are known, and its suffix.
fn split(text: &str) -> Option<([u64; 3], usize, &str)> {
    let mark = text.chars().find(|c| matches!(c, '.' | ','))?;
    let mut numbers = [0; 3];
    let mut known = 0;
    let mut rest = text;
    loop {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        if digits.is_empty() || digits.len() > MAX_DIGITS {
            return None;
        }
        *numbers.get_mut(known)? = digits.parse().ok()?;
        known += 1;
        if known == 3 {
            rest = after;
            break;
        }
        rest = after.strip_prefix(mark)?;
        if rest == "-" {
            rest = "";
            break;
        }
    }
    let sign = rest.starts_with(['-', '+']) && known == 3 && rest.len() > 1;
    let clean = rest
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.'));
    (rest.is_empty() || (sign && clean)).then_some((numbers, known, rest))
}

/// The literal that reads back as a version; `Err` if the host has no memory for it.
fn text(parts: &Parts) -> Result<String, NoMemory> {
    // Three numbers of u64 with a sign behind each.
    const NUMBERS: usize = 3 * 21;
    let mut out = String::new();
    let bytes = NUMBERS + parts.suffix.len();
    out.try_reserve_exact(bytes).map_err(|_| NoMemory)?;
    for (index, number) in parts.numbers.iter().take(parts.known).enumerate() {
        let mark = if index > 0 { "." } else { "" };
        // Writing to a String cannot fail, and there is room.
        let _ = write!(out, "{mark}{number}");
    }
    if parts.known < 3 {
        out.push_str(".-");
    }
    out.push_str(&parts.suffix);
    Ok(out)
}

/// Order by the parts that both know: equal within a wildcard's span; none if only the suffix differs.
pub(crate) fn order(a: &Parts, b: &Parts) -> Option<Ordering> {
    let known = a.known.min(b.known);
    let numbers = a
        .numbers
        .iter()
        .take(known)
        .cmp(b.numbers.iter().take(known));
    match numbers {
        Ordering::Equal if known < 3 || a.suffix == b.suffix => Some(Ordering::Equal),
        Ordering::Equal => None,
        order => Some(order),
    }
}

impl World {
    /// True for versions, inline or not.
    pub(crate) fn is_version(&self, value: Value) -> bool {
        value.kind() == Kind::Version
            || value.kind() == Kind::Map && self.nature(value.as_ticket()) == Nature::Version
    }

    /// The parts of a version.
    pub(crate) fn version_parts(&mut self, version: Value) -> Raise<Parts> {
        if version.kind() == Kind::Version {
            let packed = version.payload;
            return Ok(Parts {
                numbers: [packed >> 48, packed >> 32 & 0xFFFF, packed & 0xFFFF_FFFF],
                known: 3,
                suffix: String::new(),
            });
        }
        let map = version.as_ticket();
        let mut parts = Parts {
            numbers: [0; 3],
            known: self.elements_len(map).min(3) as usize,
            suffix: String::new(),
        };
        for index in 0..parts.known {
            let number = self.element(map, index as u32).as_int().unwrap_or(0);
            if let Some(part) = parts.numbers.get_mut(index) {
                *part = number.unsigned_abs();
            }
        }
        if self.elements_len(map) > 3 {
            let suffix = self.element(map, 3);
            if suffix.kind() == Kind::Text {
                parts.suffix = self.host_text(suffix.as_ticket())?;
            }
        }
        Ok(parts)
    }

    /// The literal that reads back as a version.
    pub(crate) fn version_text(&mut self, version: Value) -> Raise<String> {
        match text(&self.version_parts(version)?) {
            Ok(text) => Ok(text),
            Err(NoMemory) => Err(self.no_host_memory()),
        }
    }

    /// The value of a version: inline if it fits.
    pub(crate) fn version_value(&mut self, parts: &Parts) -> Raise<Value> {
        let [major, minor, patch] = parts.numbers;
        let plain = parts.known == 3 && parts.suffix.is_empty();
        if plain
            && major < 1 << 16
            && minor < 1 << 16
            && let Ok(patch) = u32::try_from(patch)
        {
            return Ok(Value::new(
                Kind::Version,
                0,
                0,
                major << 48 | minor << 32 | u64::from(patch),
            ));
        }
        let mark = self.temps.len();
        for number in parts.numbers.iter().take(parts.known) {
            self.temp(Value::int(*number as i64))?;
        }
        if !parts.suffix.is_empty() {
            let suffix = self.text_new(&parts.suffix)?;
            self.temp(Value::ticket(Kind::Text, suffix))?;
        }
        let count = self.temps.len() - mark;
        let value = self.map_of_temps(Legends::VERSION, mark, count);
        self.temps.truncate(mark);
        value
    }

    /// The version that a text names; fault conv if it names none.
    pub(crate) fn version_from(&mut self, text: Value) -> Raise<Value> {
        let bytes = u64::from(self.text_bytes_len(text.as_ticket()));
        self.charge_fuel(bytes / 64)?;
        match parse(self.text_str(text.as_ticket())?) {
            Ok(Some(parts)) => self.version_value(&parts),
            Err(NoMemory) => Err(self.no_host_memory()),
            Ok(None) => Err(self.fault(Fault::Conv, "the text is no version")),
        }
    }

    /// The order of two versions by their parts.
    pub(crate) fn version_order(&mut self, x: Value, y: Value) -> Raise<Option<Ordering>> {
        let (a, b) = (self.version_parts(x)?, self.version_parts(y)?);
        Ok(order(&a, &b))
    }

    /// Are two versions written the same: wildcards equal wildcards only?
    pub(crate) fn same_version(&mut self, x: Value, y: Value) -> Raise<bool> {
        Ok(self.version_parts(x)? == self.version_parts(y)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Parts {
        parse(text).expect("memory").expect("a version")
    }

    fn cmp(a: &str, b: &str) -> Option<Ordering> {
        order(&version(a), &version(b))
    }

    #[test]
    fn literals_round_trip() {
        for literal in [
            "1.2.3",
            "1.-",
            "1.2.-",
            "1.0.0-rc1+b7",
            "70000.1.2",
            "0.0.0",
        ] {
            assert_eq!(text(&version(literal)).expect("memory"), literal);
        }
        assert_eq!(version("1,2,3"), version("1.2.3"));
        for bad in [
            "", "1", "1.2", "1.2.3.4", "1.2.3-", "a.b.c", "1.-x", "1..2", "1.2,3",
        ] {
            assert_eq!(parse(bad), Ok(None), "{bad}");
        }
    }

    #[test]
    fn wildcards_and_suffixes() {
        assert_eq!(cmp("1.2.3", "1.-"), Some(Ordering::Equal));
        assert_eq!(cmp("2.0.0", "1.-"), Some(Ordering::Greater));
        assert_eq!(cmp("1.2.3", "1.3.-"), Some(Ordering::Less));
        assert_eq!(cmp("1.2.3-a", "1.2.3-b"), None);
        assert_eq!(cmp("1.2.3-a", "1.2.3"), None);
        assert_eq!(cmp("1.2.4-a", "1.2.3"), Some(Ordering::Greater));
    }
}

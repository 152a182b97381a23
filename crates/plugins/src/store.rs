//! A plugin's own data, kept from version to version (docs/specs/fusabi.md §5.4).

use std::collections::BTreeMap;

/// Bytes of keys and values if the configuration does not say.
pub const QUOTA: usize = 64 << 10;

/// Keys and values, all texts.
#[derive(Debug)]
pub(crate) struct Store {
    entries: BTreeMap<String, String>,
    used: usize,
    quota: usize,
}

/// What an entry costs beside its bytes, so that a million empty ones cost something.
const ENTRY: usize = 64;

impl Store {
    pub fn new(quota: usize) -> Store {
        Store {
            entries: BTreeMap::new(),
            used: 0,
            quota,
        }
    }

    /// Keeps a value; `false`, and all stays as it was, if there is no room.
    pub fn set(&mut self, key: &str, value: &str) -> bool {
        let before = self
            .entries
            .get(key)
            .map_or(0, |old| key.len() + old.len() + ENTRY);
        let after = key.len().saturating_add(value.len()).saturating_add(ENTRY);
        let used = (self.used - before).saturating_add(after);
        if used > self.quota {
            return false;
        }
        self.used = used;
        self.entries.insert(key.to_owned(), value.to_owned());
        true
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries.get(key).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quota_holds_and_what_is_replaced_is_given_back() {
        let mut store = Store::new(200);
        assert!(store.set("a", &"x".repeat(100)));
        assert!(!store.set("b", &"x".repeat(100)));
        assert_eq!(store.get("b"), None);
        assert!(store.set("a", "short"));
        assert!(store.set("b", "short"));
        assert!(!store.set("c", ""));
        assert_eq!(store.get("a"), Some("short"));
    }
}

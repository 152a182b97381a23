//! The languages that messages are written in.

/// A language with a catalogue of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Lang {
    /// English, the reference: every message exists in it.
    #[default]
    English,
    /// Indonesian.
    Indonesian,
}

impl Lang {
    /// Every language that has a catalogue.
    pub const ALL: [Self; 2] = [Self::English, Self::Indonesian];

    /// Its BCP 47 tag: `en`, `id`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Indonesian => "id",
        }
    }

    /// The language of a tag or locale name, or none if no catalogue serves it.
    ///
    /// Reads `id`, `id-ID`, `id_ID.UTF-8`, `en_GB@euro` in any case; subtags are dropped from the
    /// end until a catalogue fits. `C` and `POSIX` are English; `in` is the old code for Indonesian.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let end = tag.find(['.', '@']).unwrap_or(tag.len());
        let tag = tag
            .get(..end)?
            .trim()
            .to_ascii_lowercase()
            .replace('_', "-");
        let mut rest = tag.as_str();
        loop {
            match rest {
                "en" | "c" | "posix" => return Some(Self::English),
                "id" | "in" => return Some(Self::Indonesian),
                _ => {}
            }
            rest = rest.rsplit_once('-')?.0;
        }
    }

    /// The language of a tag or locale name; English where no catalogue serves it.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        Self::parse(tag).unwrap_or_default()
    }

    /// What stands between groups of three digits.
    pub(crate) const fn group_separator(self) -> char {
        match self {
            Self::English => ',',
            Self::Indonesian => '.',
        }
    }

    /// What stands before the fraction of a number.
    pub(crate) const fn decimal_separator(self) -> char {
        match self {
            Self::English => '.',
            Self::Indonesian => ',',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_fall_back_from_region_to_language_to_english() {
        for (tag, lang) in [
            ("en", Lang::English),
            ("en_US.UTF-8", Lang::English),
            ("C", Lang::English),
            ("C.UTF-8", Lang::English),
            ("id", Lang::Indonesian),
            ("id-ID", Lang::Indonesian),
            ("ID_id.utf8@x", Lang::Indonesian),
            ("id-Latn-ID", Lang::Indonesian),
            ("in_ID", Lang::Indonesian),
        ] {
            assert_eq!(Lang::parse(tag), Some(lang), "{tag}");
        }
        for tag in ["de", "de-AT", "", "-", "identity", "@", "ide-ID"] {
            assert_eq!(Lang::parse(tag), None, "{tag}");
            assert_eq!(Lang::from_tag(tag), Lang::English, "{tag}");
        }
    }
}

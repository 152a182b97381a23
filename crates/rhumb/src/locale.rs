//! The two truth words of every locale (docs/specs/rhumb.md §7.4).

/// A locale as far as source text is concerned: how `yes` and `no` are spelled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Locale {
    /// Language tag of the table: `en`.
    pub tag: &'static str,
    /// The word for yes.
    pub yes: &'static str,
    /// The word for no.
    pub no: &'static str,
}

impl Default for Locale {
    fn default() -> Self {
        Self::ENGLISH
    }
}

macro_rules! locales {
    ($($tag:literal $yes:literal $no:literal)*) => {
        /// Every locale, sorted by tag. Words are in NFC.
        pub const LOCALES: &[Locale] = &[$(Locale { tag: $tag, yes: $yes, no: $no }),*];
    };
}

locales! {
    "af" "ja" "nee"
    "bs" "ja" "ne"
    "cs" "ano" "ne"
    "cy" "le" "dim"
    "da" "ja" "nej"
    "de" "ja" "nein"
    "el" "nai" "ochi"
    "en" "yes" "no"
    "es" "sí" "no"
    "et" "jah" "ei"
    "fa" "bæleh" "næh"
    "fi" "kyllä" "ei"
    "fr" "oui" "non"
    "ga" "já" "uimh"
    "he" "ken" "loh"
    "hi" "haan" "nahin"
    "hr" "da" "ne"
    "hu" "igen" "nem"
    "id" "ya" "tidak"
    "is" "já" "nei"
    "it" "sì" "no"
    "ja" "はい" "いいえ"
    "ko" "예" "아니"
    "lt" "taip" "ne"
    "lv" "jā" "nē"
    "nb" "ja" "nei"
    "ne" "हो" "छैन"
    "nl" "ja" "nee"
    "pa" "hāṁ" "nahīṁ"
    "pl" "tak" "nie"
    "pt" "sim" "não"
    "ro" "da" "nu"
    "ru" "da" "net"
    "sk" "áno" "žiadny"
    "sl" "ja" "št"
    "sr" "da" "ne"
    "sv" "ja" "nej"
    "ta" "ām" "illai"
    "th" "ใช่" "ไม่"
    "tr" "evet" "hayır"
    "uk" "tak" "ni"
    "vi" "dạ" "không"
    "yue" "係" "唔係"
    "zh" "是的" "不"
    "zu" "yebo" "cha"
}

impl Locale {
    /// `yes` and `no`.
    pub const ENGLISH: Self = Self {
        tag: "en",
        yes: "yes",
        no: "no",
    };

    /// The locale of a tag such as `fr`, `fr-FR` or `fr_FR.UTF-8`, in any case; none if the table lacks the language.
    #[must_use]
    pub fn find(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_', '.', '@']).next()?.to_ascii_lowercase();
        let index = LOCALES
            .binary_search_by(|locale| locale.tag.cmp(language.as_str()))
            .ok()?;
        LOCALES.get(index).copied()
    }

    /// The truth that a word means.
    #[must_use]
    pub fn truth(self, word: &str) -> Option<bool> {
        match word {
            _ if word == self.yes => Some(true),
            _ if word == self.no => Some(false),
            _ => None,
        }
    }

    /// The word for a truth.
    #[must_use]
    pub const fn word(self, truth: bool) -> &'static str {
        if truth { self.yes } else { self.no }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::is_nfc;

    #[test]
    fn table_is_sorted_and_normal() {
        assert!(LOCALES.windows(2).all(|pair| pair[0].tag < pair[1].tag));
        for locale in LOCALES {
            assert!(is_nfc(locale.yes) && is_nfc(locale.no), "{}", locale.tag);
            assert_eq!(locale.truth(locale.yes), Some(true));
            assert_eq!(locale.truth(locale.no), Some(false));
        }
    }

    #[test]
    fn tags_fall_back_to_their_language() {
        for tag in ["fr", "FR-fr", "fr_FR.UTF-8", "fr@x"] {
            assert_eq!(Locale::find(tag).map(|l| l.yes), Some("oui"), "{tag}");
        }
        assert_eq!(Locale::find("yue-HK").map(|l| l.no), Some("唔係"));
        assert_eq!(Locale::find("xx"), None);
        assert_eq!(Locale::find(""), None);
        assert_eq!(Locale::find("en"), Some(Locale::ENGLISH));
    }
}

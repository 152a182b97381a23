//! Version slots and the versions that fit them (docs/specs/rhumb.md §7.5).

use std::cmp::Ordering;

/// What a literal asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// `-`: the working copy, else the highest.
    Working,
    /// `1.2.3`, with a suffix that is compared as it is written.
    Exact(u16, u16, u32, String),
    /// `1.2.-`: the highest patch.
    Patch(u16, u16),
    /// `1.-` or `1`: the highest minor version.
    Minor(u16),
}

impl Wanted {
    /// Reads a version slot; none if it is none.
    pub fn parse(text: &str) -> Option<Wanted> {
        let text = text.trim();
        if text == "-" {
            return Some(Wanted::Working);
        }
        let (numbers, suffix) = split(text);
        let parts: Vec<&str> = numbers.split('.').collect();
        match (parts.as_slice(), suffix) {
            ([major] | [major, "-"], "") => Some(Wanted::Minor(major.parse().ok()?)),
            ([major, minor] | [major, minor, "-"], "") => {
                Some(Wanted::Patch(major.parse().ok()?, minor.parse().ok()?))
            }
            ([major, minor, patch], suffix) => Some(Wanted::Exact(
                major.parse().ok()?,
                minor.parse().ok()?,
                patch.parse().ok()?,
                suffix.to_owned(),
            )),
            _ => None,
        }
    }

    /// The best of what there is; none if nothing fits.
    pub fn choose<'a>(&self, available: &'a [Available]) -> Option<&'a Available> {
        if *self == Wanted::Working
            && let Some(working) = available.iter().find(|one| one.number.is_none())
        {
            return Some(working);
        }
        available
            .iter()
            .filter(|one| self.fits(one))
            .max_by(|a, b| a.order(b))
    }

    fn fits(&self, one: &Available) -> bool {
        let Some((major, minor, patch)) = one.number else {
            return false;
        };
        match self {
            Wanted::Working => one.suffix.is_empty(),
            Wanted::Exact(a, b, c, suffix) => {
                (major, minor, patch) == (*a, *b, *c) && one.suffix == *suffix
            }
            // A version with a suffix is chosen by its name only.
            Wanted::Patch(a, b) => (major, minor) == (*a, *b) && one.suffix.is_empty(),
            Wanted::Minor(a) => major == *a && one.suffix.is_empty(),
        }
    }
}

/// A version that exists.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Available {
    /// Its name, as the folder is called.
    pub name: String,
    /// Its number; none is the working copy.
    pub number: Option<(u16, u16, u32)>,
    /// What stands behind the number.
    pub suffix: String,
}

impl Available {
    /// The version that a folder's name says; none if it says none.
    pub fn parse(name: &str) -> Option<Available> {
        let (number, suffix) = if name == "-" {
            (None, "")
        } else {
            let (numbers, suffix) = split(name);
            let mut parts = numbers.split('.');
            let number = (
                parts.next()?.parse().ok()?,
                parts.next()?.parse().ok()?,
                parts.next()?.parse().ok()?,
            );
            if parts.next().is_some() {
                return None;
            }
            (Some(number), suffix)
        };
        Some(Available {
            name: name.to_owned(),
            number,
            suffix: suffix.to_owned(),
        })
    }

    fn order(&self, other: &Available) -> Ordering {
        self.number
            .cmp(&other.number)
            .then_with(|| self.suffix.cmp(&other.suffix))
    }
}

/// The numbers of a version, and its suffix with its sign.
fn split(text: &str) -> (&str, &str) {
    // `1.2.-` ends in the wildcard; a suffix's sign follows a digit.
    let mut before = '.';
    for (at, sign) in text.char_indices() {
        if matches!(sign, '-' | '+') && before != '.' {
            return text.split_at(at);
        }
        before = sign;
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(wanted: &str, names: &[&str]) -> Option<String> {
        let available: Vec<Available> = names
            .iter()
            .filter_map(|name| Available::parse(name))
            .collect();
        let wanted = Wanted::parse(wanted).expect("a version slot");
        wanted.choose(&available).map(|one| one.name.clone())
    }

    #[test]
    fn wildcards_take_the_highest() {
        let names = ["1.0.0", "1.0.9", "1.0.10", "1.2.0", "2.0.0", "1.2.1-rc1"];
        assert_eq!(chosen("1.0.-", &names).as_deref(), Some("1.0.10"));
        assert_eq!(chosen("1.-", &names).as_deref(), Some("1.2.0"));
        assert_eq!(chosen("1", &names).as_deref(), Some("1.2.0"));
        assert_eq!(chosen("1.0", &names).as_deref(), Some("1.0.10"));
        assert_eq!(chosen("-", &names).as_deref(), Some("2.0.0"));
        assert_eq!(chosen("1.0.9", &names).as_deref(), Some("1.0.9"));
        assert_eq!(chosen("1.2.1", &names), None);
        assert_eq!(chosen("1.2.1-rc1", &names).as_deref(), Some("1.2.1-rc1"));
        assert_eq!(chosen("3.-", &names), None);
    }

    #[test]
    fn the_working_copy_answers_to_its_sign_only() {
        let names = ["-", "1.0.0"];
        assert_eq!(chosen("-", &names).as_deref(), Some("-"));
        assert_eq!(chosen("1.-", &names).as_deref(), Some("1.0.0"));
        assert_eq!(chosen("2.-", &names), None);
    }

    #[test]
    fn what_is_no_version_is_none() {
        for text in ["", "x", "1.x", "1.2.3.4", "1.-.3", "1..2", "99999999.1.1"] {
            assert_eq!(Wanted::parse(text), None, "{text}");
        }
        for name in ["src", "1.2", "1.2.3.4", ".git"] {
            assert_eq!(Available::parse(name), None, "{name}");
        }
    }
}

//! Words about a file that can be said in another language: a template, kept apart from what stands in its gaps.
//!
//! The English words stand in the sources, once, as templates of [`said!`](crate::said) and [`term!`](crate::term); a
//! program that speaks another language looks the template up (crate `diag`, `catalog/id/phrases.cat`) and fills its
//! translation with the same parts. Names of instructions, types, tables and fields are parts, so they stay as they are.

use std::fmt::{self, Display, Formatter};

/// A few words: a template whose gaps are written `{}`, and one part for each gap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phrase {
    template: &'static str,
    parts: Vec<Part>,
}

/// What stands in a gap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// A number, or a name that is the same in every language.
    Text(String),
    /// Words inside words; as deep as the code that made them says, two levels at most.
    Phrase(Phrase),
}

/// Words without gaps that are to stand in a gap, made by [`term!`](crate::term): what kind of thing a number counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Term(&'static str);

impl Phrase {
    /// No words: the host had no memory for any. Allocates nothing.
    pub const NONE: Phrase = Phrase {
        template: "",
        parts: Vec::new(),
    };

    /// The words of a template. Use [`said!`](crate::said), which counts the gaps and is found by the test that asks for
    /// translations.
    #[doc(hidden)]
    pub const fn of(template: &'static str, parts: Vec<Part>) -> Phrase {
        Phrase { template, parts }
    }

    /// The English words, gaps as `{}`.
    pub const fn template(&self) -> &'static str {
        self.template
    }

    /// What stands in the gaps, in their order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// What stands in a file, and what should stand there.
    pub fn difference(found: Phrase, expected: Phrase) -> Phrase {
        crate::said!("found {}, expected {}", found, expected)
    }

    /// No words at all.
    pub const fn is_empty(&self) -> bool {
        self.template.is_empty()
    }
}

impl Term {
    /// No words, as [`Phrase::NONE`].
    pub const NONE: Term = Term("");

    /// Use [`term!`](crate::term).
    #[doc(hidden)]
    pub const fn of(words: &'static str) -> Term {
        Term(words)
    }
}

/// How many gaps a template has.
#[doc(hidden)]
pub const fn gaps(template: &str) -> usize {
    let bytes = template.as_bytes();
    let (mut at, mut found) = (0, 0);
    while at + 1 < bytes.len() {
        if bytes[at] == b'{' && bytes[at + 1] == b'}' {
            found += 1;
        }
        at += 1;
    }
    found
}

/// A [`Phrase`]: `said!("constant {} of kind {}", id, kind)`. The template is a literal without any braces but `{}`; each
/// argument is a number, a text, a [`Term`] or a phrase. Allocates for the parts: make it where a refusal is made.
#[macro_export]
macro_rules! said {
    ($template:literal $(, $part:expr)* $(,)?) => {{
        const { assert!($crate::phrase::gaps($template) == $crate::said!(@count $($part,)*)) };
        $crate::phrase::Phrase::of($template, vec![$($crate::phrase::Part::from($part)),*])
    }};
    (@count) => { 0 };
    (@count $part:expr, $($rest:expr,)*) => { 1 + $crate::said!(@count $($rest,)*) };
}

/// A [`Term`]: `term!("constant")`. Costs nothing where nothing is refused.
#[macro_export]
macro_rules! term {
    ($words:literal) => {{
        const { assert!($crate::phrase::gaps($words) == 0) };
        $crate::phrase::Term::of($words)
    }};
}

impl Display for Phrase {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut parts = self.parts.iter();
        for (number, words) in self.template.split("{}").enumerate() {
            if number > 0 {
                match parts.next() {
                    Some(Part::Text(text)) => f.write_str(text)?,
                    Some(Part::Phrase(phrase)) => phrase.fmt(f)?,
                    None => {}
                }
            }
            f.write_str(words)?;
        }
        Ok(())
    }
}

impl From<Term> for Phrase {
    fn from(Term(words): Term) -> Phrase {
        Phrase::of(words, Vec::new())
    }
}

impl From<Term> for Part {
    fn from(term: Term) -> Part {
        Part::Phrase(term.into())
    }
}

impl From<Phrase> for Part {
    fn from(phrase: Phrase) -> Part {
        Part::Phrase(phrase)
    }
}

impl From<String> for Part {
    fn from(text: String) -> Part {
        Part::Text(text)
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Part {
        Part::Text(text.into())
    }
}

macro_rules! from_numbers {
    ($($number:ty)*) => {$(
        impl From<$number> for Part {
            fn from(number: $number) -> Part {
                Part::Text(number.to_string())
            }
        }
    )*};
}
from_numbers!(u8 u16 u32 u64 usize i32 i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_in_order() {
        let inner = said!("field {} of typedef {}", 3u32, 1u32);
        let whole = said!("{} for {}", "int", inner);
        assert_eq!(whole.to_string(), "int for field 3 of typedef 1");
        assert_eq!(whole.template(), "{} for {}");
        assert_eq!(said!("{} {}", term!("name"), 9u8).to_string(), "name 9");
        assert_eq!(said!("zeroes").to_string(), "zeroes");
        assert!(Phrase::NONE.is_empty() && Phrase::NONE.to_string().is_empty());
    }
}

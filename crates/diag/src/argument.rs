//! Named arguments of messages.

use crate::phrase::Phrase;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// The value of one argument. Flat but for phrases, which are shown to a fixed depth.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Argument {
    /// Text of any origin; escaped and, when very long, cut where it is shown.
    Text(String),
    /// A number; `i128` holds both `i64` and `u64`.
    Integer(i128),
    /// Texts in order, shown as "a, b and c".
    List(Vec<String>),
    /// A message of the same catalogue entry, named by its field without the argument's own
    /// name: argument `reason` with `Key("underflow")` shows the field `reason.underflow`.
    Key(&'static str),
    /// Words that have their translations by themselves.
    Phrase(Phrase),
}

impl Argument {
    /// As text, in English and without escapes: for readers that are no people.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Key(key) => (*key).to_owned(),
            Self::Integer(number) => number.to_string(),
            Self::List(texts) => texts.join(", "),
            Self::Phrase(phrase) => phrase.english(),
        }
    }
}

impl From<Phrase> for Argument {
    fn from(phrase: Phrase) -> Self {
        Self::Phrase(phrase)
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<String>> for Argument {
    fn from(texts: Vec<String>) -> Self {
        Self::List(texts)
    }
}

impl From<&[&str]> for Argument {
    fn from(texts: &[&str]) -> Self {
        Self::List(texts.iter().map(|&t| t.to_owned()).collect())
    }
}

impl From<usize> for Argument {
    fn from(number: usize) -> Self {
        // Lossless: no target has pointers beyond 64 bits.
        Self::Integer(number as i128)
    }
}

macro_rules! from_integers {
    ($($integer:ty)*) => {$(
        impl From<$integer> for Argument {
            fn from(number: $integer) -> Self {
                Self::Integer(i128::from(number))
            }
        }
    )*};
}
from_integers!(u8 u16 u32 u64 i8 i16 i32 i64 i128);

impl Serialize for Argument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Key(key) => serializer.serialize_str(key),
            Self::Phrase(phrase) => serializer.serialize_str(&phrase.english()),
            Self::Integer(number) => match (i64::try_from(*number), u64::try_from(*number)) {
                (Ok(signed), _) => serializer.serialize_i64(signed),
                (_, Ok(unsigned)) => serializer.serialize_u64(unsigned),
                // JSON readers could not hold it as a number.
                _ => serializer.serialize_str(&number.to_string()),
            },
            Self::List(texts) => {
                let mut list = serializer.serialize_seq(Some(texts.len()))?;
                for text in texts {
                    list.serialize_element(text)?;
                }
                list.end()
            }
        }
    }
}

/// Arguments by name, in the order they were given. A handful at most, so a list serves.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Arguments(Vec<(&'static str, Argument)>);

impl Arguments {
    /// No arguments.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Sets an argument; one of the same name is replaced.
    pub fn set(&mut self, name: &'static str, value: impl Into<Argument>) {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }

    /// The argument of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Argument> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Argument)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Arguments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

//! Printed codes: `FX0003`, `FV02`, `FC14` and later `FB…`, `RH…`, `MF…` (machine.md §7).

use std::fmt;

/// Longest printed code, in ASCII bytes.
const LONGEST: usize = 6;

/// A printed code, such as `FX0003`. Always well formed; whether a catalogue has an entry for it is
/// another question ([`crate::Catalogue::entry`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// ASCII, the unused end is zero, so that the derived order is the order of the texts.
    text: [u8; LONGEST],
    length: u8,
}

/// What a code is about; the first two letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Family {
    /// `FX0001`–`FX007F`: faults of the machine, four upper-case hexadecimal digits.
    Fault,
    /// `FV01`–`FV99`: rules about files and the verifier's rules, two decimal digits.
    File,
    /// `FC01`–`FC99`: the command line, two decimal digits.
    Command,
    /// `FP01`–`FP99`: the plugin host, two decimal digits.
    Plugin,
    /// `FB0001`–`FB9999`: the Fusabi front end, four decimal digits.
    Fusabi,
    /// `RH0001`–`RH9999`: the Rhumb front end, four decimal digits.
    Rhumb,
    /// `MF0001`–`MF9999`: the Morph front end, four decimal digits.
    Morph,
}

impl Family {
    /// Every family, in the order of the reference page.
    pub const ALL: [Self; 7] = [
        Self::Fault,
        Self::File,
        Self::Command,
        Self::Plugin,
        Self::Fusabi,
        Self::Rhumb,
        Self::Morph,
    ];

    /// The two letters that its codes begin with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Fault => "FX",
            Self::File => "FV",
            Self::Command => "FC",
            Self::Plugin => "FP",
            Self::Fusabi => "FB",
            Self::Rhumb => "RH",
            Self::Morph => "MF",
        }
    }

    /// How many digits follow the letters.
    #[must_use]
    pub const fn digits(self) -> usize {
        match self {
            Self::File | Self::Command | Self::Plugin => 2,
            Self::Fault | Self::Fusabi | Self::Rhumb | Self::Morph => 4,
        }
    }

    const fn of(first: u8, second: u8) -> Option<Self> {
        match (first, second) {
            (b'F', b'X') => Some(Self::Fault),
            (b'F', b'V') => Some(Self::File),
            (b'F', b'C') => Some(Self::Command),
            (b'F', b'P') => Some(Self::Plugin),
            (b'F', b'B') => Some(Self::Fusabi),
            (b'R', b'H') => Some(Self::Rhumb),
            (b'M', b'F') => Some(Self::Morph),
            _ => None,
        }
    }

    const fn accepts(self, digit: u8) -> bool {
        digit.is_ascii_digit() || (matches!(self, Self::Fault) && matches!(digit, b'A'..=b'F'))
    }
}

/// Why a text is not a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeError {
    /// It does not begin with the two letters of a [`Family`].
    Family,
    /// The digits are too few, too many, or not of the family's base.
    Digits,
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Family => "a code begins with FX, FV, FC, FP, FB, RH or MF",
            Self::Digits => {
                "FV, FC and FP take two digits, FX four hexadecimal ones, the others four"
            }
        })
    }
}

impl std::error::Error for CodeError {}

impl Code {
    /// The code with this exact text; for constants, where a wrong text stops the compiler.
    ///
    /// # Panics
    /// If the text is not a well-formed code. Use [`Code::parse`] for texts from outside.
    #[must_use]
    pub const fn new(text: &str) -> Self {
        match Self::exact(text.as_bytes()) {
            Ok(code) => code,
            Err(_) => panic!("not a well-formed diagnostic code"),
        }
    }

    /// The code of fault `number`, `FX0001` for 1 (machine.md §7).
    #[must_use]
    pub const fn fault(number: u8) -> Self {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        Self {
            text: [
                b'F',
                b'X',
                b'0',
                b'0',
                HEX[(number >> 4) as usize],
                HEX[(number & 15) as usize],
            ],
            length: LONGEST as u8,
        }
    }

    /// Reads a code as a person types it: any case, blanks around, leading zeros left out (`fx3`).
    ///
    /// # Errors
    /// [`CodeError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let bytes = text.trim().as_bytes();
        let (first, second, digits) = match bytes {
            [first, second, digits @ ..] => (first, second, digits),
            _ => return Err(CodeError::Family),
        };
        let (first, second) = (first.to_ascii_uppercase(), second.to_ascii_uppercase());
        let family = Family::of(first, second).ok_or(CodeError::Family)?;
        if digits.is_empty() || digits.len() > family.digits() {
            return Err(CodeError::Digits);
        }
        let mut exact = vec![first, second];
        exact.resize(2 + family.digits() - digits.len(), b'0');
        exact.extend(digits.iter().map(u8::to_ascii_uppercase));
        Self::exact(&exact)
    }

    const fn exact(bytes: &[u8]) -> Result<Self, CodeError> {
        if bytes.len() < 2 {
            return Err(CodeError::Family);
        }
        let Some(family) = Family::of(bytes[0], bytes[1]) else {
            return Err(CodeError::Family);
        };
        if bytes.len() != 2 + family.digits() {
            return Err(CodeError::Digits);
        }
        let mut text = [0; LONGEST];
        let mut at = 0;
        while at < bytes.len() {
            if at >= 2 && !family.accepts(bytes[at]) {
                return Err(CodeError::Digits);
            }
            text[at] = bytes[at];
            at += 1;
        }
        Ok(Self {
            text,
            length: bytes.len() as u8,
        })
    }

    /// Its text, as printed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Both fallbacks are unreachable: every constructor stores ASCII and its length.
        let text = self.text.get(..usize::from(self.length)).unwrap_or(&[]);
        std::str::from_utf8(text).unwrap_or("")
    }

    /// What it is about.
    #[must_use]
    pub fn family(self) -> Family {
        // Constructors admit known families only.
        Family::of(self.text[0], self.text[1]).unwrap_or(Family::Fault)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({})", self.as_str())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZERO: Code = Code::new("FX0003");

    #[test]
    fn a_fault_number_and_its_text_are_one_code() {
        assert_eq!(Code::fault(3), ZERO);
        assert_eq!(Code::fault(0x7F).as_str(), "FX007F");
        assert_eq!(ZERO.to_string(), "FX0003");
        assert_eq!(ZERO.family(), Family::Fault);
    }

    #[test]
    fn people_may_be_lax() {
        assert_eq!(Code::parse(" fx3 "), Ok(ZERO));
        assert_eq!(Code::parse("FX1d"), Ok(Code::fault(0x1D)));
        assert_eq!(Code::parse("fv2"), Ok(Code::new("FV02")));
        assert_eq!(Code::parse("rh142"), Ok(Code::new("RH0142")));
    }

    #[test]
    fn what_is_no_code_is_refused() {
        assert_eq!(Code::parse(""), Err(CodeError::Family));
        assert_eq!(Code::parse("F"), Err(CodeError::Family));
        assert_eq!(Code::parse("E0308"), Err(CodeError::Family));
        assert_eq!(Code::parse("FX"), Err(CodeError::Digits));
        assert_eq!(Code::parse("FX00003"), Err(CodeError::Digits));
        assert_eq!(Code::parse("FV0A"), Err(CodeError::Digits));
        assert_eq!(Code::parse("FVé"), Err(CodeError::Digits));
    }

    #[test]
    fn codes_sort_by_their_texts() {
        let mut codes = [Code::new("FX0010"), Code::new("FV09"), Code::new("FX000F")];
        codes.sort();
        assert_eq!(codes.map(|c| c.to_string()), ["FV09", "FX000F", "FX0010"]);
    }
}

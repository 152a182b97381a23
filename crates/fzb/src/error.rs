//! Why a file is refused before the verifier sees it: one [`Rule`] per check of the header, the archive and the tables
//! (docs/specs/fusabi.md §4.2, §4.4 layers A and B), each with the code that crate `diag` explains.

use std::fmt;

use crate::host_memory::fixed;
use crate::phrase::Phrase;

macro_rules! rules {
    ($($code:literal $name:ident $layer:ident, $doc:literal;)*) => {
        /// A rule that a file can break. Refusals are counted by it; its code never changes.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        pub enum Rule { $(#[doc = $doc] $name),* }
        impl Rule {
            /// All rules in the order of their codes.
            pub const ALL: &'static [Rule] = &[$(Rule::$name),*];
            /// The code that messages carry, e.g. `FV02`.
            pub const fn code(self) -> &'static str { match self { $(Rule::$name => $code),* } }
            /// The part of the checks that it belongs to.
            pub const fn layer(self) -> Layer { match self { $(Rule::$name => Layer::$layer),* } }
            /// What is wrong with a file that breaks it, in a few words.
            pub const fn text(self) -> &'static str { match self { $(Rule::$name => $doc),* } }
        }
    };
}

/// The parts of the checks, in the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// The 64 bytes before the archive, and the hash.
    Header,
    /// The archive: where its tables stand.
    Archive,
    /// What the tables say.
    Tables,
}

rules! {
    "FV01" TooShort Header, "the file is shorter than its header";
    "FV02" Magic Header, "the file does not begin with FZB and a zero byte";
    "FV03" Version Header, "another version of the format";
    "FV04" HeaderLength Header, "the header's length is not 64";
    "FV05" PayloadLength Header, "the file has fewer bytes than its header says";
    "FV06" PayloadLimit Header, "the payload is larger than 64 MiB";
    "FV07" Flags Header, "unknown or wrong flags";
    "FV08" MinMachine Header, "the module needs a newer machine";
    "FV09" Language Header, "unknown source language";
    "FV10" Hash Header, "the payload's hash is not the header's";
    "FV11" Reserved Header, "reserved bytes are not zero";
    "FV12" HeaderRecord Archive, "header and module record disagree";
    "FV13" ArchiveRange Archive, "a table leaves the payload";
    "FV14" ArchiveAlignment Archive, "a table is not aligned";
    "FV15" ArchiveStructure Archive, "the archive is not a module";
    "FV16" Trailing Header, "bytes after the payload";
    "FV17" Signature Header, "signed files are not supported";
    "FV18" ArchiveOverlap Archive, "tables share bytes or are out of order";
    "FV19" Encoding Tables, "text that is not UTF-8";
    "FV20" Count Archive, "a table has too many records";
    "FV21" TextSize Tables, "a text is too long";
    "FV22" FunctionSize Tables, "a function is too large";
    "FV23" Entry Tables, "the entry function does not exist";
    "FV24" EntryShape Tables, "the entry function has parameters or captures";
    "FV25" ExportTarget Tables, "an export names nothing";
    "FV26" ExportTwice Tables, "exports are not unique and sorted";
    "FV27" ExportHook Tables, "an exported hook has other parameters than the hook";
    "FV28" ConstantOrder Tables, "a constant refers to itself or a later one";
    "FV29" ConstantShape Tables, "a composite constant disagrees with its type";
    "FV30" ConstantChar Tables, "a character constant is no scalar value";
    "FV31" ConstantValue Tables, "a constant without meaning";
    "FV32" TypeIndex Tables, "a type does not exist or is not allowed here";
    "FV33" TypeCycle Tables, "a type contains itself or is too large";
    "FV34" TypeArity Tables, "a generic type with the wrong number of arguments";
    "FV35" TypeDefinition Tables, "a type definition contradicts itself";
    "FV37" ImportSignature Tables, "an import contradicts itself";
    "FV39" CapabilityName Tables, "a capability's name means nothing";
    "FV41" Names Tables, "names are not unique and sorted";
    "FV42" RecordRange Tables, "a record's range leaves its area";
    "FV43" RecordIndex Tables, "a record's index is out of range";
    "FV44" Static Tables, "a static is malformed";
    "FV45" Function Tables, "a function record contradicts itself";
    "FV46" Capture Tables, "a capture is malformed";
    "FV47" Debug Tables, "debug tables are malformed and were left out";
    "FV48" JumpTable Tables, "a jump or text table is malformed";
    "FV49" Attribute Tables, "attributes or metadata are malformed";
    "FV50" Memory Tables, "the host has no memory to check the file";
}

/// A refusal: which rule, where in the file, what stood there and what was expected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileError {
    /// The rule that is broken.
    pub rule: Rule,
    /// The header field, table, record and field, e.g. `constants[3].p[0]`.
    pub place: String,
    /// What stands there.
    pub found: Phrase,
    /// What should stand there.
    pub expected: Phrase,
}

impl FileError {
    /// A refusal; what it found and expected is said only here.
    #[cold]
    pub(crate) fn new(
        rule: Rule,
        place: impl Into<String>,
        words: impl FnOnce() -> (Phrase, Phrase),
    ) -> FileError {
        fixed(|| {
            let (found, expected) = words();
            FileError {
                rule,
                place: place.into(),
                found,
                expected,
            }
        })
    }

    /// The host has no memory for what the checks keep. Says no more than that: it allocates nothing.
    #[cold]
    pub(crate) const fn no_memory() -> FileError {
        FileError {
            rule: Rule::Memory,
            place: String::new(),
            found: Phrase::NONE,
            expected: Phrase::NONE,
        }
    }

    /// What it found and what the rule wants.
    pub fn difference(&self) -> Phrase {
        Phrase::difference(self.found.clone(), self.expected.clone())
    }

    /// The rule's code, e.g. `FV13`.
    pub const fn code(&self) -> &'static str {
        self.rule.code()
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rule == Rule::Memory {
            return write!(f, "{}: {}", self.code(), self.rule.text());
        }
        write!(
            f,
            "{}: {}: {}: {}",
            self.code(),
            self.rule.text(),
            self.place,
            self.difference()
        )
    }
}

impl std::error::Error for FileError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(
            Rule::ALL
                .windows(2)
                .all(|pair| pair[0].code() < pair[1].code() && pair[0] < pair[1])
        );
    }
}

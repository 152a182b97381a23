//! Codes that program code names. One list per family; tests hold every code here against both catalogues.
//! Faults have no list here: crate `isa` has their table, and [`Code::fault`] makes their codes.

use crate::code::Code;

macro_rules! codes {
    ($(#[$about:meta])* $module:ident { $($(#[$doc:meta])* $name:ident = $text:literal;)* }) => {
        $(#[$about])*
        pub mod $module {
            use super::Code;
            $($(#[$doc])* pub const $name: Code = Code::new($text);)*
            /// Every code of this list with its name, in order.
            pub const ALL: &[(&str, Code)] = &[$((stringify!($name), $name)),*];
        }
    };
}

codes! {
    /// Files (`.fzb`): header, archive, tables (`fusabi.md` §4.2, §4.4 layers A and B) and the
    /// verifier's ten rules (`machine.md` §5). FV61–FV99 are free.
    fv {
        // Header and archive.
        /// The file is shorter than its header.
        TOO_SHORT = "FV01";
        /// It does not begin with `FZB\0`.
        MAGIC = "FV02";
        /// Another major version of the format.
        VERSION = "FV03";
        /// The header does not say that it has 64 bytes.
        HEADER_LENGTH = "FV04";
        /// The file has fewer bytes than header and payload need.
        PAYLOAD_LENGTH = "FV05";
        /// The payload is larger than 64 MiB.
        PAYLOAD_LIMIT = "FV06";
        /// Unknown flag bits.
        FLAGS = "FV07";
        /// It needs a newer machine.
        MIN_MACHINE = "FV08";
        /// The language number is none of 0–3.
        LANGUAGE = "FV09";
        /// The payload's hash is not the header's.
        HASH = "FV10";
        /// Reserved header bytes are not zero.
        RESERVED = "FV11";
        /// Header and module record disagree.
        HEADER_RECORD = "FV12";
        /// A range of the archive leaves the payload.
        ARCHIVE_RANGE = "FV13";
        /// A range of the archive is not aligned.
        ARCHIVE_ALIGNMENT = "FV14";
        /// The archive is not a module otherwise.
        ARCHIVE_STRUCTURE = "FV15";
        /// Bytes after the payload.
        TRAILING = "FV16";
        /// The signature block is missing, malformed, or does not fit.
        SIGNATURE = "FV17";
        /// Two ranges of the archive share bytes.
        ARCHIVE_OVERLAP = "FV18";
        /// Text that is not UTF-8.
        ENCODING = "FV19";
        // Tables.
        /// A table has too many records.
        COUNT = "FV20";
        /// A text, or all texts, too long.
        TEXT_SIZE = "FV21";
        /// A function's code, parameters or locals are too many.
        FUNCTION_SIZE = "FV22";
        /// The entry function does not exist.
        ENTRY = "FV23";
        /// The entry function has parameters or captures.
        ENTRY_SHAPE = "FV24";
        /// An export names nothing.
        EXPORT_TARGET = "FV25";
        /// Two exports of one name.
        EXPORT_TWICE = "FV26";
        /// An exported hook has other parameters than the hook.
        EXPORT_HOOK = "FV27";
        /// A constant refers to itself or a later one.
        CONSTANT_ORDER = "FV28";
        /// A composite constant disagrees with its type.
        CONSTANT_SHAPE = "FV29";
        /// A character constant is no scalar value.
        CONSTANT_CHAR = "FV30";
        /// A constant's tag or payload has no meaning.
        CONSTANT_VALUE = "FV31";
        /// A type index is out of range.
        TYPE_INDEX = "FV32";
        /// A type contains itself without end.
        TYPE_CYCLE = "FV33";
        /// A generic type has the wrong number of arguments.
        TYPE_ARITY = "FV34";
        /// A type definition contradicts itself.
        TYPE_DEFINITION = "FV35";
        /// The host has no function of an import's name.
        IMPORT_UNKNOWN = "FV36";
        /// An import's signature is not the registry's.
        IMPORT_SIGNATURE = "FV37";
        /// An import needs a capability that was not granted.
        IMPORT_CAPABILITY = "FV38";
        /// A capability's name means nothing.
        CAPABILITY_NAME = "FV39";
        /// An imported module or its export is missing or does not fit.
        IMPORT_MODULE = "FV40";
        /// Names are not unique and sorted.
        NAMES = "FV41";
        /// A record's range leaves its area.
        RECORD_RANGE = "FV42";
        /// A record's index is out of range.
        RECORD_INDEX = "FV43";
        /// A static is malformed.
        STATIC = "FV44";
        /// A function record contradicts itself.
        FUNCTION = "FV45";
        /// A capture is malformed.
        CAPTURE = "FV46";
        /// Debug tables are malformed and were left out (a warning).
        DEBUG = "FV47";
        /// A jump or text table is malformed.
        JUMP_TABLE = "FV48";
        /// Attributes or metadata are malformed.
        ATTRIBUTE = "FV49";
        /// The host has no memory to check the file.
        NO_MEMORY = "FV50";
        // The verifier, rule by rule.
        /// Rule 1: decoding.
        RULE_DECODE = "FV51";
        /// Rule 2: operand indexes.
        RULE_OPERAND = "FV52";
        /// Rule 3: targets.
        RULE_TARGET = "FV53";
        /// Rule 4: the stack.
        RULE_STACK = "FV54";
        /// Rule 5: locals.
        RULE_LOCAL = "FV55";
        /// Rule 6: try regions.
        RULE_TRY = "FV56";
        /// Rule 7: instructions in places where they are not allowed.
        RULE_PLACE = "FV57";
        /// Rule 8: calls and closures.
        RULE_CALL = "FV58";
        /// Rule 9: typed instructions.
        RULE_TYPED = "FV59";
        /// Rule 10: size.
        RULE_SIZE = "FV60";
    }
}

impl Code {
    /// The code of verifier rule `rule`, 1–10 (machine.md §5).
    #[must_use]
    pub fn verifier_rule(rule: u8) -> Option<Self> {
        const RULES: [Code; 10] = [
            fv::RULE_DECODE,
            fv::RULE_OPERAND,
            fv::RULE_TARGET,
            fv::RULE_STACK,
            fv::RULE_LOCAL,
            fv::RULE_TRY,
            fv::RULE_PLACE,
            fv::RULE_CALL,
            fv::RULE_TYPED,
            fv::RULE_SIZE,
        ];
        RULES.get(usize::from(rule).checked_sub(1)?).copied()
    }
}

codes! {
    /// The command line of `fox`, `rhi` and `morph`.
    fc {
        /// A file does not exist.
        FILE_NOT_FOUND = "FC01";
        /// A file cannot be read.
        FILE_UNREADABLE = "FC02";
        /// A folder where a file is needed.
        FILE_IS_FOLDER = "FC03";
        /// A file cannot be written.
        FILE_UNWRITABLE = "FC04";
        /// A file's kind is not known from its name.
        FILE_KIND = "FC05";
        /// A source file is not UTF-8.
        FILE_ENCODING = "FC06";
        /// A file was refused; its findings were shown before.
        FILE_REFUSED = "FC07";
        /// Sources of this language cannot be compiled by this build.
        LANGUAGE_ABSENT = "FC08";
        /// The module has no export of that name.
        EXPORT_UNKNOWN = "FC09";
        /// The export is not a function.
        EXPORT_NOT_FUNCTION = "FC10";
        /// An export was called with another number of arguments than it takes.
        EXPORT_ARGUMENTS = "FC11";
        /// An argument's text cannot be read as the parameter's type.
        ARGUMENT_VALUE = "FC12";
        /// The module has neither an entry nor was an export named.
        NOTHING_TO_DO = "FC13";
        /// Bad value of `--fuel`.
        FUEL_VALUE = "FC14";
        /// Bad value of `--memory`.
        MEMORY_VALUE = "FC15";
        /// Bad value of `--timeout`.
        TIMEOUT_VALUE = "FC16";
        /// Bad value of `--depth`.
        DEPTH_VALUE = "FC17";
        /// `--allow` names no capability.
        ALLOW_VALUE = "FC18";
        /// A capability was not granted; the flag that grants it is named.
        DENIED = "FC19";
        /// `--lang` names a language without a catalogue (a warning).
        LANG_VALUE = "FC20";
        /// `fox explain` was asked for a code that nobody knows.
        CODE_UNKNOWN = "FC21";
        /// The run was interrupted.
        INTERRUPTED = "FC22";
        /// Standard output was closed by its reader.
        OUTPUT_CLOSED = "FC23";
        /// Standard input cannot be read.
        INPUT_UNREADABLE = "FC24";
        /// Lines of the input were not UTF-8 and were repaired (a warning).
        INPUT_ENCODING = "FC25";
        /// A module text does not assemble.
        ASSEMBLY = "FC26";
        /// A plugin has no hook that the command could call.
        HOOK_ABSENT = "FC27";
        /// A plugin was switched off after failing again and again.
        PLUGIN_DISABLED = "FC28";
        /// The command line itself is wrong.
        USAGE = "FC29";
        /// The host could not provide what a run needs.
        HOST_RESOURCES = "FC30";
        /// A bug of this program.
        INTERNAL = "FC31";
        /// The paths of a command are not what it works on.
        PATHS = "FC32";
        /// No assertion was executed in a file of a test (a warning).
        NO_ASSERTION = "FC33";
        /// A source is not laid out yet.
        NOT_LAID_OUT = "FC34";
        /// The prompt cannot do what a command asks.
        PROMPT = "FC35";
        /// The program of a terminal session cannot be run.
        TERMINAL_COMMAND = "FC40";
        /// A terminal session is not possible so.
        TERMINAL = "FC41";
        /// The grid of a terminal session is not published.
        TERMINAL_SHARED = "FC42";
    }
}

codes! {
    /// The plugin host (crate `plugins`).
    fp {
        /// `plugins.toml` cannot be read.
        CONFIG = "FP01";
        /// Two plugins have one name.
        DOUBLE = "FP02";
        /// A plugin's manifest cannot be read.
        MANIFEST = "FP03";
        /// A plugin is for another host API.
        API = "FP04";
        /// An import needs a capability that the plugin does not have.
        IMPORT_DENIED = "FP05";
        /// The host offers no function of an import's name.
        IMPORT_UNKNOWN = "FP06";
        /// An import has another signature than the host's function.
        IMPORT_DIFFERS = "FP07";
        /// A hook needs a capability that the plugin does not have.
        HOOK_DENIED = "FP08";
        /// The parameters of a hook cannot be linked.
        HOOK_PARAMETERS = "FP09";
        /// A hook answered what is no answer.
        ANSWER = "FP10";
        /// A plugin's onLoad said no.
        LOAD_REFUSED = "FP11";
        /// A plugin was switched off after failing again and again.
        DISABLED = "FP12";
        /// A new version of a plugin cannot take the place of the old one.
        RELOAD = "FP13";
        /// There is no plugin of that name.
        UNKNOWN = "FP14";
        /// A plugin has no hook (a warning).
        NO_HOOK = "FP15";
        /// A plugin declares a type of the host's otherwise than the host.
        TYPE_DIFFERS = "FP16";
        /// A plugin's bytes are not those that its user granted.
        NOT_AS_GRANTED = "FP17";
        /// The store of grants cannot be read or written.
        GRANTED = "FP18";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_order_without_doubles() {
        for list in [fv::ALL, fc::ALL, fp::ALL] {
            assert!(list.windows(2).all(|pair| pair[0].1 < pair[1].1));
        }
    }

    #[test]
    fn verifier_rules_are_numbered_from_one() {
        assert_eq!(Code::verifier_rule(1), Some(fv::RULE_DECODE));
        assert_eq!(Code::verifier_rule(10), Some(fv::RULE_SIZE));
        assert_eq!(Code::verifier_rule(0), None);
        assert_eq!(Code::verifier_rule(11), None);
    }
}

//! The faults of the machine, once: number, name, what each language calls it, who may catch it (docs/specs/machine.md §7).

/// Who may catch a fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Catch {
    /// Every handler of every language.
    All,
    /// Handlers of Rhumb and Morph functions only, once unwinding made room.
    RhumbMorph,
    /// No handler and no finally runs; the run ends and the host gets the fault.
    Host,
}

macro_rules! faults {
    ($($num:literal $name:ident $text:literal $rhumb:literal $fusabi:literal $morph:literal $catch:ident, $when:literal;)*) => {
        /// A fault of the machine. The number never changes its meaning; printed as `FX00nn`.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Fault { $(#[doc = $when] $name = $num),* }
        impl Fault {
            /// All faults in the order of their numbers.
            pub const ALL: &'static [Fault] = &[$(Fault::$name),*];
            /// The fault with that number.
            pub const fn from_number(number: u8) -> Option<Fault> { match number { $($num => Some(Fault::$name),)* _ => None } }
            /// The short name that tables and text assembly use, e.g. `ovf`.
            pub const fn name(self) -> &'static str { match self { $(Fault::$name => $text),* } }
            /// Rhumb's code as a program sees it in `#***(code; msg; data)`; 0 where no program sees it.
            pub const fn rhumb(self) -> u16 { match self { $(Fault::$name => $rhumb),* } }
            /// The F# exception's name; empty where no program sees it.
            pub const fn fusabi(self) -> &'static str { match self { $(Fault::$name => $fusabi),* } }
            /// Morph's `jenis`; empty where no program sees it.
            pub const fn morph(self) -> &'static str { match self { $(Fault::$name => $morph),* } }
            /// Who may catch it.
            pub const fn catch(self) -> Catch { match self { $(Fault::$name => Catch::$catch),* } }
            /// When it is raised, in a few words.
            pub const fn when(self) -> &'static str { match self { $(Fault::$name => $when),* } }
        }
    };
}

faults! {
    0x01 Depth "depth" 500 "" "ErrorRekursi" RhumbMorph, "call depth, register stack, host re-entry";
    0x02 Underflow "underflow" 0 "" "" Host, "load time: stack underflow in a file";
    0x03 Zero "zero" 400 "DivideByZero" "ErrorPembagianNol" All, "division or remainder by zero";
    0x04 Type "type" 400 "InvalidCast" "ErrorTipe" All, "wrong kind of value";
    0x05 Opcode "opcode" 0 "" "" Host, "load time: unknown instruction in a file";
    0x06 Mem "mem" 500 "" "ErrorMemori" RhumbMorph, "memory limit reached, or one allocation too large";
    0x07 Import "import" 0 "" "" Host, "load time: an import is unknown or differs";
    0x08 Fuel "fuel" 0 "" "ErrorBatas" Host, "fuel used up";
    0x09 Deadline "deadline" 0 "" "ErrorBatas" Host, "deadline passed";
    0x0A Cap "cap" 401 "CapabilityDenied" "ErrorPinjam" All, "capability missing or revoked";
    0x0B Verify "verify" 0 "" "" Host, "a function was refused by the verifier";
    0x0C Cancel "cancel" 0 "" "ErrorBatas" Host, "interrupted by the host, or the program ended itself";
    0x0D Uncaught "uncaught" 0 "" "" Host, "a thrown value that nothing caught, as the host gets it";
    0x0E Ovf "ovf" 400 "Overflow" "ErrorLuapan" All, "overflow that the policy does not absorb";
    0x0F Susp "susp" 409 "InvalidOperation" "ErrorSistem" All, "suspension across a host callback";
    0x10 Bounds "bounds" 400 "IndexOutOfRange" "ErrorIndeks" All, "index out of range";
    0x11 Key "key" 404 "KeyNotFound" "ErrorKunci" All, "absent key";
    0x12 Attribute "attribute" 404 "KeyNotFound" "ErrorAtribut" All, "absent field or method";
    0x13 Arity "arity" 400 "Argument" "ErrorArgumen" All, "wrong number of arguments";
    0x14 Call "call" 400 "Argument" "ErrorTipe" All, "not callable";
    0x15 Write "write" 409 "InvalidOperation" "ErrorTipe" All, "immutable label, field or element";
    0x16 Match "match" 400 "MatchFailure" "ErrorSistem" All, "no arm matches";
    0x17 Conv "conv" 400 "Format" "ErrorTipe" All, "a conversion that cannot be made";
    0x18 Empty "empty" 400 "Argument" "ErrorIndeks" All, "head or tail of an empty list";
    0x19 Hash "hash" 400 "Argument" "ErrorTipe" All, "a key that cannot be hashed";
    0x1A Range "range" 400 "ArgumentOutOfRange" "ErrorArgumen" All, "a size or number out of its range";
    0x1B State "state" 409 "InvalidOperation" "ErrorSistem" All, "finished or running fiber, unset static";
    0x1C Late "late" 409 "InvalidOperation" "ErrorSistem" All, "a second reply to a one-shot emission";
    0x1D Host "host" 500 "HostError" "ErrorIO" All, "a host function failed or panicked";
    0x1E Module "module" 404 "ModuleError" "ErrorModul" All, "missing, cyclic or failing module";
    0x1F Fibers "fibers" 0 "" "ErrorBatas" Host, "too many fibers";
    0x20 Output "output" 0 "" "ErrorBatas" Host, "output limit reached";
    0x21 User "user" 999 "Exception" "ErrorManual" All, "raised by the program";
    0x22 Link "link" 408 "Timeout" "ErrorJaringan" All, "time-out, connection lost";
    0x7F Internal "internal" 0 "" "" Host, "a bug of the machine was caught; the World is closed";
}

impl Fault {
    /// The fault with that short name.
    pub fn from_name(name: &str) -> Option<Fault> {
        Fault::ALL
            .iter()
            .copied()
            .find(|fault| fault.name() == name)
    }

    /// The code as it is printed, e.g. `FX0003`.
    pub fn code(self) -> String {
        format!("FX{:04X}", self as u8)
    }

    /// True if a program may raise it with `fault code` (never the host's own).
    pub const fn raisable(self) -> bool {
        matches!(self.catch(), Catch::All)
    }
}

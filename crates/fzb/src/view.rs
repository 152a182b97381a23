//! A checked module, read in place.
//!
//! [`Module`] keeps the file's bytes and the offsets that [`crate::gate`] found; every record is read when it is asked
//! for, through checked offsets of a `&[u8]`. Nothing is deserialised and nothing panics, whatever the bytes are: an
//! index or range that leads nowhere gives `None`. After [`Checks::Full`] the records also keep the rules of
//! `crate::rules`.

mod constant;
mod debug;
mod function;
mod record;
mod types;
mod unpack;

use std::sync::Arc;

pub use constant::{Constant, MapLitView, ShapeView, TopicsView};
pub use debug::SourceLine;
pub use function::Function;
pub use record::{Attributes, Export, ExportTarget, Import, Indexes, Static};
pub use types::{Case, Field, RecType, Repr, RowView, Type, Typedef};

use crate::error::FileError;
use crate::gate::{self, Root};
pub use crate::header::ModuleHash;
use crate::header::{HEADER_SIZE, Header};
use crate::host_memory::fixed;
pub use crate::layout::Table;
use crate::tables::{FuncId, Lang, NONE, NameId, Range, Tables};
use crate::{archive, rules, write};

/// The bytes of a file, from wherever they are held: a vector, a shared slice, a map of a file.
///
/// What they hold must not change while a [`Module`] reads them; if it does, reads may give wrong records but never
/// leave the bytes.
#[derive(Clone)]
pub struct ModuleBytes(Arc<dyn AsRef<[u8]> + Send + Sync>);

impl ModuleBytes {
    /// Takes any holder of bytes.
    pub fn new(holder: impl AsRef<[u8]> + Send + Sync + 'static) -> ModuleBytes {
        ModuleBytes(Arc::new(holder))
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

impl From<Vec<u8>> for ModuleBytes {
    fn from(bytes: Vec<u8>) -> ModuleBytes {
        ModuleBytes::new(bytes)
    }
}

impl From<&[u8]> for ModuleBytes {
    /// Copies the bytes.
    fn from(bytes: &[u8]) -> ModuleBytes {
        ModuleBytes::new(bytes.to_vec())
    }
}

impl From<Arc<[u8]>> for ModuleBytes {
    fn from(bytes: Arc<[u8]>) -> ModuleBytes {
        ModuleBytes::new(bytes)
    }
}

impl From<Arc<dyn AsRef<[u8]> + Send + Sync>> for ModuleBytes {
    fn from(bytes: Arc<dyn AsRef<[u8]> + Send + Sync>) -> ModuleBytes {
        ModuleBytes(bytes)
    }
}

/// How much of a file is checked (docs/design.md §6).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Checks {
    /// A file that nobody vouches for: header, hash, gate, rkyv's checked access, and all rules of the tables. Linear
    /// work; beside the error it allocates at most three times the file's size plus 1 MiB.
    Full,
    /// A file whose hash was checked before by this machine and which cannot have changed: header and gate. Constant
    /// work, constant memory.
    Known,
}

struct Inner {
    bytes: ModuleBytes,
    root: Root,
    hash: ModuleHash,
    lang: Lang,
    /// False if there are no debug tables or if they were dropped.
    debug: bool,
}

/// A module that passed [`Module::check`]. Cloning it is cheap.
#[derive(Clone)]
pub struct Module(Arc<Inner>);

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Module({:?}, {})", self.module_name(), self.hash())
    }
}

impl Module {
    /// Checks a file and opens it.
    pub fn check(bytes: impl Into<ModuleBytes>, checks: Checks) -> Result<Module, FileError> {
        let bytes = bytes.into();
        let file = bytes.as_slice();
        // What these allocate are the words of a refusal.
        let header = fixed(|| Header::read(file))?;
        let payload = file.get(HEADER_SIZE..).unwrap_or_default();
        if checks == Checks::Full {
            fixed(|| header.check_hash(payload))?;
        }
        let root = fixed(|| gate::check(payload))?;
        fixed(|| rules::root::check(&header, &root))?;
        let debug = header.flags & crate::header::header_flags::DEBUG != 0;
        if checks == Checks::Full {
            archive::check(payload)?;
        }
        let mut module = Module::shared(Inner {
            bytes,
            root,
            hash: header.hash,
            lang: header.lang,
            debug,
        });
        if checks == Checks::Full {
            rules::check(&module)?;
            if debug
                && rules::debug::check(&module).is_err()
                && let Some(inner) = Arc::get_mut(&mut module.0)
            {
                inner.debug = false;
            }
        }
        Ok(module)
    }

    /// One allocation of fixed size; `Arc` has no way to fail on the stable toolchain (docs/security.md "Host memory").
    fn shared(inner: Inner) -> Module {
        fixed(|| Module(Arc::new(inner)))
    }

    /// Writes tables to memory and checks the result in full.
    pub fn from_tables(tables: &Tables) -> Result<Module, FileError> {
        Module::check(write::write(tables)?, Checks::Full)
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        self.0.bytes.as_slice()
    }

    /// The module's hash, as the header has it.
    pub fn hash(&self) -> ModuleHash {
        self.0.hash
    }

    /// Source language.
    pub fn lang(&self) -> Lang {
        self.0.lang
    }

    /// Policy of functions that do not say; the text form's default.
    pub fn policy(&self) -> Lang {
        Lang::from_number(self.0.root.policy).unwrap_or(Lang::Machine)
    }

    /// Least machine version.
    pub fn min_machine(&self) -> u32 {
        self.0.root.min_machine
    }

    /// Name of the module.
    pub fn module_name(&self) -> &str {
        self.string(self.0.root.name).unwrap_or_default()
    }

    /// Version of the module, free text.
    pub fn module_version(&self) -> &str {
        self.string(self.0.root.module_version).unwrap_or_default()
    }

    /// Free metadata of the module; a plugin's is TOML text.
    pub fn metadata(&self) -> &[u8] {
        self.byte_range(self.0.root.metadata).unwrap_or_default()
    }

    /// Function that runs when the module is loaded.
    pub fn entry(&self) -> Option<FuncId> {
        (self.0.root.entry != NONE).then_some(FuncId(self.0.root.entry))
    }

    /// False if the module has no debug tables, or malformed ones, which are left out (fusabi.md §4.4 rule 13).
    pub fn has_debug(&self) -> bool {
        self.0.debug
    }

    /// Number of records of a table.
    pub fn count(&self, table: Table) -> u32 {
        if table.is_debug() && !self.0.debug {
            0
        } else {
            self.0.root.area(table).len
        }
    }

    /// Number of names.
    pub fn names(&self) -> u32 {
        self.count(Table::Names)
    }

    /// Number of entries of the type table.
    pub fn types(&self) -> u32 {
        self.count(Table::Types)
    }

    /// Number of type definitions.
    pub fn typedefs(&self) -> u32 {
        self.count(Table::Typedefs)
    }

    /// Number of constants.
    pub fn constants(&self) -> u32 {
        self.count(Table::Constants)
    }

    /// Number of functions.
    pub fn functions(&self) -> u32 {
        self.count(Table::Functions)
    }

    /// Number of statics.
    pub fn statics(&self) -> u32 {
        self.count(Table::Statics)
    }

    /// Number of imports.
    pub fn imports(&self) -> u32 {
        self.count(Table::Imports)
    }

    /// Number of exports.
    pub fn exports(&self) -> u32 {
        self.count(Table::Exports)
    }

    /// The text of a name.
    pub fn name(&self, id: NameId) -> Option<&str> {
        std::str::from_utf8(self.name_bytes(id)?).ok()
    }

    /// The name with that text.
    pub fn find_name(&self, text: &str) -> Option<NameId> {
        let (mut low, mut high) = (0, self.names());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.name_bytes(NameId(middle))?.cmp(text.as_bytes()) {
                std::cmp::Ordering::Equal => return Some(NameId(middle)),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    pub(crate) fn root(&self) -> &Root {
        &self.0.root
    }

    pub(crate) fn payload(&self) -> &[u8] {
        self.bytes().get(HEADER_SIZE..).unwrap_or_default()
    }

    /// The bytes of `range.len` records of `table` from `range.start` on.
    pub(crate) fn span(&self, table: Table, range: Range) -> Option<&[u8]> {
        let end = range.start.checked_add(range.len)?;
        if end > self.count(table) {
            return None;
        }
        let start =
            self.0.root.area(table).start as usize + range.start as usize * table.record_size();
        self.payload()
            .get(start..start.checked_add(range.len as usize * table.record_size())?)
    }

    /// Record `index` of a table whose records are `N` words.
    pub(crate) fn record<const N: usize>(&self, table: Table, index: u32) -> Option<[u32; N]> {
        debug_assert_eq!(table.record_size(), 4 * N);
        let bytes = self.span(
            table,
            Range {
                start: index,
                len: 1,
            },
        )?;
        let mut words = [0; N];
        for (word, four) in words.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = u32::from_le_bytes(four.try_into().ok()?);
        }
        Some(words)
    }

    pub(crate) fn name_bytes(&self, id: NameId) -> Option<&[u8]> {
        let [start, len] = self.record(Table::Names, id.0)?;
        self.span(Table::Strings, Range { start, len })
    }

    /// The text in a range of `strings`.
    pub(crate) fn string(&self, range: Range) -> Option<&str> {
        std::str::from_utf8(self.span(Table::Strings, range)?).ok()
    }

    /// A range of `bytes`.
    pub(crate) fn byte_range(&self, range: Range) -> Option<&[u8]> {
        self.span(Table::Bytes, range)
    }

    /// A range of `words`.
    pub(crate) fn words(&self, range: Range) -> Option<Indexes<'_>> {
        Some(Indexes::over(self.span(Table::Words, range)?))
    }
}

/// `None` for [`NONE`].
pub(crate) fn optional_name(number: u32) -> Option<NameId> {
    (number != NONE).then_some(NameId(number))
}

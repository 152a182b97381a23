//! Statics, imports, exports, attributes, and lists of indexes.

use super::{Module, Table, optional_name};
use crate::tables::{
    ConstId, ExportId, ExportKind, FuncId, ImportId, ImportKind, NONE, NameId, Range, StaticId,
    TypeId, static_flags,
};

/// A list of numbers in the pool `words`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Indexes<'a>(&'a [u8]);

impl<'a> Indexes<'a> {
    /// The words of these bytes.
    pub(crate) const fn over(bytes: &'a [u8]) -> Indexes<'a> {
        Indexes(bytes)
    }

    /// How many.
    pub const fn len(&self) -> u32 {
        (self.0.len() / 4) as u32
    }

    /// True if there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number `index`.
    pub fn get(&self, index: u32) -> Option<u32> {
        crate::layout::u32_at(self.0, index as usize * 4)
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = u32> + DoubleEndedIterator + use<'a> {
        self.0
            .chunks_exact(4)
            .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
    }
}

/// A static of a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Static {
    /// Its index.
    pub id: StaticId,
    /// Name.
    pub name: NameId,
    /// Type.
    pub ty: TypeId,
    /// [`static_flags`].
    pub flags: u32,
}

impl Static {
    /// May it be stored after its first store?
    pub const fn is_mutable(&self) -> bool {
        self.flags & static_flags::MUTABLE != 0
    }

    /// May it be exported?
    pub const fn is_exported(&self) -> bool {
        self.flags & static_flags::EXPORTED != 0
    }
}

/// An import.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    /// Its index.
    pub id: ImportId,
    /// Host function, function of a module, or module.
    pub kind: ImportKind,
    /// Name of the function; `None` for a whole module.
    pub name: Option<NameId>,
    /// Name of the module; `None` for a host function.
    pub module: Option<NameId>,
    /// Types of the parameters ([`TypeId`] numbers).
    pub params: Indexes<'a>,
    /// Result type.
    pub result: TypeId,
    /// Names of the capabilities that it needs ([`NameId`] numbers).
    pub caps: Indexes<'a>,
    /// May it be absent?
    pub optional: bool,
}

impl Import<'_> {
    /// Type of parameter `index`.
    pub fn param(&self, index: u32) -> Option<TypeId> {
        self.params.get(index).map(TypeId)
    }
}

/// What an export names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExportTarget {
    /// A function.
    Function(FuncId),
    /// A static.
    Static(StaticId),
}

/// An export.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    /// Its index.
    pub id: ExportId,
    /// Name.
    pub name: NameId,
    /// What it names.
    pub target: ExportTarget,
    /// Its attributes.
    pub attributes: Attributes<'a>,
}

/// Attributes of a function or export: names with a constant or nothing.
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'a>(Indexes<'a>);

impl<'a> Attributes<'a> {
    /// How many.
    pub const fn len(&self) -> u32 {
        self.0.len() / 2
    }

    /// True if there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (NameId, Option<ConstId>)> + use<'a> {
        let words = self.0;
        (0..self.len()).map(move |i| {
            let word = |at| words.get(at).unwrap_or(NONE);
            (
                NameId(word(2 * i)),
                Some(word(2 * i + 1))
                    .filter(|value| *value != NONE)
                    .map(ConstId),
            )
        })
    }
}

impl Module {
    /// A static.
    pub fn static_(&self, id: StaticId) -> Option<Static> {
        let [name, ty, flags] = self.record(Table::Statics, id.0)?;
        Some(Static {
            id,
            name: NameId(name),
            ty: TypeId(ty),
            flags,
        })
    }

    /// An import.
    pub fn import(&self, id: ImportId) -> Option<Import<'_>> {
        let [
            kind,
            name,
            module,
            params_start,
            params_len,
            result,
            caps_start,
            caps_len,
            flags,
        ] = self.record(Table::Imports, id.0)?;
        Some(Import {
            id,
            kind: ImportKind::from_number(kind)?,
            name: optional_name(name),
            module: optional_name(module),
            params: self.words(Range {
                start: params_start,
                len: params_len,
            })?,
            result: TypeId(result),
            caps: self.words(Range {
                start: caps_start,
                len: caps_len,
            })?,
            optional: flags & 1 != 0,
        })
    }

    /// An export.
    pub fn export(&self, id: ExportId) -> Option<Export<'_>> {
        let [name, kind, index, start, len] = self.record(Table::Exports, id.0)?;
        let target = match ExportKind::from_number(kind)? {
            ExportKind::Function => ExportTarget::Function(FuncId(index)),
            ExportKind::Static => ExportTarget::Static(StaticId(index)),
        };
        Some(Export {
            id,
            name: NameId(name),
            target,
            attributes: self.attributes(Range { start, len })?,
        })
    }

    /// The export of that name.
    pub fn find_export(&self, text: &str) -> Option<ExportId> {
        let name = self.find_name(text)?;
        // Exports are sorted by name and names by their bytes, so exports are sorted by the names' indexes.
        let (mut low, mut high) = (0, self.exports());
        while low < high {
            let middle = low + (high - low) / 2;
            let [found, ..] = self.record::<5>(Table::Exports, middle)?;
            match found.cmp(&name.0) {
                std::cmp::Ordering::Equal => return Some(ExportId(middle)),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    pub(crate) fn attributes(&self, range: Range) -> Option<Attributes<'_>> {
        self.span(Table::Attributes, range)
            .map(|bytes| Attributes(Indexes::over(bytes)))
    }
}

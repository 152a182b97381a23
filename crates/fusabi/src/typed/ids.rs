//! Indexes of the tables of a [`Program`](super::Program), and names.

use std::collections::HashMap;
use std::marker::PhantomData;

/// An index of a [`Table`].
pub trait Index: Copy {
    /// The row's number, from 0.
    fn index(self) -> usize;
    /// The index of that row.
    fn from_index(index: usize) -> Self;
}

/// Rows found by an index of one kind.
#[derive(Clone, Debug)]
pub struct Table<I, T> {
    rows: Vec<T>,
    of: PhantomData<fn(I)>,
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            of: PhantomData,
        }
    }
}

impl<I: Index, T> Table<I, T> {
    /// The row; `None` for an index of another table.
    #[must_use]
    pub fn get(&self, id: I) -> Option<&T> {
        self.rows.get(id.index())
    }

    /// The row, to change it.
    pub fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.rows.get_mut(id.index())
    }

    /// Adds a row.
    pub fn push(&mut self, row: T) -> I {
        self.rows.push(row);
        I::from_index(self.rows.len() - 1)
    }

    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows with their indexes.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> {
        self.rows
            .iter()
            .enumerate()
            .map(|(at, row)| (I::from_index(at), row))
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(u32);

        impl Index for $name {
            fn index(self) -> usize {
                self.0 as usize
            }

            fn from_index(index: usize) -> Self {
                // A row comes from at least a byte of a source, of which all together have less than 4 GiB.
                Self(index as u32)
            }
        }
    )*};
}

ids! {
    /// A file of the program.
    FileIndex;
    /// A type ([`Forms`](super::Forms)).
    TypeIndex;
    /// A declared type.
    DefinedId;
    /// A case of a union, or an exception.
    CaseId;
    /// A member.
    MemberId;
    /// A value or function of a module.
    GlobalId;
    /// A variable of a function or of a top-level step; counted for each file.
    LocalId;
    /// A function.
    FunctionId;
    /// A function or value of the standard library: a row of the library's table.
    LibraryId;
    /// A function of the host.
    HostId;
    /// A type parameter.
    ParameterId;
    /// A format string; counted for each file.
    FormatId;
    /// A name.
    NameId;
}

macro_rules! defined {
    ($($name:ident $text:literal;)*) => {
        defined!(@ 0u32; $($name)*);

        impl DefinedId {
            /// The names of the language's own types, in order.
            pub const NAMES: &[&str] = &[$($text),*];
        }
    };
    (@ $at:expr; $name:ident $($rest:ident)*) => {
        impl DefinedId {
            #[doc = concat!("A type of the language, named in [`DefinedId::NAMES`].")]
            pub const $name: Self = Self($at);
        }
        defined!(@ $at + 1u32; $($rest)*);
    };
    (@ $at:expr;) => {};
}

defined! {
    UNIT "unit";
    BOOL "bool";
    INT "int";
    SBYTE "sbyte";
    BYTE "byte";
    INT16 "int16";
    UINT16 "uint16";
    INT32 "int32";
    UINT32 "uint32";
    UINT64 "uint64";
    FLOAT "float";
    FLOAT32 "float32";
    CHAR "char";
    STRING "string";
    OBJ "obj";
    EXN "exn";
    LIST "list";
    ARRAY "array";
    OPTION "option";
    VALUE_OPTION "voption";
    RESULT "Result";
    CHOICE "Choice";
    REF "ref";
    LAZY "Lazy";
    SEQ "seq";
    ASYNC "Async";
    MAP "Map";
    SET "Set";
    KEY_VALUE "KeyValuePair";
    JSON "Json";
    REGEX "Regex";
    MATCH "Match";
    BUILDER "Builder";
}

impl DefinedId {
    /// Whether it is a type of the language, not one that a program declares.
    #[must_use]
    pub fn is_builtin(self) -> bool {
        self.index() < Self::NAMES.len()
    }
}

/// Texts stored once.
#[derive(Clone, Debug, Default)]
pub struct Names {
    texts: Vec<Box<str>>,
    index: HashMap<Box<str>, NameId>,
}

impl Names {
    /// The name of that text, stored if it is new.
    pub fn intern(&mut self, text: &str) -> NameId {
        if let Some(&id) = self.index.get(text) {
            return id;
        }
        let id = NameId::from_index(self.texts.len());
        self.texts.push(text.into());
        self.index.insert(text.into(), id);
        id
    }

    /// The name of that text, if it occurs.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<NameId> {
        self.index.get(text).copied()
    }

    /// Its text; empty for an index of another table.
    #[must_use]
    pub fn text(&self, id: NameId) -> &str {
        self.texts.get(id.index()).map_or("", |text| text)
    }
}

//! What the checker found out about a program: all that code generation needs and the tree does not say.
//!
//! A [`Program`] is the files in the order in which they are initialised, the tables that they share (types, declared types,
//! module-level values, functions, members) and for each file the tables with one row per expression, pattern or local
//! variable. Rows are found by the tree's own indexes: [`TypedFile::meaning`] of an
//! [`ExprId`](crate::tree::ExprId) says what that node means, [`TypedFile::expr_type`] its type, [`TypedFile::bind`] what a pattern does.
//!
//! How to read a program:
//! - [`Program::steps`] is what runs at the start, in order. The value of the program is that of the last step if
//!   [`Program::has_result`].
//! - Every function (named, lambda, member, delayed body) is a row of [`Program::functions`] that says which variables it
//!   captures. The ones of module level are [`Global`]s with [`Global::function`].
//! - An expression with [`Meaning::Replaced`] is compiled as the expression named there: computations of a user's builder,
//!   for one. The tree of a typed file therefore has more nodes than the parser made; the new ones are as all others.
//! - Types are uniform where they are unknown: a [`TypeForm::Parameter`] stands for any value. What an operator works on is
//!   said by [`Meaning::Operator`], by no table of instantiations.
//! - Programs with errors have no [`Program`]; so every index here is one of its table, and no row is missing.
//!
//! Layout: `ids.rs` indexes and names, `forms.rs` types, `declared.rs` declared types, `values.rs` variables and functions,
//! `meaning.rs` meanings of nodes, `formats.rs` format strings, `operator.rs` operators, `file.rs` the tables of a file.

mod declared;
mod file;
mod formats;
mod forms;
mod ids;
mod meaning;
mod operator;
mod values;

pub use declared::{
    Attribute, AttributeValue, Case, DefinedType, Definition, EnumItem, Field, FieldStorage,
    Member, TypeShape,
};
pub use file::TypedFile;
pub use formats::{Format, FormatUse};
pub use forms::{Forms, RecordField, TypeForm};
pub use ids::{
    CaseId, DefinedId, FileIndex, FormatId, FunctionId, GlobalId, HostId, Index, LibraryId,
    LocalId, MemberId, NameId, Names, ParameterId, Table, TypeIndex,
};
pub use meaning::{ActivePattern, Binds, Builder, CallShape, Callee, Indexed, Meaning, Sequenced};
pub use operator::{Operand, Operator};
pub use values::{
    Function, FunctionOrigin, Global, GlobalKind, HostFunction, Local, Parameter, Requirement, Step,
};

/// A program without errors.
#[derive(Clone, Debug)]
pub struct Program {
    /// Names of fields, cases, values and types, each once.
    pub names: Names,
    /// The files in the order of their initialisation: a loaded file stands before the one that loads it (§1.4).
    pub files: Table<FileIndex, TypedFile>,
    /// Every type that occurs, each once: equal types have equal indexes.
    pub forms: Forms,
    /// Type parameters of generalised values and of declared types.
    pub parameters: Table<ParameterId, Parameter>,
    /// Declared types, those of the language first (at fixed places, [`DefinedId::INT`] and so on).
    pub types: Table<DefinedId, DefinedType>,
    /// Cases of unions and exceptions.
    pub cases: Table<CaseId, Case>,
    /// Members, static and of instances.
    pub members: Table<MemberId, Member>,
    /// Values and functions of modules, of all files, in the order of their declaration.
    pub globals: Table<GlobalId, Global>,
    /// All functions.
    pub functions: Table<FunctionId, Function>,
    /// Functions of the host that the program may call: an import each, if it is used.
    pub host: Table<HostId, HostFunction>,
    /// What runs at the start, in order.
    pub steps: Vec<Step>,
    /// Whether the last step is an expression at the end of the main file, whose value is that of the program (§1.4).
    pub has_result: bool,
}

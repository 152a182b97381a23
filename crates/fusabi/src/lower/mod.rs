//! Code generation: from the tables of a checked [`Program`] to the tables of a module.
//!
//! [`compile`] never fails for what a program says, only for what is larger than a module can be. The library's functions
//! that a program uses are compiled into its module, so a `.fzb` needs nothing but the machine and its host.
//!
//! How values are held ([`represent`]): `int`, `float`, `bool`, `char`, `string` and `list` as the machine's own types without
//! a tag, everything else as a tagged value; type parameters too, so one function serves all types.
//!
//! Layout: `unit.rs` the module being made and what is known of both programs (the user's and the library's), `represent.rs`
//! types, `declare.rs` declared types, `captures.rs` which local functions are compiled as functions of the module with their
//! captured variables as parameters, `function.rs` one function, `entry.rs` the steps of a module and its exports, `code.rs` the
//! code being emitted, `expr.rs` expressions, `spine.rs` what extends to the left, `apply.rs` calls, `name.rs` names as values,
//! `wrapper.rs` functions made for what is no function, `operator.rs` operators, `pattern.rs` patterns, `control.rs` conditions
//! and loops, `binding.rs` `let`, `record.rs` records, `collection.rs` lists, arrays and indexes, `computation.rs` computations,
//! `format.rs` format strings, `instruction.rs` functions of the library that are instructions, `inline.rs` those that are loops in place of a call, `native.rs` what the library's
//! own code calls.
//!
//! Specification: docs/specs/machine.md §4 "fusabi" column, docs/specs/fusabi.md §1.

mod apply;
mod binding;
mod captures;
mod code;
mod collection;
mod computation;
mod control;
mod convert;
mod declare;
mod entry;
mod expr;
mod format;
mod function;
mod inline;
mod instruction;
mod name;
mod native;
mod operator;
mod pattern;
mod record;
mod represent;
mod spine;
mod unit;
mod wrapper;

use emit::EmitError;
use fzb::tables::Tables;

use crate::typed::Program;

/// How a module is made.
#[derive(Clone, Debug, Default)]
pub struct CompileOptions<'a> {
    /// Its name.
    pub name: &'a str,
    /// What its metadata says: for a plugin the TOML text of its header.
    pub metadata: &'a str,
    /// Without source positions and names of variables.
    pub stripped: bool,
}

/// The module of a program. The same program always gives the same tables.
///
/// # Errors
/// A limit of the format: a function or module that is too large.
pub fn compile(program: &Program, options: &CompileOptions<'_>) -> Result<Tables, EmitError> {
    entry::module(program, options)
}

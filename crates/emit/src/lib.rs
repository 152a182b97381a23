//! What the front ends share to build modules (docs/specs/machine.md §3 "`emit` offers").
//!
//! A front end makes a [`ModuleBuilder`], declares its types, functions and imports, fills each function through a
//! [`FunctionBuilder`], and gets the tables of a module in canonical layout from [`ModuleBuilder::finish`]. The builder
//! follows the types of the operand stack and puts `box` and `cast` where representations meet; it knows labels, scopes,
//! loops, `finally`, patterns and Rhumb's ratchet.
//!
//! It knows no grammar and no language, never runs anything, never writes files, and never builds what
//! `fzb::verify` refuses: what it cannot build it reports as an [`EmitError`] when the function or module is finished.
//! The same calls always give the same bytes.
//!
//! Start reading at [`module`], then [`function`], [`label`], [`control`].
#![forbid(unsafe_code)]

mod apply;
mod assemble;
mod assign;
pub mod capture;
pub mod constant;
pub mod control;
pub mod debug;
pub mod decision;
mod effect;
pub mod error;
pub mod finally;
pub mod function;
mod item;
pub mod label;
mod layout;
pub mod module;
pub mod pattern;
mod peephole;
pub mod ratchet;
pub mod scope;
pub mod types;
pub mod variable;

pub use capture::Plan;
pub use constant::Const;
pub use control::{Loop, Short};
pub use decision::Match;
pub use error::EmitError;
pub use function::{FunctionBuilder, Local};
pub use label::Label;
pub use module::{Capture, ModuleBuilder, Param, Signature};
pub use pattern::{Arm, Pattern, Step, Target};
pub use scope::{FnScope, Scopes, Var};
pub use types::{CaseDef, FieldDef};

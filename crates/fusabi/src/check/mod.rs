//! Names and types of whole programs: from trees to a [`Program`](crate::typed::Program) or to a list of what is wrong.
//!
//! [`check`] loads the files, resolves names, infers types, looks through patterns and fills the tables of [`crate::typed`].
//! Errors do not end it: what is wrong gets a type that fits everything, so that each mistake is said once.
//!
//! Layout: `load.rs` files, `module.rs` declarations, `define.rs` types, `binding.rs` bindings and functions, `expr.rs`
//! expressions, `name.rs` names, `apply.rs` applications, `construct.rs` cases and objects, `index.rs` indexing, `operator.rs` operators, `record.rs` records, `collection.rs`
//! collections and computations of the language, `builder.rs` computations of a user's builder, `format.rs` format strings,
//! `pattern.rs` patterns, `exhaust.rs` their completeness, `field.rs` fields, members and overloads, `annotation.rs` written
//! types, `builtin.rs` what is there before, `env.rs` scopes, `state.rs` the checker, `finish.rs` the output, `problem.rs`
//! what is reported.

mod annotation;
mod apply;
mod binding;
mod builder;
mod builtin;
mod collection;
mod construct;
mod define;
mod env;
mod exhaust;
mod expr;
mod field;
mod finish;
mod format;
mod index;
mod load;
mod module;
mod name;
mod operator;
mod pattern;
mod problem;
mod record;
mod state;

pub use load::{CheckOptions, Checked, HostSignature, Loader, NoLoader, check};
pub use problem::Problem;

/// The codes of the checker's diagnostics. Where F# has the same one, the number is that of F#.
pub mod codes {
    use diag::Code;

    macro_rules! codes {
        ($($name:ident $text:literal)*) => {
            $(
                #[doc = concat!("`", $text, "`")]
                pub const $name: Code = Code::new($text);
            )*

            /// All of them, in order.
            pub const ALL: &[Code] = &[$($name),*];
        };
    }

    codes! {
        INCOMPLETE "FB0025"
        REDUNDANT "FB0026"
        VALUE_RESTRICTION "FB0030"
        TWICE "FB0037"
        UNDEFINED "FB0039"
        UPPERCASE "FB0049"
        AUTO_REC "FB0302"
        JUXTAPOSED "FB0303"
        MIXED "FB0304"
        EARLY_RETURN "FB0305"
        DROPPED "FB0306"
        MUTABLE_CAPTURE "FB0407"
        MISMATCH "FB0501"
        INFINITE "FB0502"
        NOT_A_FUNCTION "FB0503"
        NO_FIELD "FB0504"
        NOT_A_NUMBER "FB0505"
        NOT_COMPARABLE "FB0506"
        TYPE_ARGUMENTS "FB0507"
        NOT_MUTABLE "FB0508"
        CASE_FIELDS "FB0509"
        FORMAT_LITERAL "FB0510"
        MISSING_FIELDS "FB0511"
        NO_OVERLOAD "FB0512"
        LOAD_CYCLE "FB0513"
        LOAD_MISSING "FB0514"
        OR_VARIABLES "FB0515"
        BUILDER_OPERATION "FB0516"
        TOO_LARGE "FB0517"
        REFERENCE "FB0519"
        HOST_SIGNATURE "FB0520"
        MODULE "FB0521"
        UNCAUGHT "FB0601"
    }
}

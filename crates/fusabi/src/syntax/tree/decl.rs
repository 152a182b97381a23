//! Declarations (docs/specs/fusabi.md §1.4, §1.5, §1.8, §1.9, §1.13).

use super::expr::Name;
use super::ids::{DeclId, ExprId, LiteralId, Many, PatternId, Span, TypeId};
use super::types::Constraint;

/// A declaration. Its place stands in [`Tree::decl_span`](super::Tree::decl_span).
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Decl {
    /// What could not be read; an error was reported there.
    Error,
    /// `open A.B` or `open type A.B`
    Open {
        /// One name or more.
        path: Many<Name>,
        /// `open type`
        is_type: bool,
    },
    /// `module M = …`
    Module {
        /// Its name.
        name: Name,
        /// Its attributes.
        attributes: Many<Attribute>,
        /// Who sees it.
        access: Access,
        /// `module rec`
        recursive: bool,
        /// What stands in it.
        decls: Many<DeclId>,
    },
    /// `module M = A.B`
    ModuleAlias {
        /// Its name.
        name: Name,
        /// What it stands for; two names or more, or one that is a module.
        path: Many<Name>,
    },
    /// `type … and …`
    Types(Many<TypeDef>),
    /// `exception E of …`
    Exception {
        /// Its name.
        name: Name,
        /// Its attributes.
        attributes: Many<Attribute>,
        /// What it carries.
        fields: Many<CaseField>,
    },
    /// `let … and …`
    Let {
        /// One or more.
        bindings: Many<Binding>,
        /// `let rec`
        recursive: bool,
    },
    /// `do e`
    Do(ExprId),
    /// An expression; the program's value if it is the last (§1.4).
    Expr(ExprId),
    /// `#load "a.fsx"` and so on.
    Directive(Directive),
    /// Attributes of the file: they stand before `do`, or before nothing.
    Attributes(Many<Attribute>),
}

/// How a file begins.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Header {
    /// Without a header.
    #[default]
    None,
    /// `module A.B`
    Module {
        /// One name or more.
        path: Many<Name>,
        /// Its attributes.
        attributes: Many<Attribute>,
        /// `module rec`
        recursive: bool,
    },
    /// `namespace A.B`
    Namespace {
        /// One name or more.
        path: Many<Name>,
        /// `namespace rec`
        recursive: bool,
    },
}

/// A directive (§1.1); `#if` and its like are comments.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Directive {
    /// `#load "a.fsx" "b.fsx"`
    Load(Many<LiteralId>),
    /// `#r "x"`
    Reference(LiteralId),
    /// `#nowarn …`, `#light`: without effect.
    Ignored,
    /// `#fusabi "compat"` (§1.14)
    Compat,
}

/// Who sees a declaration.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Access {
    /// Everyone.
    #[default]
    Public,
    /// `internal`
    Internal,
    /// `private`
    Private,
}

/// `[<target: Path argument>]`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Attribute {
    /// `assembly:` and the like.
    pub target: Option<Name>,
    /// One name or more.
    pub path: Many<Name>,
    /// What stands behind it: a constant, or a [`Paren`](super::Expr::Paren).
    pub argument: Option<ExprId>,
    /// Where it stands.
    pub span: Span,
}

/// `p = e` or `f p q = e`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Binding {
    /// Its attributes.
    pub attributes: Many<Attribute>,
    /// Who sees it.
    pub access: Access,
    /// `inline`
    pub inline: bool,
    /// `mutable`
    pub mutable: bool,
    /// What is bound; with parameters a [`Pattern::Name`](super::Pattern::Name).
    pub pattern: PatternId,
    /// `f<'a>`
    pub type_params: Many<TypeParam>,
    /// `f<'a when 'a : equality>`
    pub constraints: Many<Constraint>,
    /// None for a value; `()` is one.
    pub params: Many<PatternId>,
    /// The type behind the colon: of the value, or of what the function gives.
    pub ty: Option<TypeId>,
    /// What it is bound to.
    pub body: ExprId,
    /// Where it stands, without `let`.
    pub span: Span,
}

/// A type parameter.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TypeParam {
    /// Without the quote.
    pub name: Name,
    /// `[<Measure>]` as a rule.
    pub attributes: Many<Attribute>,
}

/// One part of `type … and …`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TypeDef {
    /// Its attributes.
    pub attributes: Many<Attribute>,
    /// Who sees it.
    pub access: Access,
    /// One name; more for the augmentation of a qualified type.
    pub path: Many<Name>,
    /// `T<'a, 'b>` or `'a T`
    pub params: Many<TypeParam>,
    /// `when 'a : comparison`
    pub constraints: Many<Constraint>,
    /// What it is.
    pub kind: TypeKind,
    /// Its members.
    pub members: Many<Member>,
    /// Where it stands, without `type`.
    pub span: Span,
}

/// What a type is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum TypeKind {
    /// What could not be read.
    Error,
    /// `{ A: int }`
    Record(Many<FieldDef>),
    /// `| A | B of int`; a single name alone is an abbreviation.
    Union(Many<CaseDef>),
    /// `| A = 0 | B = 1`
    Enum(Many<EnumCase>),
    /// `type Id = int`
    Abbreviation(TypeId),
    /// `type B() = member …`: what a user's builder is (§1.12). Without fields and without inheritance.
    Object {
        /// The parameters of its constructor.
        params: PatternId,
    },
    /// `type T with member …`
    Augmentation,
    /// `[<Measure>] type m`
    Opaque,
}

/// `mutable A: int`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FieldDef {
    /// Its attributes.
    pub attributes: Many<Attribute>,
    /// `mutable`
    pub mutable: bool,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeId,
}

/// `A of w: int * h: int`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CaseDef {
    /// Its attributes.
    pub attributes: Many<Attribute>,
    /// Its name.
    pub name: Name,
    /// None or more.
    pub fields: Many<CaseField>,
}

/// `w: int`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CaseField {
    /// Its name.
    pub name: Option<Name>,
    /// Its type.
    pub ty: TypeId,
}

/// `A = 0`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct EnumCase {
    /// Its name.
    pub name: Name,
    /// A constant.
    pub value: ExprId,
}

/// `member self.Name p = e`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Member {
    /// `static`
    pub is_static: bool,
    /// `override` or `default`
    pub overrides: bool,
    /// `self`; a name or a wildcard.
    pub this: Option<PatternId>,
    /// The rest: its pattern is the member's name; without parameters it is a property.
    pub binding: Binding,
    /// Where it stands.
    pub span: Span,
}

//! What the parser makes of a text, before any name is looked up.

use super::type_expr::TypeExpr;
use crate::tables::{Arity, ImportKind, Lang, TypedefKind};
use isa::text::Term;
use isa::text::token::Token;
use std::ops::Range;

/// A text, item by item; each list in the order of the source.
#[derive(Default)]
pub(super) struct Module<'a> {
    pub name: String,
    pub version: String,
    pub lang: Option<Lang>,
    pub policy: Option<Lang>,
    pub min_machine: u32,
    pub flags: u32,
    pub metadata: Vec<u8>,
    pub names: Vec<String>,
    pub types: Vec<TypeItem>,
    pub consts: Vec<ConstItem<'a>>,
    pub statics: Vec<StaticItem>,
    pub imports: Vec<ImportItem>,
    pub functions: Vec<FnItem<'a>>,
    pub exports: Vec<ExportItem<'a>>,
    pub entry: Option<(String, Range<usize>)>,
    pub files: Vec<(String, [u32; 2])>,
    pub patches: Vec<&'a [Token]>,
}

/// The name by which the text calls something, and its name in the file: the same unless `as` says another.
pub(super) struct Symbol {
    pub text: String,
    pub name: Option<String>,
    pub span: Range<usize>,
}

pub(super) struct TypeItem {
    pub symbol: Symbol,
    pub body: TypeBody,
}

pub(super) enum TypeBody {
    Alias(TypeExpr),
    Def {
        kind: TypedefKind,
        params: u32,
        cases: Vec<CaseItem>,
    },
}

pub(super) struct CaseItem {
    pub name: String,
    pub fields: Vec<FieldItem>,
}

pub(super) struct FieldItem {
    pub name: String,
    pub ty: TypeExpr,
    pub flags: u32,
}

pub(super) struct ConstItem<'a> {
    pub symbol: Symbol,
    pub value: &'a [Token],
}

pub(super) struct StaticItem {
    pub symbol: Symbol,
    pub ty: TypeExpr,
    pub flags: u32,
}

pub(super) struct ImportItem {
    pub symbol: Symbol,
    pub kind: ImportKind,
    pub name: Option<String>,
    pub module: Option<String>,
    pub params: Vec<TypeExpr>,
    pub result: Option<TypeExpr>,
    pub caps: Vec<String>,
    pub flags: u32,
}

pub(super) struct ExportItem<'a> {
    pub name: String,
    pub is_static: bool,
    pub target: (String, Range<usize>),
    pub attributes: Vec<Attribute<'a>>,
}

pub(super) struct Attribute<'a> {
    pub name: String,
    pub value: Option<Term<'a>>,
}

pub(super) struct FnItem<'a> {
    pub symbol: Symbol,
    pub params: Vec<(Option<String>, TypeExpr)>,
    pub result: Option<TypeExpr>,
    pub policy: Option<Lang>,
    pub arity: Arity,
    pub flags: u32,
    pub export: Option<String>,
    pub body: Vec<&'a [Token]>,
}

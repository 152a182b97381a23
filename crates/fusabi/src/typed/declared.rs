//! Declared types: what a value of each consists of.

use super::ids::{
    CaseId, DefinedId, FileIndex, FunctionId, MemberId, NameId, ParameterId, TypeIndex,
};
use crate::tree::{PatternId, Span};

/// A type that the program or the language declares. Abbreviations and units of measure are gone.
#[derive(Clone, Debug)]
pub struct DefinedType {
    /// Its name without modules.
    pub name: NameId,
    /// The modules around it, outermost first.
    pub modules: Box<[NameId]>,
    /// Its parameters; types of fields mention them.
    pub parameters: Box<[ParameterId]>,
    /// What it is.
    pub shape: TypeShape,
    /// Members in the order of their declaration, augmentations included.
    pub members: Vec<MemberId>,
    /// Attributes as written.
    pub attributes: Box<[Attribute]>,
    /// Where it was declared; `None` for the language's own.
    pub definition: Option<Definition>,
}

/// Where something was declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Definition {
    /// In which file.
    pub file: FileIndex,
    /// Where in it.
    pub span: Span,
}

/// What a declared type is.
#[derive(Clone, PartialEq, Debug)]
pub enum TypeShape {
    /// Not made of parts that a program sees: `int`, `string`, `list`, `Map`, host handles.
    Opaque,
    /// Fields in the order of their declaration, which is the order of construction, display and comparison.
    Record(Box<[Field]>),
    /// Cases in the order of their declaration; their tags are 0, 1 and so on.
    Union(Box<[CaseId]>),
    /// Named numbers; a value is the number.
    Enum(Box<[EnumItem]>),
    /// `type T(args) = member …`: its value holds the constructor's arguments.
    Object {
        /// The constructor's parameters; the variables that it binds are fields of the value.
        params: PatternId,
        /// Type of the argument, a tuple for several.
        argument: TypeIndex,
    },
}

/// A field of a record or case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name; `Item`, `Item1` and so on where a case's field has none.
    pub name: NameId,
    /// Its type, which mentions the parameters of the declared type.
    pub ty: TypeIndex,
    /// `mutable`
    pub mutable: bool,
    /// How its value can be kept.
    pub storage: FieldStorage,
}

/// How the value of a field can be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldStorage {
    /// Any value.
    Uniform,
    /// A whole number of 64 bits.
    Int,
    /// A float of 64 bits.
    Float,
    /// `bool`
    Bool,
}

/// A case of a union, or an exception.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name.
    pub name: NameId,
    /// The union, or [`DefinedId::EXN`].
    pub owner: DefinedId,
    /// Its place among the cases of the union; for an exception its place among the exceptions of the program.
    pub tag: u32,
    /// What it carries, in order.
    pub fields: Box<[Field]>,
    /// Where it was declared; `None` for `Some` and its like.
    pub definition: Option<Definition>,
}

/// A case of an enum.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EnumItem {
    /// Its name.
    pub name: NameId,
    /// Its value.
    pub value: i64,
}

/// A member.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name; an operator by its characters.
    pub name: NameId,
    /// The type it belongs to.
    pub owner: DefinedId,
    /// `static`: without `this`.
    pub is_static: bool,
    /// Without parameters: evaluated each time it is read.
    pub is_property: bool,
    /// Its function: for an instance member `this` is the first parameter, then those that were written (one per pattern:
    /// `member x.F(a, b)` takes one tuple). What it captures are variables of the type's constructor: they are read
    /// from `this`. A property's function takes `this` alone, a static property's `unit`.
    pub function: FunctionId,
    /// Type parameters beyond those of the type.
    pub parameters: Box<[ParameterId]>,
    /// Type without `this`.
    pub ty: TypeIndex,
}

/// `[<Name(arguments)>]`
#[derive(Clone, PartialEq, Debug)]
pub struct Attribute {
    /// Its name without modules and without a final `Attribute`.
    pub name: Box<str>,
    /// Its constant arguments.
    pub arguments: Box<[AttributeValue]>,
}

/// An argument of an attribute.
#[derive(Clone, PartialEq, Debug)]
pub enum AttributeValue {
    /// A text.
    Text(Box<str>),
    /// A whole number.
    Int(i64),
    /// A float.
    Float(f64),
    /// `true`, `false`
    Bool(bool),
    /// A name or anything else, as written.
    Other(Box<str>),
}

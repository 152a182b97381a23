//! The module under construction: everything is interned, numbered in the order of first use, and laid out once at the
//! end, so that the same calls give the same bytes.
//!
//! All methods take `&self`: several functions of a module may be under construction at once (a closure is built while
//! the function around it is half done). Numbers of names are the builder's own until [`ModuleBuilder::finish`], which
//! sorts them.

use crate::assemble::Code;
use crate::capture::Plan;
use crate::constant::Const;
use crate::debug::DebugTables;
use crate::error::EmitError;
use crate::function::FunctionBuilder;
use crate::types::{CaseDef, TypeKey, Typedef};
use fzb::tables::{
    Arity, ConstId, ExportKind, FuncId, ImportId, ImportKind, Lang, NameId, StaticId, TypeId,
    TypeKind, TypedefId, TypedefKind, static_flags,
};
use fzb::view::Repr;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// A parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Param {
    /// Its type.
    pub ty: TypeId,
    /// Its name, for named arguments and debuggers.
    pub name: Option<NameId>,
}

/// A capture of a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Capture {
    /// Type of the value; of a cell, what is kept in it.
    pub ty: TypeId,
    /// The capture is the cell that holds the variable.
    pub cell: bool,
}

/// What callers must know of a function before it is built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// Its name.
    pub name: Option<NameId>,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Its result.
    pub result: TypeId,
    /// Policy of its dynamic instructions.
    pub policy: Lang,
    /// What it does with too few or too many arguments.
    pub arity: Arity,
    /// [`fzb::tables::function_flags`].
    pub flags: u32,
    /// Its captures.
    pub captures: Vec<Capture>,
}

/// An attribute: its name and its value, a constant.
pub type Attribute = (NameId, Option<ConstId>);

/// An import, as equal ones are found.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Import {
    pub kind: ImportKind,
    pub name: Option<NameId>,
    pub module: Option<NameId>,
    pub params: Vec<TypeId>,
    pub result: TypeId,
    pub caps: Vec<NameId>,
    pub optional: bool,
}

pub(crate) struct Function {
    pub signature: Rc<Signature>,
    pub attributes: Vec<Attribute>,
    pub code: Option<Code>,
}

pub(crate) struct Export {
    pub kind: ExportKind,
    pub index: u32,
    pub attributes: Vec<Attribute>,
}

pub(crate) struct Inner {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) lang: Lang,
    pub(crate) metadata: Vec<u8>,
    pub(crate) entry: Option<FuncId>,
    pub(crate) names: Vec<String>,
    pub(crate) name_ids: HashMap<String, NameId>,
    pub(crate) types: Vec<TypeKey>,
    type_ids: HashMap<TypeKey, TypeId>,
    pub(crate) typedefs: Vec<Typedef>,
    pub(crate) consts: Vec<Const>,
    const_ids: HashMap<Const, ConstId>,
    pub(crate) statics: Vec<(NameId, TypeId, u32)>,
    pub(crate) imports: Vec<Import>,
    import_ids: HashMap<Import, ImportId>,
    pub(crate) exports: BTreeMap<String, Export>,
    pub(crate) functions: Vec<Function>,
    pub(crate) debug: DebugTables,
    pub(crate) error: Option<EmitError>,
}

impl Inner {
    fn fail(&mut self, what: &'static str) {
        self.error.get_or_insert(EmitError::Invalid { what });
    }

    pub(crate) fn repr(&self, id: TypeId) -> Option<Repr> {
        crate::types::repr(id, &self.types, &self.typedefs)
    }

    fn has_type(&self, id: TypeId) -> bool {
        id != TypeId::TOK && self.repr(id).is_some()
    }

    fn type_entry(&mut self, key: TypeKey) -> TypeId {
        if let Some(id) = self.type_ids.get(&key) {
            return *id;
        }
        let id = TypeId(TypeId::FIRST_TABLE + self.types.len() as u32);
        self.types.push(key.clone());
        self.type_ids.insert(key, id);
        id
    }
}

/// Builds a module.
pub struct ModuleBuilder {
    pub(crate) inner: RefCell<Inner>,
}

impl ModuleBuilder {
    /// An empty module of that name and language.
    pub fn new(name: &str, lang: Lang) -> ModuleBuilder {
        ModuleBuilder {
            inner: RefCell::new(Inner {
                name: name.to_owned(),
                version: String::new(),
                lang,
                metadata: Vec::new(),
                entry: None,
                names: Vec::new(),
                name_ids: HashMap::new(),
                types: Vec::new(),
                type_ids: HashMap::new(),
                typedefs: Vec::new(),
                consts: Vec::new(),
                const_ids: HashMap::new(),
                statics: Vec::new(),
                imports: Vec::new(),
                import_ids: HashMap::new(),
                exports: BTreeMap::new(),
                functions: Vec::new(),
                debug: DebugTables::default(),
                error: None,
            }),
        }
    }

    /// Every borrow ends before the method that made it returns, and none calls back.
    pub(crate) fn with<R>(&self, use_it: impl FnOnce(&mut Inner) -> R) -> R {
        use_it(&mut self.inner.borrow_mut())
    }

    /// Its language, which is the policy of functions that [`ModuleBuilder::signature`] describes.
    pub fn lang(&self) -> Lang {
        self.with(|inner| inner.lang)
    }

    /// Sets the module's version, free text.
    pub fn set_version(&self, version: &str) {
        self.with(|inner| version.clone_into(&mut inner.version));
    }

    /// Sets the module's metadata (a plugin's is TOML text).
    pub fn set_metadata(&self, metadata: &[u8]) {
        self.with(|inner| inner.metadata = metadata.to_vec());
    }

    /// Sets the function that runs when the module is loaded: no parameters, no captures.
    pub fn set_entry(&self, function: FuncId) {
        self.with(|inner| {
            let fits = inner
                .functions
                .get(function.index())
                .is_some_and(|f| f.signature.params.is_empty() && f.signature.captures.is_empty());
            if !fits {
                inner.fail("an entry function without parameters and captures is wanted");
            }
            inner.entry = Some(function);
        });
    }

    /// The entry function.
    pub fn entry(&self) -> Option<FuncId> {
        self.with(|inner| inner.entry)
    }

    /// The number of a name; the builder's own until the module is finished.
    pub fn name(&self, text: &str) -> NameId {
        self.with(|inner| {
            if let Some(id) = inner.name_ids.get(text) {
                return *id;
            }
            let id = NameId(inner.names.len() as u32);
            inner.names.push(text.to_owned());
            inner.name_ids.insert(text.to_owned(), id);
            id
        })
    }

    /// The text of a name of this builder.
    pub fn name_text(&self, id: NameId) -> Option<String> {
        self.with(|inner| inner.names.get(id.index()).cloned())
    }

    // Types

    /// A number of a fixed width, 1–8 as in `isa::table::WIDTHS`.
    pub fn sized_type(&self, width: u32) -> TypeId {
        self.table_type(TypeKind::Sized, width, &[])
    }

    /// A tuple of at least one element.
    pub fn tuple_type(&self, elements: &[TypeId]) -> TypeId {
        self.table_type(TypeKind::Tuple, 0, elements)
    }

    /// A list of elements of one type.
    pub fn list_type(&self, element: TypeId) -> TypeId {
        self.table_type(TypeKind::List, element.0, &[])
    }

    /// An array of elements of one type.
    pub fn array_type(&self, element: TypeId) -> TypeId {
        self.table_type(TypeKind::Array, element.0, &[])
    }

    /// A function.
    pub fn fn_type(&self, params: &[TypeId], result: TypeId) -> TypeId {
        self.table_type(TypeKind::Fn, result.0, params)
    }

    /// A type definition with its arguments.
    pub fn named_type(&self, typedef: TypedefId, args: &[TypeId]) -> TypeId {
        self.with(|inner| match inner.typedefs.get(typedef.index()) {
            Some(found) if found.params as usize == args.len() => {}
            _ => inner.fail("a named type with as many arguments as its definition has parameters"),
        });
        self.table_type(TypeKind::Named, typedef.0, args)
    }

    /// A type variable.
    pub fn var_type(&self, number: u16) -> TypeId {
        self.table_type(TypeKind::Var, u32::from(number), &[])
    }

    /// A type that only natives know.
    pub fn opaque_type(&self, name: NameId) -> TypeId {
        self.table_type(TypeKind::Opaque, name.0, &[])
    }

    /// A structural record; the order of the fields does not matter.
    pub fn row_type(&self, fields: &[(NameId, TypeId)]) -> TypeId {
        self.with(|inner| {
            let mut sorted = fields.to_vec();
            sorted.sort_by(|a, b| {
                inner
                    .names
                    .get(a.0.index())
                    .cmp(&inner.names.get(b.0.index()))
            });
            if sorted.windows(2).any(|pair| pair[0].0 == pair[1].0) {
                inner.fail("a structural record has each field once");
            }
            let args = sorted
                .iter()
                .flat_map(|(name, ty)| [name.0, ty.0])
                .collect();
            if sorted.iter().any(|(_, ty)| !inner.has_type(*ty)) {
                inner.fail("a type of values");
            }
            inner.type_entry(TypeKey {
                kind: TypeKind::Row,
                arg: 0,
                args,
            })
        })
    }

    fn table_type(&self, kind: TypeKind, arg: u32, args: &[TypeId]) -> TypeId {
        self.with(|inner| {
            let arg_good = match kind {
                TypeKind::Sized => (1..isa::table::WIDTHS.len() as u32).contains(&arg),
                TypeKind::List | TypeKind::Array | TypeKind::Fn => inner.has_type(TypeId(arg)),
                TypeKind::Tuple => !args.is_empty(),
                TypeKind::Opaque => inner.names.len() > arg as usize,
                TypeKind::Named | TypeKind::Row | TypeKind::Var => true,
            };
            let most = if kind == TypeKind::Tuple { 65_535 } else { 255 };
            if !arg_good || args.len() > most || args.iter().any(|ty| !inner.has_type(*ty)) {
                inner.fail("a type made of types of values");
            }
            inner.type_entry(TypeKey {
                kind,
                arg,
                args: args.iter().map(|ty| ty.0).collect(),
            })
        })
    }

    /// How values of a type are held; `None` for a number that is no type of this module.
    pub fn repr(&self, ty: TypeId) -> Option<Repr> {
        self.with(|inner| inner.repr(ty))
    }

    /// A type whose values are held like that, as `cast` names it; of a generic record, with `dyn` arguments.
    pub fn type_of_repr(&self, repr: Repr) -> TypeId {
        let Repr::Rec(rec) = repr else {
            return crate::types::basic(repr).unwrap_or(TypeId::DYN);
        };
        if let Some(ty) = rec.table_type() {
            return ty;
        }
        let typedef = rec.typedef().unwrap_or(TypedefId(0));
        let params = self.with(|inner| inner.typedefs.get(typedef.index()).map_or(0, |t| t.params));
        self.named_type(typedef, &vec![TypeId::DYN; params as usize])
    }

    /// Declares a type definition, so that types may name it before [`ModuleBuilder::define`] gives its cases.
    pub fn declare_typedef(&self, kind: TypedefKind, name: NameId, params: u32) -> TypedefId {
        self.with(|inner| {
            let id = TypedefId(inner.typedefs.len() as u32);
            inner.typedefs.push(Typedef {
                kind,
                name,
                params,
                cases: None,
            });
            id
        })
    }

    /// Gives a declared type definition its cases; records and exceptions have one.
    pub fn define(&self, id: TypedefId, cases: Vec<CaseDef>) {
        self.with(|inner| {
            let single = |kind| matches!(kind, TypedefKind::Record | TypedefKind::Exception);
            let fits = match inner.typedefs.get(id.index()) {
                Some(def) if def.cases.is_none() => {
                    let mut names: Vec<u32> = cases.iter().map(|case| case.name.0).collect();
                    names.sort_unstable();
                    let fields_good = cases.iter().all(|case| {
                        let mut names: Vec<u32> = case.fields.iter().map(|f| f.name.0).collect();
                        names.sort_unstable();
                        names.windows(2).all(|pair| pair[0] != pair[1])
                            && (def.kind != TypedefKind::Enum || case.fields.is_empty())
                            && case.fields.len() <= 65_535
                            && case.fields.iter().all(|field| inner.has_type(field.ty))
                    });
                    (1..=65_535).contains(&cases.len())
                        && (!single(def.kind) || cases.len() == 1)
                        && names.windows(2).all(|pair| pair[0] != pair[1])
                        && fields_good
                }
                _ => false,
            };
            if !fits {
                inner.fail("a type definition that is defined once, with cases as its nature has");
            }
            if let Some(def) = inner.typedefs.get_mut(id.index()) {
                def.cases = Some(cases);
            }
        });
    }

    /// Declares and defines at once.
    pub fn typedef(
        &self,
        kind: TypedefKind,
        name: NameId,
        params: u32,
        cases: Vec<CaseDef>,
    ) -> TypedefId {
        let id = self.declare_typedef(kind, name, params);
        self.define(id, cases);
        id
    }

    /// Nature and number of cases of a type definition.
    pub fn typedef_shape(&self, id: TypedefId) -> Option<(TypedefKind, u32)> {
        self.with(|inner| {
            let def = inner.typedefs.get(id.index())?;
            Some((def.kind, def.cases.as_ref().map_or(0, |c| c.len() as u32)))
        })
    }

    /// Types of the fields of a case (tag 0 for records); `None` if there is no such case.
    pub fn fields(&self, id: TypedefId, tag: u32) -> Option<Vec<TypeId>> {
        self.with(|inner| {
            let case = inner
                .typedefs
                .get(id.index())?
                .cases
                .as_ref()?
                .get(tag as usize)?;
            Some(case.fields.iter().map(|field| field.ty).collect())
        })
    }

    /// Type of one field of a case (tag 0 for records); `None` if there is no such field.
    pub(crate) fn field(&self, id: TypedefId, tag: u32, index: u32) -> Option<TypeId> {
        self.with(|inner| {
            let case = inner
                .typedefs
                .get(id.index())?
                .cases
                .as_ref()?
                .get(tag as usize)?;
            Some(case.fields.get(index as usize)?.ty)
        })
    }

    // Constants

    /// The number of a constant.
    pub fn constant(&self, value: Const) -> ConstId {
        let value = value.normal();
        self.with(|inner| {
            if let Some(id) = inner.const_ids.get(&value) {
                return *id;
            }
            if !crate::constant::good(inner, &value) {
                inner.fail("a constant of values that are constants, as its type says");
            }
            let id = ConstId(inner.consts.len() as u32);
            inner.consts.push(value.clone());
            inner.const_ids.insert(value, id);
            id
        })
    }

    /// An integer.
    pub fn int(&self, value: i64) -> ConstId {
        self.constant(Const::Int(value))
    }

    /// A float.
    pub fn float(&self, value: f64) -> ConstId {
        self.constant(Const::float(value))
    }

    /// A text.
    pub fn text(&self, value: &str) -> ConstId {
        self.constant(Const::Text(value.to_owned()))
    }

    /// A call shape of that many positional arguments.
    pub fn positional_shape(&self, count: usize) -> ConstId {
        self.constant(Const::Shape(vec![
            (fzb::tables::ArgKind::Positional, None);
            count
        ]))
    }

    /// What a constant holds.
    pub fn constant_value(&self, id: ConstId) -> Option<Const> {
        self.with(|inner| inner.consts.get(id.index()).cloned())
    }

    /// Does a constant that exists have that property?
    pub(crate) fn constant_is(&self, id: ConstId, property: impl FnOnce(&Const) -> bool) -> bool {
        self.with(|inner| inner.consts.get(id.index()).is_some_and(property))
    }

    pub(crate) fn constant_repr(&self, id: ConstId) -> Option<Repr> {
        self.with(|inner| {
            Some(match inner.consts.get(id.index())? {
                Const::Bool(_) => Repr::Bool,
                Const::Int(_) => Repr::I64,
                Const::Float(_) | Const::Sized(8, _) => Repr::F64,
                Const::Sized(..) => Repr::I64,
                Const::Char(_) => Repr::Char,
                Const::Text(_) => Repr::Text,
                Const::Bytes(_) => Repr::Bytes,
                Const::List(_) => Repr::List,
                Const::Tuple(_) => Repr::Ref,
                Const::Record(typedef, _) => Repr::Rec(fzb::view::RecType::of_typedef(*typedef)),
                value if value.is_value() => Repr::Dyn,
                _ => return None,
            })
        })
    }

    // Statics, imports, exports

    /// A static; `flags` as in [`fzb::tables::static_flags`].
    pub fn static_(&self, name: NameId, ty: TypeId, flags: u32) -> StaticId {
        self.with(|inner| {
            if !inner.has_type(ty) || flags > 3 {
                inner.fail("a static of a type of values");
            }
            inner.statics.push((name, ty, flags));
            StaticId(inner.statics.len() as u32 - 1)
        })
    }

    pub(crate) fn static_repr(&self, id: StaticId) -> Option<Repr> {
        self.with(|inner| inner.repr(inner.statics.get(id.index())?.1))
    }

    /// A host function. The same import twice is one.
    pub fn import_host(
        &self,
        name: NameId,
        params: &[TypeId],
        result: TypeId,
        caps: &[NameId],
        optional: bool,
    ) -> ImportId {
        self.import(Import {
            kind: ImportKind::Host,
            name: Some(name),
            module: None,
            params: params.to_vec(),
            result,
            caps: caps.to_vec(),
            optional,
        })
    }

    /// A function of another module.
    pub fn import_function(
        &self,
        module: NameId,
        name: NameId,
        params: &[TypeId],
        result: TypeId,
        optional: bool,
    ) -> ImportId {
        self.import(Import {
            kind: ImportKind::Function,
            name: Some(name),
            module: Some(module),
            params: params.to_vec(),
            result,
            caps: Vec::new(),
            optional,
        })
    }

    /// A whole module, for `load_module`.
    pub fn import_module(&self, module: NameId, optional: bool) -> ImportId {
        self.import(Import {
            kind: ImportKind::Module,
            name: None,
            module: Some(module),
            params: Vec::new(),
            result: TypeId::DYN,
            caps: Vec::new(),
            optional,
        })
    }

    fn import(&self, import: Import) -> ImportId {
        self.with(|inner| {
            if let Some(id) = inner.import_ids.get(&import) {
                return *id;
            }
            let good = import.params.iter().all(|ty| inner.has_type(*ty));
            if import.params.len() > 255 || !good || !inner.has_type(import.result) {
                inner.fail("an import with at most 255 parameters, of types of values");
            }
            let id = ImportId(inner.imports.len() as u32);
            inner.imports.push(import.clone());
            inner.import_ids.insert(import, id);
            id
        })
    }

    pub(crate) fn import_shape(&self, id: ImportId) -> Option<(ImportKind, Vec<TypeId>, TypeId)> {
        self.with(|inner| {
            let import = inner.imports.get(id.index())?;
            Some((import.kind, import.params.clone(), import.result))
        })
    }

    /// Exports a function under a name.
    pub fn export_function(&self, name: &str, function: FuncId) {
        self.export(name, ExportKind::Function, function.0, Vec::new());
    }

    /// Exports a function with attributes.
    pub fn export_function_with(&self, name: &str, function: FuncId, attributes: Vec<Attribute>) {
        self.export(name, ExportKind::Function, function.0, attributes);
    }

    /// Exports a static under a name; it gets the flag for that.
    pub fn export_static(&self, name: &str, id: StaticId) {
        self.with(|inner| {
            if let Some(record) = inner.statics.get_mut(id.index()) {
                record.2 |= static_flags::EXPORTED;
            }
        });
        self.export(name, ExportKind::Static, id.0, Vec::new());
    }

    fn export(&self, name: &str, kind: ExportKind, index: u32, attributes: Vec<Attribute>) {
        self.name(name);
        self.with(|inner| {
            let count = match kind {
                ExportKind::Function => inner.functions.len(),
                ExportKind::Static => inner.statics.len(),
            };
            let export = Export {
                kind,
                index,
                attributes,
            };
            if index as usize >= count || inner.exports.insert(name.to_owned(), export).is_some() {
                inner.fail("an export that is exported once and exists");
            }
        });
    }

    // Functions

    /// A signature with the module's policy: no captures, no flags, result `dyn`, and one `dyn` parameter per name.
    pub fn signature(&self, name: &str, params: &[&str]) -> Signature {
        let lang = self.lang();
        Signature {
            name: Some(self.name(name)),
            params: params
                .iter()
                .map(|name| Param {
                    ty: TypeId::DYN,
                    name: Some(self.name(name)),
                })
                .collect(),
            result: TypeId::DYN,
            policy: lang,
            arity: match lang {
                Lang::Machine => Arity::Exact,
                Lang::Fusabi => Arity::Curry,
                Lang::Morph => Arity::Fill,
                Lang::Rhumb => Arity::Loose,
            },
            flags: 0,
            captures: Vec::new(),
        }
    }

    /// Declares a function; [`ModuleBuilder::build`] fills it.
    pub fn declare(&self, signature: Signature) -> FuncId {
        self.with(|inner| {
            let types = signature.params.iter().map(|param| param.ty);
            let captures = signature.captures.iter().map(|capture| capture.ty);
            let good = types
                .chain(captures)
                .chain([signature.result])
                .all(|ty| inner.has_type(ty));
            if !good || signature.params.len() > 255 || signature.captures.len() > 65_535 {
                inner.fail("a function with at most 255 parameters, of types of values");
            }
            if let Some(what) = crate::effect::nature_fault(&signature, |ty| inner.repr(ty)) {
                inner.fail(what);
            }
            inner.functions.push(Function {
                signature: Rc::new(signature),
                attributes: Vec::new(),
                code: None,
            });
            FuncId(inner.functions.len() as u32 - 1)
        })
    }

    /// What a declared function is.
    pub fn function_signature(&self, id: FuncId) -> Option<Rc<Signature>> {
        self.with(|inner| Some(Rc::clone(&inner.functions.get(id.index())?.signature)))
    }

    /// Whether a function of that number was declared.
    pub(crate) fn has_function(&self, id: FuncId) -> bool {
        self.with(|inner| id.index() < inner.functions.len())
    }

    /// Gives a function an attribute.
    pub fn attribute(&self, function: FuncId, name: NameId, value: Option<ConstId>) {
        self.with(|inner| {
            let value_good = value.is_none_or(|id| {
                inner
                    .consts
                    .get(id.index())
                    .is_some_and(|value| value.is_value())
            });
            match inner.functions.get_mut(function.index()) {
                Some(found) if value_good => found.attributes.push((name, value)),
                _ => inner.fail("an attribute of a function that exists, with a value"),
            }
        });
    }

    /// A builder of a declared function's code.
    pub fn build(&self, id: FuncId) -> FunctionBuilder<'_> {
        FunctionBuilder::new(self, id)
    }

    /// A builder of the code of a function that a [`crate::Scopes`] found captures for.
    pub fn build_scoped(
        &self,
        id: FuncId,
        plan: Rc<Plan>,
        scope: crate::scope::FnScope,
    ) -> FunctionBuilder<'_> {
        let mut builder = FunctionBuilder::new(self, id);
        builder.enter_plan(plan, scope);
        builder
    }

    pub(crate) fn set_code(&self, id: FuncId, code: Code) -> Result<(), EmitError> {
        self.with(|inner| match inner.functions.get_mut(id.index()) {
            Some(function) if function.code.is_none() => {
                function.code = Some(code);
                Ok(())
            }
            _ => Err(EmitError::Invalid {
                what: "a declared function that is finished once",
            }),
        })
    }

    /// Keeps a function's error; the module's `finish` gives the first one too.
    pub(crate) fn keep_error(&self, error: &EmitError) {
        self.with(|inner| {
            inner.error.get_or_insert_with(|| error.clone());
        });
    }
}

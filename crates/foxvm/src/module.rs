//! Verified modules.

use std::sync::Arc;

use fzb::tables::{FuncId, ImportId, ImportKind, Lang, TypeId};
use fzb::view::{Attributes, Constant, ExportTarget, Type as FileType, Typedef};
use machine::engine::Loaded;

use crate::declared::{Declared, declared};
use crate::signature::{Signature, Type};
use crate::store::ModuleHash;

/// A verified `.fzb` file, held by an Engine. Cloning is cheap; Worlds share it.
#[derive(Clone)]
pub struct Module {
    pub(crate) loaded: Arc<Loaded>,
}

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.loaded.module.fmt(f)
    }
}

/// What a module exports under a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// The name.
    pub name: String,
    /// What it names.
    pub item: ExportItem,
    /// Attributes of the export, and of the function that it names.
    pub attributes: Vec<Attribute>,
    /// Of a function: its parameters.
    pub params: Vec<Param>,
}

/// A parameter of an exported function.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Param {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// The name of its declared type, where that has one.
    pub type_name: Option<String>,
    /// Of a declared union: the names of its cases without fields.
    pub cases: Option<Vec<String>>,
    /// The records and unions that occur in its type.
    pub declared: Vec<Declared>,
}

/// An attribute of a function or export.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its value, if that is a text.
    pub text: Option<String>,
}

/// The two sorts of exports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExportItem {
    /// A function.
    Function(Signature),
    /// A static.
    Static(Type),
}

/// A function of a module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FunctionInfo {
    /// Its name, or `#n`.
    pub name: String,
    /// Its signature.
    pub signature: Signature,
    /// Names of its parameters where the file has them.
    pub params: Vec<Option<String>>,
    /// Its language.
    pub lang: Lang,
    /// Its documentation, if the debug section has it.
    pub doc: Option<String>,
}

/// An import of a module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportInfo {
    /// Name of the function, or of the whole module.
    pub name: String,
    /// Where it comes from.
    pub source: ImportSource,
    /// Its signature; nothing for a whole module.
    pub signature: Option<Signature>,
    /// Capabilities that the file says it needs.
    pub capabilities: Vec<String>,
    /// May it be absent?
    pub optional: bool,
    /// The records and unions that occur in its parameters.
    pub takes: Vec<Declared>,
    /// The records and unions that occur in its result.
    pub gives: Vec<Declared>,
}

/// Where an import comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ImportSource {
    /// The host.
    Host,
    /// Another module's export.
    Function {
        /// The module's name.
        module: String,
    },
    /// A whole module.
    Module,
}

impl Module {
    pub(crate) fn new(loaded: Arc<Loaded>) -> Module {
        Module { loaded }
    }

    pub(crate) fn file(&self) -> &fzb::Module {
        &self.loaded.module
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.file().module_name()
    }

    /// Its hash: names it everywhere.
    pub fn hash(&self) -> ModuleHash {
        self.file().hash()
    }

    /// Its source language.
    pub fn lang(&self) -> Lang {
        self.file().lang()
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        self.file().bytes()
    }

    /// Its free metadata; a plugin's is a manifest in TOML.
    pub fn metadata(&self) -> &[u8] {
        self.file().metadata()
    }

    /// Has it a function that runs when it is loaded?
    pub fn has_entry(&self) -> bool {
        self.file().entry().is_some()
    }

    /// Its exports, sorted by name.
    pub fn exports(&self) -> Vec<Export> {
        let file = self.file();
        (0..file.exports())
            .filter_map(|id| {
                let export = file.export(fzb::tables::ExportId(id))?;
                let item = match export.target {
                    ExportTarget::Function(function) => {
                        ExportItem::Function(self.signature(function)?)
                    }
                    ExportTarget::Static(id) => {
                        ExportItem::Static(Type::of(file, file.static_(id)?.ty))
                    }
                };
                let mut attributes = attributes(file, export.attributes);
                let mut params = Vec::new();
                if let ExportTarget::Function(id) = export.target {
                    let function = file.function(id)?;
                    if let Some(own) = function.attributes() {
                        attributes.extend(self::attributes(file, own));
                    }
                    params = function
                        .param_types()
                        .zip(0..)
                        .map(|(ty, index)| {
                            let name = function.param_name(index).and_then(|name| file.name(name));
                            Param {
                                name: name.map(str::to_owned),
                                type_name: type_name(file, ty),
                                cases: file
                                    .union_of_param(id, index)
                                    .map(|union| cases(file, &union)),
                                declared: declared(file, [ty]),
                            }
                        })
                        .collect();
                }
                Some(Export {
                    name: file.name(export.name)?.to_owned(),
                    item,
                    attributes,
                    params,
                })
            })
            .collect()
    }

    /// The records and unions that it defines.
    pub fn definitions(&self) -> Vec<Declared> {
        crate::declared::definitions(self.file())
    }

    /// Its functions, in the file's order.
    pub fn functions(&self) -> Vec<FunctionInfo> {
        let file = self.file();
        (0..file.functions())
            .filter_map(|id| {
                let id = FuncId(id);
                let function = file.function(id)?;
                Some(FunctionInfo {
                    name: self.function_name(id),
                    signature: self.signature(id)?,
                    params: (0..function.params)
                        .map(|index| {
                            function
                                .param_name(index)
                                .and_then(|name| file.name(name))
                                .map(str::to_owned)
                        })
                        .collect(),
                    lang: function.policy,
                    doc: file.doc(id).map(str::to_owned),
                })
            })
            .collect()
    }

    /// Its imports, in the file's order.
    pub fn imports(&self) -> Vec<ImportInfo> {
        let file = self.file();
        let text = |name: Option<fzb::tables::NameId>| {
            name.and_then(|name| file.name(name))
                .unwrap_or_default()
                .to_owned()
        };
        (0..file.imports())
            .filter_map(|id| {
                let import = file.import(ImportId(id))?;
                let signature = Signature {
                    params: import
                        .params
                        .iter()
                        .map(|ty| Type::of(file, TypeId(ty)))
                        .collect(),
                    result: Type::of(file, import.result),
                };
                let (name, source, signature) = match import.kind {
                    ImportKind::Host => (text(import.name), ImportSource::Host, Some(signature)),
                    ImportKind::Function => (
                        text(import.name),
                        ImportSource::Function {
                            module: text(import.module),
                        },
                        Some(signature),
                    ),
                    ImportKind::Module => (text(import.module), ImportSource::Module, None),
                };
                let capabilities = import
                    .caps
                    .iter()
                    .map(|name| text(Some(fzb::tables::NameId(name))))
                    .collect();
                Some(ImportInfo {
                    name,
                    source,
                    signature,
                    capabilities,
                    optional: import.optional,
                    takes: declared(file, import.params.iter().map(TypeId)),
                    gives: declared(file, [import.result]),
                })
            })
            .collect()
    }

    /// The exported function of that name.
    pub(crate) fn exported(&self, name: &str) -> Option<ExportTarget> {
        let file = self.file();
        Some(file.export(file.find_export(name)?)?.target)
    }

    pub(crate) fn signature(&self, id: FuncId) -> Option<Signature> {
        let file = self.file();
        let function = file.function(id)?;
        Some(Signature {
            params: function
                .param_types()
                .map(|ty| Type::of(file, ty))
                .collect(),
            result: Type::of(file, function.result),
        })
    }

    pub(crate) fn function_name(&self, id: FuncId) -> String {
        function_name(self.file(), id)
    }
}

fn attributes(file: &fzb::Module, found: Attributes<'_>) -> Vec<Attribute> {
    found
        .iter()
        .filter_map(|(name, value)| {
            let text = match value.and_then(|value| file.constant(value)) {
                Some(Constant::Text(text)) => Some(text.to_owned()),
                _ => None,
            };
            Some(Attribute {
                name: file.name(name)?.to_owned(),
                text,
            })
        })
        .collect()
}

/// Names of the cases without fields.
fn cases(file: &fzb::Module, union: &Typedef<'_>) -> Vec<String> {
    (0..union.cases)
        .filter_map(|tag| union.case(tag))
        .filter(|case| case.fields == 0)
        .filter_map(|case| Some(file.name(case.name)?.to_owned()))
        .collect()
}

pub(crate) fn type_name(file: &fzb::Module, id: TypeId) -> Option<String> {
    let name = match file.type_of(id)? {
        FileType::Opaque(name) => Some(name),
        FileType::Named { typedef, .. } => Some(file.typedef(typedef)?.name),
        _ => None,
    };
    Some(file.name(name?)?.to_owned())
}

pub(crate) fn function_name(file: &fzb::Module, id: FuncId) -> String {
    match file
        .function(id)
        .and_then(|function| file.name(function.name?))
    {
        Some(name) => name.to_owned(),
        None => format!("#{}", id.0),
    }
}

//! Modules of what the host has: its functions as routines, the values of resources (docs/specs/rhumb.md §3.20, §7.5).
//!
//! Each is loaded into the Engine under the name of its literal, so that a World has it once, for all who name it.

use emit::{EmitError, ModuleBuilder, Param, Signature};
use fzb::tables::{Arity, FuncId, Lang, Tables, TypeId, static_flags};
use isa::Op;

use crate::tree::{Expr, ExprId, FieldName, StepKind};

use super::code::Code;
use super::library::Native;
use super::prelude;

/// Flag of `store_static_r`: nothing can be stored any more.
const FREEZES: u32 = 1;

/// The label of a resource's module that holds its value.
pub(super) const VALUE: &str = "value";

/// The module of a JSON text: its value is read once in a World, and nothing can change it (§7.5).
///
/// # Errors
/// What the text is too large for.
pub fn json_module(name: &str, text: &str) -> Result<Tables, EmitError> {
    let module = ModuleBuilder::new(name, Lang::Rhumb);
    let label = module.name(VALUE);
    let value = module.static_(
        label,
        TypeId::DYN,
        static_flags::MUTABLE | static_flags::EXPORTED,
    );
    module.export_static(VALUE, value);
    let entry = module.declare(Signature {
        // What messages know the host function by.
        name: Some(module.name(name)),
        params: Vec::new(),
        result: TypeId::DYN,
        policy: Lang::Rhumb,
        arity: Arity::Exact,
        flags: 0,
        captures: Vec::new(),
    });
    let mut f = module.build(entry);
    let read = module.name("json.constant");
    let read = module.import_host(read, &[TypeId::TEXT], TypeId::DYN, &[], true);
    f.push_text(text);
    f.op(Op::CallFfi, &[read.0]);
    f.op(Op::StoreStaticR, &[value.0, FREEZES]);
    f.unit();
    f.ret();
    f.finish()?;
    module.set_entry(entry);
    module.finish()
}

/// The module of a native library: each of its functions is a routine.
///
/// # Errors
/// More functions than a module can have.
pub fn native_module(name: &str, natives: &[Native]) -> Result<Tables, EmitError> {
    let module = ModuleBuilder::new(name, Lang::Rhumb);
    for native in natives {
        if let Some(routine) = native_routine(&module, native) {
            module.export_function(&native.field, routine);
        }
    }
    module.finish()
}

/// The module of `nat_core`, which has `***`.
///
/// # Errors
/// None in practice.
pub fn core_module(name: &str) -> Result<Tables, EmitError> {
    let module = ModuleBuilder::new(name, Lang::Rhumb);
    if let Some(routine) = prelude::panic_routine(&module) {
        module.export_function("***", routine);
    }
    module.finish()
}

impl Code<'_> {
    /// Pushes the host function that an expression takes from a native library by reference, as a routine of the name under which
    /// it is stored first (§3.17); false, with nothing pushed, if the expression is anything else.
    pub fn named_native(&mut self, value: ExprId, name: &str) -> bool {
        let tree = self.tree();
        let Expr::Reference(inner) = tree.expr(value) else {
            return false;
        };
        let Expr::Chain { head, steps } = tree.expr(*inner) else {
            return false;
        };
        let (Expr::Label(_), [step]) = (tree.expr(*head), steps.as_slice()) else {
            return false;
        };
        let StepKind::Field {
            name: FieldName::Label(field),
            ..
        } = &step.kind
        else {
            return false;
        };
        let Some(var) = self.slot_at(tree.span(*head).start) else {
            return false;
        };
        let library = self.analysis().var(var);
        let (1, Some(literal)) = (library.assignments, library.value) else {
            return false;
        };
        let native = {
            let known = self.shared.natives.borrow();
            let listed = known.get(&tree.span(literal).start);
            let field = self.text(*field);
            listed.and_then(|listed| listed.iter().find(|native| native.field == field).cloned())
        };
        let Some(native) = native else {
            return false;
        };
        let native = Native {
            field: name.to_owned(),
            ..native
        };
        self.at(tree.span(value));
        match native_routine(self.module(), &native) {
            Some(function) => {
                self.f.op(Op::MakeClosure, &[function.0, 0]);
                self.f.coerce(TypeId::DYN);
                true
            }
            None => false,
        }
    }
}

/// A routine that calls a host function: it takes what its parameters say, or faults type.
pub(super) fn native_routine(module: &ModuleBuilder, native: &Native) -> Option<FuncId> {
    let params: Option<Vec<TypeId>> = native.params.iter().map(|name| basic(name)).collect();
    let (params, result) = (params?, basic(&native.result)?);
    let caps: Vec<_> = native
        .capabilities
        .iter()
        .map(|cap| module.name(cap))
        .collect();
    let name = module.name(&native.import);
    let import = module.import_host(name, &params, result, &caps, true);
    let function = module.declare(Signature {
        name: Some(module.name(&native.field)),
        params: params
            .iter()
            .map(|_| Param {
                ty: TypeId::DYN,
                name: None,
            })
            .collect(),
        result: TypeId::DYN,
        policy: Lang::Rhumb,
        arity: Arity::Loose,
        flags: 0,
        captures: Vec::new(),
    });
    let mut f = module.build(function);
    for (index, ty) in params.iter().enumerate() {
        let param = f.param(index as u32);
        f.load(param);
        f.coerce(*ty);
    }
    f.op(Op::CallFfi, &[import.0]);
    f.coerce(TypeId::DYN);
    f.ret();
    f.finish().ok()?;
    Some(function)
}

/// A basic type by its name in module text.
fn basic(name: &str) -> Option<TypeId> {
    Some(match name {
        "dyn" => TypeId::DYN,
        "unit" => TypeId::UNIT,
        "int" => TypeId::INT,
        "float" => TypeId::FLOAT,
        "bool" => TypeId::BOOL,
        "char" => TypeId::CHAR,
        "text" => TypeId::TEXT,
        "bytes" => TypeId::BYTES,
        "list" => TypeId::LIST,
        "fn" => TypeId::FN,
        "ref" => TypeId::REF,
        _ => return None,
    })
}

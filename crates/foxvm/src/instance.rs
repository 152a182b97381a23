//! Module instances of a World.

use fzb::tables::FuncId;
use fzb::view::ExportTarget;
use machine::value::Value as Raw;
use machine::world::{Border, TYPED_PARAMS, TypedEntry};

use crate::args::Args;
use crate::convert::FromFox;
use crate::error::{Error, ErrorKind};
use crate::function::Function;
use crate::module::Module;
use crate::run::Run;
use crate::signature::{Signature, Type};
use crate::value::Value;
use crate::world::World;

/// A module in a World: linked, its entry run. It belongs to one World.
#[derive(Clone, Debug)]
pub struct Instance {
    module: Module,
    world: u32,
    index: u32,
    result: Value,
}

impl Instance {
    pub(crate) fn new(world: u32, module: &Module, index: u32, result: Value) -> Instance {
        Instance {
            module: module.clone(),
            world,
            index,
            result,
        }
    }

    /// The module.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// What the entry returned; empty if there is none.
    pub fn result(&self) -> &Value {
        &self.result
    }

    /// A handle on an exported function. Its parameters and result are compared with `A` and `R` here, once:
    /// `instance.function::<(&str, i64), bool>("on_output")`.
    ///
    /// # Errors
    /// [`ErrorKind::ExportUnknown`], [`ErrorKind::ExportNotFunction`], [`ErrorKind::Signature`].
    pub fn function<A: Args, R: FromFox>(&self, name: &str) -> Result<Function<A, R>, Error> {
        let (id, signature) = self.exported(name)?;
        let fits = A::misfit(&signature.params).is_none() && R::reads(signature.result);
        let entry = TypedEntry::of(self.world, self.index, self.module.file(), id).filter(|_| fits);
        match entry {
            Some(entry) => Ok(Function::new(entry, signature.params)),
            None => {
                let expected = Signature {
                    params: A::types(),
                    result: R::WANTS,
                };
                Err(ErrorKind::Signature {
                    name: name.to_owned(),
                    expected: expected.to_string(),
                    found: signature.to_string(),
                }
                .into())
            }
        }
    }

    /// Calls an exported function with values, by its checked entry: what does not fit a parameter is fault type.
    ///
    /// # Errors
    /// As [`Instance::function`], and the fault that ended the run.
    pub fn call(&self, world: &mut World, name: &str, args: &[Value]) -> Result<Value, Error> {
        let (id, _) = self.exported(name)?;
        self.belongs(world)?;
        let raw = raw_args(world, args)?;
        world.begin()?;
        let machine = world.machine_mut();
        let result = match machine.call(self.index, id, raw.get(..args.len()).unwrap_or_default()) {
            Ok(value) => Value::hold(machine, value),
            Err(report) => Err(report.into()),
        };
        machine.wash();
        world.finish();
        result
    }

    /// Starts an exported function as a run that the host advances in slices of fuel; see [`Run`].
    ///
    /// # Errors
    /// As [`Instance::call`].
    pub fn start<A: Args>(
        &self,
        world: &mut World,
        name: &str,
        args: A::Of<'_>,
    ) -> Result<Run, Error> {
        let (id, signature) = self.exported(name)?;
        self.belongs(world)?;
        if A::COUNT != signature.params.len() {
            return Err(ErrorKind::Arguments {
                name: name.to_owned(),
                expected: signature.params.len(),
                found: A::COUNT,
            }
            .into());
        }
        Run::start::<A>(world, self.index, id, args)
    }

    /// The case of that name and without fields, of the union that a parameter of an exported function declares: a value of the
    /// module's own type, e.g. to call the function with it. `None` if there is none ([`crate::Param::cases`]).
    ///
    /// # Errors
    /// As [`Instance::function`] for the export; [`ErrorKind::Foreign`] with another World; fault mem.
    pub fn param_case(
        &self,
        world: &mut World,
        name: &str,
        param: usize,
        case: &str,
    ) -> Result<Option<Value>, Error> {
        let (id, _) = self.exported(name)?;
        self.belongs(world)?;
        let machine = world.machine_mut();
        let param = u32::try_from(param).unwrap_or(u32::MAX);
        match machine.param_case_for_host(self.index, id, param, case) {
            Ok(Some(value)) => Value::hold(machine, value).map(Some),
            Ok(None) => Ok(None),
            Err(raised) => Err(machine.report(raised).into()),
        }
    }

    /// A value of the host as a value of the type that a parameter of an exported function declares: a record of the members
    /// that a map has under the names of its fields, a list of a sequence, a case of a text or of another case by its name,
    /// `Some` or `None` for an option (docs/specs/machine.md §9). What the parameter declares nothing for stays as it is.
    ///
    /// # Errors
    /// As [`Instance::function`] for the export; [`ErrorKind::Foreign`] with another World; fault type, with the field that is
    /// missing or of another kind; fault mem.
    pub fn param_value(
        &self,
        world: &mut World,
        name: &str,
        param: usize,
        value: &Value,
    ) -> Result<Value, Error> {
        let (id, _) = self.exported(name)?;
        self.belongs(world)?;
        let raw = value.raw(world.machine())?;
        let ty = self
            .module
            .file()
            .function(id)
            .and_then(|function| function.param_types().nth(param));
        let Some(ty) = ty else {
            return Ok(value.clone());
        };
        let machine = world.machine_mut();
        machine.host_work_begins();
        let made = match machine.as_declared(self.index, ty, raw) {
            Ok(made) => Value::hold(machine, made),
            Err(raised) => Err(machine.report(raised).into()),
        };
        machine.host_work_ends();
        made
    }

    /// A value of the host as what its module has under the names that the host describes; as it is, if the module has nothing
    /// there.
    ///
    /// # Errors
    /// As [`Instance::param_value`].
    pub fn described_value(
        &self,
        world: &mut World,
        border: &Border,
        value: &Value,
    ) -> Result<Value, Error> {
        self.belongs(world)?;
        let raw = value.raw(world.machine())?;
        let machine = world.machine_mut();
        machine.host_work_begins();
        let made = match machine.as_described(self.index, border, raw) {
            Ok(made) => Value::hold(machine, made),
            Err(raised) => Err(machine.report(raised).into()),
        };
        machine.host_work_ends();
        made
    }

    /// What an exported static holds now; `None` if it is not set.
    ///
    /// # Errors
    /// [`ErrorKind::ExportUnknown`] if there is no such static; [`ErrorKind::Foreign`] with another World; fault mem.
    pub fn static_value(&self, world: &mut World, name: &str) -> Result<Option<Value>, Error> {
        self.belongs(world)?;
        let Some(ExportTarget::Static(id)) = self.module.exported(name) else {
            return Err(ErrorKind::ExportUnknown {
                name: name.to_owned(),
                exports: self
                    .module
                    .exports()
                    .into_iter()
                    .map(|export| export.name)
                    .collect(),
            }
            .into());
        };
        let machine = world.machine_mut();
        match machine.static_for_host(self.index, id.0) {
            Some(value) => Value::hold(machine, value).map(Some),
            None => Ok(None),
        }
    }

    fn belongs(&self, world: &World) -> Result<(), Error> {
        if world.machine().number() == self.world {
            Ok(())
        } else {
            Err(ErrorKind::Foreign("instance").into())
        }
    }

    fn exported(&self, name: &str) -> Result<(FuncId, Signature), Error> {
        match self.module.exported(name) {
            Some(ExportTarget::Function(id)) => {
                let signature = self.module.signature(id).unwrap_or(Signature {
                    params: Vec::new(),
                    result: Type::Dyn,
                });
                Ok((id, signature))
            }
            Some(ExportTarget::Static(_)) => Err(ErrorKind::ExportNotFunction {
                name: name.to_owned(),
                found: "static".to_owned(),
            }
            .into()),
            None => {
                let exports = self
                    .module
                    .exports()
                    .into_iter()
                    .map(|export| export.name)
                    .collect();
                Err(ErrorKind::ExportUnknown {
                    name: name.to_owned(),
                    exports,
                }
                .into())
            }
        }
    }
}

/// The machine's values of handles; current, since none of them is made anew.
fn raw_args(world: &mut World, args: &[Value]) -> Result<[Raw; TYPED_PARAMS], Error> {
    let mut raw = [Raw::EMPTY; TYPED_PARAMS];
    if args.len() > TYPED_PARAMS {
        return Err(Error::host(
            crate::Fault::Arity,
            format!(
                "a host passes at most {TYPED_PARAMS} arguments, not {}",
                args.len()
            ),
        ));
    }
    for (place, arg) in raw.iter_mut().zip(args) {
        *place = arg.raw(world.machine())?;
    }
    Ok(raw)
}

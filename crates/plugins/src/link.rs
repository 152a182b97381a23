//! Which function of a module is which hook, and what it is called with.
//!
//! A hook is an exported function with its name, in camel or snake case, or with its attribute; or a member of the record that
//! the module's entry, or its exported function `plugin` or `register`, answers, or that an exported static of these names holds. What the declared types of the parameters
//! leave open is decided by the parameters' names (`ctx`), then by their order, the context first.

use diag::{Diagnostic, fp};
use foxvm::{Export, ExportItem, Function, Instance, Module, Type, Value, World};

use crate::api::{border, key_of, misfit_of_param, record_of_param};
use crate::failure::Failure;
use crate::hook::{COUNT, Hook, Kind};
use crate::powers::type_differs;

/// Functions that answer the record of hooks.
const REGISTER: [&str; 5] = [
    "plugin",
    "Plugin",
    "register",
    "Register",
    "Plugin.Register",
];

/// What stands in a parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Slot {
    /// The context.
    Context,
    /// Nothing: `()`.
    Unit,
    /// The event's datum of that number.
    Datum(usize),
    /// A key's code.
    KeyCode,
    /// A key as a case of the module's own union.
    KeyCase,
    /// A key's modifiers.
    KeyMods,
    /// A key as a record of the module's own.
    KeyRecord,
    /// A key as a case of the module's own that is the host's.
    KeyName,
}

/// How a hook is called.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// By a typed handle: one text, nothing else. The way that lines of output take.
    Line(Function<(&'static str,), Value>),
    /// By its export's name.
    Export {
        /// Its name.
        name: String,
        /// What stands in its parameters.
        slots: Vec<Slot>,
        /// The context as its parameter declares it; empty if it has none.
        context: Value,
    },
    /// A function value of the record, with all data in order; a context is not passed.
    Value(Value),
}

/// The hooks of a module.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    /// By [`Hook::index`].
    found: [Option<Found>; COUNT],
    /// Functions with `[<OnCommand("name")>]`.
    pub commands: Vec<(String, Found)>,
}

/// A function that is a hook.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub name: String,
    slots: Vec<Slot>,
    line: bool,
    value: Option<Value>,
}

impl Hooks {
    /// The hooks that a module has by name and attribute, without running it.
    pub fn of(plugin: &str, module: &Module) -> Result<Hooks, Failure> {
        let mut hooks = Hooks::default();
        for export in module.exports() {
            let ExportItem::Function(signature) = &export.item else {
                continue;
            };
            for attribute in &export.attributes {
                if attribute.name.eq_ignore_ascii_case("OnCommand")
                    && let Some(command) = &attribute.text
                {
                    let found = linked(plugin, "OnCommand", &export, &signature.params, &[])
                        .or_else(|_| {
                            linked(
                                plugin,
                                "OnCommand",
                                &export,
                                &signature.params,
                                &[Kind::Text],
                            )
                        })?;
                    hooks.commands.push((command.clone(), found));
                }
            }
            let by_attribute = export
                .attributes
                .iter()
                .find_map(|attribute| Hook::parse(&attribute.name));
            let exact = |hook: &Hook| {
                let bare = export.name.rsplit('.').next().unwrap_or(&export.name);
                bare == hook.name() || bare == hook.snake_name()
            };
            let Some(hook) = by_attribute.or_else(|| Hook::ALL.into_iter().find(exact)) else {
                continue;
            };
            // An attribute says more than a name; of two alike the first counts.
            let place = hooks.found.get_mut(hook.index());
            if let Some(place) = place
                && (place.is_none() || by_attribute.is_some())
            {
                let mut found = linked(
                    plugin,
                    hook.name(),
                    &export,
                    &signature.params,
                    hook.payload(),
                )?;
                if hook == Hook::KeyPress {
                    found.key_of(module);
                }
                *place = Some(found);
            }
        }
        Ok(hooks)
    }

    /// Adds the hooks of the record that the entry, or a function of [`REGISTER`], answers.
    pub fn add_record(
        &mut self,
        world: &mut World,
        instance: &Instance,
    ) -> Result<(), foxvm::Error> {
        let mut record = instance.result().clone();
        if record.is_empty() {
            let exports = instance.module().exports();
            let register = exports.iter().find(|export| {
                REGISTER.contains(&export.name.as_str())
                    && match &export.item {
                        ExportItem::Function(signature) => {
                            signature.params.is_empty() || signature.params == [Type::Unit]
                        }
                        ExportItem::Static(_) => true,
                    }
            });
            let Some(register) = register else {
                return Ok(());
            };
            record = match &register.item {
                ExportItem::Function(signature) => {
                    let unit = [Value::empty()];
                    let given = unit.get(..signature.params.len()).unwrap_or_default();
                    instance.call(world, &register.name, given)?
                }
                ExportItem::Static(_) => instance
                    .static_value(world, &register.name)?
                    .unwrap_or_else(Value::empty),
            };
        }
        for hook in Hook::ALL {
            let Some(place) = self
                .found
                .get_mut(hook.index())
                .filter(|place| place.is_none())
            else {
                continue;
            };
            for name in [hook.name(), hook.snake_name()] {
                let member = world.member(&record, name)?;
                if let Some(member) = member.filter(|member| !member.is_empty()) {
                    *place = Some(Found {
                        name: name.to_owned(),
                        slots: Vec::new(),
                        line: false,
                        value: Some(member),
                    });
                    break;
                }
            }
        }
        Ok(())
    }

    /// The hooks that are there.
    pub fn present(&self) -> impl Iterator<Item = Hook> + '_ {
        Hook::ALL
            .into_iter()
            .filter(|hook| matches!(self.found.get(hook.index()), Some(Some(_))))
    }

    /// How to call each hook of an instance.
    pub fn targets(
        &self,
        world: &mut World,
        instance: &Instance,
        context: &Value,
    ) -> Result<[Option<Target>; COUNT], foxvm::Error> {
        let mut targets = [const { None }; COUNT];
        for (found, target) in self.found.iter().zip(&mut targets) {
            if let Some(found) = found {
                *target = Some(found.target(world, instance, context)?);
            }
        }
        Ok(targets)
    }
}

impl Found {
    /// Where a parameter declares nothing a key comes as what the module defines under the names of the host's types.
    fn key_of(&mut self, module: &Module) {
        let slot = match key_of(&module.definitions()) {
            Some("KeyEvent") => Slot::KeyRecord,
            Some(_) => Slot::KeyName,
            None => return,
        };
        for place in &mut self.slots {
            if *place == Slot::Datum(0) {
                *place = slot;
            }
        }
    }

    /// How to call it; `context` is made of the type that its parameter declares.
    pub fn target(
        &self,
        world: &mut World,
        instance: &Instance,
        context: &Value,
    ) -> Result<Target, foxvm::Error> {
        if let Some(value) = &self.value {
            return Ok(Target::Value(value.clone()));
        }
        if self.line {
            return Ok(Target::Line(instance.function(&self.name)?));
        }
        let at = self.slots.iter().position(|slot| *slot == Slot::Context);
        let context = match at {
            Some(at) => {
                let context = instance.described_value(world, &border("PluginContext"), context)?;
                instance.param_value(world, &self.name, at, &context)?
            }
            None => Value::empty(),
        };
        Ok(Target::Export {
            name: self.name.clone(),
            slots: self.slots.clone(),
            context,
        })
    }
}

fn linked(
    plugin: &str,
    hook: &str,
    export: &Export,
    params: &[Type],
    payload: &[Kind],
) -> Result<Found, Failure> {
    if let Some(misfit) = export.params.iter().find_map(misfit_of_param) {
        return Err(type_differs(plugin, "hook", hook, misfit));
    }
    let Some(slots) = slots(params, export, payload) else {
        let text = |names: Vec<String>| match names.as_slice() {
            [] => "()".to_owned(),
            names => format!("({})", names.join(", ")),
        };
        return Err(Diagnostic::error(fp::HOOK_PARAMETERS)
            .arg("plugin", plugin)
            .arg("hook", hook)
            .arg(
                "found",
                text(params.iter().map(ToString::to_string).collect()),
            )
            .arg(
                "expected",
                text(payload.iter().map(|kind| kind.name().to_owned()).collect()),
            )
            .into());
    };
    let line = slots == [Slot::Datum(0)] && payload == [Kind::Text];
    Ok(Found {
        name: export.name.clone(),
        slots,
        line,
        value: None,
    })
}

/// What stands in each parameter; nothing if there is no way.
fn slots(params: &[Type], export: &Export, payload: &[Kind]) -> Option<Vec<Slot>> {
    let mut slots: Vec<Option<Slot>> = params
        .iter()
        .enumerate()
        .map(|(index, ty)| {
            if *ty == Type::Unit {
                return Some(Slot::Unit);
            }
            if *ty == Type::Record {
                return (record_of(export, index) == Some("PluginContext"))
                    .then_some(Slot::Context);
            }
            if !matches!(ty, Type::Dyn | Type::Ref) {
                return None;
            }
            let param = export.params.get(index);
            let declared = param.and_then(|param| param.type_name.as_deref());
            let named = param.and_then(|param| param.name.as_deref());
            let context = match declared {
                Some(declared) => matches!(
                    declared.rsplit('.').next(),
                    Some("Context" | "PluginContext")
                ),
                None => named
                    .is_some_and(|name| matches!(name.trim_start_matches('_'), "ctx" | "context")),
            };
            context.then_some(Slot::Context)
        })
        .collect();
    for (datum, kind) in payload.iter().enumerate() {
        // A declared type decides; else the last open places are the event's, so that a context stands before them.
        let left = payload.len() - datum;
        let open: Vec<usize> = (0..slots.len()).filter(|at| slots[*at].is_none()).collect();
        let exact = open.iter().copied().find(|at| exact(params[*at], *kind));
        let any = || {
            let dynamic: Vec<usize> = open
                .iter()
                .copied()
                .filter(|at| matches!(params[*at], Type::Dyn | Type::Ref))
                .collect();
            dynamic
                .len()
                .checked_sub(left)
                .and_then(|skip| dynamic.get(skip).copied())
        };
        // A key comes as a case where the parameter declares a union.
        let case = || {
            let union = |at: &usize| {
                export
                    .params
                    .get(*at)
                    .is_some_and(|param| param.cases.is_some())
            };
            open.iter()
                .copied()
                .find(|at| *kind == Kind::Key && union(at))
        };
        let record = || {
            open.iter().copied().find(|at| {
                *kind == Kind::Key
                    && params[*at] == Type::Record
                    && record_of(export, *at) == Some("KeyEvent")
            })
        };
        if let Some(at) = record() {
            slots[at] = Some(Slot::KeyRecord);
            continue;
        }
        match (exact, kind) {
            (Some(at), Kind::Key) => {
                slots[at] = Some(Slot::KeyCode);
                if let Some(mods) = open.iter().copied().find(|at| params[*at] == Type::Int) {
                    slots[mods] = Some(Slot::KeyMods);
                }
            }
            (Some(at), _) => slots[at] = Some(Slot::Datum(datum)),
            (None, _) => match case() {
                Some(at) => slots[at] = Some(Slot::KeyCase),
                None => slots[any()?] = Some(Slot::Datum(datum)),
            },
        }
    }
    // One parameter may be left: the context.
    let mut rest = slots
        .iter_mut()
        .zip(params)
        .filter(|(slot, _)| slot.is_none());
    if let Some((slot, ty)) = rest.next() {
        if !matches!(ty, Type::Dyn | Type::Ref) || rest.next().is_some() {
            return None;
        }
        *slot = Some(Slot::Context);
    }
    drop(rest);
    if slots
        .iter()
        .filter(|slot| **slot == Some(Slot::Context))
        .count()
        > 1
    {
        return None;
    }
    slots.into_iter().collect()
}

/// Which of the host's records a parameter declares by the name of its type.
fn record_of(export: &Export, index: usize) -> Option<&'static str> {
    record_of_param(export.params.get(index)?.type_name.as_deref()?)
}

/// Is a declared type exactly a datum's?
fn exact(ty: Type, kind: Kind) -> bool {
    match kind {
        Kind::Text | Kind::Key => ty == Type::Text,
        Kind::Int => ty == Type::Int,
        Kind::Bytes => matches!(ty, Type::Bytes | Type::Array),
    }
}

#[cfg(test)]
mod tests {
    use foxvm::Param;

    use super::*;

    fn of(params: &[(Type, &str, &str)], payload: &[Kind]) -> Option<Vec<Slot>> {
        let types: Vec<Type> = params.iter().map(|(ty, ..)| *ty).collect();
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let export = Export {
            name: "onOutput".to_owned(),
            item: ExportItem::Static(Type::Dyn),
            attributes: Vec::new(),
            params: params
                .iter()
                .map(|(ty, name, declared)| Param {
                    name: some(name),
                    type_name: some(declared),
                    cases: (*ty == Type::Dyn && *declared == "Key").then(Vec::new),
                    declared: Vec::new(),
                })
                .collect(),
        };
        slots(&types, &export, payload)
    }

    #[test]
    fn a_context_is_found_wherever_it_stands() {
        use Slot::{Context, Datum};
        let text = (Type::Text, "line", "");
        let line = [Kind::Text];
        assert_eq!(of(&[text], &line), Some(vec![Datum(0)]));
        let declared = (Type::Dyn, "c", "Host.Context");
        assert_eq!(of(&[declared, text], &line), Some(vec![Context, Datum(0)]));
        assert_eq!(of(&[text, declared], &line), Some(vec![Datum(0), Context]));
        // Nothing declared: names, then order.
        let (ctx, any) = ((Type::Dyn, "ctx", ""), (Type::Dyn, "line", ""));
        assert_eq!(of(&[any, ctx], &line), Some(vec![Datum(0), Context]));
        let nameless = (Type::Dyn, "", "");
        assert_eq!(
            of(&[nameless, nameless], &line),
            Some(vec![Context, Datum(0)])
        );
        assert_eq!(of(&[nameless], &line), Some(vec![Datum(0)]));
    }

    #[test]
    fn data_go_to_their_types_in_order() {
        use Slot::{Datum, KeyCode, KeyMods, Unit};
        let int = (Type::Int, "", "");
        let text = (Type::Text, "", "");
        assert_eq!(
            of(&[int, text], &[Kind::Text, Kind::Int]),
            Some(vec![Datum(1), Datum(0)])
        );
        assert_eq!(
            of(&[int, int], &[Kind::Int, Kind::Int]),
            Some(vec![Datum(0), Datum(1)])
        );
        assert_eq!(of(&[text, int], &[Kind::Key]), Some(vec![KeyCode, KeyMods]));
        let (key, any) = ((Type::Dyn, "key", "Key"), (Type::Dyn, "key", ""));
        assert_eq!(of(&[key], &[Kind::Key]), Some(vec![Slot::KeyCase]));
        assert_eq!(of(&[any], &[Kind::Key]), Some(vec![Datum(0)]));
        assert_eq!(of(&[(Type::Unit, "", "")], &[]), Some(vec![Unit]));
        assert_eq!(of(&[], &[]), Some(vec![]));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let int = (Type::Int, "", "");
        let text = (Type::Text, "", "");
        assert_eq!(of(&[int], &[Kind::Text]), None);
        assert_eq!(of(&[], &[Kind::Text]), None);
        assert_eq!(of(&[text, text], &[Kind::Text]), None);
        assert_eq!(of(&[text, int], &[Kind::Text]), None);
        // A record that is none of the host's is not made by the host.
        let own = (Type::Record, "ctx", "Mine");
        assert_eq!(of(&[own, text], &[Kind::Text]), None);
        assert_eq!(of(&[own], &[Kind::Key]), None);
        let context = (Type::Record, "", "PluginContext");
        assert_eq!(of(&[context, context, text], &[Kind::Text]), None);
    }

    #[test]
    fn records_are_known_by_the_names_of_the_hosts_types() {
        use Slot::{Context, Datum, KeyRecord};
        let text = (Type::Text, "", "");
        let context = (Type::Record, "", "Host.Context");
        assert_eq!(
            of(&[text, context], &[Kind::Text]),
            Some(vec![Datum(0), Context])
        );
        let key = (Type::Record, "", "KeyEvent");
        assert_eq!(
            of(&[context, key], &[Kind::Key]),
            Some(vec![Context, KeyRecord])
        );
        assert_eq!(of(&[key], &[Kind::Text]), None);
    }
}

//! Typed borders (docs/specs/machine.md §9): what a host hands over, as a value of a type that a module declares.
//!
//! A host does not know the types of the modules that call it. It hands over neutral values: empty or the value for an
//! option, maps with names for records, sequences for lists, arrays and tuples, a text for a case without fields. Where a
//! module declares the type, here they become values of it. What is of the declared type already stays the same object.

use fzb::Module;
use fzb::tables::{TypeId, TypedefId, TypedefKind};
use fzb::view::{Indexes, RecType, Repr, Type, Typedef};
use lemari::Ticket;

use crate::fault::{Fault, Raise, Raised};
use crate::heap::object::MapObj;
use crate::heap::vector::{elem, elem_fits};
use crate::host_memory::written;
use crate::legend::{LegendId, LegendType, Legends, Nature};
use crate::value::{Kind, Value};
use crate::world::{SequenceForm, World};

/// Types inside each other that are followed; a host's values are not deeper, and recursive types end here.
const DEPTH: u32 = 16;

/// A declared type where it is looked at: type variables of a definition are looked up in the arguments it was given.
#[derive(Clone, Copy)]
struct Place<'a> {
    module: &'a Module,
    instance: u32,
    ty: TypeId,
    arguments: Option<&'a Scope<'a>>,
}

/// The arguments of a type definition, and where they were written.
struct Scope<'a> {
    arguments: Indexes<'a>,
    outer: Option<&'a Scope<'a>>,
}

impl<'a> Place<'a> {
    fn at(self, ty: TypeId) -> Place<'a> {
        Place { ty, ..self }
    }

    /// The type, and of a variable what it stands for.
    fn resolved(mut self) -> (Place<'a>, Option<Type<'a>>) {
        // Each step goes one definition outwards.
        loop {
            match (self.module.type_of(self.ty), self.arguments) {
                (Some(Type::Var(number)), Some(scope)) => match scope.arguments.get(number) {
                    Some(argument) => {
                        self.ty = TypeId(argument);
                        self.arguments = scope.outer;
                    }
                    None => return (self, None),
                },
                (found, _) => return (self, found),
            }
        }
    }
}

/// Is this a type whose values a host cannot make itself?
pub(crate) fn is_declared(module: &Module, ty: TypeId) -> bool {
    match module.type_of(ty) {
        Some(Type::Basic(basic)) => {
            matches!(basic, TypeId::UNIT | TypeId::CHAR | TypeId::LIST)
        }
        Some(
            Type::Tuple(_) | Type::List(_) | Type::Array(_) | Type::Named { .. } | Type::Row(_),
        ) => true,
        _ => false,
    }
}

impl World {
    /// A neutral value as a value of a type of an instance's module. What has no declared parts comes back as it is, even
    /// if it is of another kind: who reads it checks that.
    ///
    /// # Errors
    /// Fault type, with what is missing or of another kind; fault mem or fuel.
    pub fn as_declared(&mut self, instance: u32, ty: TypeId, value: Value) -> Raise<Value> {
        let Some(module) = self
            .instances
            .get(instance as usize)
            .map(|found| found.loaded.module.clone())
        else {
            return Ok(value);
        };
        let at = self.host_push(value)?;
        let place = Place {
            module: &module,
            instance,
            ty,
            arguments: None,
        };
        let made = self.declare(place, at, DEPTH);
        let value = self.host_temp(at);
        self.host_truncate(at);
        made.map(|()| value)
    }

    /// Puts in the place of `temps[at]` the same as a value of a declared type.
    fn declare(&mut self, place: Place<'_>, at: usize, depth: u32) -> Raise<()> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(self.fault(
                Fault::Type,
                "a declared type nested too deeply for a host's value",
            ));
        };
        self.charge_fuel(1)?;
        let (place, found) = place.resolved();
        match found {
            Some(Type::Basic(TypeId::UNIT)) => self.replace(at, Value::EMPTY),
            Some(Type::Basic(TypeId::CHAR)) => {
                let scalar = self.flat_text(self.host_temp(at)).and_then(only_scalar);
                if let Some(scalar) = scalar {
                    self.replace(at, Value::char(scalar));
                }
            }
            Some(Type::Basic(TypeId::LIST)) => self.declare_list(place, None, at, depth)?,
            Some(Type::List(element)) => self.declare_list(place, Some(element), at, depth)?,
            Some(Type::Array(element)) => self.declare_array(place, element, at, depth)?,
            Some(Type::Tuple(parts)) => self.declare_tuple(place, parts, at, depth)?,
            Some(Type::Row(row)) => {
                let legend = self.record_legend(place.instance, RecType::of_type(place.ty).0, 0)?;
                let fields = row.iter().map(|(name, ty)| (place.module.name(name), ty));
                self.declare_fields(place, "record", legend, fields, at, depth)?;
            }
            Some(Type::Named { typedef, args }) => {
                let scope = Scope {
                    arguments: args,
                    outer: place.arguments,
                };
                let inside = Place {
                    arguments: Some(&scope),
                    ..place
                };
                if let Some(typedef) = place.module.typedef(typedef) {
                    self.declare_named(inside, typedef, at, depth)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn replace(&mut self, at: usize, value: Value) {
        if let Some(place) = self.temps.get_mut(at) {
            *place = value;
        }
    }

    /// Fault type: what stands at `at` cannot be the wanted type.
    #[cold]
    fn undeclared(&mut self, wanted: &str, at: usize) -> Raised {
        let found = self.kind_text(self.host_temp(at));
        self.fault_args(
            Fault::Type,
            format_args!("the host's value: expected {wanted}, found {found}"),
        )
    }

    /// Roots the elements of what stands at `at`, each as the element type; the place of the first, and how many.
    fn declare_elements(
        &mut self,
        place: Place<'_>,
        element: Option<TypeId>,
        wanted: &str,
        at: usize,
        depth: u32,
    ) -> Raise<(usize, usize)> {
        let Some(range) = self.spread_for_host(self.host_temp(at))? else {
            return Err(self.undeclared(wanted, at));
        };
        if let Some(element) = element {
            for at in range.clone() {
                self.declare(place.at(element), at, depth)?;
            }
        }
        Ok((range.start, range.len()))
    }

    fn declare_list(
        &mut self,
        place: Place<'_>,
        element: Option<TypeId>,
        at: usize,
        depth: u32,
    ) -> Raise<()> {
        let plain = element.is_none_or(|element| {
            let (place, _) = place.at(element).resolved();
            !is_declared(place.module, place.ty)
        });
        if plain && self.host_temp(at).kind() == Kind::List {
            return Ok(());
        }
        let (first, _) = self.declare_elements(place, element, "a list", at, depth)?;
        let list = self.sequence_for_host(first, SequenceForm::List)?;
        self.host_truncate(first);
        self.replace(at, list);
        Ok(())
    }

    fn declare_array(
        &mut self,
        place: Place<'_>,
        element: TypeId,
        at: usize,
        depth: u32,
    ) -> Raise<()> {
        let (resolved, _) = place.at(element).resolved();
        let value = self.host_temp(at);
        // Bytes are read as an array of them (machine.md §9).
        let is_array = value.kind() == Kind::Bytes
            || (value.kind() == Kind::Map && self.nature(value.as_ticket()) == Nature::Array);
        if is_array && !is_declared(resolved.module, resolved.ty) {
            return Ok(());
        }
        let (first, count) = self.declare_elements(place, Some(element), "an array", at, depth)?;
        let kind = match resolved.module.repr(resolved.ty) {
            Some(Repr::I64) => elem::I64,
            Some(Repr::F64) => elem::F64,
            _ => elem::DYN,
        };
        for index in first..first + count {
            if !elem_fits(kind, self.host_temp(index)) {
                return Err(self.undeclared("an element of the array's type", index));
            }
        }
        let vector = self.vec_new(kind, count as u32)?;
        self.vec_set_len(vector, count as u32);
        for index in 0..count {
            self.vec_set(vector, index as u32, self.host_temp(first + index));
        }
        let vector = self.host_push(crate::heap::vector::rooted(vector))?;
        let legend = Legends::ARRAYS
            .get(kind as usize)
            .copied()
            .unwrap_or(Legends::ARRAY_DYN);
        let array = self.map_with_vec(legend, vector)?;
        self.host_truncate(first);
        self.replace(at, array);
        Ok(())
    }

    fn declare_tuple(
        &mut self,
        place: Place<'_>,
        parts: Indexes<'_>,
        at: usize,
        depth: u32,
    ) -> Raise<()> {
        // The type is told apart by its legend from now on, whoever makes the tuple.
        self.record_legend(place.instance, RecType::of_type(place.ty).0, 0)?;
        let (first, count) = self.declare_elements(place, None, "a tuple", at, depth)?;
        if count != parts.len() as usize {
            return Err(self.undeclared("a tuple of another length", at));
        }
        for (index, part) in parts.iter().enumerate() {
            self.declare(place.at(TypeId(part)), first + index, depth)?;
        }
        let tuple = self.tuple_for_host(first)?;
        self.host_truncate(first);
        self.replace(at, tuple);
        Ok(())
    }

    fn declare_named(
        &mut self,
        place: Place<'_>,
        typedef: Typedef<'_>,
        at: usize,
        depth: u32,
    ) -> Raise<()> {
        let name = place.module.name(typedef.name).unwrap_or("a type");
        match typedef.kind {
            TypedefKind::Record => {
                let Some(case) = typedef.case(0) else {
                    return Ok(());
                };
                let legend = self.record_legend(place.instance, typedef.id.0, 0)?;
                let fields = (0..case.fields).filter_map(|index| {
                    let field = case.field(index)?;
                    Some((place.module.name(field.name), field.ty))
                });
                self.declare_fields(place, name, legend, fields, at, depth)
            }
            TypedefKind::Union | TypedefKind::Variant => {
                self.declare_case(place, &typedef, name, at, depth)
            }
            // Numbers, and errors: the module's own.
            TypedefKind::Enum | TypedefKind::Exception => Ok(()),
        }
    }

    /// A record of the members that a map has under the names of the fields.
    fn declare_fields<'f>(
        &mut self,
        place: Place<'_>,
        wanted: &str,
        legend: LegendId,
        fields: impl Iterator<Item = (Option<&'f str>, TypeId)>,
        at: usize,
        depth: u32,
    ) -> Raise<()> {
        let value = self.host_temp(at);
        if value.kind() != Kind::Map {
            return Err(self.undeclared(wanted, at));
        }
        if self.map_legend(value.as_ticket()) == legend {
            return Ok(());
        }
        let first = self.host_mark();
        for (name, ty) in fields {
            let name = name.unwrap_or_default();
            // What is missing is empty: `None` where the field may be that.
            let member = self.member_for_host(self.host_temp(at), name)?;
            let field = self.host_push(member.unwrap_or(Value::EMPTY))?;
            self.declare(place.at(ty), field, depth)?;
            self.must_fit(place.at(ty), field, || {
                written(format_args!("{wanted}.{name}"))
            })?;
        }
        let made = self.declared_of_temps(legend, first)?;
        self.host_truncate(first);
        self.replace(at, Value::ticket(Kind::Map, made));
        Ok(())
    }

    /// A case of a union: of this union already; `Some` and `None` for what an option may hold; another union's case of the
    /// same name; a text that names a case without fields.
    fn declare_case(
        &mut self,
        place: Place<'_>,
        typedef: &Typedef<'_>,
        wanted: &str,
        at: usize,
        depth: u32,
    ) -> Raise<()> {
        let value = self.host_temp(at);
        let own = LegendType {
            instance: place.instance,
            rec: typedef.id.0,
        };
        let declared = self.declared_legend(value);
        if declared.is_some_and(|legend| self.legend(legend).ty == Some(own)) {
            return Ok(());
        }
        let named = |wanted: &str, fields: u32| {
            (0..typedef.cases)
                .filter_map(|tag| typedef.case(tag))
                .find(|case| case.fields == fields && place.module.name(case.name) == Some(wanted))
        };
        let is_option = typedef.cases == 2 && named("None", 0).is_some();
        let some = if is_option { named("Some", 1) } else { None };
        let found = match (self.option_for_host(value), some) {
            (Some(None), _) => named("None", 0),
            (Some(Some(inner)), Some(some)) => {
                self.replace(at, inner);
                Some(some)
            }
            (None, Some(some)) => Some(some),
            (_, None) => {
                let name = match self.case_for_host(value) {
                    Some((name, count)) => named(name, count),
                    None => self.flat_text(value).and_then(|name| named(name, 0)),
                };
                return match name {
                    Some(case) if case.fields == 0 => {
                        self.bare_case(place, typedef.id, case.tag, at)
                    }
                    Some(case) => {
                        let first = self.host_mark();
                        for index in 0..case.fields {
                            let field = self.case_field_for_host(self.host_temp(at), index);
                            self.host_push(field.unwrap_or(Value::EMPTY))?;
                        }
                        self.full_case(place, typedef, case.tag, wanted, first, at, depth)
                    }
                    None => Err(self.undeclared(wanted, at)),
                };
            }
        };
        match found {
            Some(case) if case.fields == 0 => self.bare_case(place, typedef.id, case.tag, at),
            Some(case) => {
                let first = self.host_push(self.host_temp(at))?;
                self.full_case(place, typedef, case.tag, wanted, first, at, depth)
            }
            None => Err(self.undeclared(wanted, at)),
        }
    }

    fn bare_case(
        &mut self,
        place: Place<'_>,
        typedef: TypedefId,
        tag: u32,
        at: usize,
    ) -> Raise<()> {
        let legend = self.record_legend(place.instance, typedef.0, tag)?;
        self.replace(at, Value::new(Kind::Case0, 0, legend.0, u64::from(tag)));
        Ok(())
    }

    /// A case of the values that stand from `first` on.
    #[allow(
        clippy::too_many_arguments,
        reason = "a case, where it is declared, and where its parts and result stand"
    )]
    fn full_case(
        &mut self,
        place: Place<'_>,
        typedef: &Typedef<'_>,
        tag: u32,
        wanted: &str,
        first: usize,
        at: usize,
        depth: u32,
    ) -> Raise<()> {
        let Some(case) = typedef.case(tag) else {
            return Err(self.undeclared(wanted, at));
        };
        for index in 0..case.fields {
            let Some(field) = case.field(index) else {
                continue;
            };
            let value = first + index as usize;
            self.declare(place.at(field.ty), value, depth)?;
            self.must_fit(place.at(field.ty), value, || {
                let case = place.module.name(case.name).unwrap_or_default();
                written(format_args!("{wanted}.{case}"))
            })?;
        }
        let legend = self.record_legend(place.instance, typedef.id.0, tag)?;
        let made = self.declared_of_temps(legend, first)?;
        self.host_truncate(first);
        self.replace(at, Value::ticket(Kind::Map, made));
        Ok(())
    }

    /// Tests that what stands at `at` can be held as the type says, as the definition has it: a variable holds anything.
    fn must_fit(
        &mut self,
        place: Place<'_>,
        at: usize,
        wanted: impl FnOnce() -> String,
    ) -> Raise<()> {
        let repr = place.module.repr(place.ty).unwrap_or(Repr::Dyn);
        let value = self.host_temp(at);
        let fits = match repr {
            Repr::Rec(record) => {
                self.fits(repr, value)
                    && self.is_record_of(value.as_ticket(), place.instance, record.0)
            }
            _ => self.fits(repr, value),
        };
        if fits {
            return Ok(());
        }
        let (wanted, found) = (wanted(), self.kind_text(value));
        let expected = crate::world::repr_name(repr);
        Err(self.fault_args(
            Fault::Type,
            format_args!("the host's value for {wanted}: expected {expected}, found {found}"),
        ))
    }

    /// A record or case of a legend whose fields are `temps[first..]`, in the order of their slots.
    fn declared_of_temps(&mut self, legend: LegendId, first: usize) -> Raise<Ticket> {
        let count = self.legend(legend).fields.len();
        self.charge_fuel((count as u64 + 2) / 4)?;
        let map = self.map_new(legend, count as u16)?;
        let object = self.at::<MapObj>(map);
        for slot in 0..count {
            let value = self.host_temp(first + slot);
            // SAFETY: a fresh map with `count` inline slots, and nothing was allocated since. Each value fits the field's
            // representation (`must_fit`), which is what typed loads of the slot trust.
            unsafe {
                (&raw mut (*object).fields)
                    .cast::<Value>()
                    .add(slot)
                    .write(value);
            }
        }
        self.lemari.barrier_all(map);
        Ok(map)
    }
}

/// The scalar of a text that is one.
fn only_scalar(text: &str) -> Option<char> {
    let mut scalars = text.chars();
    match (scalars.next(), scalars.next()) {
        (Some(scalar), None) => Some(scalar),
        _ => None,
    }
}

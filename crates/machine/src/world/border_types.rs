//! Typed borders (docs/specs/machine.md §9): what a host hands over, as a value of a type that a module declares.
//!
//! A host does not know the types of the modules that call it. It hands over neutral values: empty or the value for an
//! option, maps with names for records, sequences for lists, arrays and tuples, a text for a case without fields. Where a
//! module declares the type, here they become values of it. What is of the declared type already stays the same object.

use std::sync::Arc;

use fzb::Module;
use fzb::tables::{TypeId, TypedefId, TypedefKind};
use fzb::view::{Indexes, RecType, Repr, Type, Typedef};
use lemari::Ticket;

use crate::fault::{Fault, Raise, Raised};
use crate::heap::object::MapObj;
use crate::heap::vector::{elem, elem_fits};
use crate::host_memory::{copied, written};
use crate::legend::{LegendId, LegendType, Legends, Nature};
use crate::value::{Kind, Value};
use crate::world::{SequenceForm, World};

/// Types inside each other that are followed; a host's values are not deeper, and recursive types end here.
const DEPTH: u32 = 16;

/// A type as a host describes it, whichever module asks. Records and unions are those of the module's type table with that
/// name; a module that has none gets the neutral value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Border {
    /// The value as it is.
    Plain,
    /// Nothing.
    Unit,
    /// A scalar: of a text that is one.
    Char,
    /// An immutable list.
    List(Box<Border>),
    /// A tuple.
    Tuple(Vec<Border>),
    /// The module's union of `None` and `Some`.
    Option(Box<Border>),
    /// A record or union by its name.
    Named(Arc<NamedBorder>),
}

/// A record or union of a host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedBorder {
    /// Its name.
    pub name: String,
    /// Is it a record?
    pub record: bool,
    /// Its fields, or the names of its cases.
    pub parts: Vec<(String, Border)>,
}

impl NamedBorder {
    /// Is this the definition of it in a module: of that name, and made of nothing else? A module may have another type of the
    /// same name.
    fn is(&self, module: &Module, typedef: &Typedef<'_>) -> bool {
        let known = |name| {
            let name = module.name(name).unwrap_or_default();
            self.parts.iter().any(|(part, _)| part == name)
        };
        if module.name(typedef.name) != Some(&self.name)
            || self.record != (typedef.kind == TypedefKind::Record)
        {
            return false;
        }
        if self.record {
            let case = typedef.case(0);
            case.is_some_and(|case| {
                (0..case.fields)
                    .all(|index| case.field(index).is_some_and(|field| known(field.name)))
            })
        } else {
            (0..typedef.cases).all(|tag| typedef.case(tag).is_some_and(|case| known(case.name)))
        }
    }

    fn of(&self, part: &str) -> Option<&Border> {
        self.parts
            .iter()
            .find(|(name, _)| name == part)
            .map(|(_, border)| border)
    }
}

/// What a value is to become.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// What the module declares.
    Type(TypeId),
    /// What the host describes.
    Border(&'a Border),
}

/// A type where it is looked at: type variables of a definition are looked up in the arguments it was given.
#[derive(Clone, Copy)]
struct Place<'a> {
    module: &'a Module,
    instance: u32,
    wanted: Wanted<'a>,
    arguments: Option<&'a Scope<'a>>,
}

/// The arguments of a type definition, and where they were written.
struct Scope<'a> {
    arguments: Indexes<'a>,
    outer: Option<&'a Scope<'a>>,
}

impl<'a> Place<'a> {
    fn at(self, wanted: Wanted<'a>) -> Place<'a> {
        Place { wanted, ..self }
    }

    /// Do its values come as they are?
    fn is_plain(self) -> bool {
        match self.wanted {
            Wanted::Type(ty) => !is_declared(self.module, ty),
            Wanted::Border(border) => *border == Border::Plain,
        }
    }

    /// The type, and of a variable what it stands for.
    fn resolved(mut self) -> (Place<'a>, Option<Type<'a>>) {
        // Each step goes one definition outwards.
        loop {
            let Wanted::Type(ty) = self.wanted else {
                return (self, None);
            };
            match (self.module.type_of(ty), self.arguments) {
                (Some(Type::Var(number)), Some(scope)) => match scope.arguments.get(number) {
                    Some(argument) => {
                        self.wanted = Wanted::Type(TypeId(argument));
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
        self.become_wanted(instance, Wanted::Type(ty), value)
    }

    /// A neutral value as a value of the type that an instance's module has under the names that the host describes.
    ///
    /// # Errors
    /// As [`World::as_declared`].
    pub fn as_described(&mut self, instance: u32, border: &Border, value: Value) -> Raise<Value> {
        self.become_wanted(instance, Wanted::Border(border), value)
    }

    fn become_wanted(&mut self, instance: u32, wanted: Wanted<'_>, value: Value) -> Raise<Value> {
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
            wanted,
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
        let ty = match place.wanted {
            Wanted::Type(ty) => ty,
            Wanted::Border(border) => return self.describe(place, border, at, depth),
        };
        match found {
            Some(Type::Basic(TypeId::UNIT)) => self.replace(at, Value::EMPTY),
            Some(Type::Basic(TypeId::CHAR)) => self.declare_char(at),
            Some(Type::Basic(TypeId::LIST)) => self.declare_list(place, None, at, depth)?,
            Some(Type::List(element)) => {
                self.declare_list(place, Some(Wanted::Type(element)), at, depth)?
            }
            Some(Type::Array(element)) => self.declare_array(place, element, at, depth)?,
            Some(Type::Tuple(parts)) => self.declare_tuple(place, parts, at, depth)?,
            Some(Type::Row(row)) => {
                let legend = self.record_legend(place.instance, RecType::of_type(ty).0, 0)?;
                let fields = row.iter().map(|(name, ty)| (place.module.name(name), ty));
                self.declare_fields(place, None, "record", legend, fields, at, depth)?;
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
                    self.declare_named(inside, typedef, None, at, depth)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The same for a type as the host describes it.
    fn describe(&mut self, place: Place<'_>, border: &Border, at: usize, depth: u32) -> Raise<()> {
        match border {
            Border::Plain => {}
            Border::Unit => self.replace(at, Value::EMPTY),
            Border::Char => self.declare_char(at),
            Border::List(element) => {
                self.declare_list(place, Some(Wanted::Border(element)), at, depth)?;
            }
            Border::Tuple(parts) => {
                let (first, count) = self.declare_elements(place, None, "a tuple", at, depth)?;
                if count != parts.len() {
                    return Err(self.undeclared("a tuple of another length", at));
                }
                for (index, part) in parts.iter().enumerate() {
                    self.declare(place.at(Wanted::Border(part)), first + index, depth)?;
                }
                let tuple = self.tuple_for_host(first)?;
                self.host_truncate(first);
                self.replace(at, tuple);
            }
            Border::Option(inner) => {
                let module = place.module;
                let found = self.described(place.instance, "", |typedef| {
                    let cases = (0..typedef.cases).filter_map(|tag| typedef.case(tag));
                    let bare = ["None", "Some"]
                        .into_iter()
                        .eq(cases.filter_map(|case| module.name(case.name)));
                    bare && module
                        .name(typedef.name)
                        .is_some_and(|name| name.eq_ignore_ascii_case("option"))
                });
                if let Some(typedef) = found.and_then(|id| module.typedef(id)) {
                    let some = Some(Wanted::Border(inner));
                    self.declare_case(place, &typedef, "an option", some, at, depth)?;
                }
            }
            Border::Named(named) => {
                let found = self.described(place.instance, &named.name, |typedef| {
                    named.is(place.module, typedef)
                });
                if let Some(typedef) = found.and_then(|id| place.module.typedef(id)) {
                    self.declare_named(place, typedef, Some(named), at, depth)?;
                }
            }
        }
        Ok(())
    }

    /// The definition that fits in the type table of an instance's module, looked for once under each name.
    fn described(
        &mut self,
        instance: u32,
        name: &str,
        fits: impl Fn(&Typedef<'_>) -> bool,
    ) -> Option<TypedefId> {
        let found = self.instances.get_mut(instance as usize)?;
        if let Some((_, known)) = found.described.iter().find(|(known, _)| known == name) {
            return *known;
        }
        let module = &found.loaded.module;
        let typedef = (0..module.typedefs())
            .filter_map(|id| module.typedef(TypedefId(id)))
            .find(fits)
            .map(|typedef| typedef.id);
        // Without room it is looked for again.
        if found.described.try_reserve(1).is_ok() {
            found.described.push((copied(name), typedef));
        }
        typedef
    }

    fn declare_char(&mut self, at: usize) {
        let scalar = self.flat_text(self.host_temp(at)).and_then(only_scalar);
        if let Some(scalar) = scalar {
            self.replace(at, Value::char(scalar));
        }
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
        element: Option<Wanted<'_>>,
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
        element: Option<Wanted<'_>>,
        at: usize,
        depth: u32,
    ) -> Raise<()> {
        let plain = element.is_none_or(|element| place.at(element).resolved().0.is_plain());
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
        let (resolved, _) = place.at(Wanted::Type(element)).resolved();
        let value = self.host_temp(at);
        // Bytes are read as an array of them (machine.md §9).
        let is_array = value.kind() == Kind::Bytes
            || (value.kind() == Kind::Map && self.nature(value.as_ticket()) == Nature::Array);
        if is_array && resolved.is_plain() {
            return Ok(());
        }
        let (first, count) =
            self.declare_elements(place, Some(Wanted::Type(element)), "an array", at, depth)?;
        let repr = match resolved.wanted {
            Wanted::Type(ty) => resolved.module.repr(ty),
            Wanted::Border(_) => None,
        };
        let kind = match repr {
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
        if let Wanted::Type(ty) = place.wanted {
            // The type is told apart by its legend from now on, whoever makes the tuple.
            self.record_legend(place.instance, RecType::of_type(ty).0, 0)?;
        }
        let (first, count) = self.declare_elements(place, None, "a tuple", at, depth)?;
        if count != parts.len() as usize {
            return Err(self.undeclared("a tuple of another length", at));
        }
        for (index, part) in parts.iter().enumerate() {
            self.declare(place.at(Wanted::Type(TypeId(part))), first + index, depth)?;
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
        described: Option<&NamedBorder>,
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
                self.declare_fields(place, described, name, legend, fields, at, depth)
            }
            TypedefKind::Union | TypedefKind::Variant => {
                self.declare_case(place, &typedef, name, None, at, depth)
            }
            // Numbers, and errors: the module's own.
            TypedefKind::Enum | TypedefKind::Exception => Ok(()),
        }
    }

    /// A record of the members that a map has under the names of the fields.
    fn declare_fields<'f>(
        &mut self,
        place: Place<'_>,
        described: Option<&NamedBorder>,
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
            let inner = described.and_then(|described| described.of(name));
            let inner = inner.map_or(Wanted::Type(ty), Wanted::Border);
            self.declare(place.at(inner), field, depth)?;
            self.must_fit(place, ty, field, || {
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
        inside: Option<Wanted<'_>>,
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
                        self.full_case(place, typedef, case.tag, inside, first, at, depth)
                    }
                    None => Err(self.undeclared(wanted, at)),
                };
            }
        };
        match found {
            Some(case) if case.fields == 0 => self.bare_case(place, typedef.id, case.tag, at),
            Some(case) => {
                let first = self.host_push(self.host_temp(at))?;
                self.full_case(place, typedef, case.tag, inside, first, at, depth)
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
        inside: Option<Wanted<'_>>,
        first: usize,
        at: usize,
        depth: u32,
    ) -> Raise<()> {
        let Some(case) = typedef.case(tag) else {
            return Err(self.undeclared("a case", at));
        };
        for index in 0..case.fields {
            let Some(field) = case.field(index) else {
                continue;
            };
            let value = first + index as usize;
            let inner = inside.unwrap_or(Wanted::Type(field.ty));
            self.declare(place.at(inner), value, depth)?;
            self.must_fit(place, field.ty, value, || {
                copied(place.module.name(case.name).unwrap_or_default())
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
        ty: TypeId,
        at: usize,
        wanted: impl FnOnce() -> String,
    ) -> Raise<()> {
        let repr = place.module.repr(ty).unwrap_or(Repr::Dyn);
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

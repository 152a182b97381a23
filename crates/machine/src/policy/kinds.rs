//! What a value is: type tests, names of types, constructors, lengths (docs/specs/machine.md §4 rows 0F, B5, B6, B8;
//! morph.md §3.1).

use fzb::tables::{Lang, TypeId, TypedefId};
use fzb::view::{RecType, Repr, Type};
use lemari::Ticket;
use numeric::{Number, Promote};

use crate::fault::{Fault, Raise};
use crate::host_memory::{NoMemory, copied, duplicate, written};
use crate::legend::{Legend, LegendId, NONE, Nature};
use crate::policy::equality::is_function;
use crate::policy::sized;
use crate::policy::sized::{F32, U64};
use crate::value::{Kind, Value, tag};
use crate::world::World;

impl World {
    /// Whether a value has a type of an instance's module, as `cast` and `is_type` test it: the kind for basic types, the
    /// width for sized ones, the declared type for records and unions, arity and fields for tuples and rows. Elements
    /// are not entered: they are tested where they are read.
    pub(crate) fn has_type(&mut self, instance: u32, ty: u32, value: Value) -> Raise<bool> {
        let Some(module) = self
            .instances
            .get(instance as usize)
            .map(|found| found.loaded.module.clone())
        else {
            return Err(self.fault(Fault::Internal, "an instance that does not exist"));
        };
        let ty = TypeId(ty);
        Ok(match module.type_of(ty) {
            None => return Err(self.fault(Fault::Internal, "a type that does not exist")),
            Some(Type::Basic(basic)) => has_basic_type(basic, value),
            Some(Type::Sized(width)) => has_width(width, value),
            Some(Type::List(_)) => value.tag == tag::LIST,
            Some(Type::Array(element)) => {
                let wanted = module.repr(element);
                value.kind() == Kind::Map
                    && self.nature(value.as_ticket()) == Nature::Array
                    && self.array_holds(value.as_ticket(), wanted)
            }
            Some(Type::Fn { .. }) => is_function(value.kind()),
            Some(Type::Tuple(parts)) => {
                value.kind() == Kind::Map
                    && self.nature(value.as_ticket()) == Nature::Tuple
                    && self.product_len(value.as_ticket()) == parts.len()
            }
            Some(Type::Row(_)) => {
                if value.kind() != Kind::Map {
                    return Ok(false);
                }
                // Making the legend may collect; the legend of the value does not change by that.
                let key = self.type_key(value);
                let wanted = self.record_legend(instance, RecType::of_type(ty).0, 0)?;
                key.is_some_and(|key| key.legend() == wanted)
            }
            Some(Type::Named { typedef, .. }) => self
                .type_key(value)
                .and_then(|key| key.declared())
                .is_some_and(|ty| ty.instance == instance && ty.rec == typedef.0),
            Some(Type::Var(_) | Type::Opaque(_)) => true,
        })
    }

    /// Whether typed loads may read an array's elements as a representation.
    fn array_holds(&self, array: Ticket, wanted: Option<Repr>) -> bool {
        let kind = match wanted {
            Some(Repr::I64) => 1,
            Some(Repr::F64) => 2,
            _ => return true,
        };
        let vec = self.elements_vec(array);
        // Arrays of bytes are read as integers.
        vec.0 == 0
            || self.vec_len(vec) == 0
            || self.vec_elem(vec) == kind
            || (kind == 1 && self.vec_elem(vec) == 3)
    }

    /// What a type is called in messages.
    pub(crate) fn type_text(&self, instance: u32, ty: u32) -> String {
        let Some(module) = self
            .instances
            .get(instance as usize)
            .map(|found| &found.loaded.module)
        else {
            return copied("a type");
        };
        copied(match module.type_of(TypeId(ty)) {
            Some(Type::Basic(basic)) => TypeId::BASIC
                .get(basic.0 as usize)
                .copied()
                .unwrap_or("a type"),
            Some(Type::Sized(width)) => isa::table::WIDTHS
                .get(width as usize)
                .copied()
                .unwrap_or("a type"),
            Some(Type::Tuple(parts)) => {
                return written(format_args!("tuple of {}", parts.len()));
            }
            Some(Type::List(_)) => "list",
            Some(Type::Array(_)) => "array",
            Some(Type::Fn { .. }) => "function",
            Some(Type::Row(_)) => "record",
            Some(Type::Named { typedef, .. }) => module
                .typedef(typedef)
                .and_then(|typedef| module.name(typedef.name))
                .unwrap_or("a type"),
            _ => "a type",
        })
    }

    /// The name of a value's type by policy, as a text. Allocates where the name is new.
    pub(crate) fn type_name(&mut self, value: Value) -> Raise<Value> {
        let name = match self.policy() {
            Lang::Morph => self.morph_type(value),
            Lang::Rhumb => self.rhumb_type(value),
            Lang::Machine | Lang::Fusabi => {
                if let Some(name) = self.declared_name(value) {
                    let Ok(name) = name else {
                        return Err(self.no_host_memory());
                    };
                    let id = self.intern(&name)?;
                    return Ok(self.name_value(id));
                }
                self.plain_type(value)
            }
        };
        let id = self.intern(name)?;
        Ok(self.name_value(id))
    }

    /// The name of the declared type or class that a value is of.
    fn declared_name(&self, value: Value) -> Option<Result<String, NoMemory>> {
        if let Some(ty) = self.type_key(value)?.declared() {
            let module = &self.instances.get(ty.instance as usize)?.loaded.module;
            let typedef = module.typedef(TypedefId(ty.rec))?;
            return module.name(typedef.name).map(duplicate);
        }
        if value.kind() != Kind::Map {
            return None;
        }
        let ctor = self.legends.ctor(self.map_legend(value.as_ticket()));
        if ctor.kind() == Kind::Map {
            self.legend_name(self.map_legend(ctor.as_ticket()))
                .map(duplicate)
        } else {
            None
        }
    }

    fn plain_type(&self, value: Value) -> &'static str {
        match value.kind() {
            Kind::Sized => isa::table::WIDTHS
                .get(value.sub() as usize)
                .copied()
                .unwrap_or("sized number"),
            Kind::Map => match self.nature(value.as_ticket()) {
                Nature::Plain | Nature::Template | Nature::View => "map",
                Nature::List => "list",
                Nature::Array => "array",
                Nature::Dict => "dict",
                Nature::Record | Nature::Row => "record",
                Nature::Tuple => "tuple",
                Nature::Case => "case",
                Nature::Class => "class",
                Nature::Instance => "instance",
                Nature::Module => "module",
                Nature::Error => "error",
                Nature::Event => "event",
                Nature::Submap => "submap",
                Nature::Version => "version",
                Nature::WideDate => "date",
            },
            kind => kind.name(),
        }
    }

    /// Morph's `tipe` (docs/specs/morph.md §3.1, column PICK).
    fn morph_type(&self, value: Value) -> &'static str {
        match value.kind() {
            Kind::Empty => "nil",
            Kind::Bool => "boolean",
            Kind::I64 | Kind::F64 | Kind::Sized | Kind::Dec | Kind::Big => "angka",
            Kind::Text | Kind::Char => "teks",
            Kind::Bytes => "bytes",
            Kind::List => "daftar",
            Kind::Func | Kind::Closure | Kind::Partial => "fungsi",
            Kind::Case0 => "varian",
            Kind::Fiber => "generator",
            Kind::Resource => "berkas",
            Kind::GuestTicket => "tiket",
            Kind::Map => match self.nature(value.as_ticket()) {
                Nature::List | Nature::Array | Nature::Tuple => "daftar",
                Nature::Dict | Nature::Plain => "kamus",
                Nature::Case | Nature::Record => "varian",
                Nature::Class => "kelas",
                Nature::Module => "modul",
                _ => "objek",
            },
            _ => "objek",
        }
    }

    /// Rhumb's kinds (docs/specs/rhumb.md §3.1).
    fn rhumb_type(&self, value: Value) -> &'static str {
        match value.kind() {
            Kind::Empty => "Empty",
            Kind::Bool => "Truth",
            Kind::I64 => "Integer",
            Kind::Sized if value.sub() != F32 => "Integer",
            Kind::F64 | Kind::Sized => "Float",
            Kind::Dec | Kind::Big => "Decimal",
            Kind::Text | Kind::Char => "Text",
            Kind::Key => "Key",
            Kind::Date => "Date",
            Kind::Duration => "Duration",
            Kind::Version => "Version",
            Kind::Range => "Range",
            Kind::Func | Kind::Closure | Kind::Partial => "Routine",
            Kind::Realm => "Realm",
            Kind::Vassal => "Vassal",
            Kind::Resource => "Slip",
            Kind::Fiber => "Process",
            Kind::Map => match self.nature(value.as_ticket()) {
                Nature::Submap => "Submap",
                Nature::Event => "Tuple",
                Nature::Version => "Version",
                Nature::WideDate => "Date",
                _ => "Map",
            },
            _ => "Map",
        }
    }

    /// What built a value: a map's constructor, empty for maps without one and routines, the name of its kind for others.
    pub(crate) fn constructor_of(&mut self, value: Value) -> Raise<Value> {
        match value.kind() {
            Kind::Map | Kind::Realm | Kind::Vassal => {
                Ok(self.legends.ctor(self.map_legend(value.as_ticket())))
            }
            kind if is_function(kind) => Ok(Value::EMPTY),
            _ => self.type_name(value),
        }
    }

    /// The name that a legend has: that of a class or case.
    pub(crate) fn legend_name(&self, legend: LegendId) -> Option<&str> {
        let legend: &Legend = self.legends.get(legend);
        (legend.name != NONE).then(|| self.name_text(legend.name))
    }

    /// The legend that says which union case a value is.
    pub(crate) fn case_legend(&self, value: Value) -> LegendId {
        if value.kind() == Kind::Case0 {
            LegendId(value.aux())
        } else {
            self.map_legend(value.as_ticket())
        }
    }

    /// The name of a union case.
    pub(crate) fn case_name(&self, case: LegendId) -> &str {
        self.legend_name(case).unwrap_or("case")
    }

    /// The length of a value by policy: scalars, bytes, elements, entries, members. Charged where it must be counted.
    pub(crate) fn length(&mut self, value: Value) -> Raise<i64> {
        let value = self.shown_by(value);
        let ticket = value.as_ticket();
        match value.kind() {
            Kind::Text => {
                let fuel = u64::from(self.text_bytes_len(ticket)) / 64;
                self.charge_fuel(fuel)?;
                Ok(i64::from(self.text_scalars(ticket)))
            }
            Kind::Bytes => Ok(i64::from(self.bytes_len(ticket))),
            Kind::List => self.list_len(ticket).map(i64::from),
            Kind::Range => self.range_length(ticket),
            Kind::Memory => Ok(i64::try_from(self.memory_len(ticket)).unwrap_or(i64::MAX)),
            Kind::Map => {
                let rhumb = self.policy() == Lang::Rhumb;
                if rhumb && self.table_live(ticket) > 0 && self.nature(ticket) != Nature::Dict {
                    return self.number_named(ticket);
                }
                match self.nature(ticket) {
                    Nature::Tuple => Ok(i64::from(self.product_len(ticket))),
                    Nature::Dict if rhumb && self.elements_len(ticket) > 0 => {
                        Ok(i64::from(self.elements_len(ticket)))
                    }
                    Nature::Dict => Ok(
                        i64::from(self.elements_len(ticket)) + i64::from(self.named_len(ticket))
                    ),
                    Nature::List
                    | Nature::Array
                    | Nature::Plain
                    | Nature::Event
                    | Nature::Submap => Ok(i64::from(self.elements_len(ticket))),
                    _ if rhumb => Ok(i64::from(self.elements_len(ticket))),
                    _ => Err(self.type_fault("something with a length", value)),
                }
            }
            Kind::Realm | Kind::Vassal => self.number_named(ticket),
            _ => Err(self.type_fault("something with a length", value)),
        }
    }

    /// Number of a map's fields that are named by numbers: its elements, and those behind gaps.
    fn number_named(&mut self, map: Ticket) -> Raise<i64> {
        let entries = self.table_entries(map);
        self.charge_fuel(u64::from(entries) / 4)?;
        let behind = (0..entries)
            .filter(|entry| self.table_entry(map, *entry).0.as_int().is_some())
            .count();
        Ok(i64::from(self.elements_len(map)) + behind as i64)
    }

    /// Number of members of a range. An open one has no end (fault range).
    fn range_length(&mut self, range: Ticket) -> Raise<i64> {
        let [from, to, step] = self.range_ends(range);
        if to.is_empty() {
            return Err(self.fault(Fault::Range, "the range has no end"));
        }
        let (Some(from), Some(to)) = (self.number_of(from)?, self.number_of(to)?) else {
            return Err(self.type_fault("a range of numbers", from));
        };
        let step = if step.is_empty() {
            Number::I64(if from <= to { 1 } else { -1 })
        } else {
            match self.number_of(step)? {
                Some(step) => step,
                None => return Err(self.type_fault("a number as step", step)),
            }
        };
        if let (Number::I64(from), Number::I64(to), Number::I64(step)) = (&from, &to, &step) {
            if *step == 0 {
                return Err(self.fault(Fault::Range, "the step of the range is zero"));
            }
            let turns = (i128::from(*to) - i128::from(*from)) / i128::from(*step);
            // A step away from the end leaves nothing.
            let towards = to == from || (to > from) == (*step > 0);
            return match i64::try_from(if towards { turns + 1 } else { 0 }) {
                Ok(count) => Ok(count),
                Err(_) => Err(self.fault(Fault::Range, "the range is too long to be counted")),
            };
        }
        let room = numeric::memory(numeric::Operation::Quotient, &from, &step);
        let count = self.number_work(numeric::Operation::Quotient, &from, &to, || {
            numeric::sub(Promote::Decimal, &to, &from)
        })?;
        let count = self.with_room(room, || {
            count
                .and_then(|span| numeric::floor_div(Promote::Decimal, &span, &step))
                .and_then(|whole| numeric::to_i64(&whole))
        })?;
        match count {
            Ok(whole) if whole < 0 => Ok(0),
            Ok(whole) => Ok(whole.saturating_add(1)),
            Err(error) => Err(self.number_fault(error)),
        }
    }
}

/// Whether a value is of a basic type, in such a way that its payload may be read untagged.
fn has_basic_type(ty: TypeId, value: Value) -> bool {
    match ty {
        TypeId::DYN => true,
        TypeId::UNIT => value.is_empty(),
        // Integers of other widths are read as integers; beyond 63 bits the payload is another number.
        TypeId::INT => match value.kind() {
            Kind::I64 => true,
            Kind::Sized => value.sub() != F32 && (value.sub() != U64 || value.payload as i64 >= 0),
            _ => false,
        },
        TypeId::FLOAT => {
            value.tag == tag::F64 || (value.kind() == Kind::Sized && value.sub() == F32)
        }
        TypeId::BOOL => value.tag == tag::BOOL,
        TypeId::CHAR => value.tag == tag::CHAR,
        TypeId::TEXT => value.tag == tag::TEXT,
        TypeId::BYTES => value.tag == tag::BYTES,
        TypeId::LIST => value.tag == tag::LIST,
        TypeId::FN => is_function(value.kind()),
        TypeId::REF => value.is_heap(),
        _ => false,
    }
}

/// Whether a value is of a sized type: tagged with that width, or an integer or float of another language that it holds
/// exactly.
fn has_width(width: u8, value: Value) -> bool {
    match value.kind() {
        Kind::Sized => value.sub() == width,
        Kind::I64 if width == U64 => value.payload as i64 >= 0,
        Kind::I64 if width != F32 => sized::narrow(width, value.payload) == value.payload,
        Kind::F64 if width == F32 => {
            let float = f64::from_bits(value.payload);
            float.is_nan() || sized::narrow_float(float) == float
        }
        _ => false,
    }
}

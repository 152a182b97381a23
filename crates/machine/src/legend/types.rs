//! Legends of declared types: records, union cases, tuples, structural records; and of classes.

use std::borrow::Cow;

use fzb::tables::{Lang, NameId, TypeId, TypedefId, TypedefKind, field_flags as declared};
use fzb::view::{Module, RecType, Repr, Type};

use super::{
    ElementMode, Field, FieldName, Legend, LegendId, LegendType, NONE, Nature, Sorted, field_flags,
    legend_flags,
};
use crate::fault::{Fault, Raise};
use crate::world::World;

impl World {
    /// The legend of a record (`tag` 0) or union case of a module instance's typedef, or of a tuple or row of its type
    /// table (`typedef` with [`RecType::TABLE_BIT`]). Made on first use. Fault internal if there is no such type.
    pub(crate) fn record_legend(
        &mut self,
        instance: u32,
        typedef: u32,
        tag: u32,
    ) -> Raise<LegendId> {
        let key = (
            LegendType {
                instance,
                rec: typedef,
            },
            tag,
        );
        if let Some(known) = self.legends.types.get(&key) {
            return Ok(LegendId(*known));
        }
        let id = match RecType(typedef).table_type() {
            Some(ty) => self.shape_legend(instance, ty)?,
            None => self.typedef_legend(instance, TypedefId(typedef), tag)?,
        };
        self.charge(2 * size_of::<((LegendType, u32), u32)>())?;
        if self.legends.types.try_reserve(1).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        self.legends.types.insert(key, id.0);
        if tag == 0
            && self.legend(id).nature == Nature::Record
            && let Some(slot) = self
                .instances
                .get_mut(instance as usize)
                .and_then(|found| found.records.get_mut(typedef as usize))
        {
            *slot = id.0;
        }
        Ok(id)
    }

    fn typedef_legend(&mut self, instance: u32, typedef: TypedefId, tag: u32) -> Raise<LegendId> {
        let Some(module) = self
            .instances
            .get(instance as usize)
            .map(|found| found.loaded.module.clone())
        else {
            return Err(self.fault(Fault::Internal, "an instance that does not exist"));
        };
        let (Some(record), Some(case)) = (module.typedef(typedef), module.case(typedef, tag))
        else {
            return Err(self.fault(Fault::Internal, "a type that does not exist"));
        };
        let nature = if record.kind == TypedefKind::Record {
            Nature::Record
        } else {
            Nature::Case
        };
        let name = self.name_in(instance, case.name.0)?;
        let mut fields = self.field_list(case.fields)?;
        for index in 0..case.fields {
            let Some(field) = case.field(index) else {
                continue;
            };
            let text = self.name_in(instance, field.name.0)?;
            let flags = if field.flags & declared::MUTABLE != 0 {
                field_flags::MUTABLE
            } else {
                0
            };
            let repr = module.repr(field.ty).unwrap_or(Repr::Dyn);
            fields.push(Field {
                name: FieldName::text(text),
                repr,
                slot: index as u16,
                flags,
            });
        }
        let ty = LegendType {
            instance,
            rec: typedef.0,
        };
        let mut legend = typed(nature, module.lang(), Some(ty), tag, name, fields);
        legend.sorted = sorted_shape(&module, typedef);
        self.new_root(legend, None)
    }

    /// A tuple or structural record: interned by its shape, whichever module names it.
    fn shape_legend(&mut self, instance: u32, ty: TypeId) -> Raise<LegendId> {
        let Some(module) = self
            .instances
            .get(instance as usize)
            .map(|found| found.loaded.module.clone())
        else {
            return Err(self.fault(Fault::Internal, "an instance that does not exist"));
        };
        match module.type_of(ty) {
            Some(Type::Tuple(elements)) => self.tuple_legend(elements.len()),
            Some(Type::Row(row)) => {
                let mut fields = self.field_list(row.len())?;
                for (index, (name, ty)) in row.iter().enumerate() {
                    let NameId(name) = name;
                    let text = self.name_in(instance, name)?;
                    let repr = module.repr(ty).unwrap_or(Repr::Dyn);
                    fields.push(Field {
                        name: FieldName::text(text),
                        repr,
                        slot: index as u16,
                        flags: 0,
                    });
                }
                self.row_legend(fields)
            }
            _ => Err(self.fault(Fault::Internal, "a type without fields")),
        }
    }

    /// The legend of structural records with these fields, which must stand in the order of their slots.
    pub(crate) fn row_legend(&mut self, fields: Vec<Field>) -> Raise<LegendId> {
        let known = self
            .legends
            .rows
            .iter()
            .copied()
            .find(|&id| self.legend(LegendId(id)).fields[..] == fields[..]);
        if let Some(known) = known {
            return Ok(LegendId(known));
        }
        self.charge(2 * size_of::<u32>())?;
        if self.legends.rows.try_reserve(1).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        let id = self.new_root(
            typed(Nature::Row, Lang::Fusabi, None, 0, NONE, fields),
            None,
        )?;
        self.legends.rows.push(id.0);
        Ok(id)
    }

    /// The legend of tuples of so many elements: nameless fields at slots 0 and on, which are found by position only.
    pub(crate) fn tuple_legend(&mut self, arity: u32) -> Raise<LegendId> {
        if let Some(known) = self.legends.tuples.get(&arity) {
            return Ok(LegendId(*known));
        }
        self.charge(4 * size_of::<u32>())?;
        if self.legends.tuples.try_reserve(1).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        let id = self.new_root(
            typed(Nature::Tuple, Lang::Fusabi, None, arity, NONE, Vec::new()),
            None,
        )?;
        self.legends.tuples.insert(arity, id.0);
        Ok(id)
    }

    /// An empty list of fields with counted room.
    pub(crate) fn field_list(&mut self, count: u32) -> Raise<Vec<Field>> {
        let mut fields: Vec<Field> = Vec::new();
        if count > u32::from(u16::MAX) || fields.try_reserve_exact(count as usize).is_err() {
            return Err(self.fault(Fault::Mem, "a type with too many fields"));
        }
        Ok(fields)
    }

    /// The legend of a class: its methods as fields in order, its parent (a class in `temps`) as delegate.
    pub(crate) fn class_legend(
        &mut self,
        name: u32,
        fields: Vec<Field>,
        parent: Option<usize>,
        ctor: usize,
    ) -> Raise<LegendId> {
        let mut legend = Legend::plain(
            0,
            Nature::Class,
            Lang::Morph,
            ElementMode::None,
            legend_flags::WATCHED,
        );
        legend.name = name;
        let root = self.family_root(legend.clone(), ctor, parent)?;
        let family = self.legend(root).family;
        legend.fields = Cow::Owned(fields);
        legend.family = family;
        let id = self.new_root(legend, None)?;
        if let Some(made) = self.legends.owned_mut(id) {
            made.root = root.0;
        }
        Ok(id)
    }
}

/// Whether a typedef is that of an ordered tree: by its name, which no program can write, and by its shape, which a file made
/// by hand may give another.
fn sorted_shape(module: &Module, typedef: TypedefId) -> Option<Sorted> {
    let record = module.typedef(typedef)?;
    let sorted = match module.name(record.name)? {
        isa::SORTED_MAP => Sorted::Map,
        isa::SORTED_SET => Sorted::Set,
        _ => return None,
    };
    let fields = match sorted {
        Sorted::Map => 5,
        Sorted::Set => 4,
    };
    let named = |tag: u32| {
        let case = record.case(tag);
        case.and_then(|case| module.name(case.name)) == isa::SORTED_CASES.get(tag as usize).copied()
    };
    let node = record.case(1)?;
    let fits = record.kind == TypedefKind::Union
        && record.cases == isa::SORTED_CASES.len() as u32
        && named(0)
        && named(1)
        && record.case(0)?.fields == 0
        && node.fields == fields
        && (0..fields).all(|index| {
            let wanted = if index == 0 { TypeId::INT } else { TypeId::DYN };
            node.field(index).is_some_and(|field| {
                module.repr(field.ty) == module.repr(wanted) && field.flags & declared::MUTABLE == 0
            })
        });
    fits.then_some(sorted)
}

fn typed(
    nature: Nature,
    lang: Lang,
    ty: Option<LegendType>,
    tag: u32,
    name: u32,
    fields: Vec<Field>,
) -> Legend {
    let elements = if nature == Nature::Tuple || nature == Nature::Case {
        ElementMode::Immutable
    } else {
        ElementMode::None
    };
    let mut legend = Legend::plain(0, nature, lang, elements, 0);
    legend.ty = ty;
    legend.tag = tag;
    legend.name = name;
    legend.fields = Cow::Owned(fields);
    legend
}

//! Transitions: how one legend leads to another. Each is made once and found again by what was done, so that maps built
//! the same way share their legends.

use std::borrow::Cow;

use fzb::tables::Lang;
use fzb::view::Repr;
use lemari::Ticket;

use super::table::Family;
use super::{
    ElementMode, Field, FieldName, Legend, LegendId, Legends, MAX_CHILDREN, MAX_DELEGATES,
    MAX_FIELDS, NONE, Nature, field_flags, legend_flags,
};
use crate::fault::{Fault, Raise};
use crate::value::Value;
use crate::world::World;

/// What was done to a legend.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Step {
    pub(super) from: u32,
    pub(super) what: What,
    /// Flags of the field.
    pub(super) flags: u8,
    pub(super) name: FieldName,
}

/// Kinds of transition.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum What {
    /// A field was added.
    Add,
    /// A delegate was added that the legend does not determine.
    AddUnshared,
    /// A field may no longer be changed.
    FreezeField,
    /// Nothing may be changed.
    Freeze,
    /// The elements may no longer be changed.
    FreezeElements,
    /// A cached lookup passes through.
    Watch,
    /// Fields go to the table.
    Dict,
    /// The delegates are no longer determined.
    Unshare,
    /// The implicit delegate.
    Proto,
    /// Everything may be changed again (copies).
    Thaw,
}

const NAMELESS: FieldName = FieldName(0);

impl World {
    /// A legend by number.
    #[inline]
    pub(crate) fn legend(&self, id: LegendId) -> &Legend {
        self.legends.get(id)
    }

    /// Adds a legend of its own tree.
    pub(super) fn new_root(&mut self, legend: Legend, family: Option<Family>) -> Raise<LegendId> {
        self.reserve_legend(legend.fields.len())?;
        let mut legend = legend;
        if let Some(family) = family {
            self.legends.families.push(family);
            legend.family = self.legends.families.len() as u32;
        }
        Ok(self.legends.push(legend, true))
    }

    /// Counts a legend with so many fields before it is made, and makes room for it.
    fn reserve_legend(&mut self, fields: usize) -> Raise<()> {
        let bytes = size_of::<Legend>()
            + fields * size_of::<Field>()
            + size_of::<Family>()
            + 2 * size_of::<(Step, u32)>();
        self.charge(bytes)?;
        if self.legends.reserve() {
            return Ok(());
        }
        self.lemari.refund(bytes);
        Err(self.fault(Fault::Mem, "the host has no memory left"))
    }

    /// The legend after a step: known, or made by `change` from a copy of the one before.
    fn follow(
        &mut self,
        step: Step,
        change: impl FnOnce(&mut Legend, &mut Vec<Field>),
    ) -> Raise<LegendId> {
        if let Some(known) = self.legends.steps.get(&step) {
            return Ok(LegendId(*known));
        }
        let id = self.derive(LegendId(step.from), change)?;
        self.legends.steps.insert(step, id.0);
        Ok(id)
    }

    /// A changed copy of a legend, with room for the transition to it.
    fn derive(
        &mut self,
        from: LegendId,
        change: impl FnOnce(&mut Legend, &mut Vec<Field>),
    ) -> Raise<LegendId> {
        let count = self.legend(from).fields.len() + 1;
        self.reserve_legend(count)?;
        let mut fields: Vec<Field> = Vec::new();
        if fields.try_reserve_exact(count).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        let old = self.legend(from);
        fields.extend_from_slice(&old.fields);
        let mut legend = Legend {
            fields: Cow::Borrowed(&[]),
            parent: from.0,
            children: 0,
            sibling: NONE,
            ..*old
        };
        change(&mut legend, &mut fields);
        legend.fields = Cow::Owned(fields);
        Ok(self.legends.push(legend, false))
    }

    /// A legend with one more field; `None` if its maps go to dictionary mode instead. `delegate`, a map in `temps`, is
    /// needed for subfields.
    pub(crate) fn legend_add(
        &mut self,
        from: LegendId,
        name: FieldName,
        flags: u8,
        delegate: Option<usize>,
    ) -> Raise<Option<LegendId>> {
        let add = |legend: &mut Legend, fields: &mut Vec<Field>| {
            let slot = fields.len() as u16;
            fields.push(Field {
                name,
                repr: Repr::Dyn,
                slot,
                flags,
            });
            let _ = legend;
        };
        let legend = self.legend(from);
        let most = if legend.nature == Nature::Class {
            u16::MAX as usize
        } else {
            MAX_FIELDS
        };
        if legend.has(legend_flags::DICT) || legend.fields.len() >= most {
            return Ok(None);
        }
        let unshared = legend.has(legend_flags::UNSHARED);
        let step = Step {
            from: from.0,
            what: What::Add,
            flags,
            name,
        };
        if flags & field_flags::SUB == 0 || unshared {
            if !self.legends.steps.contains_key(&step) {
                if self.legends.children(from) >= MAX_CHILDREN {
                    return Ok(None);
                }
                self.legends.count_child(from);
            }
            return self.follow(step, add).map(Some);
        }
        // A shared delegate: the children of this name are told apart by who it is.
        let wanted = delegate
            .and_then(|at| self.temps.get(at))
            .map_or(Ticket(0), |value| value.as_ticket());
        let first = self.legends.steps.get(&step).copied();
        let (mut at, mut count, mut last) = (first.unwrap_or(NONE), 0, NONE);
        while at != NONE {
            let child = self.legend(LegendId(at));
            if self
                .legends
                .family(child)
                .and_then(|family| family.subs.last())
                == Some(&wanted.0)
            {
                return Ok(Some(LegendId(at)));
            }
            (last, at, count) = (at, child.sibling, count + 1);
        }
        if count >= MAX_DELEGATES {
            let step = Step {
                what: What::AddUnshared,
                ..step
            };
            return self
                .follow(step, |legend, fields| {
                    legend.flags |= legend_flags::UNSHARED;
                    add(legend, fields);
                })
                .map(Some);
        }
        if self.legends.children(from) >= MAX_CHILDREN {
            return Ok(None);
        }
        let id = self.derive(from, add)?;
        self.legends.count_child(from);
        // The delegate may have moved while room was made.
        let delegate = delegate
            .and_then(|at| self.temps.get(at))
            .map_or(0, |value| value.as_ticket().0);
        let mut family = self.family_of(from, 1)?;
        family.subs.push(delegate);
        self.set_family(id, family);
        self.link_sibling(step, id, last);
        Ok(Some(id))
    }

    /// A copy of what the maps of a legend's tree share, with room for `more` delegates.
    fn family_of(&mut self, id: LegendId, more: usize) -> Raise<Family> {
        let mut copy = Family {
            ctor: Value::EMPTY,
            proto: 0,
            subs: Vec::new(),
            hint: 0,
        };
        let family = self.legends.family(self.legend(id));
        let delegates = family.map_or(0, |family| family.subs.len());
        if copy.subs.try_reserve_exact(delegates + more).is_err() {
            return Err(self.no_host_memory());
        }
        if let Some(family) = family {
            (copy.ctor, copy.proto, copy.hint) = (family.ctor, family.proto, family.hint);
            copy.subs.extend_from_slice(&family.subs);
        }
        Ok(copy)
    }

    /// Gives a new legend a family of its own; room was reserved with the legend.
    fn set_family(&mut self, id: LegendId, family: Family) {
        self.legends.families.push(family);
        let index = self.legends.families.len() as u32;
        if let Some(legend) = self.legends.owned_mut(id) {
            legend.family = index;
        }
    }

    fn link_sibling(&mut self, step: Step, id: LegendId, last: u32) {
        if last == NONE {
            self.legends.steps.insert(step, id.0);
        } else if let Some(before) = self.legends.owned_mut(LegendId(last)) {
            before.sibling = id.0;
        }
    }

    /// The legend in which one field may not be changed.
    pub(crate) fn legend_freeze_field(
        &mut self,
        from: LegendId,
        name: FieldName,
    ) -> Raise<LegendId> {
        self.follow(
            Step {
                from: from.0,
                what: What::FreezeField,
                flags: 0,
                name,
            },
            |_, fields| {
                for field in fields.iter_mut().filter(|field| field.name == name) {
                    field.flags &= !field_flags::MUTABLE;
                }
            },
        )
    }

    /// The legend in which nothing may be changed.
    pub(crate) fn legend_freeze(&mut self, from: LegendId) -> Raise<LegendId> {
        if self.legend(from).has(legend_flags::FROZEN) {
            return Ok(from);
        }
        self.follow(
            Step {
                from: from.0,
                what: What::Freeze,
                flags: 0,
                name: NAMELESS,
            },
            |legend, fields| {
                legend.flags |= legend_flags::FROZEN;
                legend.elements = ElementMode::Immutable;
                for field in fields {
                    field.flags &= !field_flags::MUTABLE;
                }
            },
        )
    }

    /// The legend in which the elements may not be changed.
    pub(crate) fn legend_freeze_elements(&mut self, from: LegendId) -> Raise<LegendId> {
        if self.legend(from).elements != ElementMode::Mutable {
            return Ok(from);
        }
        self.follow(
            Step {
                from: from.0,
                what: What::FreezeElements,
                flags: 0,
                name: NAMELESS,
            },
            |legend, _| {
                legend.elements = ElementMode::Immutable;
            },
        )
    }

    /// The legend of maps that tell their changes.
    pub(crate) fn legend_watch(&mut self, from: LegendId) -> Raise<LegendId> {
        if self.legend(from).has(legend_flags::WATCHED) {
            return Ok(from);
        }
        self.follow(
            Step {
                from: from.0,
                what: What::Watch,
                flags: 0,
                name: NAMELESS,
            },
            |legend, _| legend.flags |= legend_flags::WATCHED,
        )
    }

    /// The legend of maps whose delegates it does not determine.
    pub(crate) fn legend_unshare(&mut self, from: LegendId) -> Raise<LegendId> {
        if self.legend(from).has(legend_flags::UNSHARED) {
            return Ok(from);
        }
        self.follow(
            Step {
                from: from.0,
                what: What::Unshare,
                flags: 0,
                name: NAMELESS,
            },
            |legend, _| legend.flags |= legend_flags::UNSHARED,
        )
    }

    /// The legend in dictionary mode: one per tree, freezing and watching.
    pub(crate) fn legend_dict(&mut self, from: LegendId) -> Raise<LegendId> {
        let legend = self.legend(from);
        if legend.has(legend_flags::DICT) {
            return Ok(from);
        }
        let (root, flags) = (LegendId(legend.root), legend.flags);
        let unshared = legend.has_subs() || legend.has(legend_flags::UNSHARED);
        let elements = legend.elements;
        let mut id = self.follow(
            Step {
                from: root.0,
                what: What::Dict,
                flags: 0,
                name: NAMELESS,
            },
            |legend, fields| {
                legend.flags |= legend_flags::DICT;
                fields.clear();
            },
        )?;
        if unshared {
            id = self.legend_unshare(id)?;
        }
        if flags & legend_flags::WATCHED != 0 {
            id = self.legend_watch(id)?;
        }
        if flags & legend_flags::FROZEN != 0 {
            id = self.legend_freeze(id)?;
        } else if elements == ElementMode::Immutable {
            id = self.legend_freeze_elements(id)?;
        }
        Ok(id)
    }

    /// The legend with another implicit delegate, a map in `temps`, or none. `None`: the legend can no longer determine
    /// it, and it becomes a hidden field ([`FieldName::PROTO`]).
    pub(crate) fn legend_proto(
        &mut self,
        from: LegendId,
        proto: Option<usize>,
    ) -> Raise<Option<LegendId>> {
        let wanted = proto
            .and_then(|at| self.temps.get(at))
            .map_or(0, |value| value.as_ticket().0);
        let family = self.legends.family(self.legend(from));
        if family.map_or(0, |family| family.proto) == wanted {
            return Ok(Some(from));
        }
        let step = Step {
            from: from.0,
            what: What::Proto,
            flags: 0,
            name: NAMELESS,
        };
        let (mut at, mut count, mut last) = (
            self.legends.steps.get(&step).copied().unwrap_or(NONE),
            0,
            NONE,
        );
        while at != NONE {
            let child = self.legend(LegendId(at));
            if self
                .legends
                .family(child)
                .is_some_and(|family| family.proto == wanted)
            {
                return Ok(Some(LegendId(at)));
            }
            (last, at, count) = (at, child.sibling, count + 1);
        }
        if count >= MAX_DELEGATES {
            return Ok(None);
        }
        let id = self.derive(from, |_, _| {})?;
        let mut family = self.family_of(from, 0)?;
        family.proto = proto
            .and_then(|at| self.temps.get(at))
            .map_or(0, |value| value.as_ticket().0);
        self.set_family(id, family);
        self.link_sibling(step, id, last);
        // A tree of its own: its dictionary mode keeps the delegate. Its root is made when the first map leaves fields
        // behind, from the legend itself, which `legend_dict` strips.
        if let Some(legend) = self.legends.owned_mut(id) {
            legend.root = id.0;
        }
        Ok(Some(id))
    }

    /// A root legend of instances of a constructor (a class or routine in `temps[ctor]`) that delegate to the map
    /// `temps[proto]`.
    pub(crate) fn instance_root(
        &mut self,
        ctor: usize,
        proto: Option<usize>,
        lang: Lang,
        name: u32,
    ) -> Raise<LegendId> {
        let mut legend = self.legend(Legends::INSTANCE).clone();
        legend.lang = lang;
        legend.name = name;
        self.family_root(legend, ctor, proto)
    }

    /// A root legend with delegates of its own.
    pub(super) fn family_root(
        &mut self,
        legend: Legend,
        ctor: usize,
        proto: Option<usize>,
    ) -> Raise<LegendId> {
        let id = self.new_root(legend, None)?;
        let proto = proto
            .and_then(|at| self.temps.get(at))
            .map_or(0, |value| value.as_ticket().0);
        let ctor = self.temps.get(ctor).copied().unwrap_or(Value::EMPTY);
        self.set_family(
            id,
            Family {
                ctor,
                proto,
                subs: Vec::new(),
                hint: 0,
            },
        );
        Ok(id)
    }

    /// The legend without the frozen flag, with all its fields mutable: for copies.
    pub(crate) fn legend_thaw(&mut self, from: LegendId) -> Raise<LegendId> {
        let legend = self.legend(from);
        let thawed = !legend.has(legend_flags::FROZEN)
            && legend.elements != ElementMode::Immutable
            && legend
                .fields
                .iter()
                .all(|field| field.is(field_flags::MUTABLE));
        if thawed || legend.nature.typed() {
            return Ok(from);
        }
        self.follow(
            Step {
                from: from.0,
                what: What::Thaw,
                flags: 0,
                name: NAMELESS,
            },
            |legend, fields| {
                legend.flags &= !(legend_flags::FROZEN | legend_flags::WATCHED);
                legend.elements = ElementMode::Mutable;
                for field in fields {
                    field.flags |= field_flags::MUTABLE;
                }
            },
        )
    }
}

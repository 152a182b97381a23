//! The World's table of legends: constants first, then its own; and what hangs on them.

use std::collections::HashMap;

use fzb::tables::Lang;
use lemari::Visitor;

use super::transition::Step;
use super::{ElementMode, FieldName, Legend, LegendId, LegendType, Nature, legend_flags};
use crate::cache::{Cache, action};
use crate::value::{Kind, Value};

/// Constructor and delegates that all legends of a tree share.
#[derive(Debug)]
pub(crate) struct Family {
    /// Constructor: a class or routine, or empty.
    pub(crate) ctor: Value,
    /// Implicit delegate, ticket or 0.
    pub(crate) proto: u32,
    /// Explicit delegates that the legend determines, in order.
    pub(crate) subs: Vec<u32>,
    /// The most fields that an instance had: room for the next.
    pub(crate) hint: u16,
}

/// Four entries of a site that has seen several legends.
pub(crate) type Ways = [Cache; 4];

/// All legends of a World. Nothing is allocated before a program makes one of its own.
#[derive(Default)]
pub struct Legends {
    owned: Vec<Legend>,
    pub(super) families: Vec<Family>,
    pub(super) steps: HashMap<Step, u32>,
    /// Legends of declared types by (instance, type, case).
    pub(super) types: HashMap<(LegendType, u32), u32>,
    /// Legends of tuples by arity.
    pub(super) tuples: HashMap<u32, u32>,
    /// Structural records, to be found by their fields.
    pub(super) rows: Vec<u32>,
    /// Legends of map literals by (instance, constant).
    pub(crate) literals: HashMap<(u32, u32), u32>,
    /// Transitions out of the constants.
    births: [u16; COUNT],
    /// Numbers + 1 of the hooks' labels, by hook.
    pub(crate) hooks: Option<Box<[u32; isa::Hook::ALL.len()]>>,
    /// Maps that values of a kind delegate to.
    pub(crate) bases: Vec<(Kind, Value)>,
    /// Entries of sites that have seen several legends; the addresses stand in their caches.
    #[expect(clippy::vec_box, reason = "caches hold the addresses")]
    pub(crate) ways: Vec<Box<Ways>>,
    /// Which names a cached delegated lookup was for: a set of 64 buckets by name.
    pub(super) cached_names: u64,
    /// Name of Morph's constructor + 1.
    pub(crate) constructor_name: u32,
}

const COUNT: usize = 18;

static CONSTANTS: [Legend; COUNT] = {
    use ElementMode::{Immutable, Mutable, None};
    const fn make(
        id: LegendId,
        nature: Nature,
        lang: Lang,
        elements: ElementMode,
        flags: u8,
    ) -> Legend {
        Legend::plain(id.0, nature, lang, elements, flags)
    }
    [
        make(Legends::PLAIN, Nature::Plain, Lang::Machine, Mutable, 0),
        make(Legends::TEMPLATE, Nature::Template, Lang::Rhumb, Mutable, 0),
        make(Legends::LIST, Nature::List, Lang::Morph, Mutable, 0),
        make(Legends::ARRAY_DYN, Nature::Array, Lang::Fusabi, Mutable, 0),
        make(Legends::ARRAY_I64, Nature::Array, Lang::Fusabi, Mutable, 0),
        make(Legends::ARRAY_F64, Nature::Array, Lang::Fusabi, Mutable, 0),
        make(Legends::ARRAY_U8, Nature::Array, Lang::Fusabi, Mutable, 0),
        make(
            Legends::DICT,
            Nature::Dict,
            Lang::Machine,
            Mutable,
            legend_flags::DICT,
        ),
        make(Legends::MODULE, Nature::Module, Lang::Machine, None, 0),
        make(Legends::ERROR, Nature::Error, Lang::Machine, None, 0),
        make(Legends::EVENT, Nature::Event, Lang::Rhumb, Immutable, 0),
        make(Legends::SUBMAP, Nature::Submap, Lang::Rhumb, Immutable, 0),
        make(
            Legends::VIEW,
            Nature::View,
            Lang::Rhumb,
            None,
            legend_flags::UNSHARED,
        ),
        make(Legends::VERSION, Nature::Version, Lang::Rhumb, Immutable, 0),
        make(
            Legends::WIDE_DATE,
            Nature::WideDate,
            Lang::Rhumb,
            Immutable,
            0,
        ),
        make(
            Legends::CLASS,
            Nature::Class,
            Lang::Morph,
            None,
            legend_flags::WATCHED,
        ),
        make(
            Legends::INSTANCE,
            Nature::Instance,
            Lang::Machine,
            Mutable,
            0,
        ),
        make(Legends::TUPLE, Nature::Tuple, Lang::Fusabi, Immutable, 0),
    ]
};

impl Legends {
    /// A map without delegates.
    pub const PLAIN: LegendId = LegendId(0);
    /// A routine's template.
    pub const TEMPLATE: LegendId = LegendId(1);
    /// Morph's list.
    pub const LIST: LegendId = LegendId(2);
    /// Array of any elements.
    pub const ARRAY_DYN: LegendId = LegendId(3);
    /// Array of integers.
    pub const ARRAY_I64: LegendId = LegendId(4);
    /// Array of floats.
    pub const ARRAY_F64: LegendId = LegendId(5);
    /// Array of bytes.
    pub const ARRAY_U8: LegendId = LegendId(6);
    /// Dictionary.
    pub const DICT: LegendId = LegendId(7);
    /// Export map.
    pub const MODULE: LegendId = LegendId(8);
    /// Error.
    pub const ERROR: LegendId = LegendId(9);
    /// Event.
    pub const EVENT: LegendId = LegendId(10);
    /// Parameter list.
    pub const SUBMAP: LegendId = LegendId(11);
    /// View.
    pub const VIEW: LegendId = LegendId(12);
    /// Version.
    pub const VERSION: LegendId = LegendId(13);
    /// Date beyond 64-bit nanoseconds.
    pub const WIDE_DATE: LegendId = LegendId(14);
    /// Class without methods and parent.
    pub const CLASS: LegendId = LegendId(15);
    /// Instance without fields and class.
    pub const INSTANCE: LegendId = LegendId(16);
    /// A tuple whose positions are elements (made by `tuple_legend` otherwise).
    pub const TUPLE: LegendId = LegendId(17);
    /// Arrays by element kind.
    pub const ARRAYS: [LegendId; 4] = [
        Legends::ARRAY_DYN,
        Legends::ARRAY_I64,
        Legends::ARRAY_F64,
        Legends::ARRAY_U8,
    ];

    /// The constants only.
    pub fn new() -> Legends {
        Legends::default()
    }

    /// A legend. Every number that a map or cache holds is one.
    #[inline]
    pub fn get(&self, id: LegendId) -> &Legend {
        let index = id.0 as usize;
        match CONSTANTS.get(index) {
            Some(legend) => legend,
            None => self.owned.get(index - COUNT).unwrap_or(&CONSTANTS[0]),
        }
    }

    /// Number of legends that the World owns.
    #[cfg(test)]
    pub(crate) fn owned(&self) -> usize {
        self.owned.len()
    }

    /// Room for one more legend and transition, so that adding them cannot fail.
    pub(super) fn reserve(&mut self) -> bool {
        self.owned.try_reserve(1).is_ok()
            && self.steps.try_reserve(1).is_ok()
            && self.families.try_reserve(1).is_ok()
    }

    /// Adds a legend; there is room ([`Legends::reserve`]).
    pub(super) fn push(&mut self, mut legend: Legend, root: bool) -> LegendId {
        let id = (self.owned.len() + COUNT) as u32;
        if root {
            legend.root = id;
            legend.parent = id;
        }
        self.owned.push(legend);
        LegendId(id)
    }

    pub(super) fn owned_mut(&mut self, id: LegendId) -> Option<&mut Legend> {
        self.owned.get_mut((id.0 as usize).checked_sub(COUNT)?)
    }

    /// The legend of a declared type, if one of its values was ever made.
    pub(crate) fn type_legend(&self, instance: u32, rec: u32) -> Option<LegendId> {
        self.types
            .get(&(LegendType { instance, rec }, 0))
            .map(|id| LegendId(*id))
    }

    /// May elements of maps of a legend be changed?
    #[inline]
    pub(crate) fn elements_mutable(&self, id: LegendId) -> bool {
        self.get(id).elements == ElementMode::Mutable
    }

    /// Number of transitions out of a legend.
    pub(super) fn children(&self, id: LegendId) -> u16 {
        match self.births.get(id.0 as usize) {
            Some(count) => *count,
            None => self.get(id).children,
        }
    }

    pub(super) fn count_child(&mut self, id: LegendId) {
        match self.births.get_mut(id.0 as usize) {
            Some(count) => *count = count.saturating_add(1),
            None => {
                if let Some(legend) = self.owned_mut(id) {
                    legend.children = legend.children.saturating_add(1);
                }
            }
        }
    }

    /// What the maps of a legend's tree share.
    pub(crate) fn family(&self, legend: &Legend) -> Option<&Family> {
        self.families.get((legend.family as usize).checked_sub(1)?)
    }

    pub(crate) fn family_mut(&mut self, id: LegendId) -> Option<&mut Family> {
        let family = self.get(id).family;
        self.families.get_mut((family as usize).checked_sub(1)?)
    }

    /// Constructor of maps of a legend; empty if they have none.
    pub(crate) fn ctor(&self, id: LegendId) -> Value {
        self.family(self.get(id))
            .map_or(Value::EMPTY, |family| family.ctor)
    }

    /// Remembers that a delegated lookup of a name was cached.
    pub(crate) fn note_cached(&mut self, name: FieldName) {
        self.cached_names |= 1 << (name.0 % 64);
    }

    /// May a delegated lookup of a name be cached?
    pub(crate) fn maybe_cached(&self, name: FieldName) -> bool {
        self.cached_names & 1 << (name.0 % 64) != 0
    }

    /// Shows what legends and caches refer to to the collector. Entries of sites with several legends keep what they call
    /// alive until they are overwritten, which spares the collector a pass over weak entries.
    pub(crate) fn visit_roots(&mut self, v: &mut Visitor<'_>) {
        for family in &mut self.families {
            visit_value(v, &mut family.ctor);
            v.ticket(&mut family.proto);
            for sub in &mut family.subs {
                v.ticket(sub);
            }
        }
        for (_, base) in &mut self.bases {
            visit_value(v, base);
        }
        for ways in &mut self.ways {
            for way in ways.iter_mut() {
                if way.action != action::ADD {
                    v.ticket(&mut way.holder);
                }
            }
        }
    }
}

fn visit_value(v: &mut Visitor<'_>, value: &mut Value) {
    let slot: *mut Value = value;
    // SAFETY: a `Value` is two words, aligned to 8.
    unsafe { v.pair(slot.cast()) };
}

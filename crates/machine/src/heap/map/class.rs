//! Classes and instances (docs/specs/machine.md §2, §4 rows A9, AA, B3, B4; morph.md §2.3).
//!
//! A class is a map of its methods that delegates to its parent; its private word `extra` is the legend of its instances
//! without fields, which delegate to it.

use lemari::Ticket;

use crate::fault::Raise;
use crate::heap::object::MapObj;
use crate::legend::{LegendId, NONE, Nature};
use crate::value::{Kind, Value};
use crate::world::World;

/// Name of Morph's constructor (morph.md §2.3).
pub(crate) const CONSTRUCTOR: &str = "inisiasi";
/// Longest chain of classes that is followed.
const MAX_CHAIN: usize = 1000;

impl World {
    /// True for classes.
    #[inline]
    pub(crate) fn is_class(&self, map: Ticket) -> bool {
        self.nature(map) == Nature::Class
    }

    /// The legend of a class's instances before they have fields.
    pub(crate) fn instance_legend(&self, class: Ticket) -> LegendId {
        // SAFETY: a live map.
        unsafe { LegendId((*self.at::<MapObj>(class)).extra) }
    }

    /// A new instance of a class, with room for as many fields as one of its instances ever had.
    pub(crate) fn instantiate(&mut self, class: Ticket) -> Raise<Ticket> {
        let legend = self.instance_legend(class);
        let room = self
            .legends
            .family(self.legend(legend))
            .map_or(0, |family| family.hint);
        self.map_new(legend, room)
    }

    /// The method that a class or one of its parents has under the constructor's name. Neither allocates nor faults.
    pub(crate) fn class_constructor(&mut self, class: Ticket) -> Option<Value> {
        if self.legends.constructor_name == 0 {
            // A name that was never interned is no method's.
            self.legends.constructor_name = self.name_of_constructor()? + 1;
        }
        let name = self.legends.constructor_name - 1;
        let mut at = class;
        for _ in 0..MAX_CHAIN {
            if let Some(found) = self.field_get(at, name) {
                return Some(found);
            }
            let parent = self.proto_of(at);
            if parent.kind() != Kind::Map {
                return None;
            }
            at = parent.as_ticket();
        }
        None
    }

    fn name_of_constructor(&self) -> Option<u32> {
        self.name_if_known(CONSTRUCTOR)
    }

    /// True if a value is an instance of a class or of one that has it as parent.
    pub(crate) fn is_instance_of(&self, value: Value, class: Ticket) -> bool {
        if value.kind() != Kind::Map {
            return false;
        }
        let mut at = self.map_ctor(value.as_ticket());
        for _ in 0..MAX_CHAIN {
            if at.kind() != Kind::Map {
                return false;
            }
            if at.as_ticket() == class {
                return true;
            }
            at = self.proto_of(at.as_ticket());
        }
        false
    }

    /// An instance of the routine `temps[ctor]` that delegates to its template `temps[proto]` (policy Rhumb). Instances of
    /// one routine share a legend as long as its template is the same map.
    pub(crate) fn routine_instance(
        &mut self,
        ctor: usize,
        proto: usize,
        room: u16,
    ) -> Raise<Ticket> {
        let (routine, template) = (self.temps[ctor], self.temps[proto]);
        if !template.is_map() {
            let root = self.instance_root(ctor, None, self.policy(), NONE)?;
            return self.map_new(root, room);
        }
        let map = template.as_ticket();
        let known = self.instance_legend(map);
        if known.0 != 0 && self.legends.ctor(known).same(routine) {
            let hint = self
                .legends
                .family(self.legend(known))
                .map_or(0, |family| family.hint);
            return self.map_new(known, hint.max(room));
        }
        let root = self.instance_root(ctor, Some(proto), self.policy(), NONE)?;
        let map = self.temps[proto].as_ticket();
        if known.0 == 0 && self.temps[proto].kind() == Kind::Map {
            // SAFETY: a live map; `extra` is not a reference.
            unsafe { (*self.at::<MapObj>(map)).extra = root.0 };
        }
        self.map_new(root, room)
    }
}

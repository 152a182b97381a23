//! Ordered trees: the maps and sets of Fusabi's library (docs/specs/fusabi.md §3.3; `isa::SORTED_MAP`).
//!
//! Such a value is the sequence of its entries in order, whatever the tree's shape. Walks over deep values put an array of
//! the entries in its place ([`World::sorted_entries`]) and go on as with any sequence; the tree itself is what a walk
//! remembers as met, so that a value that contains itself is still found.

use lemari::Ticket;

use crate::fault::Raise;
use crate::legend::{Legends, Sorted};
use crate::value::{Kind, Value};
use crate::world::World;

/// Tag of the case with an entry.
const NODE: u32 = 1;
/// Its slots.
mod slot {
    pub const KEY: u16 = 1;
    /// Of maps only.
    pub const VALUE: u16 = 2;
}

/// How the entries of a map stand in the array of its entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Entries {
    /// Key, value, key, value and so on.
    Flat,
    /// Tuples of a key and its value.
    Pairs,
}

impl World {
    /// What a value is as an ordered tree; nothing for every other value.
    pub(crate) fn sorted(&self, value: Value) -> Option<Sorted> {
        match value.kind() {
            Kind::Case0 | Kind::Map => self.legend(self.case_legend(value)).sorted,
            _ => None,
        }
    }

    /// Whether two values are ordered trees of one sort; nothing if neither is a tree.
    pub(crate) fn both_sorted(&self, x: Value, y: Value) -> Option<bool> {
        match (self.sorted(x), self.sorted(y)) {
            (None, None) => None,
            (a, b) => Some(a == b),
        }
    }

    /// The tree before (0) or behind (1) the entry of a node.
    fn sorted_side(&self, node: Ticket, sorted: Sorted, side: u16) -> Value {
        let first = match sorted {
            Sorted::Map => slot::VALUE + 1,
            Sorted::Set => slot::KEY + 1,
        };
        self.slot_value(node, first + side)
    }

    /// True for a tree with entries.
    fn is_node(&self, value: Value, sorted: Sorted) -> bool {
        if value.kind() != Kind::Map {
            return false;
        }
        let legend = self.legend(self.map_legend(value.as_ticket()));
        legend.sorted == Some(sorted) && legend.tag == NODE
    }

    /// Puts an array of its entries in the place of the tree `temps[at]`; nothing happens to any other value. Charges per
    /// node. What stands where a tree should is taken for one without entries.
    pub(crate) fn sorted_entries(&mut self, at: usize, form: Entries) -> Raise<()> {
        let Some(sorted) = self.sorted(self.temps[at]) else {
            return Ok(());
        };
        let mark = self.temps.len();
        let array = self.map_new(Legends::LIST, 0)?;
        let array = self.temp(Value::ticket(Kind::Map, array))?;
        // The nodes whose entries come next, the first of them on top, from `spine` on; above them what is looked at.
        let spine = self.temps.len();
        self.push_temps(&[self.temps[at]])?;
        let mut enters = true;
        while self.temps.len() > spine {
            self.charge_node()?;
            let top = self.temps.len() - 1;
            let node = self.temps[top];
            if enters && self.is_node(node, sorted) {
                let before = self.sorted_side(node.as_ticket(), sorted, 0);
                self.push_temps(&[before])?;
                continue;
            }
            if enters {
                self.temps.truncate(top);
                enters = false;
                continue;
            }
            self.push_entry(array, top, sorted, form)?;
            self.temps[top] = self.sorted_side(self.temps[top].as_ticket(), sorted, 1);
            enters = true;
        }
        self.temps[at] = self.temps[array];
        self.temps.truncate(mark);
        Ok(())
    }

    /// Adds the entry of the node `temps[node]` to the array `temps[array]`.
    fn push_entry(
        &mut self,
        array: usize,
        node: usize,
        sorted: Sorted,
        form: Entries,
    ) -> Raise<()> {
        let key = self.slot_value(self.temps[node].as_ticket(), slot::KEY);
        let first = self.temp(key)?;
        if sorted == Sorted::Map {
            let value = self.slot_value(self.temps[node].as_ticket(), slot::VALUE);
            let value = self.temp(value)?;
            if form == Entries::Flat {
                self.push_element(array, first)?;
                self.push_element(array, value)?;
            } else {
                let pair = self.tuple_for_host(first)?;
                self.temps[first] = pair;
                self.push_element(array, first)?;
            }
        } else {
            self.push_element(array, first)?;
        }
        self.temps.truncate(first);
        Ok(())
    }
}

//! The four policies: what truth, arithmetic, equality, order, hash, conversion and display mean in each language
//! (docs/specs/machine.md §1 "Policies"). A policy is the language of the running function ([`World::policy`]).
//!
//! Deep values are walked on work lists in [`World::temps`], which is counted and a root; never on the native stack.

mod arith;
pub(crate) mod bits;
mod coerce;
mod display;
mod display_fusabi;
mod display_rhumb;
mod equality;
mod exception;
mod hash;
mod hooks;
mod kinds;
mod number_text;
mod order;
pub(crate) mod parts;
pub(crate) mod sized;
pub(crate) mod sorted;
mod temporal;
mod time_text;
mod truth;
mod versions;

pub(crate) use coerce::Target;
pub(crate) use display::mode;

use std::sync::atomic::Ordering;

use fzb::tables::Lang;
use isa::Hook;
use numeric::Promote;

use crate::fault::{Fault, Raise};
use crate::value::Value;
use crate::world::{World, signals};

/// Binary arithmetic, in the order of the numbers that register code carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Arith {
    /// Sum.
    Add = 0,
    /// Difference.
    Sub = 1,
    /// Product.
    Mul = 2,
    /// Quotient.
    Div = 3,
    /// Remainder.
    Mod = 4,
    /// Quotient rounded down.
    FloorDiv = 5,
    /// Power.
    Pow = 6,
    /// Root: degree, radicand.
    Root = 7,
    /// First times ten to the second.
    Scale10 = 8,
}

impl Arith {
    /// All of them by number.
    pub const ALL: [Arith; 9] = [
        Arith::Add,
        Arith::Sub,
        Arith::Mul,
        Arith::Div,
        Arith::Mod,
        Arith::FloorDiv,
        Arith::Pow,
        Arith::Root,
        Arith::Scale10,
    ];

    /// The hook under which a map answers for it.
    pub const fn hook(self) -> Hook {
        match self {
            Arith::Add => Hook::Add,
            Arith::Sub => Hook::Sub,
            Arith::Mul => Hook::Mul,
            Arith::Div => Hook::Div,
            Arith::Mod => Hook::Mod,
            Arith::FloorDiv => Hook::FloorDiv,
            Arith::Pow => Hook::Pow,
            Arith::Root => Hook::Root,
            Arith::Scale10 => Hook::Scale10,
        }
    }

    /// Rhumb's sign for it.
    pub const fn sign(self) -> &'static str {
        match self {
            Arith::Add => "++",
            Arith::Sub => "--",
            Arith::Mul => "**",
            Arith::Div => "//",
            Arith::Mod => "-/",
            Arith::FloorDiv => "+/",
            Arith::Pow => "^^",
            Arith::Root => "^/",
            Arith::Scale10 => "*^",
        }
    }

    /// What it is called in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Arith::Add => "sum",
            Arith::Sub => "difference",
            Arith::Mul => "product",
            Arith::Div => "quotient",
            Arith::Mod => "remainder",
            Arith::FloorDiv => "whole quotient",
            Arith::Pow => "power",
            Arith::Root => "root",
            Arith::Scale10 => "decimal shift",
        }
    }
}

/// How a language's numbers widen.
pub(crate) const fn promote(lang: Lang) -> Promote {
    match lang {
        Lang::Machine => Promote::Fault,
        Lang::Fusabi => Promote::Wrap,
        Lang::Morph => Promote::Big,
        Lang::Rhumb => Promote::Decimal,
    }
}

/// True for the languages whose operators ask a map for its hook first (docs/specs/rhumb.md §3.15).
pub(crate) const fn has_hooks(lang: Lang) -> bool {
    matches!(lang, Lang::Machine | Lang::Rhumb)
}

impl World {
    /// Charges one node of a walk over a deep value, and ends the walk where another thread asks for it: a program
    /// without a fuel limit can walk for ever through shared structure.
    pub(crate) fn charge_node(&mut self) -> Raise<()> {
        self.charge_fuel(1)?;
        // SAFETY: `signal` points into `signal_owner`, which lives as long as the World.
        let asked = unsafe { (*self.signal).load(Ordering::Relaxed) };
        if asked == 0 {
            return Ok(());
        }
        if asked & signals::INTERRUPT != 0 {
            return Err(self.fault(Fault::Cancel, "interrupted"));
        }
        let passed = self
            .deadline
            .is_some_and(|deadline| std::time::Instant::now() >= deadline);
        if asked & signals::DEADLINE != 0 && passed {
            return Err(self.fault(Fault::Deadline, "the deadline has passed"));
        }
        Ok(())
    }

    /// Roots several values at once. They are on the list before its growth is counted, so that a collection which the
    /// counting brings about finds and moves them.
    pub(crate) fn push_temps(&mut self, values: &[Value]) -> Raise<()> {
        let mut grown = 0;
        if self.temps.capacity() - self.temps.len() < values.len() {
            grown = self.temps.capacity().max(16).max(values.len());
            if self.temps.try_reserve_exact(grown).is_err() {
                return Err(self.fault(Fault::Mem, "the host has no memory left"));
            }
        }
        self.temps.extend_from_slice(values);
        if grown > 0 {
            self.charge(grown * size_of::<Value>())?;
            self.temps_charged += grown * size_of::<Value>();
        }
        Ok(())
    }

    /// The fault that ends a walk which met a value inside itself.
    #[cold]
    pub(crate) fn cyclic(&mut self, what: &str) -> crate::fault::Raised {
        self.fault_args(
            Fault::Depth,
            format_args!("{what} of a value that contains itself has no end"),
        )
    }
}

//! Views and deep search (policy Rhumb): `with_sub`, `skip_own`, `nested`, `set_proto`.

use fzb::tables::ConstId;
use fzb::view::Constant;

use super::wide;
use crate::code::Word;
use crate::exec::dispatch::{Next, Slow};
use crate::fault::{Fault, Raise};
use crate::legend::{Legends, NONE, field_flags};
use crate::value::{Kind, Value};
use crate::world::World;

/// `a` := a view of the map at `b` with the map behind it as first subfield; the next word: that subfield's name.
pub struct WithSub;
impl Slow for WithSub {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let name = world.name(wide(pc).0)?;
            let (target, sub) = (world.read(r, w.b), world.read(r, w.b + 16));
            if !target.is_map() {
                return Err(world.type_fault("a map", target));
            }
            if !sub.is_map() {
                return Err(world.type_fault("a map as subfield", sub));
            }
            let mark = world.temp(target)?;
            let sub = world.temp(world.read(r, w.b + 16))?;
            let view = world.view_of(mark, sub, name)?;
            world.temps.truncate(mark);
            world.write(r, w.a, view);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` := a view of the delegates of the map at `b`, with itself as `self`.
pub struct SkipOwn;
impl Slow for SkipOwn {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let view = world.skip_own(world.read(r, w.b))?;
            world.write(r, w.a, view);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` := the map at `b` with the map (or empty) behind it as implicit delegate.
pub struct SetProto;
impl Slow for SetProto {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (object, proto) = (world.target_of(world.read(r, w.b)), world.read(r, w.b + 16));
            if !object.is_map() {
                return Err(world.type_fault("a map", object));
            }
            if !proto.is_map() && !proto.is_empty() {
                return Err(world.type_fault("a map as delegate", proto));
            }
            let mark = world.temp(object)?;
            let proto = world.temp(world.read(r, w.b + 16))?;
            world.set_proto_of(mark, proto)?;
            world.write(r, w.a, world.temps[mark]);
            world.temps.truncate(mark);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` := a list of all values, deep in the map at `b`, of own fields that one of the names in the next word's list
/// describes; `*` in a name stands for any characters.
pub struct Nested;
impl Slow for Nested {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let module = world.module();
            let Some(Constant::Names(names)) = module.constant(ConstId(wide(pc).0)) else {
                return Err(world.fault(Fault::Internal, "a list of names that is none"));
            };
            let mut patterns: Vec<&str> = Vec::new();
            if patterns.try_reserve_exact(names.len() as usize).is_err() {
                return Err(world.fault(Fault::Mem, "the host has no memory left"));
            }
            patterns.extend(
                names
                    .iter()
                    .filter_map(|name| module.name(fzb::tables::NameId(name))),
            );
            let mark = world.temps.len();
            let root = world.read(r, w.b);
            let result = world.nested(root, &patterns)?;
            world.temps.truncate(mark);
            world.write(r, w.a, result);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

impl World {
    /// A view of a map's delegates.
    pub(super) fn skip_own(&mut self, object: Value) -> Raise<Value> {
        if !object.is_map() {
            return Err(self.type_fault("a map", object));
        }
        let mark = self.temp(object)?;
        let hole = self.temp(Value::HOLE)?;
        let view = self.view_of(mark, hole, NONE)?;
        self.temps.truncate(mark);
        Ok(view)
    }

    /// Depth first through nested maps; each map is entered once. The maps met stand in `temps` and the path holds their
    /// places and positions, so nothing depends on the depth of the native stack.
    fn nested(&mut self, root: Value, patterns: &[&str]) -> Raise<Value> {
        let root = self.temp(root)?;
        let list = self.map_new(Legends::PLAIN, 0)?;
        let list = self.temp(Value::ticket(Kind::Map, list))?;
        let root = self.temps[root];
        let met = self.temps.len();
        let mut path: Vec<(usize, u32)> = Vec::new();
        let mut seen: std::collections::HashSet<u32> = std::collections::HashSet::new();
        let mut charged = 0;
        let result = self.nested_walk(root, patterns, list, &mut path, &mut seen, &mut charged);
        self.lemari.refund(charged);
        result?;
        let value = self.temps[list];
        self.temps.truncate(met);
        Ok(value)
    }

    fn nested_walk(
        &mut self,
        root: Value,
        patterns: &[&str],
        list: usize,
        path: &mut Vec<(usize, u32)>,
        seen: &mut std::collections::HashSet<u32>,
        charged: &mut usize,
    ) -> Raise<()> {
        self.nested_enter(root, path, seen, charged)?;
        while let Some(&mut (at, ref mut position)) = path.last_mut() {
            self.charge_node()?;
            let map = self.temps[at].as_ticket();
            let (elements, members) = (self.elements_len(map), self.members(map));
            let index = *position;
            *position += 1;
            // A map's own fields first, then what is in them: elements before members (rulings B26).
            let entered = index.checked_sub(members);
            if let Some(at) = entered.filter(|at| *at < elements) {
                let value = self.element(map, at);
                self.nested_enter(value, path, seen, charged)?;
                continue;
            }
            let number = entered.map_or(index, |at| at - elements);
            if number >= members {
                path.pop();
                continue;
            }
            let member = self.member(map, number);
            if member.key.same(Value::HOLE) || member.flags & field_flags::HIDDEN != 0 {
                continue;
            }
            if entered.is_some() {
                self.nested_enter(member.value, path, seen, charged)?;
                continue;
            }
            let matches = member.key.kind() == Kind::Text
                && self
                    .text_str_unrooted(member.key.as_ticket())
                    .is_some_and(|name| {
                        patterns
                            .iter()
                            .any(|pattern| matches_pattern(pattern.as_bytes(), name.as_bytes()))
                    });
            if matches {
                let mark = self.temp(member.value)?;
                self.push_element(list, mark)?;
                self.temps.truncate(mark);
            }
        }
        Ok(())
    }

    /// Puts a map that was not met before on the path.
    fn nested_enter(
        &mut self,
        value: Value,
        path: &mut Vec<(usize, u32)>,
        seen: &mut std::collections::HashSet<u32>,
        charged: &mut usize,
    ) -> Raise<()> {
        if value.kind() != Kind::Map {
            return Ok(());
        }
        let mark = self.temp(value)?;
        const BYTES: usize = 48;
        self.charge(BYTES)?;
        *charged += BYTES;
        let id = self.map_identity(self.temps[mark].as_ticket());
        if path.try_reserve(1).is_err() || seen.try_reserve(1).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        if seen.insert(id) {
            path.push((mark, 0));
        } else {
            self.temps.truncate(mark);
        }
        Ok(())
    }
}

/// Does a name match a pattern in which `*` stands for any bytes? Linear in the product of their lengths at worst.
fn matches_pattern(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(byte) if *byte == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    p = at + 1;
                    n = from + 1;
                    star = Some((at, n));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches_pattern;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, name, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*.code", "main.code", true),
            ("*.code", "code", false),
            ("*", "", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("**", "anything", true),
        ] {
            assert_eq!(
                matches_pattern(pattern.as_bytes(), name.as_bytes()),
                expected,
                "{pattern} {name}"
            );
        }
    }
}

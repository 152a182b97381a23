//! Compound values read by host functions: a walk in order, on a stack of its own.

use std::ops::Range;

use machine::value::{Kind, Value as Raw};
use machine::world::HostShape;
use numeric::Number;

use crate::context::Context;
use crate::error::Error;
use crate::value::Value;

/// What a [`Walk`] meets. In a map every other visit is a key.
#[derive(Debug)]
#[non_exhaustive]
pub enum Visit<'v> {
    /// Nothing.
    Empty,
    /// A truth value.
    Bool(bool),
    /// A number of any kind.
    Number(Number),
    /// A text.
    Text(&'v str),
    /// A Unicode scalar value.
    Char(char),
    /// Bytes.
    Bytes(&'v [u8]),
    /// A date: nanoseconds since 1970-01-01 UTC.
    Date(i64),
    /// A duration in nanoseconds.
    Span(i64),
    /// So many elements follow, then [`Visit::Close`].
    List(usize),
    /// So many pairs of key and value follow, then [`Visit::Close`].
    Map(usize),
    /// A union case of that name; so many fields follow, then [`Visit::Close`].
    Case(String, usize),
    /// The list, map or case opened last ends.
    Close,
    /// A value that is none of these, e.g. a function; its kind.
    Other(&'static str),
}

/// Reads a value depth first. It charges fuel for every node, so that shared and cyclic structure ends, and refuses what
/// lies deeper than it was told.
pub struct Walk<'c, 'w> {
    context: &'c mut Context<'w>,
    mark: usize,
    /// Rooted members still to be visited, by their places; the innermost last.
    open: Vec<Range<usize>>,
    depth: usize,
}

/// What stands where the walk is.
enum Met {
    Leaf(Raw),
    List(usize),
    Map(usize),
    Case(String, usize),
    Close,
}

impl<'c, 'w> Walk<'c, 'w> {
    pub(crate) fn new(
        context: &'c mut Context<'w>,
        value: &Value,
        depth: usize,
    ) -> Result<Walk<'c, 'w>, Error> {
        let world = context.machine();
        let mark = world.host_mark();
        let raw = value.raw(world)?;
        let at = crate::sequence::push(world, raw)?;
        Ok(Walk {
            context,
            mark,
            open: std::iter::once(at..at + 1).collect(),
            depth,
        })
    }

    /// The World's context, between two visits.
    pub fn context(&mut self) -> &mut Context<'w> {
        self.context
    }

    /// The next visit; `None` after the last.
    ///
    /// # Errors
    /// Fault range if the value is nested too deeply, type if a Rhumb map has elements and names, fuel, mem.
    pub fn step(&mut self) -> Result<Option<Visit<'_>>, Error> {
        let Some(met) = self.advance()? else {
            return Ok(None);
        };
        let raw = match met {
            Met::Close => return Ok(Some(Visit::Close)),
            Met::List(count) => return Ok(Some(Visit::List(count))),
            Met::Map(count) => return Ok(Some(Visit::Map(count))),
            Met::Case(name, count) => return Ok(Some(Visit::Case(name, count))),
            Met::Leaf(raw) => raw,
        };
        let world = self.context.machine();
        let bytes = world
            .flat_text(raw)
            .map(str::len)
            .or_else(|| world.flat_bytes(raw).map(<[u8]>::len));
        if let Some(bytes) = bytes {
            self.context
                .charge(bytes as u64 / crate::context::BYTES_PER_FUEL)?;
        }
        let world = self.context.machine();
        let number = match world.number_for_host(raw) {
            Ok(number) => number,
            Err(raised) => return Err(world.report(raised).into()),
        };
        if let Some(number) = number {
            return Ok(Some(Visit::Number(number)));
        }
        let world = &*world;
        Ok(Some(match raw.kind() {
            Kind::Empty => Visit::Empty,
            Kind::Bool => Visit::Bool(raw.payload != 0),
            Kind::Char => raw.as_char().map_or(Visit::Empty, Visit::Char),
            Kind::Date => Visit::Date(raw.payload as i64),
            Kind::Duration => Visit::Span(raw.payload as i64),
            Kind::Text => Visit::Text(world.flat_text(raw).unwrap_or_default()),
            Kind::Bytes => Visit::Bytes(world.flat_bytes(raw).unwrap_or_default()),
            _ => Visit::Other(world.kind_text(raw)),
        }))
    }

    fn advance(&mut self) -> Result<Option<Met>, Error> {
        self.context.work(0)?;
        let Some(range) = self.open.last_mut() else {
            return Ok(None);
        };
        let Some(at) = range.next() else {
            let end = range.end;
            self.open.pop();
            if self.open.is_empty() {
                return Ok(None);
            }
            // The members of the innermost open value are rooted last.
            let outer = self.open.last().map_or(self.mark, |outer| outer.end);
            self.context.machine().host_truncate(outer.min(end));
            return Ok(Some(Met::Close));
        };
        let depth = self.open.len();
        let world = self.context.machine();
        let mut values = [world.host_temp(at)];
        if let Err(raised) = world.flatten_all(&mut values) {
            return Err(world.report(raised).into());
        }
        let [raw] = values;
        let shape = world.shape_for_host(raw);
        if shape == HostShape::Leaf {
            return Ok(Some(Met::Leaf(raw)));
        }
        if shape == HostShape::Both {
            return Err(Error::host(
                crate::Fault::Type,
                "a map with elements and names is neither a list nor a dictionary",
            ));
        }
        if depth > self.depth {
            return Err(Error::host(
                crate::Fault::Range,
                format!("nested more than {} deep", self.depth),
            ));
        }
        let name = (shape == HostShape::Case)
            .then(|| world.case_for_host(raw))
            .flatten()
            .map(|(name, _)| name.to_owned());
        let members = match shape {
            HostShape::Sequence | HostShape::Case => world.spread_for_host(raw),
            _ => world.members_for_host(raw),
        };
        let members = match members {
            Ok(members) => members.unwrap_or_default(),
            Err(raised) => return Err(world.report(raised).into()),
        };
        if self.open.try_reserve(1).is_err() {
            return Err(Error::host(
                crate::Fault::Mem,
                "the host has no memory left",
            ));
        }
        let count = members.len();
        // An empty range keeps the place where its members would stand.
        let end = self.context.machine().host_mark();
        self.open.push(end - count..end);
        Ok(Some(match (shape, name) {
            (HostShape::Case, Some(name)) => Met::Case(name, count),
            (HostShape::Sequence | HostShape::Case, _) => Met::List(count),
            _ => Met::Map(count / 2),
        }))
    }
}

impl Drop for Walk<'_, '_> {
    fn drop(&mut self) {
        let mark = self.mark;
        let world = self.context.machine();
        world.host_truncate(mark);
        world.trim_for_host();
    }
}

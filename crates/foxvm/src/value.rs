//! Rooted handles on values of a World.

use std::sync::Arc;

use lemari::handles::OwnedHandle;
use machine::value::{Kind, Value as Raw};
use machine::world::World as Machine;

use crate::convert::{FromFox, IntoFox, Sealed, Weight, mismatch};
use crate::error::Error;
use crate::signature::Type;

/// A value of a World, kept alive by this handle. It has no lifetime, may be cloned (clones share the root), sent and
/// dropped on any thread; every use checks that it belongs to the World that it is used with. Values without a place in
/// the machine's memory (numbers, truth values, empty) belong to no World.
#[derive(Clone, Debug)]
pub struct Value(Held);

#[derive(Clone, Debug)]
enum Held {
    Inline(Raw),
    Rooted(Arc<OwnedHandle>, Kind),
}

impl Value {
    /// The empty value: `()`, `nil`, `___`.
    pub fn empty() -> Value {
        Value(Held::Inline(Raw::EMPTY))
    }
    /// An integer.
    pub fn int(number: i64) -> Value {
        Value(Held::Inline(Raw::int(number)))
    }
    /// A float.
    pub fn float(number: f64) -> Value {
        Value(Held::Inline(Raw::float(number)))
    }
    /// A truth value.
    pub fn bool(truth: bool) -> Value {
        Value(Held::Inline(Raw::bool(truth)))
    }

    /// True for the empty value.
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Held::Inline(raw) if raw.is_empty())
    }

    /// Name of its kind: `int`, `text`, `map`, `function` and so on.
    pub fn kind_name(&self) -> &'static str {
        match &self.0 {
            Held::Inline(raw) => raw.kind().name(),
            Held::Rooted(_, kind) => kind.name(),
        }
    }

    /// The integer, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match &self.0 {
            Held::Inline(raw) => raw.as_int(),
            Held::Rooted(..) => None,
        }
    }

    pub(crate) fn raw(&self, world: &Machine) -> Result<Raw, Error> {
        match &self.0 {
            // A routine without captures and a resource name things of one World without a root.
            Held::Inline(raw) => Ok(*raw),
            Held::Rooted(handle, _) => Ok(world.held(handle.id())?),
        }
    }

    pub(crate) fn hold(world: &mut Machine, value: Raw) -> Result<Value, Error> {
        // Inline values that name a legend, instance or slot of their World are rooted too, so that they are checked.
        let local = matches!(
            value.kind(),
            Kind::Case0 | Kind::Func | Kind::Resource | Kind::Key | Kind::GuestTicket | Kind::Hole
        );
        if !value.is_heap() && !local {
            return Ok(Value(Held::Inline(value)));
        }
        match world.hold(value) {
            Ok(handle) => Ok(Value(Held::Rooted(Arc::new(handle), value.kind()))),
            Err(raised) => Err(world.report(raised).into()),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::int(number)
    }
}
impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::float(number)
    }
}
impl From<bool> for Value {
    fn from(truth: bool) -> Value {
        Value::bool(truth)
    }
}
impl From<()> for Value {
    fn from((): ()) -> Value {
        Value::empty()
    }
}

impl Sealed for Value {}
impl IntoFox for Value {
    type Of<'a> = Value;
    const WEIGHT: Weight = Weight::Heap;
    const TYPE: Type = Type::Dyn;
    /// Its kind is not known beforehand: it goes to typed parameters through the checked entry only.
    fn fits(ty: Type) -> bool {
        ty == Type::Dyn
    }
    fn into_raw(self, world: &mut Machine, _: Type) -> Result<Raw, Error> {
        self.raw(world)
    }
}
impl Sealed for &Value {}
impl IntoFox for &Value {
    type Of<'a> = &'a Value;
    const WEIGHT: Weight = Weight::Heap;
    const TYPE: Type = Type::Dyn;
    fn fits(ty: Type) -> bool {
        ty == Type::Dyn
    }
    fn into_raw(self, world: &mut Machine, _: Type) -> Result<Raw, Error> {
        self.raw(world)
    }
}
impl FromFox for Value {
    const WANTS: Type = Type::Dyn;
    fn reads(_: Type) -> bool {
        true
    }
    fn from_raw(world: &mut Machine, value: Raw) -> Result<Value, Error> {
        if value.kind() == Kind::Hole {
            return Err(mismatch(world, "a value", value));
        }
        Value::hold(world, value)
    }
}

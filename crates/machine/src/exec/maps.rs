//! Instructions on maps: fields by name, sends, literals, classes, delegation, Rhumb's postfix operators
//! (docs/specs/machine.md §4 rows A4–BF, C2).

mod fields;
mod literals;
mod operators;
mod presence;
mod sends;
mod sites;
mod views;

pub use fields::{get_name, set_name};
pub use literals::{Class, MapLit, MapNew, MapPairs};
pub use operators::{FieldOpOp, Join};
pub use presence::{DelIndex, GetSub, Has, IsInstance, TryName};
pub use sends::{CallNameShape, CallSuper, GetSuper, call_name};
pub use views::{Nested, SetProto, SkipOwn, WithSub};

pub(crate) use super::calls::wide;

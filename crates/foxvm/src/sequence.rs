//! Sequences and tuples at the border. While their members are made or read they are rooted in the World.

use machine::value::Value as Raw;
use machine::world::{SequenceForm, World as Machine};

use crate::Policy;
use crate::convert::{FromFox, IntoFox, Sealed, Weight, mismatch};
use crate::error::Error;
use crate::signature::Type;

/// Runs `work` with the World and forgets what it rooted, whatever comes of it.
fn rooted<T>(
    world: &mut Machine,
    work: impl FnOnce(&mut Machine, usize) -> Result<T, Error>,
) -> Result<T, Error> {
    let mark = world.host_mark();
    let result = work(world, mark);
    world.host_truncate(mark);
    result
}

pub(crate) fn push(world: &mut Machine, value: Raw) -> Result<usize, Error> {
    match world.host_push(value) {
        Ok(at) => Ok(at),
        Err(raised) => Err(world.report(raised).into()),
    }
}

pub(crate) fn sequence_into<T: IntoFox>(
    items: Vec<T>,
    world: &mut Machine,
    ty: Type,
) -> Result<Raw, Error> {
    // A host function has no type for lists: what it answers to Fusabi is one.
    let asked = ty == Type::Dyn && world.language() == Policy::Fusabi;
    let form = if ty == Type::List || asked {
        SequenceForm::List
    } else {
        SequenceForm::Elements
    };
    rooted(world, |world, mark| {
        for item in items {
            let value = item.into_raw(world, Type::Dyn)?;
            push(world, value)?;
        }
        world
            .sequence_for_host(mark, form)
            .map_err(|raised| world.report(raised).into())
    })
}

pub(crate) fn sequence_from<T: FromFox>(world: &mut Machine, value: Raw) -> Result<Vec<T>, Error> {
    rooted(world, |world, _| {
        let range = match world.spread_for_host(value) {
            Ok(Some(range)) => range,
            Ok(None) => return Err(mismatch(world, "list", value)),
            Err(raised) => return Err(world.report(raised).into()),
        };
        let mut items = Vec::new();
        if items.try_reserve_exact(range.len()).is_err() {
            return Err(Error::new("the host has no memory left"));
        }
        for at in range {
            let value = world.host_temp(at);
            items.push(T::from_raw(world, value)?);
        }
        Ok(items)
    })
}

macro_rules! tuples {
    ($($count:literal: $($name:ident $at:tt)*;)*) => {$(
        impl<$($name: Sealed),*> Sealed for ($($name,)*) {}
        impl<$($name: IntoFox),*> IntoFox for ($($name,)*) {
            type Of<'a> = ($($name::Of<'a>,)*);
            const WEIGHT: Weight = Weight::Heap;
            const TYPE: Type = Type::Dyn;
            fn fits(ty: Type) -> bool {
                matches!(ty, Type::Dyn | Type::Ref)
            }
            fn into_raw(self, world: &mut Machine, _: Type) -> Result<Raw, Error> {
                rooted(world, |world, mark| {
                    $(
                        let value = self.$at.into_raw(world, Type::Dyn)?;
                        push(world, value)?;
                    )*
                    world.tuple_for_host(mark).map_err(|raised| world.report(raised).into())
                })
            }
        }
        impl<$($name: FromFox),*> FromFox for ($($name,)*) {
            const WANTS: Type = Type::Dyn;
            const SIMPLE: bool = false;
            fn reads(ty: Type) -> bool {
                matches!(ty, Type::Dyn | Type::Ref | Type::Tuple($count))
            }
            fn from_raw(world: &mut Machine, value: Raw) -> Result<Self, Error> {
                rooted(world, |world, _| {
                    let range = match world.spread_for_host(value) {
                        Ok(Some(range)) if range.len() == $count => range,
                        Ok(_) => return Err(mismatch(world, concat!("tuple of ", $count), value)),
                        Err(raised) => return Err(world.report(raised).into()),
                    };
                    Ok(($({
                        let value = world.host_temp(range.start + $at);
                        $name::from_raw(world, value)?
                    },)*))
                })
            }
        }
    )*};
}

tuples! {
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
}

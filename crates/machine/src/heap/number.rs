//! Numbers in guest memory and as crate `numeric` knows them (docs/specs/machine.md §1: one numeric kind beside i64 and
//! f64). Conversions hold at most one coefficient, bounded by `numeric::MAX_BITS`, in the host's memory and only for the
//! time of one operation.

use numeric::{Exact, IBig, NumError, Number, Operation};

use crate::fault::{Fault, Raise, Raised};
use crate::heap::object::{BigObj, kind};
use crate::host_memory::{NoMemory, covered};
use crate::policy::sized::{F32, U64};
use crate::value::{Kind, Value};
use crate::world::World;

/// Bytes of a big number's object before its limbs.
const BIG_HEADER: usize = size_of::<BigObj>();

impl World {
    /// The number that a value is; `None` for every other kind. Sized numbers are read as their number. Fault mem if the
    /// host has no memory for a coefficient.
    pub(crate) fn number_of(&mut self, value: Value) -> Raise<Option<Number>> {
        Ok(Some(match value.kind() {
            Kind::I64 => Number::I64(value.payload as i64),
            Kind::F64 => Number::F64(f64::from_bits(value.payload)),
            Kind::Sized => match value.sub() {
                U64 => Number::from(value.payload),
                F32 => Number::F64(f64::from_bits(value.payload)),
                _ => Number::I64(value.payload as i64),
            },
            Kind::Dec => exact(Exact::new(IBig::from(value.payload as i64), value.aux())),
            Kind::Big => {
                let ticket = value.as_ticket();
                let negative = self.object_aux(ticket) != 0;
                // SAFETY: a live big number; its limbs follow its header.
                let read = unsafe {
                    let object = self.at::<BigObj>(ticket);
                    let limbs = std::slice::from_raw_parts(
                        object.add(1).cast::<u64>(),
                        (*object).limbs as usize,
                    );
                    // The words and the coefficient made of them.
                    covered(64 + limbs.len() * 32, || {
                        exact(Exact::from_limbs(negative, limbs, (*object).scale))
                    })
                };
                match read {
                    Ok(number) => number,
                    Err(NoMemory) => return Err(self.no_host_memory()),
                }
            }
            _ => return Ok(None),
        }))
    }

    /// Work of crate `numeric` that holds at most `bytes` of host memory. Fault mem if the host has not that much.
    pub(crate) fn with_room<T>(&mut self, bytes: usize, work: impl FnOnce() -> T) -> Raise<T> {
        match covered(bytes, work) {
            Ok(result) => Ok(result),
            Err(NoMemory) => Err(self.no_host_memory()),
        }
    }

    /// An operation of crate `numeric`: its cost is charged and its room asked for first.
    pub(crate) fn number_work<T>(
        &mut self,
        operation: Operation,
        a: &Number,
        b: &Number,
        work: impl FnOnce() -> T,
    ) -> Raise<T> {
        self.charge_number(operation, a, b)?;
        self.with_room(numeric::memory(operation, a, b), work)
    }

    /// True for values that [`World::number_of`] answers for.
    pub(crate) fn is_number(value: Value) -> bool {
        matches!(
            value.kind(),
            Kind::I64 | Kind::F64 | Kind::Sized | Kind::Dec | Kind::Big
        )
    }

    /// The value of a number: an exact one stands inline where its coefficient fits i64, else in an object. Allocates.
    pub(crate) fn number_value(&mut self, number: Number) -> Raise<Value> {
        match number {
            Number::I64(value) => Ok(Value::int(value)),
            Number::F64(value) => Ok(Value::float(value)),
            Number::Exact(value) => {
                if let Ok(small) = i64::try_from(value.coefficient()) {
                    return Ok(Value::dec(value.scale(), small));
                }
                let limbs = value.limb_count();
                let ticket = self.alloc(
                    kind::BIG,
                    u16::from(value.is_negative()),
                    BIG_HEADER + limbs * 8,
                )?;
                // SAFETY: the object has room for its header and `limbs` limbs.
                unsafe {
                    let object = self.at::<BigObj>(ticket);
                    (*object).scale = value.scale();
                    (*object).limbs = limbs as u32;
                    let first = object.add(1).cast::<u64>();
                    for (index, limb) in value.limbs().take(limbs).enumerate() {
                        first.add(index).write(limb);
                    }
                }
                Ok(Value::ticket(Kind::Big, ticket))
            }
        }
    }

    /// Charges what an operation on numbers takes beyond the one unit that its instruction costs.
    pub(crate) fn charge_number(
        &mut self,
        operation: Operation,
        a: &Number,
        b: &Number,
    ) -> Raise<()> {
        if let (Number::I64(_) | Number::F64(_), Number::I64(_) | Number::F64(_)) = (a, b)
            && !matches!(
                operation,
                Operation::Power | Operation::Shift | Operation::Root
            )
        {
            return Ok(());
        }
        self.charge_fuel(numeric::cost(operation, a, b).saturating_sub(1))
    }

    /// The fault for an operation on numbers that has no result.
    #[cold]
    pub(crate) fn number_fault(&mut self, error: NumError) -> Raised {
        match error {
            NumError::Zero => self.fault(Fault::Zero, "division by zero"),
            NumError::Overflow => self.fault(Fault::Ovf, "integer overflow"),
            NumError::Range => self.fault(Fault::Range, "number out of range"),
            NumError::TooLarge => self.fault(Fault::Mem, "number too large"),
            NumError::NotInteger => self.fault(Fault::Type, "expected an integer"),
        }
    }

    /// A number's value, or its fault.
    pub(crate) fn number_result(&mut self, result: Result<Number, NumError>) -> Raise<Value> {
        match result {
            Ok(number) => self.number_value(number),
            Err(error) => Err(self.number_fault(error)),
        }
    }
}

/// An exact number read from a value. Values are made from checked numbers only, so there is no error to lose; a
/// damaged one would read as NaN.
fn exact(result: Result<Exact, NumError>) -> Number {
    result.map_or(Number::F64(f64::NAN), Number::Exact)
}

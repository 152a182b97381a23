//! Runs in slices: a call that the host advances by fuel, that parks while the host has yet to answer, and goes on
//! (docs/specs/machine.md §10).

use fzb::tables::FuncId;
use machine::value::Value as Raw;
use machine::world::{RunId, Step as MachineStep, TYPED_PARAMS};

use crate::args::Args;
use crate::convert::IntoFox;
use crate::error::{Error, ErrorKind};
use crate::signature::Type;
use crate::value::Value;
use crate::world::World;

/// A call under way, made by `Instance::start`. It belongs to one World; a World may have several. Its fuel limit is that
/// of one call, over all slices.
#[derive(Debug)]
pub struct Run {
    world: u32,
    id: RunId,
}

/// What a slice came to.
#[derive(Clone, Debug)]
pub enum Step {
    /// The call returned. The run is over.
    Done(Value),
    /// No fiber can go on until [`Run::wake`].
    Parked,
    /// The slice is used up; step again to go on.
    OutOfFuel,
}

impl Run {
    pub(crate) fn start<A: Args>(
        world: &mut World,
        instance: u32,
        function: FuncId,
        args: A::Of<'_>,
    ) -> Result<Run, Error> {
        let machine = world.machine_mut();
        let mark = machine.host_mark();
        let started = A::root(args, machine).and_then(|first| {
            let mut values = [Raw::EMPTY; TYPED_PARAMS];
            for (index, value) in values.iter_mut().enumerate().take(A::COUNT) {
                *value = machine.host_temp(first + index);
            }
            machine
                .start(
                    instance,
                    function,
                    values.get(..A::COUNT).unwrap_or_default(),
                )
                .map_err(Error::from)
        });
        machine.host_truncate(mark);
        Ok(Run {
            world: machine.number(),
            id: started?,
        })
    }

    /// Lets the run, and the processes of its World that are ready, go on for at most `fuel` units.
    ///
    /// # Errors
    /// The fault that ended the run; fault fuel when all of its limit is used; [`ErrorKind::Foreign`] with another World; fault
    /// state once it is over.
    pub fn step(&mut self, world: &mut World, fuel: u64) -> Result<Step, Error> {
        self.belongs(world)?;
        world.begin()?;
        let machine = world.machine_mut();
        let result = match machine.step(self.id, fuel) {
            Ok(MachineStep::Done(value)) => Value::hold(machine, value).map(Step::Done),
            Ok(MachineStep::Parked) => Ok(Step::Parked),
            Ok(MachineStep::OutOfFuel) => Ok(Step::OutOfFuel),
            Err(report) => Err(report.into()),
        };
        if matches!(result, Ok(Step::Done(_)) | Err(_)) {
            machine.wash();
        }
        world.finish();
        result
    }

    /// Gives the answer that a host function owes under a token ([`crate::Suspend::Later`]); was a fiber waiting for it?
    ///
    /// # Errors
    /// Fault mem at the limit; [`ErrorKind::Foreign`] with another World.
    pub fn wake<T: IntoFox>(
        &mut self,
        world: &mut World,
        token: u64,
        answer: T,
    ) -> Result<bool, Error> {
        self.belongs(world)?;
        let machine = world.machine_mut();
        let value = answer.into_raw(machine, Type::Dyn)?;
        Ok(machine.wake(token, value))
    }

    /// Ends the run without running any more of its code.
    ///
    /// # Errors
    /// [`ErrorKind::Foreign`] with another World.
    pub fn cancel(self, world: &mut World) -> Result<(), Error> {
        self.belongs(world)?;
        world.machine_mut().cancel(self.id);
        Ok(())
    }

    fn belongs(&self, world: &World) -> Result<(), Error> {
        if world.machine().number() == self.world {
            Ok(())
        } else {
            Err(ErrorKind::Foreign("run").into())
        }
    }
}

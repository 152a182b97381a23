//! Tracing: telling the host which functions are entered. A traced World runs on the loop dispatcher, which looks after
//! each instruction whether the next one is the first of a function; others pay one test per entry from the host.

use crate::code::Word;
use crate::frame::Frame;
use crate::world::World;

/// A function that was entered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entered {
    /// Function's name, or `#n`.
    pub function: String,
    /// Module's name.
    pub module: String,
    /// Frames of the running fiber, its own among them.
    pub depth: u32,
}

/// Takes what is entered.
pub type Tracer = Box<dyn FnMut(&Entered) + Send>;

impl World {
    /// Tells what is entered from now on, or stops telling.
    pub fn set_tracer(&mut self, tracer: Option<Tracer>) {
        self.loop_dispatch = self.engine.loop_dispatch || tracer.is_some();
        self.tracer = tracer;
    }

    /// Tells if `pc` is the first word of the function on top. `fallen` is the frame that was told at its entry and falls
    /// into its body next, which does not count again.
    ///
    /// # Safety
    /// `pc` is the next instruction of the frame on top.
    pub(crate) unsafe fn trace_entry(&mut self, pc: *const Word, fallen: &mut *mut Frame) {
        // SAFETY: the frame on top belongs to the running fiber; its code, if it has any, is kept alive.
        let code = unsafe {
            let code = (*self.frame).code;
            if code.is_null() || (pc != (*code).entry && pc != (*code).body) {
                return;
            }
            &*code
        };
        if code.entry != code.body {
            let told = std::mem::replace(
                fallen,
                if pc == code.entry {
                    self.frame
                } else {
                    std::ptr::null_mut()
                },
            );
            if pc == code.body && told == self.frame {
                return;
            }
        }
        let Some(mut tracer) = self.tracer.take() else {
            return;
        };
        let depth = self.frame_index() as u32;
        // SAFETY: as above.
        let instance = unsafe { (*self.frame).instance };
        let place = self.place(code, pc, instance);
        tracer(&Entered {
            function: place.function,
            module: place.module,
            depth,
        });
        self.tracer = Some(tracer);
    }
}

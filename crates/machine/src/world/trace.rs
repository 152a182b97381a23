//! Traces: the frames of the dynamic chain, innermost first, with source positions.

use crate::code::{Code, Word};
use crate::fault::TraceFrame;
use crate::host_memory::{short_name, written};
use crate::world::World;

/// Frames kept at each end of a long trace.
const ENDS: usize = 64;

impl World {
    /// The chain of frames from the one on top, through the fibers that wait, to the bottom; and how many frames are
    /// left out in the middle, or for want of memory.
    pub(crate) fn trace(&mut self) -> (Vec<TraceFrame>, u32) {
        const NOWHERE: (*const Code, *const Word, u32) = (std::ptr::null(), std::ptr::null(), 0);
        // The innermost frames, and a ring of the outermost.
        let mut inner = [NOWHERE; ENDS];
        let mut outer = [NOWHERE; ENDS];
        let mut seen = 0usize;
        let mut fiber = Some(self.current);
        let mut top = self.frame_index();
        while let Some(id) = fiber {
            let Some(Some(record)) = self.fibers.get(id.0 as usize) else {
                break;
            };
            for index in (1..=top).rev() {
                let Some(frame) = record.frames.get(index) else {
                    break;
                };
                if frame.code.is_null() {
                    continue;
                }
                let place = (frame.code, frame.pc, frame.instance);
                match inner.get_mut(seen) {
                    Some(slot) => *slot = place,
                    None => outer[seen % ENDS] = place,
                }
                seen += 1;
            }
            fiber = record.parent;
            top = fiber
                .and_then(|id| self.fibers.get(id.0 as usize)?.as_ref())
                .map_or(0, |parent| parent.top as usize);
        }
        let kept = seen.min(2 * ENDS);
        let mut frames = Vec::new();
        if frames.try_reserve_exact(kept).is_err() {
            return (frames, seen as u32);
        }
        // ENDS divides itself, so the ring's oldest entry stands where the next one would go.
        let first = if seen > 2 * ENDS { seen } else { ENDS };
        for index in 0..kept {
            let (code, pc, instance) = match inner.get(index) {
                Some(place) => *place,
                None => outer[(first + index) % ENDS],
            };
            // SAFETY: code of a frame is kept alive by the World.
            frames.push(self.place(unsafe { &*code }, pc, instance));
        }
        (frames, (seen - kept) as u32)
    }

    pub(crate) fn place(&self, code: &Code, pc: *const Word, instance: u32) -> TraceFrame {
        let file_pc = code.file_pc(pc);
        let mut frame = TraceFrame {
            function: String::new(),
            module: String::new(),
            file: None,
            line: 0,
            column: 0,
            pc: file_pc,
            lang: code.policy,
        };
        let module = self
            .instances
            .get(instance as usize)
            .map(|instance| &instance.loaded.module);
        let name = module.and_then(|module| {
            module
                .function(code.func)
                .and_then(|function| module.name(function.name?))
        });
        frame.function = match name {
            Some(name) => short_name(name),
            None => written(format_args!("#{}", code.func.0)),
        };
        let Some(module) = module else {
            return frame;
        };
        frame.module = short_name(module.module_name());
        if let Some(line) = module.line_at(code.func, file_pc) {
            frame.file = Some(short_name(line.file));
            frame.line = line.line;
            frame.column = line.column;
        }
        frame
    }

    /// A function's name for messages.
    pub(crate) fn function_name(&self, code: &Code) -> String {
        let found = self.instances.iter().find_map(|instance| {
            let slot = instance.slots.get(code.func.index())?;
            if !std::ptr::eq(slot.code, code) {
                return None;
            }
            let module = &instance.loaded.module;
            module
                .name(module.function(code.func)?.name?)
                .map(short_name)
        });
        found.unwrap_or_else(|| written(format_args!("#{}", code.func.0)))
    }
}

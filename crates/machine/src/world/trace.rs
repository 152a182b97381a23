//! Traces: the frames of the dynamic chain, innermost first, with source positions.

use crate::code::{Code, Word};
use crate::fault::TraceFrame;
use crate::world::World;

/// Frames kept at each end of a long trace.
const ENDS: usize = 64;

impl World {
    /// The chain of frames from the one on top, through the fibers that wait, to the bottom; and how many frames are
    /// left out in the middle.
    pub(crate) fn trace(&mut self) -> (Vec<TraceFrame>, u32) {
        let mut places: Vec<(*const Code, *const Word, u32)> = Vec::new();
        let mut outer: std::collections::VecDeque<(*const Code, *const Word, u32)> =
            std::collections::VecDeque::new();
        let mut omitted = 0;
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
                if places.len() < ENDS {
                    places.push(place);
                } else {
                    if outer.len() == ENDS {
                        outer.pop_front();
                        omitted += 1;
                    }
                    outer.push_back(place);
                }
            }
            fiber = record.parent;
            top = fiber
                .and_then(|id| self.fibers.get(id.0 as usize)?.as_ref())
                .map_or(0, |parent| parent.top as usize);
        }
        let frames = places
            .into_iter()
            .chain(outer)
            .map(|(code, pc, instance)| {
                // SAFETY: code of a frame is kept alive by the World.
                self.place(unsafe { &*code }, pc, instance)
            })
            .collect();
        (frames, omitted)
    }

    pub(crate) fn place(&self, code: &Code, pc: *const Word, instance: u32) -> TraceFrame {
        let file_pc = code.file_pc(pc);
        let mut frame = TraceFrame {
            function: format!("#{}", code.func.0),
            module: String::new(),
            file: None,
            line: 0,
            column: 0,
            pc: file_pc,
            lang: code.policy,
        };
        let Some(instance) = self.instances.get(instance as usize) else {
            return frame;
        };
        let module = &instance.loaded.module;
        frame.module = module.module_name().to_owned();
        if let Some(name) = module
            .function(code.func)
            .and_then(|function| function.name)
            .and_then(|name| module.name(name))
        {
            frame.function = name.to_owned();
        }
        if let Some(line) = module.line_at(code.func, file_pc) {
            frame.file = Some(line.file.to_owned());
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
                .map(str::to_owned)
        });
        found.unwrap_or_else(|| format!("#{}", code.func.0))
    }
}

//! Tracing of spaces: telling the host what happens to events, pins and subscriptions (docs/specs/rhumb.md §5, §10.1). A
//! World that is not traced pays one test for each of them.

use std::fmt;

use crate::fiber::FiberId;
use crate::host_memory::written;
use crate::world::World;

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SpaceAct {
    /// A signal was raised; `space` is where it was posted, if not from a frame.
    Raised,
    /// A selector takes it; `other` is the fiber that the selector is attached in.
    Taken,
    /// A handler of a subscription gets it; `other` is the handler's fiber.
    Delivered,
    /// Nobody took it, and it is gone.
    Uncaught,
    /// It was replied to; `other` is the fiber that the reply goes to.
    Replied,
    /// A reply came too late to have an effect.
    Late,
    /// The fiber that raised it waits for a later reply; `other` is that fiber.
    Parked,
    /// A realm or vassal was made.
    Made,
    /// Somebody listens; the topic is one of those that are listened to.
    Subscribed,
    /// Somebody listens no more.
    Unsubscribed,
    /// A tuple was proclaimed and is pinned.
    Pinned,
    /// A tuple was taken back.
    Retracted,
    /// The last tuple of its like is gone.
    Departed,
}

/// Something that happened in a space.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpaceNote {
    /// What.
    pub act: SpaceAct,
    /// Kind of the event: 1 signal, 2 proclamation, 3 reply; 0 where there is none.
    pub kind: u32,
    /// Its topic; empty for events without a name and where there is none.
    pub topic: String,
    /// Number of the realm's space; 0 where it is the space of an activation, or none.
    pub space: u32,
    /// The fiber that did it.
    pub fiber: u32,
    /// The function that did it, or its line if it has no name.
    pub function: String,
    /// The fiber that it concerns, as the act says.
    pub other: Option<u32>,
}

/// Takes what happens.
pub type SpaceTracer = Box<dyn FnMut(&SpaceNote) + Send>;

impl fmt::Display for SpaceNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fiber {} ({})", self.fiber, self.function)?;
        if self.space != 0 {
            write!(f, ", realm {}", self.space)?;
        }
        f.write_str(": ")?;
        match self.kind {
            1 => write!(f, "#{} ", self.topic)?,
            2 => write!(f, "${} ", self.topic)?,
            3 => write!(f, "^{} ", self.topic)?,
            _ => {}
        }
        f.write_str(match self.act {
            SpaceAct::Raised => "raised",
            SpaceAct::Taken => "taken by a selector in",
            SpaceAct::Delivered => "delivered to",
            SpaceAct::Uncaught => "uncaught",
            SpaceAct::Replied => "replied to",
            SpaceAct::Late => "late",
            SpaceAct::Parked => "parked in",
            SpaceAct::Made => "made",
            SpaceAct::Subscribed => "subscribed",
            SpaceAct::Unsubscribed => "unsubscribed",
            SpaceAct::Pinned => "pinned",
            SpaceAct::Retracted => "retracted",
            SpaceAct::Departed => "departed",
        })?;
        match self.other {
            Some(other) => write!(f, " fiber {other}"),
            None => Ok(()),
        }
    }
}

impl World {
    /// Tells what happens in spaces from now on, or stops telling.
    pub fn set_space_tracer(&mut self, tracer: Option<SpaceTracer>) {
        self.space_tracer = tracer;
    }

    /// Tells what happens, if anybody listens. `topic` is an interned name.
    #[inline]
    pub fn space_note(
        &mut self,
        act: SpaceAct,
        kind: u32,
        topic: Option<u32>,
        space: u32,
        other: Option<u32>,
    ) {
        if self.space_tracer.is_some() {
            self.space_noted(act, kind, topic, space, other);
        }
    }

    #[cold]
    fn space_noted(
        &mut self,
        act: SpaceAct,
        kind: u32,
        topic: Option<u32>,
        space: u32,
        other: Option<u32>,
    ) {
        let Some(mut tracer) = self.space_tracer.take() else {
            return;
        };
        tracer(&SpaceNote {
            act,
            kind,
            topic: topic.map_or_else(String::new, |topic| self.name_text(topic).to_owned()),
            space,
            fiber: self.current.0,
            function: self.running_function(),
            other,
        });
        self.space_tracer = Some(tracer);
    }

    /// Name of the function on top of the running fiber; its line if it has none.
    fn running_function(&self) -> String {
        // SAFETY: the frame on top belongs to the running fiber; its code, if it has any, is kept alive.
        unsafe {
            if self.frame.is_null() || (*self.frame).code.is_null() {
                return String::new();
            }
            let code = &*(*self.frame).code;
            let place = self.place(code, code.entry, (*self.frame).instance);
            if place.function.starts_with('#') && place.line > 0 {
                written(format_args!("line {}", place.line))
            } else {
                place.function
            }
        }
    }

    /// Tells of an emission by its number.
    #[inline]
    pub(crate) fn emission_note(&mut self, act: SpaceAct, index: u32, other: Option<FiberId>) {
        if self.space_tracer.is_none() {
            return;
        }
        let Some(emission) = self.emission(index) else {
            return;
        };
        let (kind, topic, space) = (emission.kind, emission.topic, emission.through);
        self.space_noted(act, kind, Some(topic), space, other.map(|fiber| fiber.0));
    }
}

//! Raising: recording what went wrong, before anything is unwound.

use crate::fault::{Fault, Raised, TraceFrame};
use crate::host_memory::{fixed, written};
use crate::value::Value;
use crate::world::World;
use fzb::Phrase;

/// What was raised.
#[derive(Clone, Debug)]
pub struct RaisedInfo {
    /// Which fault; `user` for thrown values.
    pub fault: Fault,
    /// Message.
    pub message: String,
    /// The message as words that have translations, where the machine said it with such.
    pub words: Option<Box<Phrase>>,
    /// The value thrown, or a hole if the error form has yet to be made from fault and message.
    pub value: Value,
    /// True if the frames are being discarded: catch handlers are passed over.
    pub discard: bool,
    /// True if the frame that owns a prompt is to return `value` (`ret_outer`).
    pub outer: bool,
    /// Trace from where it was raised; empty until captured.
    pub trace: Vec<TraceFrame>,
    /// Frames that the trace leaves out.
    pub omitted: u32,
    /// Policy of the function that raised it.
    pub lang: fzb::tables::Lang,
}

impl World {
    /// Records a fault with a fixed message.
    #[cold]
    pub(crate) fn fault(&mut self, fault: Fault, message: &str) -> Raised {
        self.fault_args(fault, format_args!("{message}"))
    }

    /// Records a fault with a formatted message (never allocates more than the message's bound).
    #[cold]
    pub(crate) fn fault_args(&mut self, fault: Fault, message: std::fmt::Arguments<'_>) -> Raised {
        // A message that cannot be written in full is cut: the fault itself is what matters.
        let message = written(message);
        let lang = self.policy();
        self.raised = Some(RaisedInfo {
            fault,
            message,
            words: None,
            value: Value::HOLE,
            discard: false,
            outer: false,
            trace: Vec::new(),
            omitted: 0,
            lang,
        });
        Raised(())
    }

    /// Records a fault with words that have translations.
    #[cold]
    pub(crate) fn fault_words(&mut self, fault: Fault, words: Phrase) -> Raised {
        let raised = self.fault_args(fault, format_args!("{words}"));
        if let Some(info) = &mut self.raised {
            info.words = Some(fixed(|| Box::new(words)));
        }
        raised
    }

    /// Records a thrown value. An error value of the machine keeps its code: thrown again (by a handler, by whoever waited
    /// for the process that failed), it is still that fault.
    #[cold]
    pub(crate) fn throw(&mut self, value: Value, message: String) -> Raised {
        let lang = self.policy();
        let fault = self.error_code(value).unwrap_or(Fault::User);
        self.raised = Some(RaisedInfo {
            fault,
            message,
            words: None,
            value,
            discard: false,
            outer: false,
            trace: Vec::new(),
            omitted: 0,
            lang,
        });
        Raised(())
    }

    /// Fault type, naming what was expected and what was found.
    #[cold]
    pub(crate) fn type_fault(&mut self, expected: &str, found: Value) -> Raised {
        let found = self.kind_name(found);
        self.fault_args(
            Fault::Type,
            format_args!("expected {expected}, found {found}"),
        )
    }

    /// What a value's kind is called in messages.
    pub(crate) fn kind_name(&self, value: Value) -> &'static str {
        value.kind().name()
    }

    /// The policy of the running function; machine when none runs.
    pub(crate) fn policy(&self) -> fzb::tables::Lang {
        // SAFETY: `frame` is a frame of the running fiber (or null before the first); its code is kept alive.
        unsafe {
            if self.frame.is_null() || (*self.frame).code.is_null() {
                fzb::tables::Lang::Machine
            } else {
                (*(*self.frame).code).policy
            }
        }
    }
}

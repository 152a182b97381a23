//! FoxVM for Rust programs: run code that you do not trust, and call it like a function.
//!
//! ```
//! let engine = foxvm::Engine::new();
//! engine.function("notify", |text: &str| println!("plugin says: {text}"))?;
//! # let source = r#"module "greet" lang machine
//! # import notify host "notify" (text) -> unit
//! # fn on_output(line: text) -> unit export {
//! #     load line
//! #     call_ffi notify
//! #     ret
//! # }
//! # "#;
//! # let bytes = engine.assemble(source)?;
//! let module = engine.load(bytes)?;
//! let mut world = engine.world(foxvm::Limits::plugin(), &[])?;
//! let instance = world.bind(&module)?;
//! let on_output = instance.function::<(&str,), ()>("on_output")?;
//! on_output.call(&mut world, ("hello",))?;
//! # Ok::<(), foxvm::Error>(())
//! ```
//!
//! - An [`Engine`] holds host functions, verified modules and translated code; it is shared by threads.
//! - A [`Module`] is a verified `.fzb` file. It can be shared by Worlds and never changes.
//! - A [`World`] is one isolated program: memory, limits, grants. One thread at a time uses it (`Send`, not `Sync`).
//! - An [`Instance`] is a module in a World; [`Instance::function`] checks a signature once and gives a [`Function`].
//! - A [`Value`] is a rooted handle without a lifetime: it may be kept, sent to another thread, and used later; using it
//!   with another World is an error, never a wrong object.
//! - Limits ([`Limits`]) and grants ([`Capability`]) are the World's; a fault is an [`Error`] with a code, a trace and a
//!   message in the reader's language.
//!
//! What this crate never does: it lets no bare ticket of the machine's memory out, gives a module no power that was not
//! granted, and panics for nothing that a module does; panics of host functions become faults of the module that called.
//!
//! Where to start reading: `engine.rs`, then `world.rs`, `function.rs` (calls in), `host.rs` (calls out), `convert.rs`.
#![forbid(unsafe_code)]

mod args;
mod builder;
mod capability;
mod context;
mod convert;
mod declared;
mod describe;
mod engine;
mod error;
mod findings;
mod function;
mod host;
mod instance;
mod module;
mod native;
mod number;
mod run;
mod sentences;
mod sequence;
mod signature;
mod store;
mod ticker;
mod value;
mod walk;
mod world;

pub use args::Args;
pub use builder::Builder;
pub use capability::Capability;
pub use context::{BYTES_PER_FUEL, Context};
pub use convert::{FromFox, IntoFox, Octets};
pub use declared::{Declared, DeclaredCase, DeclaredField};
pub use diag::Lang as MessageLang;
pub use engine::{Dispatch, Engine, EngineBuilder};
pub use error::{Error, ErrorKind};
pub use function::Function;
pub use fzb::tables::Lang;
pub use fzb::tables::Lang as Policy;
pub use host::{HostArg, HostFn, HostReturn, Suspend};
pub use instance::Instance;
pub use isa::Fault;
pub use lemari::Pauses;
pub use machine::fault::{Counters, FaultReport, Panic, TraceFrame};
pub use machine::host::Stream;
pub use machine::space_trace::{SpaceAct, SpaceNote};
pub use machine::trace::Entered;
pub use machine::world::{Border, EmergencyMode, Late, Limits, NamedBorder, TestCount, Warning};
pub use module::{
    Attribute, Export, ExportItem, FunctionInfo, ImportInfo, ImportSource, Module, Param,
};
pub use native::Native;
pub use native_macros::native;
pub use number::{Date, Span};
pub use numeric::Number;
pub use run::{Run, Step};
pub use sentences::sentence;
pub use signature::{Signature, Type};
pub use store::ModuleHash;
pub use value::Value;
pub use walk::{Visit, Walk};
pub use world::{InterruptHandle, World, WrittenCell};

//! How the tests load programs, and one that several of them call.

use foxvm::{Capability, Engine, Error, Fault, Instance, Limits, Module, World};

pub fn bound(engine: &Engine, source: &str) -> (World, Instance) {
    bound_with(engine, source, Limits::plugin(), &[])
}

pub fn bound_with(
    engine: &Engine,
    source: &str,
    limits: Limits,
    granted: &[Capability],
) -> (World, Instance) {
    let module = load(engine, source);
    let mut world = engine.world(limits, granted).expect("a world");
    let instance = world.bind(&module).expect("a linked module");
    (world, instance)
}

pub fn load(engine: &Engine, source: &str) -> Module {
    engine
        .load(engine.assemble(source).expect("module text"))
        .expect("a good module")
}

pub fn fault_of(error: &Error) -> Fault {
    error
        .fault()
        .unwrap_or_else(|| panic!("no fault: {error}"))
        .fault
}

pub const ECHO: &str = "module \"echo\" lang machine
fn int(x: int) -> int export {\n load x\n ret\n}
fn float(x: float) -> float export {\n load x\n ret\n}
fn bool(x: bool) -> bool export {\n load x\n ret\n}
fn char(x: char) -> char export {\n load x\n ret\n}
fn text(x: text) -> text export {\n load x\n ret\n}
fn bytes(x: bytes) -> bytes export {\n load x\n ret\n}
fn any(x: dyn) export {\n load x\n ret\n}
fn unit() -> unit export {\n unit\n ret\n}
fn both(a: text, b: text) -> text export {\n load a\n load b\n concat 2\n ret\n}
fn six(a: int, b: text, c: float, d: bool, e: text, f: dyn) export {\n load a\n load b\n load c\n load d\n load e\n load f\n tuple 6\n ret\n}
fn list(x: list) -> int export {\n load x\n intrinsic list.length\n ret\n}
static seven: int exported
export seven = static seven
";

pub const CALLER: &str = "module \"caller\" lang machine
import host host \"host\" (int, text) -> int
fn run(n: int, t: text) -> int export {\n load n\n load t\n call_ffi host\n ret\n}
";

pub const LOOP: &str = "module \"loop\" lang machine
fn spin() export {\nagain:\n jump again\n}
fn count(n: int) -> int export {\n local i: int\n push_int 0\n store i\nagain:\n load i\n load n\n i64.lt\n jump_if_not out\n load i\n push_int 1\n i64.add\n store i\n jump again\nout:\n load i\n ret\n}
fn deep(n: int) -> int export {\n load n\n push_int 1\n i64.add\n call deep\n push_int 1\n i64.add\n ret\n}
fn grow() export {\n local t: text\n push \"0123456789\"\n store t\nagain:\n load t\n load t\n concat 2\n store t\n jump again\n}
";

//! The register operations, once: single ones by name, families by their axes, and the handler table made from both.
//! Numbers are private to a build and never stored in files (docs/specs/machine.md §6 "Format").

use super::dispatch::{Dispatch, Handler, whole};
use super::{calls, closures, fibers, lists, maps, memory, records, statics, texts, values};
use super::{dynamic, float, flow, fused, int};
use crate::heap::vector::elem;

/// Where the operands of a family member come from: register, accumulator, small immediate (K), wide immediate (W).
pub struct Form;
impl Form {
    /// Two registers.
    pub const RR: u8 = 0;
    /// Accumulator, register.
    pub const AR: u8 = 1;
    /// Register, accumulator.
    pub const RA: u8 = 2;
    /// Register, immediate (small for integers, the next word for floats).
    pub const RK: u8 = 3;
    /// Accumulator, immediate.
    pub const AK: u8 = 4;
    /// Register, next word.
    pub const RW: u8 = 5;
    /// Accumulator, next word.
    pub const AW: u8 = 6;
    /// Next word, register (floats).
    pub const KR: u8 = 5;
    /// Next word, accumulator (floats).
    pub const KA: u8 = 6;
    /// Next word, register (dynamic).
    pub const WR: u8 = 6;
}

macro_rules! singles {
    ($dispatch:ident; $($(#[$doc:meta])* $name:ident => $handler:expr;)*) => {
        /// Operations that belong to no family.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u16)]
        pub enum Rop { $($(#[$doc])* $name),* , /// Number of single operations.
            End }
        const fn fill_singles<$dispatch: Dispatch>(mut table: [Handler<$dispatch::Out>; COUNT]) -> [Handler<$dispatch::Out>; COUNT] {
            $(table[Rop::$name as usize] = $handler;)*
            table
        }
        /// Names of the single operations by number, for traces.
        pub const SINGLE_NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

singles! { D;
    /// Never emitted.
    Invalid => flow::invalid::<D>;
    /// First word of a block.
    Block => flow::block::<D>;
    /// First word of a loop head or entry.
    Head => flow::head::<D>;
    /// Jump forward.
    Jump => flow::jump::<D, false>;
    /// Jump backward.
    JumpBack => flow::jump::<D, true>;
    /// Jump by the next word.
    JumpFar => flow::jump_far::<D>;
    /// One register.
    Mov => flow::mov::<D>;
    /// A pair.
    Mov2 => flow::mov2::<D>;
    /// Small integer.
    LoadSmall => flow::load_small::<D>;
    /// Next word.
    LoadWide => flow::load_wide::<D>;
    /// Tagged small payload.
    LoadSmall2 => flow::load_small2::<D>;
    /// Tagged wide payload.
    LoadWide2 => flow::load_wide2::<D>;
    /// Integer accumulator to register.
    SpillInt => flow::spill_int::<D>;
    /// Float accumulator to register.
    SpillFloat => flow::spill_float::<D>;
    /// Tag a register.
    Tag => flow::tag::<D>;
    /// Test and untag.
    Untag => flow::untag::<D>;
    /// Narrow an integer.
    Narrow => int::narrow::<D>;
    /// Negate a truth value.
    Not => int::not::<D>;
    /// Integer register to float.
    FromInt => float::from_int::<D, false>;
    /// Integer accumulator to float.
    FromIntAcc => float::from_int::<D, true>;
    /// Float to integer.
    ToInt => float::to_int::<D>;
    /// Jump table.
    Switch => flow::switch::<D>;
    /// Typed call.
    Call => flow::call::<D>;
    /// Return one register.
    Ret => flow::ret::<D>;
    /// Return the integer accumulator.
    RetInt => flow::ret_int::<D>;
    /// Return the float accumulator.
    RetFloat => flow::ret_float::<D>;
    /// Return a pair.
    Ret2 => flow::ret2::<D>;
    /// Call any callable value.
    CallDyn => calls::call_dyn::<D>;
    /// Replace the frame by a typed call.
    TailCall => whole::<D, calls::TailCall>;
    /// Replace the frame by a dynamic call.
    TailCallDyn => whole::<D, calls::TailCallDyn>;
    /// Call an import.
    CallImport => calls::call_import::<D>;
    /// Call with a shape.
    CallShape => whole::<D, calls::CallShape>;
    /// Implicit invocation.
    AutoCall => calls::auto_call::<D>;
    /// Implicit application.
    AutoApply => calls::auto_apply::<D>;
    /// Intrinsic by number.
    Intrinsic => whole::<D, texts::IntrinsicOp>;
    /// Substring test.
    TextContains => texts::contains::<D>;
    /// Load a constant text, bytes, … as a bare ticket.
    ConstTicket => values::const_ticket::<D>;
    /// Load a constant as a pair.
    ConstPair => values::const_pair::<D>;
    /// Load a capture.
    LoadCap => closures::load_cap::<D>;
    /// Load a capture that has a representation.
    LoadCapTyped => closures::load_cap_typed::<D>;
    /// Load what a captured cell holds (fused).
    LoadCapCell => closures::load_cap_cell::<D>;
    /// Make a closure.
    MakeClosure => whole::<D, closures::MakeClosure>;
    /// Patch a capture.
    PatchCapture => whole::<D, closures::PatchCapture>;
    /// Make a routine with a bind mode.
    MakeRoutine => whole::<D, closures::MakeRoutine>;
    /// Partial application.
    Partial => whole::<D, closures::Partial>;
    /// Rebind.
    Rebind => whole::<D, closures::Rebind>;
    /// The running closure.
    ThisFn => whole::<D, closures::ThisFn>;
    /// New cell.
    CellNew => closures::cell_new::<D>;
    /// Read a cell.
    CellGet => closures::cell_get::<D>;
    /// Write a cell.
    CellSet => closures::cell_set::<D>;
    /// Write a cell unless frozen.
    CellStoreR => whole::<D, closures::CellStoreR>;
    /// Read a dynamic static.
    LoadStatic => statics::load::<D>;
    /// Read a typed static.
    LoadStaticTyped => statics::load_typed::<D>;
    /// Write a dynamic static.
    StoreStatic => statics::store::<D>;
    /// Write a typed static.
    StoreStaticTyped => statics::store_typed::<D>;
    /// Write a static unless frozen.
    StoreStaticR => statics::store_r::<D>;
    /// Module's export map.
    LoadModule => whole::<D, statics::LoadModule>;
    /// Box as a sized number.
    BoxSized => values::box_sized::<D>;
    /// Test a declared type and take the tag away.
    CastType => whole::<D, values::CastType>;
    /// Test for a record type and take the tag away.
    CastRecord => records::cast::<D>;
    /// Test a declared type.
    IsType => whole::<D, values::IsType>;
    /// Arithmetic without a fast path; the operation stands in the next word.
    Arith => whole::<D, values::ArithOp>;
    /// Negation.
    Neg => values::neg::<D>;
    /// Bit operation; the operation stands in the next word.
    Bits => whole::<D, values::BitsOp>;
    /// Structural compare.
    Compare => whole::<D, values::CompareOp>;
    /// Identity.
    Same => values::same::<D>;
    /// Hash.
    Hash => whole::<D, values::HashOp>;
    /// Truth by policy.
    Truthy => values::truthy::<D>;
    /// Conversion.
    Coerce => whole::<D, values::Coerce>;
    /// Text of a value.
    Display => whole::<D, values::Display>;
    /// Length.
    Len => whole::<D, values::Len>;
    /// Kind's or type's name, constructor.
    TypeOf => whole::<D, values::TypeOf>;
    /// Has a hook?
    HasHook => whole::<D, values::HasHook>;
    /// Calls a hook.
    CallHook => whole::<D, values::CallHook>;
    /// Tuple.
    Tuple => whole::<D, lists::Tuple>;
    /// Element of a tuple.
    TupleGet => whole::<D, lists::TupleGet>;
    /// Cons.
    Cons => lists::cons::<D>;
    /// Head.
    Head_ => lists::head::<D>;
    /// Tail.
    Tail_ => lists::tail::<D>;
    /// Is a list empty?
    IsNil => int::is_zero::<D>;
    /// Scalar with a number.
    CharFromI64 => whole::<D, int::CharFrom>;
    /// List of stack values.
    List => whole::<D, lists::List>;
    /// Array of stack values.
    Array => whole::<D, lists::Array>;
    /// Element of an array of a typed kind.
    ArrGetDyn => lists::arr_get::<D, { elem::DYN }>;
    /// Element of a declared kind.
    ArrGetI64 => lists::arr_get::<D, { elem::I64 }>;
    /// Element of a declared kind.
    ArrGetF64 => lists::arr_get::<D, { elem::F64 }>;
    /// Element of a declared kind.
    ArrGetU8 => lists::arr_get::<D, { elem::U8 }>;
    /// Store into an array of a typed kind.
    ArrSetDyn => lists::arr_set::<D, { elem::DYN }>;
    /// Set an element of a declared kind.
    ArrSetI64 => lists::arr_set::<D, { elem::I64 }>;
    /// Set an element of a declared kind.
    ArrSetF64 => lists::arr_set::<D, { elem::F64 }>;
    /// Set an element of a declared kind.
    ArrSetU8 => lists::arr_set::<D, { elem::U8 }>;
    /// Changed copy of an array.
    ArrWith => whole::<D, lists::ArrWith>;
    /// Filled array.
    ArrNew => whole::<D, lists::ArrNew>;
    /// Slice.
    Slice => whole::<D, lists::Slice>;
    /// Range.
    Range => whole::<D, lists::Range>;
    /// Start an iteration.
    IterNew => whole::<D, lists::IterNew>;
    /// Next of an iteration.
    IterNext => whole::<D, lists::IterNext>;
    /// Elements of a sequence.
    Unpack => whole::<D, lists::Unpack>;
    /// Length test.
    CheckLen => whole::<D, lists::CheckLen>;
    /// Element with presence.
    TryIndex => whole::<D, lists::TryIndex>;
    /// Rest of a sequence and map.
    Rest => whole::<D, lists::Rest>;
    /// Record.
    Record => records::record::<D>;
    /// Record of many fields.
    RecordMany => whole::<D, records::Record<2>>;
    /// Union case.
    Case => whole::<D, records::Case>;
    /// Field of a record.
    GetSlot => records::get_slot::<D>;
    /// Pair field of a record of a proven type.
    GetSlotPair => records::get_slot_pair::<D>;
    /// One-word field of a record of a proven type.
    GetSlotWord => records::get_slot_word::<D>;
    /// Set a field of a record.
    SetSlot => records::set_slot::<D>;
    /// Set a field that holds no ticket, of a record of a proven type.
    SetSlotNumber => records::set_slot_number::<D>;
    /// Changed copy of a record.
    WithSlots => whole::<D, records::WithSlots>;
    /// Structural copy.
    WithNames => whole::<D, records::WithNames>;
    /// Case test.
    TagIs => records::tag_is::<D>;
    /// Field of a case.
    GetCase => whole::<D, records::GetCase>;
    /// Case name test.
    CaseIs => whole::<D, records::CaseIs>;
    /// Branch by union tag.
    SwitchTag => whole::<D, records::SwitchTag>;
    /// Join texts.
    Concat => whole::<D, texts::Concat>;
    /// Scalar of a text.
    TextAt => whole::<D, texts::TextAt>;
    /// Branch by text.
    SwitchText => whole::<D, texts::SwitchText>;
    /// Format.
    Format => whole::<D, texts::Format>;
    /// Field by name.
    GetName => maps::get_name::<D, false>;
    /// The same, with a routine of arity zero called on the map.
    ReadName => maps::get_name::<D, true>;
    /// Set a field by name.
    SetName => maps::set_name::<D>;
    /// Subfield by name.
    GetSub => whole::<D, maps::GetSub>;
    /// Send.
    CallName => maps::call_name::<D>;
    /// Send with a shape.
    CallNameShape => whole::<D, maps::CallNameShape>;
    /// Super send.
    CallSuper => whole::<D, maps::CallSuper>;
    /// Super method, bound.
    GetSuper => whole::<D, maps::GetSuper>;
    /// Element by policy.
    GetIndex => lists::get_index::<D>;
    /// Set an element by policy.
    SetIndex => lists::set_index::<D>;
    /// Remove an entry.
    DelIndex => whole::<D, maps::DelIndex>;
    /// Presence.
    Has => whole::<D, maps::Has>;
    /// New map.
    MapNew => whole::<D, maps::MapNew>;
    /// Map literal.
    MapLit => whole::<D, maps::MapLit>;
    /// Dictionary literal.
    MapPairs => whole::<D, maps::MapPairs>;
    /// Class.
    Class => whole::<D, maps::Class>;
    /// Instance test.
    IsInstance => whole::<D, maps::IsInstance>;
    /// Rhumb's postfix operators.
    FieldOp => whole::<D, maps::FieldOpOp>;
    /// Add an element.
    PushAt => lists::push_at::<D>;
    /// Join maps, texts, ranges.
    Join => whole::<D, maps::Join>;
    /// View with a first subfield.
    WithSub => whole::<D, maps::WithSub>;
    /// View of the delegates.
    SkipOwn => whole::<D, maps::SkipOwn>;
    /// Deep search.
    Nested => whole::<D, maps::Nested>;
    /// Implicit delegate.
    SetProto => whole::<D, maps::SetProto>;
    /// Field with presence.
    TryName => whole::<D, maps::TryName>;
    /// All arguments.
    ArgAll => whole::<D, closures::ArgAll>;
    /// One raw argument.
    Arg => whole::<D, closures::Arg>;
    /// Cells and instance of a constructor.
    EnterCtor => whole::<D, closures::EnterCtor>;
    /// Throw.
    Throw => whole::<D, calls::Throw>;
    /// Throw again.
    Rethrow => whole::<D, calls::Rethrow>;
    /// Error value.
    MakeError => whole::<D, calls::MakeError>;
    /// Raise a fault.
    Fault => whole::<D, calls::FaultOp>;
    /// Continue what was pending.
    EndFinally => whole::<D, calls::EndFinally>;
    /// New fiber.
    FiberNew => whole::<D, fibers::FiberNew>;
    /// Resume.
    Resume => whole::<D, fibers::Resume>;
    /// Yield.
    Yield => whole::<D, fibers::Yield>;
    /// Await.
    Await => whole::<D, fibers::Await>;
    /// Snapshot.
    FiberCopy => whole::<D, fibers::FiberCopy>;
    /// Restore.
    FiberRestore => whole::<D, fibers::FiberRestore>;
    /// Prompt.
    Prompt => whole::<D, fibers::Prompt>;
    /// Post, post_trap.
    Post => fibers::post::<D>;
    /// Reply.
    Reply => fibers::reply::<D>;
    /// Selector returns.
    SelectorRet => whole::<D, fibers::SelectorRet>;
    /// Return from the prompt's owner.
    RetOuter => whole::<D, fibers::RetOuter>;
    /// Keep the event.
    KeepEvent => whole::<D, fibers::KeepEvent>;
    /// Event test.
    MatchEvent => fibers::match_event::<D>;
    /// Does somebody wait for anonymous signals of the running activation?
    SignalWanted => fibers::signal_wanted::<D>;
    /// Event argument.
    EventArg => fibers::event_arg::<D>;
    /// Space instructions that live behind the spaces interface.
    Space => whole::<D, fibers::Space>;
    /// New memory.
    MemNew => whole::<D, memory::MemNew>;
    /// Size of a memory.
    MemSize => whole::<D, memory::MemSize>;
    /// Grow a memory.
    MemGrow => whole::<D, memory::MemGrow>;
    /// Load from a memory.
    MemLoadU8 => memory::load::<D, { memory::access::U8 }>;
    /// Load from a memory.
    MemLoadS8 => memory::load::<D, { memory::access::S8 }>;
    /// Load from a memory.
    MemLoadU16 => memory::load::<D, { memory::access::U16 }>;
    /// Load from a memory.
    MemLoadS16 => memory::load::<D, { memory::access::S16 }>;
    /// Load from a memory.
    MemLoadU32 => memory::load::<D, { memory::access::U32 }>;
    /// Load from a memory.
    MemLoadS32 => memory::load::<D, { memory::access::S32 }>;
    /// Load from a memory.
    MemLoadI64 => memory::load::<D, { memory::access::I64 }>;
    /// Store into a memory.
    MemStore8 => memory::store::<D, { memory::access::U8 }, false>;
    /// Store a small constant into a memory.
    MemStoreK8 => memory::store::<D, { memory::access::U8 }, true>;
    /// Store into a memory.
    MemStore16 => memory::store::<D, { memory::access::U16 }, false>;
    /// Store a small constant into a memory.
    MemStoreK16 => memory::store::<D, { memory::access::U16 }, true>;
    /// Store into a memory.
    MemStore32 => memory::store::<D, { memory::access::U32 }, false>;
    /// Store a small constant into a memory.
    MemStoreK32 => memory::store::<D, { memory::access::U32 }, true>;
    /// Store into a memory.
    MemStore64 => memory::store::<D, { memory::access::I64 }, false>;
    /// Store a small constant into a memory.
    MemStoreK64 => memory::store::<D, { memory::access::I64 }, true>;
    /// Copy within memories.
    MemCopy => whole::<D, memory::MemCopy>;
    /// Fill a memory.
    MemFill => whole::<D, memory::MemFill>;
    /// Bytes of a memory.
    MemBytes => whole::<D, memory::MemBytes>;
    /// Bytes into a memory.
    MemPut => whole::<D, memory::MemPut>;
    /// Guest ticket.
    TicketNew => whole::<D, memory::TicketNew>;
    /// Part of a guest ticket.
    TicketPart => whole::<D, memory::TicketPart>;
    /// Test expectation.
    AssertEq => whole::<D, values::AssertEq>;
    /// Inspection.
    Inspect => whole::<D, values::Inspect>;
}

const INT_BINARY: usize = Rop::End as usize;
const INT_COMPARE: usize = INT_BINARY + 16 * 7 * 2;
const INT_BRANCH: usize = INT_COMPARE + 8 * 5;
const BOOL_BRANCH: usize = INT_BRANCH + 8 * 5 * 2;
const FLOAT_BINARY: usize = BOOL_BRANCH + 8;
const FLOAT_COMPARE: usize = FLOAT_BINARY + 4 * 7 * 2;
const FLOAT_BRANCH: usize = FLOAT_COMPARE + 10;
const FLOAT_UNARY: usize = FLOAT_BRANCH + 10 * 5 * 2;
const DYN_ARITH: usize = FLOAT_UNARY + 8 * 2;
const DYN_OTHER: usize = DYN_ARITH + 3 * 7 * 2;
const DYN_COMPARE: usize = DYN_OTHER + 2 * 2;
const DYN_BRANCH: usize = DYN_COMPARE + 6 * 4;
const TRUTHY_BRANCH: usize = DYN_BRANCH + 6 * 7 * 2 * 2;
/// Number of the first superinstruction.
pub const FUSED: usize = TRUTHY_BRANCH + 4;
/// Number of register operations.
pub const COUNT: usize = FUSED + fused::COUNT;

/// Number of an integer operation ([`int::op`]).
pub const fn int_binary(op: u16, form: u8, store: bool) -> u16 {
    (INT_BINARY + (op as usize * 7 + form as usize) * 2 + store as usize) as u16
}
/// The form that stores of an integer operation that leaves its result in the accumulator alone.
pub const fn int_binary_storing(number: u16) -> Option<u16> {
    storing(number, INT_BINARY, INT_COMPARE)
}
/// The same for a float operation.
pub const fn float_binary_storing(number: u16) -> Option<u16> {
    storing(number, FLOAT_BINARY, FLOAT_COMPARE)
}
const fn storing(number: u16, from: usize, to: usize) -> Option<u16> {
    let at = number as usize;
    if at >= from && at < to && (at - from) & 1 == 0 {
        Some(number + 1)
    } else {
        None
    }
}
/// Number of an integer compare ([`int::cond`]).
pub const fn int_compare(cond: u16, form: u8) -> u16 {
    (INT_COMPARE + cond as usize * 5 + form as usize) as u16
}
/// Number of an integer branch.
pub const fn int_branch(cond: u16, form: u8, back: bool) -> u16 {
    (INT_BRANCH + (cond as usize * 5 + form as usize) * 2 + back as usize) as u16
}
/// Number of a branch on a truth value.
pub const fn bool_branch(want: bool, acc: bool, back: bool) -> u16 {
    (BOOL_BRANCH + want as usize * 4 + acc as usize * 2 + back as usize) as u16
}
/// Number of a float operation ([`float::op`]).
pub const fn float_binary(op: u16, form: u8, store: bool) -> u16 {
    (FLOAT_BINARY + (op as usize * 7 + form as usize) * 2 + store as usize) as u16
}
/// Number of a float compare ([`float::cond`]).
pub const fn float_compare(cond: u16) -> u16 {
    (FLOAT_COMPARE + cond as usize) as u16
}
/// Number of a float branch.
pub const fn float_branch(cond: u16, form: u8, back: bool) -> u16 {
    (FLOAT_BRANCH + (cond as usize * 5 + form as usize) * 2 + back as usize) as u16
}
/// Number of a float operation on one operand.
pub const fn float_unary(op: u16, acc: bool) -> u16 {
    (FLOAT_UNARY + op as usize * 2 + acc as usize) as u16
}
/// Number of dynamic arithmetic ([`dynamic::op`]).
pub const fn dyn_arith(op: u16, form: u8, finite: bool) -> u16 {
    (DYN_ARITH + (op as usize * 7 + form as usize) * 2 + finite as usize) as u16
}
/// Operation and form of dynamic arithmetic.
pub const fn dyn_arith_parts(number: u16) -> (u16, u8) {
    let index = number as usize - DYN_ARITH;
    ((index / 14) as u16, (index / 2 % 7) as u8)
}
/// Number of a dynamic quotient or remainder ([`dynamic::quotient`]).
pub const fn dyn_other(op: u16, floats: bool) -> u16 {
    (DYN_OTHER + op as usize * 2 + floats as usize) as u16
}
/// Number of a dynamic compare ([`dynamic::relation`]).
pub const fn dyn_compare(relation: u16, form: u8) -> u16 {
    (DYN_COMPARE + relation as usize * 4 + form as usize) as u16
}
/// Number of a dynamic branch.
pub const fn dyn_branch(relation: u16, form: u8, want: bool, back: bool) -> u16 {
    (DYN_BRANCH + (relation as usize * 7 + form as usize) * 4 + want as usize * 2 + back as usize)
        as u16
}
/// Number of a branch by truthiness.
pub const fn truthy_branch(want: bool, back: bool) -> u16 {
    (TRUTHY_BRANCH + want as usize * 2 + back as usize) as u16
}

/// The truth on which a fused dynamic branch of that number is taken.
pub const fn dyn_branch_wants(number: u16) -> bool {
    (number as usize - DYN_BRANCH) / 2 % 2 == 1
}

macro_rules! each {
    ($table:ident, $number:expr, $handler:expr) => {
        $table[$number as usize] = $handler;
    };
}
macro_rules! int_binary_all {
    ($t:ident, $d:ident; $($op:ident)*) => { $(
        int_binary_all!(@ $t, $d, $op; RR AR RA RK AK RW AW);
    )* };
    (@ $t:ident, $d:ident, $op:ident; $($form:ident)*) => { $(
        each!($t, int_binary(int::op::$op, Form::$form, false), int::binary::<$d, { int::op::$op }, { Form::$form }, false>);
        each!($t, int_binary(int::op::$op, Form::$form, true), int::binary::<$d, { int::op::$op }, { Form::$form }, true>);
    )* };
}
macro_rules! int_cond_all {
    ($t:ident, $d:ident; $($cond:ident)*) => { $(
        int_cond_all!(@ $t, $d, $cond; RR AR RK AK);
    )* };
    (@ $t:ident, $d:ident, $cond:ident; $($form:ident)*) => { $(
        each!($t, int_compare(int::cond::$cond, Form::$form), int::compare::<$d, { int::cond::$cond }, { Form::$form }>);
        each!($t, int_branch(int::cond::$cond, Form::$form, false), int::branch::<$d, { int::cond::$cond }, { Form::$form }, false>);
        each!($t, int_branch(int::cond::$cond, Form::$form, true), int::branch::<$d, { int::cond::$cond }, { Form::$form }, true>);
    )* };
}
macro_rules! float_binary_all {
    ($t:ident, $d:ident; $($op:ident)*) => { $(
        float_binary_all!(@ $t, $d, $op; RR AR RA RK AK KR KA);
    )* };
    (@ $t:ident, $d:ident, $op:ident; $($form:ident)*) => { $(
        each!($t, float_binary(float::op::$op, Form::$form, false), float::binary::<$d, { float::op::$op }, { Form::$form }, false>);
        each!($t, float_binary(float::op::$op, Form::$form, true), float::binary::<$d, { float::op::$op }, { Form::$form }, true>);
    )* };
}
macro_rules! float_cond_all {
    ($t:ident, $d:ident; $($cond:ident)*) => { $(
        each!($t, float_compare(float::cond::$cond), float::compare::<$d, { float::cond::$cond }>);
        float_cond_all!(@ $t, $d, $cond; RR AR RK AK);
    )* };
    (@ $t:ident, $d:ident, $cond:ident; $($form:ident)*) => { $(
        each!($t, float_branch(float::cond::$cond, Form::$form, false), float::branch::<$d, { float::cond::$cond }, { Form::$form }, false>);
        each!($t, float_branch(float::cond::$cond, Form::$form, true), float::branch::<$d, { float::cond::$cond }, { Form::$form }, true>);
    )* };
}
macro_rules! float_unary_all {
    ($t:ident, $d:ident; $($op:literal)*) => { $(
        each!($t, float_unary($op, false), float::unary::<$d, $op, false>);
        each!($t, float_unary($op, true), float::unary::<$d, $op, true>);
    )* };
}
macro_rules! dyn_arith_all {
    ($t:ident, $d:ident; $($op:ident)*) => { $(
        dyn_arith_all!(@ $t, $d, $op; RR RK RW WR);
    )* };
    (@ $t:ident, $d:ident, $op:ident; $($form:ident)*) => { $(
        each!($t, dyn_arith(dynamic::op::$op, Form::$form, false), dynamic::arith::<$d, { dynamic::op::$op }, { Form::$form }, false>);
        each!($t, dyn_arith(dynamic::op::$op, Form::$form, true), dynamic::arith::<$d, { dynamic::op::$op }, { Form::$form }, true>);
    )* };
}
macro_rules! dyn_relation_all {
    ($t:ident, $d:ident; $($rel:ident)*) => { $(
        each!($t, dyn_compare(dynamic::relation::$rel, Form::RR), dynamic::compare::<$d, { dynamic::relation::$rel }, { Form::RR }>);
        each!($t, dyn_compare(dynamic::relation::$rel, Form::RK), dynamic::compare::<$d, { dynamic::relation::$rel }, { Form::RK }>);
        dyn_relation_all!(@ $t, $d, $rel; RR RK RW);
    )* };
    (@ $t:ident, $d:ident, $rel:ident; $($form:ident)*) => { $(
        each!($t, dyn_branch(dynamic::relation::$rel, Form::$form, false, false), dynamic::branch::<$d, { dynamic::relation::$rel }, { Form::$form }, false, false>);
        each!($t, dyn_branch(dynamic::relation::$rel, Form::$form, false, true), dynamic::branch::<$d, { dynamic::relation::$rel }, { Form::$form }, false, true>);
        each!($t, dyn_branch(dynamic::relation::$rel, Form::$form, true, false), dynamic::branch::<$d, { dynamic::relation::$rel }, { Form::$form }, true, false>);
        each!($t, dyn_branch(dynamic::relation::$rel, Form::$form, true, true), dynamic::branch::<$d, { dynamic::relation::$rel }, { Form::$form }, true, true>);
    )* };
}

/// The handler table of a dispatcher.
pub const fn table<D: Dispatch>() -> [Handler<D::Out>; COUNT] {
    let mut t: [Handler<D::Out>; COUNT] = [flow::invalid::<D>; COUNT];
    t = fill_singles::<D>(t);
    int_binary_all!(t, D; ADD SUB MUL AND OR XOR SHL SHR_S SHR_U DIV_S REM_S DIV_U REM_U ADD_CK SUB_CK MUL_CK);
    int_cond_all!(t, D; LT GE LE GT EQ NE LT_U GE_U);
    each!(
        t,
        bool_branch(false, false, false),
        int::branch_bool::<D, false, false, false>
    );
    each!(
        t,
        bool_branch(false, false, true),
        int::branch_bool::<D, false, false, true>
    );
    each!(
        t,
        bool_branch(false, true, false),
        int::branch_bool::<D, false, true, false>
    );
    each!(
        t,
        bool_branch(false, true, true),
        int::branch_bool::<D, false, true, true>
    );
    each!(
        t,
        bool_branch(true, false, false),
        int::branch_bool::<D, true, false, false>
    );
    each!(
        t,
        bool_branch(true, false, true),
        int::branch_bool::<D, true, false, true>
    );
    each!(
        t,
        bool_branch(true, true, false),
        int::branch_bool::<D, true, true, false>
    );
    each!(
        t,
        bool_branch(true, true, true),
        int::branch_bool::<D, true, true, true>
    );
    float_binary_all!(t, D; ADD SUB MUL DIV);
    float_cond_all!(t, D; LT NLT LE NLE EQ NE GT NGT GE NGE);
    float_unary_all!(t, D; 0 1 2 3 4 5 6 7);
    dyn_arith_all!(t, D; ADD SUB MUL);
    each!(t, dyn_other(0, false), dynamic::other::<D, 0, false>);
    each!(t, dyn_other(0, true), dynamic::other::<D, 0, true>);
    each!(t, dyn_other(1, false), dynamic::other::<D, 1, false>);
    each!(t, dyn_other(1, true), dynamic::other::<D, 1, true>);
    dyn_relation_all!(t, D; LT LE GT GE EQ NE);
    each!(
        t,
        truthy_branch(false, false),
        flow::branch_truthy::<D, false, false>
    );
    each!(
        t,
        truthy_branch(false, true),
        flow::branch_truthy::<D, false, true>
    );
    each!(
        t,
        truthy_branch(true, false),
        flow::branch_truthy::<D, true, false>
    );
    each!(
        t,
        truthy_branch(true, true),
        flow::branch_truthy::<D, true, true>
    );
    fused::fill::<D, COUNT>(t, FUSED)
}

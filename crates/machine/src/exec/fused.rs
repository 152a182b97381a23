//! Superinstructions: short runs of register operations done by one handler (docs/specs/machine.md §6).
//!
//! Fusing changes no layout. Each word of a run stays as it was translated, but the first one's operation says that its
//! handler does the whole run; a jump into the middle, a safepoint or a fault finds every word at its place. Handlers are
//! made from those of the single operations by a dispatcher that "dispatches" to the known next one, which is then inlined.
//! The runs are those that were measured in the inner loops of typed code (`bench/kernels/typed`), and those of `auto.rs`.

use std::marker::PhantomData;

use super::dispatch::{Dispatch, Handler};
use super::dynamic::{op as dyn_op, relation};
use super::float::{cond as fcond, op as fop};
use super::int::{cond, op};
use super::ops::{self, Form, Rop};
use super::{auto, calls, float, flow, int, lists, memory, records, statics};
use crate::code::Word;
use crate::heap::vector::elem;
use crate::world::World;

/// A register operation as a type.
pub trait Op: 'static {
    /// Its number; that of its first operation for a run.
    const NUMBER: u16;
    /// Its handler.
    ///
    /// # Safety
    /// As [`Dispatch::next`].
    unsafe fn run<D: Dispatch>(
        pc: *const Word,
        r: *mut u64,
        cx: *mut World,
        ia: i64,
        fa: f64,
    ) -> D::Out;
}

/// Goes on with `O` wherever `D` would look at the next word. What may go on elsewhere (slow paths) takes [`Dispatch::Base`].
pub struct Then<D, O>(PhantomData<(D, O)>);

impl<D: Dispatch, O: Op> Dispatch for Then<D, O> {
    type Out = D::Out;
    type Base = D::Base;
    #[inline(always)]
    unsafe fn next(pc: *const Word, r: *mut u64, cx: *mut World, ia: i64, fa: f64) -> D::Out {
        // SAFETY: the run was fused because the next word is an `O`.
        unsafe { O::run::<D>(pc, r, cx, ia, fa) }
    }
    #[inline(always)]
    fn exit() -> D::Out {
        D::exit()
    }
    #[inline(always)]
    unsafe fn deep(cx: *const World) -> bool {
        // SAFETY: passed on.
        unsafe { D::deep(cx) }
    }
    #[inline(always)]
    unsafe fn surface(pc: *const Word, r: *mut u64, cx: *mut World, ia: i64, fa: f64) -> D::Out {
        // SAFETY: passed on.
        unsafe { D::surface(pc, r, cx, ia, fa) }
    }
}

/// `A`, then `B` behind it. `A` neither jumps nor calls: unless it stops, it goes on with the next word.
pub struct Pair<A, B>(PhantomData<(A, B)>);

impl<A: Op, B: Op> Op for Pair<A, B> {
    const NUMBER: u16 = A::NUMBER;
    #[inline(always)]
    unsafe fn run<D: Dispatch>(
        pc: *const Word,
        r: *mut u64,
        cx: *mut World,
        ia: i64,
        fa: f64,
    ) -> D::Out {
        // SAFETY: passed on.
        unsafe { A::run::<Then<D, B>>(pc, r, cx, ia, fa) }
    }
}

/// Operations of a form, as types: their parameters, number and handler.
macro_rules! forms {
    ($d:ident; $($(#[$doc:meta])* $name:ident<$($param:ident: $ty:ty),*> = $number:expr => $handler:expr;)*) => { $(
        $(#[$doc])*
        struct $name<$(const $param: $ty),*>;
        impl<$(const $param: $ty),*> Op for $name<$($param),*> {
            const NUMBER: u16 = $number;
            #[inline(always)]
            unsafe fn run<$d: Dispatch>(
                pc: *const Word,
                r: *mut u64,
                cx: *mut World,
                ia: i64,
                fa: f64,
            ) -> $d::Out {
                // SAFETY: passed on.
                unsafe { $handler(pc, r, cx, ia, fa) }
            }
        }
    )* };
}

forms! { D;
    /// An integer operation.
    Int<OP: u16, FORM: u8, STORE: bool> = ops::int_binary(OP, FORM, STORE) => int::binary::<D, OP, FORM, STORE>;
    /// A branch on integers.
    IntIf<COND: u16, FORM: u8, BACK: bool> = ops::int_branch(COND, FORM, BACK) => int::branch::<D, COND, FORM, BACK>;
    /// A float operation.
    Float<OP: u16, FORM: u8, STORE: bool> = ops::float_binary(OP, FORM, STORE) => float::binary::<D, OP, FORM, STORE>;
    /// A branch on floats.
    FloatIf<COND: u16, FORM: u8, BACK: bool> = ops::float_branch(COND, FORM, BACK) => float::branch::<D, COND, FORM, BACK>;
}

macro_rules! singles {
    ($d:ident; $($name:ident => $handler:expr;)*) => { $(
        #[doc = concat!("[`Rop::", stringify!($name), "`].")]
        struct $name;
        impl Op for $name {
            const NUMBER: u16 = Rop::$name as u16;
            #[inline(always)]
            unsafe fn run<$d: Dispatch>(
                pc: *const Word,
                r: *mut u64,
                cx: *mut World,
                ia: i64,
                fa: f64,
            ) -> $d::Out {
                // SAFETY: passed on.
                unsafe { $handler(pc, r, cx, ia, fa) }
            }
        }
    )* };
}

singles! { D;
    Block => flow::block::<D>;
    Head => flow::head::<D>;
    Mov => flow::mov::<D>;
    LoadSmall => flow::load_small::<D>;
    Tag => flow::tag::<D>;
    Untag => flow::untag::<D>;
    FromInt => float::from_int::<D, false>;
    FromIntAcc => float::from_int::<D, true>;
    Call => flow::call::<D>;
    CallDyn => calls::call_dyn::<D>;
    RetInt => flow::ret_int::<D>;
    RetFloat => flow::ret_float::<D>;
    LoadStatic => statics::load::<D>;
    CastRecord => records::cast::<D>;
    GetSlotWord => records::get_slot_word::<D>;
    GetSlotPair => records::get_slot_pair::<D>;
    SetSlotNumber => records::set_slot_number::<D>;
    ArrGetDyn => lists::arr_get::<D, { elem::DYN }>;
    ArrGetI64 => lists::arr_get::<D, { elem::I64 }>;
    ArrGetF64 => lists::arr_get::<D, { elem::F64 }>;
    ArrSetI64 => lists::arr_set::<D, { elem::I64 }>;
    ArrSetF64 => lists::arr_set::<D, { elem::F64 }>;
    MemLoadU8 => memory::load::<D, { memory::access::U8 }>;
    MemLoadI64 => memory::load::<D, { memory::access::I64 }>;
    MemStore8 => memory::store::<D, { memory::access::U8 }, false>;
    MemStore64 => memory::store::<D, { memory::access::I64 }, false>;
    MemStoreK8 => memory::store::<D, { memory::access::U8 }, true>;
    MemStoreK64 => memory::store::<D, { memory::access::I64 }, true>;
    Jump => flow::jump::<D, false>;
    JumpBack => flow::jump::<D, true>;
}

type FloatAddAK = Float<{ fop::ADD }, { Form::AK }, false>;
type FloatAddAR = Float<{ fop::ADD }, { Form::AR }, false>;
type FloatAddARStore = Float<{ fop::ADD }, { Form::AR }, true>;
type FloatAddRR = Float<{ fop::ADD }, { Form::RR }, false>;
type FloatAddRRStore = Float<{ fop::ADD }, { Form::RR }, true>;
type FloatDivAKStore = Float<{ fop::DIV }, { Form::AK }, true>;
type FloatDivKA = Float<{ fop::DIV }, { Form::KA }, false>;
type FloatDivRA = Float<{ fop::DIV }, { Form::RA }, false>;
type FloatIfGtAK = FloatIf<{ fcond::GT }, { Form::AK }, false>;
type FloatMulAK = Float<{ fop::MUL }, { Form::AK }, false>;
type FloatMulAKStore = Float<{ fop::MUL }, { Form::AK }, true>;
type FloatMulAR = Float<{ fop::MUL }, { Form::AR }, false>;
type FloatMulRK = Float<{ fop::MUL }, { Form::RK }, false>;
type FloatMulRR = Float<{ fop::MUL }, { Form::RR }, false>;
type FloatMulRRStore = Float<{ fop::MUL }, { Form::RR }, true>;
type FloatSubRAStore = Float<{ fop::SUB }, { Form::RA }, true>;
type FloatSubRR = Float<{ fop::SUB }, { Form::RR }, false>;
type IfEqAK = IntIf<{ cond::EQ }, { Form::AK }, false>;
type IfEqRK = IntIf<{ cond::EQ }, { Form::RK }, false>;
type IfGeAKBack = IntIf<{ cond::GE }, { Form::AK }, true>;
type IfGeARBack = IntIf<{ cond::GE }, { Form::AR }, true>;
type IfGeRK = IntIf<{ cond::GE }, { Form::RK }, false>;
type IfGtAKBack = IntIf<{ cond::GT }, { Form::AK }, true>;
type IfGtARBack = IntIf<{ cond::GT }, { Form::AR }, true>;
type IfGtRK = IntIf<{ cond::GT }, { Form::RK }, false>;
type IfLeRK = IntIf<{ cond::LE }, { Form::RK }, false>;
type IfLeRKBack = IntIf<{ cond::LE }, { Form::RK }, true>;
type IfLeRRBack = IntIf<{ cond::LE }, { Form::RR }, true>;
type IfLtRK = IntIf<{ cond::LT }, { Form::RK }, false>;
type IfLtRKBack = IntIf<{ cond::LT }, { Form::RK }, true>;
type IfLtRRBack = IntIf<{ cond::LT }, { Form::RR }, true>;
type IfNeAK = IntIf<{ cond::NE }, { Form::AK }, false>;
type IfNeAKBack = IntIf<{ cond::NE }, { Form::AK }, true>;
type IfNeARBack = IntIf<{ cond::NE }, { Form::AR }, true>;
type IfNeRK = IntIf<{ cond::NE }, { Form::RK }, false>;
type IntAddAK = Int<{ op::ADD }, { Form::AK }, false>;
type IntAddAR = Int<{ op::ADD }, { Form::AR }, false>;
type IntAddARStore = Int<{ op::ADD }, { Form::AR }, true>;
type IntAddRKStore = Int<{ op::ADD }, { Form::RK }, true>;
type IntAddRR = Int<{ op::ADD }, { Form::RR }, false>;
type IntAddRRStore = Int<{ op::ADD }, { Form::RR }, true>;
type IntMulRK = Int<{ op::MUL }, { Form::RK }, false>;
type IntRemSAWStore = Int<{ op::REM_S }, { Form::AW }, true>;
type IntMulRR = Int<{ op::MUL }, { Form::RR }, false>;
type IntSubRKStore = Int<{ op::SUB }, { Form::RK }, true>;

macro_rules! chain {
    ($one:ident) => { $one };
    ($first:ident $($rest:ident)+) => { Pair<$first, chain!($($rest)+)> };
}
/// Numbers of `auto_call` and what it stands before.
const AUTO: u16 = Rop::AutoCall as u16;

/// A run of [`auto`]: dynamic arithmetic of policy Rhumb.
macro_rules! auto_arith {
    ($op:ident RK) => {
        &[AUTO, ops::dyn_arith(dyn_op::$op, Form::RK, true)]
    };
    ($op:ident RR) => {
        &[AUTO, AUTO, ops::dyn_arith(dyn_op::$op, Form::RR, true)]
    };
}

/// A run of [`auto`]: a dynamic branch.
macro_rules! auto_branch {
    ($rel:ident RK $want:literal $back:literal) => {
        &[
            AUTO,
            ops::dyn_branch(relation::$rel, Form::RK, $want, $back),
        ]
    };
    ($rel:ident RR $want:literal $back:literal) => {
        &[
            AUTO,
            AUTO,
            ops::dyn_branch(relation::$rel, Form::RR, $want, $back),
        ]
    };
}

macro_rules! runs {
    ($($($op:ident)+;)* | $(arith $aop:ident $aform:ident;)* | $(branch $rel:ident $bform:ident $want:literal $back:literal;)*) => {
        /// The operations of each run.
        const RUNS: &[&[u16]] = &[
            $(&[$($op::NUMBER),+],)*
            $(auto_arith!($aop $aform),)*
            $(auto_branch!($rel $bform $want $back),)*
        ];
        /// Puts the handlers of the runs into a table, from `at` on.
        pub const fn fill<D: Dispatch, const N: usize>(
            mut table: [Handler<D::Out>; N],
            mut at: usize,
        ) -> [Handler<D::Out>; N] {
            $(
                table[at] = <chain!($($op)+) as Op>::run::<D>;
                at += 1;
            )*
            $(
                table[at] = auto::arith::<D, { dyn_op::$aop }, { Form::$aform }>;
                at += 1;
            )*
            $(
                table[at] = auto::branch::<D, { relation::$rel }, { Form::$bform }, $want, $back>;
                at += 1;
            )*
            let _ = at;
            table
        }
    };
}

runs! {
    // The end of a counting loop: step, then the test that the loop begins with.
    IntAddRKStore Block IfLeRRBack;
    IntAddRKStore Block IfLeRKBack;
    IntAddRKStore Block IfLtRRBack;
    IntAddRKStore Block IfLtRKBack;
    IntAddRRStore Block IfLeRRBack;
    IntAddRRStore Block IfLeRKBack;
    IntAddRRStore Block IfLtRRBack;
    IntAddRRStore Block IfLtRKBack;
    IntSubRKStore Block IfLeRRBack;
    IntSubRKStore Block IfLeRKBack;
    IntSubRKStore Block IfLtRRBack;
    IntSubRKStore Block IfLtRKBack;
    // The same behind the store that ends its body.
    ArrSetI64 IntAddRKStore Block IfLeRRBack;
    ArrSetI64 IntAddRRStore Block IfLeRRBack;
    ArrSetF64 IntAddRKStore Block IfLeRRBack;
    ArrSetF64 IntAddRRStore Block IfLeRRBack;
    MemStore8 IntAddRKStore Block IfLeRRBack;
    MemStore8 IntAddRRStore Block IfLeRRBack;
    MemStoreK8 IntAddRKStore Block IfLeRRBack;
    MemStoreK8 IntAddRRStore Block IfLeRRBack;
    FloatMulAR FloatAddARStore IntAddRKStore Block IfLeRRBack;
    FloatAddARStore IntAddRKStore Block IfLeRRBack;
    IntAddARStore IntAddRKStore Block IfLeRRBack;
    IntAddRRStore IntAddRKStore Block IfLeRRBack;
    IntRemSAWStore IntAddRKStore Block IfLeRRBack;
    // Other ends and beginnings of loops.
    IntAddRKStore JumpBack;
    Mov IntAddRKStore JumpBack;
    LoadSmall Jump;
    IntSubRKStore Head;
    LoadSmall IntSubRKStore Head;
    IntAddRKStore IntSubRKStore IfGtARBack;
    // A step and a test of its result.
    IntAddRKStore IfEqAK;
    IntAddRKStore IfNeAK;
    IntSubRKStore IfGtAKBack;
    IntSubRKStore IfGeAKBack;
    IntSubRKStore IfNeAKBack;
    IntSubRKStore IfGtARBack;
    IntSubRKStore IfGeARBack;
    IntSubRKStore IfNeARBack;
    // The first test of a function.
    Head IfLtRK;
    Head IfGeRK;
    Head IfLeRK;
    Head IfGtRK;
    Head IfEqRK;
    Head IfNeRK;
    // Arguments.
    Mov Call;
    Mov Mov Call;
    IntSubRKStore Call;
    IntAddRKStore Call;
    Tag CallDyn;
    GetSlotPair Tag CallDyn;
    // Results.
    IntAddAR RetInt;
    FloatMulAR RetFloat;
    FloatDivKA RetFloat;
    Untag FloatAddRRStore;
    // Memories.
    MemLoadU8 IfEqAK;
    MemLoadU8 IfNeAK;
    MemLoadI64 IfEqAK;
    MemLoadI64 IfNeAK;
    LoadStatic MemLoadI64;
    LoadStatic MemStore64;
    LoadStatic MemStoreK64;
    LoadStatic IntAddRKStore MemLoadI64;
    LoadStatic IntAddRKStore MemStore64;
    LoadStatic IntAddRKStore MemStoreK64;
    // Arrays.
    ArrGetI64 IfEqAK;
    ArrGetI64 IfNeAK;
    LoadSmall ArrGetI64 IfEqAK;
    LoadSmall ArrGetI64 IfNeAK;
    LoadSmall ArrGetI64;
    LoadSmall ArrSetI64;
    IntAddRKStore ArrGetI64;
    IntAddRKStore ArrSetI64;
    IntSubRKStore ArrSetI64;
    ArrGetI64 ArrGetI64;
    ArrGetI64 ArrSetI64;
    ArrSetI64 ArrSetI64;
    ArrGetI64 ArrGetI64 ArrSetI64 ArrSetI64;
    ArrSetI64 IfLtRK;
    IntAddRKStore ArrGetI64 ArrSetI64;
    IntMulRR IntAddARStore;
    IntMulRK IntAddAK;
    ArrGetF64 Mov Mov Call;
    ArrGetF64 ArrGetF64 FloatMulAR FloatAddARStore;
    ArrGetDyn CastRecord;
    // Records.
    GetSlotWord GetSlotWord;
    GetSlotWord GetSlotWord FloatSubRAStore;
    GetSlotWord GetSlotWord FloatMulAR;
    Block GetSlotWord GetSlotWord FloatMulAR;
    FloatAddARStore SetSlotNumber;
    FloatSubRAStore SetSlotNumber;
    FloatMulAR FloatAddARStore SetSlotNumber;
    FloatMulAR FloatSubRAStore SetSlotNumber;
    // Floats.
    Block IntAddRR FromIntAcc;
    FromInt FloatAddAR;
    FromInt FloatMulAK;
    FromInt FloatMulAKStore;
    FromInt FloatDivRA;
    FloatAddAK FloatMulAR;
    FloatAddAK FloatMulAR FloatDivAKStore;
    FromInt FloatAddAR FloatAddAK;
    FloatAddAK FloatDivKA RetFloat;
    FloatAddAR FloatAddAK;
    FloatMulAR FloatDivAKStore;
    FloatMulAR FloatMulAR;
    FloatMulAR FloatAddAR;
    FloatMulAR FloatAddARStore;
    FloatMulRR FloatAddAR;
    FloatMulRR FloatAddARStore;
    FloatMulRRStore FloatMulRRStore;
    FloatMulRRStore FloatMulRR FloatAddAR;
    FloatMulRK FloatMulAR FloatAddARStore;
    FloatSubRR FloatAddARStore;
    FloatAddAR FloatIfGtAK;
    FloatAddRR FloatIfGtAK;
|
    arith ADD RK;
    arith ADD RR;
    arith SUB RK;
    arith SUB RR;
    arith MUL RK;
    arith MUL RR;
|
    branch LT RK false false;
    branch LT RK false true;
    branch LT RK true false;
    branch LT RK true true;
    branch LT RR false false;
    branch LT RR false true;
    branch LT RR true false;
    branch LT RR true true;
    branch LE RK false false;
    branch LE RK false true;
    branch LE RK true false;
    branch LE RK true true;
    branch LE RR false false;
    branch LE RR false true;
    branch LE RR true false;
    branch LE RR true true;
    branch GT RK false false;
    branch GT RK false true;
    branch GT RK true false;
    branch GT RK true true;
    branch GT RR false false;
    branch GT RR false true;
    branch GT RR true false;
    branch GT RR true true;
    branch GE RK false false;
    branch GE RK false true;
    branch GE RK true false;
    branch GE RK true true;
    branch GE RR false false;
    branch GE RR false true;
    branch GE RR true false;
    branch GE RR true true;
    branch EQ RK false false;
    branch EQ RK false true;
    branch EQ RK true false;
    branch EQ RK true true;
    branch EQ RR false false;
    branch EQ RR false true;
    branch EQ RR true false;
    branch EQ RR true true;
    branch NE RK false false;
    branch NE RK false true;
    branch NE RK true false;
    branch NE RK true true;
    branch NE RR false false;
    branch NE RR false true;
    branch NE RR true false;
    branch NE RR true true;
}

/// Number of runs.
pub const COUNT: usize = RUNS.len();

/// The numbers of the runs by their first operation, the longest of each first.
static SORTED: [u16; COUNT] = {
    let mut sorted = [0; COUNT];
    let mut count = 0;
    while count < COUNT {
        let run = RUNS[count];
        let mut at = count;
        while at > 0 {
            let before = RUNS[sorted[at - 1] as usize];
            if before[0] < run[0] || (before[0] == run[0] && before.len() >= run.len()) {
                break;
            }
            sorted[at] = sorted[at - 1];
            at -= 1;
        }
        sorted[at] = count as u16;
        count += 1;
    }
    sorted
};

/// By operation: where the runs that begin with it stand in [`SORTED`], and how many they are.
static BEGINS: [(u16, u16); ops::FUSED] = {
    let mut begins = [(0, 0); ops::FUSED];
    let mut at = 0;
    while at < COUNT {
        let first = RUNS[SORTED[at] as usize][0] as usize;
        if begins[first].1 == 0 {
            begins[first].0 = at as u16;
        }
        begins[first].1 += 1;
        at += 1;
    }
    begins
};

/// The runs that begin with an operation, the longest first.
fn runs_from(op: u16) -> &'static [u16] {
    let (first, count) = BEGINS.get(op as usize).copied().unwrap_or((0, 0));
    SORTED
        .get(first as usize..(first + count) as usize)
        .unwrap_or_default()
}

/// Gives every instruction that begins a run the operation of the longest one. `starts` are the first words of all
/// instructions, ascending.
pub fn fuse(words: &mut [Word], starts: &[u32]) {
    let op = |words: &[Word], start: &u32| words.get(*start as usize).map(|word| word.op);
    for index in 0..starts.len() {
        let following = &starts[index..];
        // What comes behind is still as it was translated.
        let Some(first) = following.first().and_then(|start| op(words, start)) else {
            continue;
        };
        let longest = runs_from(first).iter().find(|number| {
            let run = RUNS[**number as usize];
            run.len() <= following.len()
                && run[1..]
                    .iter()
                    .zip(&following[1..])
                    .all(|(number, start)| op(words, start) == Some(*number))
        });
        if let Some(number) = longest
            && let Some(word) = words.get_mut(starts[index] as usize)
        {
            word.op = ops::FUSED as u16 + number;
        }
    }
}

/// The operations of a run by its number.
pub fn run_of(op: u16) -> Option<&'static [u16]> {
    RUNS.get((op as usize).checked_sub(ops::FUSED)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::names::name;

    fn word(op: u16) -> Word {
        Word::new(op, 0, 0, 0)
    }

    /// A counting loop's end: step, block, test.
    fn loop_end() -> [Word; 3] {
        [
            word(IntAddRKStore::NUMBER),
            word(Block::NUMBER),
            word(IfLeRRBack::NUMBER),
        ]
    }

    #[test]
    fn a_run_changes_its_first_word_only() {
        let mut words = loop_end();
        fuse(&mut words, &[0, 1, 2]);
        assert_eq!(name(words[0].op), "i64.add.rk= + Block + if.i64.le.rr<-");
        assert_eq!(words[1..], loop_end()[1..]);
    }

    #[test]
    fn the_longest_run_is_taken() {
        let mut words = [word(MemStoreK8::NUMBER); 4];
        words[1..].copy_from_slice(&loop_end());
        fuse(&mut words, &[0, 1, 2, 3]);
        assert_eq!(
            name(words[0].op),
            "MemStoreK8 + i64.add.rk= + Block + if.i64.le.rr<-"
        );
        // Whoever jumps behind the store finds the shorter one.
        assert_eq!(name(words[1].op), "i64.add.rk= + Block + if.i64.le.rr<-");
    }

    #[test]
    fn immediates_are_no_operations() {
        // The word between is the first instruction's immediate, not a block.
        let mut words = loop_end();
        fuse(&mut words, &[0, 2]);
        assert_eq!(words, loop_end());
        let mut words = loop_end();
        fuse(&mut words[..2], &[0, 1]);
        assert_eq!(words, loop_end());
    }

    #[test]
    fn runs_are_told_apart() {
        for (index, run) in RUNS.iter().enumerate() {
            assert!(run.len() > 1);
            assert!(!RUNS[..index].contains(run), "{index} stands there twice");
            // Only the last operation of a run may leave it for another place.
            for op in &run[..run.len() - 1] {
                let name = name(*op);
                assert!(
                    !name.starts_with("if.")
                        && !name.starts_with("Jump")
                        && !name.starts_with("Call")
                        && !name.starts_with("Ret"),
                    "{name} within a run"
                );
            }
        }
    }
}

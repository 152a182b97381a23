//! Structure-aware mutation of `.fzb` files, for tests and fuzzing (feature `mutate`).
//!
//! A mutant is a good file with one to four changes made where files have meaning: header fields, positions and lengths
//! of tables, fields of records, words, texts, instructions. Nine mutants in ten get their payload length and hash repaired,
//! so that what is tested is the check behind those.

use isa::{Op, decode};

use crate::gate;
use crate::header::{HEADER_SIZE, ModuleHash};
use crate::layout::{ROOT_SIZE, Table, u32_at};
use crate::tables::NONE;

/// A small generator of random numbers (xorshift64*); the same seed gives the same numbers everywhere.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator; seed 0 is taken as 1.
    pub const fn new(seed: u64) -> Random {
        Random(if seed == 0 { 1 } else { seed })
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `end`; 0 if `end` is 0.
    pub fn below(&mut self, end: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(end)) >> 32) as u32
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }
}

/// A mutant of `file`, which passes the checks. Hardly ever is it the file itself.
pub fn mutate(file: &[u8], random: &mut Random) -> Vec<u8> {
    let mut mutant = file.to_vec();
    let mut wanted = 1 + random.below(2) * random.below(4);
    // A change may do nothing: an empty table, a number that stays. Then another one is made.
    for _ in 0..64 {
        change(&mut mutant, random);
        wanted = wanted.saturating_sub(1);
        if wanted == 0 && mutant != file {
            break;
        }
    }
    if !random.once_in(10) {
        repair(&mut mutant);
    }
    mutant
}

/// Writes the true length and hash of the payload into the header.
pub fn repair(file: &mut [u8]) {
    if file.len() < HEADER_SIZE {
        return;
    }
    let (header, payload) = file.split_at_mut(HEADER_SIZE);
    header[16..24].copy_from_slice(&(payload.len() as u64).to_le_bytes());
    header[32..48].copy_from_slice(&ModuleHash::of(payload).0);
}

fn change(file: &mut Vec<u8>, random: &mut Random) {
    let payload = file.get(HEADER_SIZE..).unwrap_or_default();
    // After an earlier change the gate may refuse; then only raw bytes are left to change.
    let Ok(root) = gate::check(payload) else {
        return raw(file, random);
    };
    match random.below(24) {
        0 => raw(file, random),
        1 => resize(file, random),
        2 => {
            // A header field that is not repaired.
            let field = [0, 4, 8, 12, 24, 28, 48, 60][random.below(8) as usize];
            let old = u32_at(file, field).unwrap_or_default();
            put(file, field, interesting(old, 8, random));
        }
        3 => {
            let root_at = file.len() - ROOT_SIZE;
            let field = root_at + 4 * random.below(ROOT_SIZE as u32 / 4) as usize;
            let old = u32_at(file, field).unwrap_or_default();
            let length = file.len() as u32;
            put(file, field, interesting(old, length, random));
        }
        4..=10 => instruction(file, &root, random),
        _ => record(file, &root, random),
    }
}

/// Any byte, anywhere.
fn raw(file: &mut [u8], random: &mut Random) {
    let at = random.below(file.len() as u32) as usize;
    if let Some(byte) = file.get_mut(at) {
        *byte = if random.once_in(2) {
            *byte ^ 1 << random.below(8)
        } else {
            random.bits() as u8
        };
    }
}

/// Cuts the file, or inserts or removes some bytes.
fn resize(file: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(file.len() as u32 + 1) as usize;
    match random.below(3) {
        0 => file.truncate(at),
        1 => {
            let more = 4 * random.below(5) as usize;
            file.splice(at..at, std::iter::repeat_n(0, more));
        }
        _ => {
            let end = (at + 4 * random.below(5) as usize).min(file.len());
            file.drain(at..end);
        }
    }
}

/// A field of a record of a random table, or a byte of a text.
fn record(file: &mut [u8], root: &gate::Root, random: &mut Random) {
    let table = Table::ALL[random.below(Table::COUNT as u32) as usize];
    let area = root.area(table);
    if area.len == 0 {
        return;
    }
    let size = table.record_size();
    let start = HEADER_SIZE + area.start as usize;
    let at = start + random.below(area.len) as usize * size;
    if size == 1 {
        let old = file.get(at).copied().unwrap_or_default();
        if let Some(byte) = file.get_mut(at) {
            *byte = if random.once_in(2) {
                old ^ 1 << random.below(8)
            } else {
                random.bits() as u8
            };
        }
        return;
    }
    let field = 4 * random.below(size as u32 / 4) as usize;
    let old = u32_at(file, at + field).unwrap_or_default();
    let new = if random.once_in(3) {
        // What another record has there.
        u32_at(file, start + random.below(area.len) as usize * size + field).unwrap_or_default()
    } else {
        let counted = root
            .area(Table::ALL[random.below(Table::COUNT as u32) as usize])
            .len;
        interesting(old, counted, random)
    };
    put(file, at + field, new);
}

/// One instruction of a random function: another opcode, another immediate, or a piece of code somewhere else.
fn instruction(file: &mut [u8], root: &gate::Root, random: &mut Random) {
    let (functions, pool) = (root.area(Table::Functions), root.area(Table::Code));
    if functions.len == 0 || pool.len == 0 {
        return;
    }
    // Offset of the code range in a function's record: twelve words before it.
    let at = HEADER_SIZE
        + functions.start as usize
        + random.below(functions.len) as usize * Table::Functions.record_size()
        + 48;
    let (start, len) = (
        u32_at(file, at).unwrap_or_default(),
        u32_at(file, at + 4).unwrap_or_default(),
    );
    if u64::from(start) + u64::from(len) > u64::from(pool.len) {
        return;
    }
    let start = HEADER_SIZE + pool.start as usize + start as usize;
    let Some(code) = file.get_mut(start..start + len as usize) else {
        return;
    };
    let mut starts = vec![];
    let mut offset = 0;
    while let Ok(instr) = decode(code, offset) {
        starts.push(instr);
        offset = instr.next;
    }
    if starts.is_empty() {
        return;
    }
    let instr = starts[random.below(starts.len() as u32) as usize];
    let operands = instr.op.info().operands;
    match random.below(6) {
        0 => code[instr.at as usize] = Op::ALL[random.below(Op::ALL.len() as u32) as usize] as u8,
        1 => {
            // An opcode of the same length keeps the rest of the code in step.
            let same: Vec<Op> = Op::ALL
                .iter()
                .copied()
                .filter(|op| op.info().size() == instr.op.info().size())
                .collect();
            code[instr.at as usize] = same[random.below(same.len() as u32) as usize] as u8;
        }
        2 => {
            // The instruction becomes nothing.
            code[instr.at as usize..instr.next as usize].fill(Op::Nop as u8);
        }
        3 => {
            // An instruction of the same length from elsewhere in the function.
            let other = starts[random.below(starts.len() as u32) as usize];
            if other.next - other.at == instr.next - instr.at {
                code.copy_within(other.at as usize..other.next as usize, instr.at as usize);
            }
        }
        _ if operands.is_empty() => code[instr.at as usize] = random.bits() as u8,
        _ => {
            let which = random.below(operands.len() as u32) as usize;
            let at = instr.at as usize
                + 1
                + operands[..which]
                    .iter()
                    .map(|operand| operand.size())
                    .sum::<usize>();
            let size = operands[which].size();
            let new = interesting(instr.args[which], 16, random).to_le_bytes();
            code[at..at + size].copy_from_slice(&new[..size]);
        }
    }
}

fn put(file: &mut [u8], at: usize, value: u32) {
    if let Some(four) = file.get_mut(at..at + 4) {
        four.copy_from_slice(&value.to_le_bytes());
    }
}

/// A number near the old one, near `count`, or at an edge of what a field can hold.
fn interesting(old: u32, count: u32, random: &mut Random) -> u32 {
    match random.below(12) {
        0 => 0,
        1 => 1,
        2 => NONE,
        3 => count,
        4 => count.wrapping_sub(1),
        5 => count.wrapping_add(1),
        6 => old.wrapping_add(1),
        7 => old.wrapping_sub(1),
        8 => old ^ 1 << random.below(32),
        9 => i32::MAX as u32 + random.below(2),
        10 => random.below(count),
        _ => random.below(64),
    }
}

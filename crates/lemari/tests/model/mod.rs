//! A Lemari with simple roots, and a mirror of its graph in plain Rust to compare with.
#![allow(dead_code)] // Each test file uses its own part.

use lemari::{
    DRAWER, GRANULE, Lemari, MemError, NO_SHAPE, Roots, Scope, Shape, Shapes, TRAY_MAX, Ticket,
    Visitor,
};
use std::collections::HashMap;

/// Bytes without tickets.
pub const RAW: u8 = 1;
/// Pairs from byte 8 to the end.
pub const NODE: u8 = 2;
/// {tail ticket at 8, head pair at 16}.
pub const CELL: u8 = 3;
/// {count at 8, pairs from 16}.
pub const VECTOR: u8 = 4;
/// Three bare tickets at 8, 12, 16.
pub const HALVES: u8 = 5;

static SHAPES: Shapes = {
    let mut shapes = [NO_SHAPE; 64];
    shapes[NODE as usize] = Shape {
        name: "node",
        halves: 0,
        pairs_from: 8,
        count_at: 0,
    };
    shapes[CELL as usize] = Shape {
        name: "cell",
        halves: 1,
        pairs_from: 16,
        count_at: 0,
    };
    shapes[VECTOR as usize] = Shape {
        name: "vector",
        halves: 0,
        pairs_from: 16,
        count_at: 8,
    };
    shapes[HALVES as usize] = Shape {
        name: "halves",
        halves: 0b111,
        pairs_from: 0,
        count_at: 0,
    };
    shapes
};

pub fn shapes() -> &'static Shapes {
    &SHAPES
}

/// A tagged pair that holds a ticket.
pub fn object(t: Ticket) -> [u64; 2] {
    [0x23, t.0 as u64]
}
/// A tagged pair that holds an integer.
pub fn int(i: u64) -> [u64; 2] {
    [2, i]
}
/// The ticket in a pair, if there is one.
pub fn ticket_of(v: [u64; 2]) -> Option<Ticket> {
    ((v[0] as u8) >= 0x20 && v[1] as u32 != 0).then_some(Ticket(v[1] as u32))
}

#[derive(Default)]
pub struct Table {
    pub values: Vec<[u64; 2]>,
    /// Weak: (ticket, identity).
    pub weak: Vec<(Ticket, u64)>,
}

impl Roots for Table {
    fn visit(&mut self, scope: Scope, v: &mut Visitor<'_>) {
        // As the machine does: a minor collection sees only what may be young.
        let young_end = (DRAWER + 2 * TRAY_MAX) / GRANULE;
        for value in &mut self.values {
            if scope != Scope::Minor || (value[1] as u32 as usize) < young_end {
                v.value(value);
            }
        }
    }
    fn swept(&mut self, alive: &mut dyn FnMut(Ticket) -> Option<Ticket>) {
        self.weak.retain_mut(|(t, _)| match alive(*t) {
            Some(new) => {
                *t = new;
                true
            }
            None => false,
        });
    }
    fn moved_young(&mut self, forward: &mut dyn FnMut(Ticket) -> Option<Ticket>) {
        self.swept(forward);
    }
}

/// Word `i` of an object.
pub fn word(l: &Lemari, t: Ticket, i: usize) -> u64 {
    assert!(i * 8 < l.header(t).bytes());
    // SAFETY: t is live in these tests, and the word lies within it.
    unsafe { *l.at(t).add(i) }
}

pub fn set_word(l: &mut Lemari, t: Ticket, i: usize, w: u64) {
    assert!(i * 8 < l.header(t).bytes());
    // SAFETY: as in `word`.
    unsafe { *l.at(t).add(i) = w }
}

/// Stores a pair at word `i`, with the barrier.
pub fn set_pair(l: &mut Lemari, t: Ticket, i: usize, v: [u64; 2]) {
    set_word(l, t, i, v[0]);
    set_word(l, t, i + 1, v[1]);
    if let Some(stored) = ticket_of(v) {
        let slot = l.at(t).wrapping_add(i);
        l.barrier(t, slot, stored);
    }
}

pub fn pair(l: &Lemari, t: Ticket, i: usize) -> [u64; 2] {
    [word(l, t, i), word(l, t, i + 1)]
}

/// What a model object's field holds.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum Field {
    Int(u64),
    Object(usize),
    Nothing,
}

#[derive(Clone, Debug)]
pub struct Mirror {
    pub kind: u8,
    pub fields: Vec<Field>,
}

pub struct World {
    pub lemari: Lemari,
    pub table: Table,
    /// The mirror: objects by identity, and the roots.
    pub objects: Vec<Mirror>,
    pub roots: Vec<Field>,
}

impl World {
    pub fn new(lemari: Lemari, roots: usize) -> World {
        World {
            lemari,
            table: Table {
                values: vec![int(0); roots],
                weak: Vec::new(),
            },
            objects: Vec::new(),
            roots: vec![Field::Int(0); roots],
        }
    }

    fn field_count(kind: u8, n: usize) -> usize {
        match kind {
            RAW => 0,
            CELL => 2,
            HALVES => 3,
            _ => n,
        }
    }

    fn bytes(kind: u8, n: usize) -> usize {
        match kind {
            // Raw: length word, then the pattern.
            RAW => 16 + 8 * n,
            CELL => 32,
            HALVES => 20,
            NODE => 8 + 16 * n.max(1),
            _ => 16 + 16 * n,
        }
    }

    /// Allocates an object of `kind` with `n` fields (or words) into root `root`.
    pub fn make(&mut self, root: usize, kind: u8, n: usize, old: bool) -> Result<(), MemError> {
        let bytes = Self::bytes(kind, n);
        let l = &mut self.lemari;
        let t = if old {
            l.alloc_old(kind, 7, bytes, &mut self.table)?
        } else {
            l.alloc(kind, 7, bytes, &mut self.table)?
        };
        let id = self.objects.len();
        let header = l.header(t);
        assert_eq!((header.kind(), header.aux()), (kind, 7));
        let words = header.bytes() / 8;
        if old || bytes > lemari::SMALL_MAX {
            assert!((1..words).all(|i| word(l, t, i) == 0), "not zeroed");
        } else {
            for i in 1..words {
                set_word(l, t, i, 0);
            }
        }
        match kind {
            RAW => {
                set_word(l, t, 1, n as u64);
                for i in 0..n {
                    set_word(l, t, 2 + i, (id * 31 + i) as u64);
                }
            }
            VECTOR => set_word(l, t, 1, n as u64),
            _ => {}
        }
        let fields =
            vec![Field::Nothing; Self::field_count(kind, if kind == NODE { n.max(1) } else { n })];
        self.objects.push(Mirror { kind, fields });
        self.table.values[root] = object(t);
        self.roots[root] = Field::Object(id);
        self.table.weak.push((t, id as u64));
        Ok(())
    }

    fn read_field(l: &Lemari, t: Ticket, kind: u8, i: usize) -> [u64; 2] {
        match (kind, i) {
            (CELL, 0) => object(Ticket(word(l, t, 1) as u32)),
            (CELL, _) => pair(l, t, 2),
            (HALVES, 2) => object(Ticket(word(l, t, 2) as u32)),
            (HALVES, i) => object(Ticket((word(l, t, 1) >> (32 * i)) as u32)),
            (NODE, i) => pair(l, t, 1 + 2 * i),
            (_, i) => pair(l, t, 2 + 2 * i),
        }
    }

    /// Stores root `from`'s value into field `i` (modulo the count) of root `into`'s object.
    pub fn store(&mut self, into: usize, i: usize, from: usize) {
        let (Field::Object(id), Some(t)) = (self.roots[into], ticket_of(self.table.values[into]))
        else {
            return;
        };
        let (kind, count) = (self.objects[id].kind, self.objects[id].fields.len());
        if count == 0 {
            return;
        }
        let i = i % count;
        let value = self.table.values[from];
        let l = &mut self.lemari;
        let bare = kind == HALVES || (kind == CELL && i == 0);
        if bare {
            let Some(stored) = ticket_of(value) else {
                return;
            };
            let shift = if kind == HALVES { 32 * (i % 2) } else { 0 };
            let index = 1 + if kind == HALVES { i / 2 } else { 0 };
            let w = word(l, t, index) & !(0xFFFF_FFFF << shift) | (stored.0 as u64) << shift;
            set_word(l, t, index, w);
            let slot = l.at(t).wrapping_add(index);
            l.barrier(t, slot, stored);
        } else {
            let index = match kind {
                CELL => 2,
                NODE => 1 + 2 * i,
                _ => 2 + 2 * i,
            };
            set_pair(l, t, index, value);
        }
        self.objects[id].fields[i] = self.roots[from];
    }

    /// Loads field `i` of root `of`'s object into root `into`.
    pub fn load(&mut self, into: usize, of: usize, i: usize) {
        let (Field::Object(id), Some(t)) = (self.roots[of], ticket_of(self.table.values[of]))
        else {
            return;
        };
        let (kind, count) = (self.objects[id].kind, self.objects[id].fields.len());
        if count == 0 {
            return;
        }
        let i = i % count;
        let value = Self::read_field(&self.lemari, t, kind, i);
        match self.objects[id].fields[i] {
            Field::Nothing => {
                assert!(ticket_of(value).is_none());
                self.clear(into, 0);
            }
            field => {
                self.table.values[into] = value;
                self.roots[into] = field;
            }
        }
    }

    pub fn clear(&mut self, root: usize, i: u64) {
        self.table.values[root] = int(i);
        self.roots[root] = Field::Int(i);
    }

    /// Walks heap and mirror side by side and compares everything reachable; then the weak table. Answers how many objects
    /// are reachable.
    pub fn compare(&self) -> usize {
        let l = &self.lemari;
        let mut seen: HashMap<usize, Ticket> = HashMap::new();
        let mut names: HashMap<Ticket, usize> = HashMap::new();
        let mut work: Vec<(Field, [u64; 2])> = self
            .roots
            .iter()
            .copied()
            .zip(self.table.values.iter().copied())
            .collect();
        while let Some((field, value)) = work.pop() {
            match field {
                Field::Int(i) => assert_eq!(value, int(i)),
                Field::Nothing => assert!(ticket_of(value).is_none()),
                Field::Object(id) => {
                    let t = ticket_of(value).expect("an object became none");
                    if let Some(&before) = seen.get(&id) {
                        assert_eq!(before, t, "one object in two places");
                        continue;
                    }
                    seen.insert(id, t);
                    assert_eq!(names.insert(t, id), None, "two objects in one place");
                    let mirror = &self.objects[id];
                    assert_eq!((l.header(t).kind(), l.header(t).aux()), (mirror.kind, 7));
                    if mirror.kind == RAW {
                        for i in 0..word(l, t, 1) as usize {
                            assert_eq!(word(l, t, 2 + i), (id * 31 + i) as u64);
                        }
                    }
                    for (i, f) in mirror.fields.iter().enumerate() {
                        work.push((*f, Self::read_field(l, t, mirror.kind, i)));
                    }
                }
            }
        }
        let weak: HashMap<u64, Ticket> = self.table.weak.iter().map(|(t, id)| (*id, *t)).collect();
        for (id, t) in &seen {
            assert_eq!(
                weak.get(&(*id as u64)),
                Some(t),
                "the weak table lost or misplaced an object"
            );
        }
        l.check().unwrap();
        let s = l.stats();
        assert!(s.used <= s.limit && s.peak <= s.limit);
        assert!(s.emergency.bytes <= s.emergency.bound);
        seen.len()
    }
}

/// xorshift64*.
pub struct Random(pub u64);
impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    pub fn below(&mut self, n: u64) -> u64 {
        (self.next() >> 33) % n
    }
}

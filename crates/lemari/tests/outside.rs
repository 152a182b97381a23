//! What is held outside the World's own memory: host handles and guest drawers.

mod model;

use lemari::guest::{FIRST_EXTRA, GuestDrawers, GuestError, GuestTicket, LAST_GENERATION};
use lemari::handles::{HandleError, Handles};
use lemari::{
    Config, EmergencyPolicy, Lemari, MemError, Reservation, Roots, Sabotage, Scope, Ticket, Visitor,
};
use model::*;
use proptest::prelude::*;

fn lemari(limit: usize, emergency: EmergencyPolicy) -> Lemari {
    let config = Config {
        limit,
        emergency_bound: 1 << 20,
        emergency,
        tray: 4096,
        ..Config::default()
    };
    Lemari::new(Reservation::for_config(&config).unwrap(), config, shapes()).unwrap()
}

struct Both<'a>(&'a mut Handles, &'a mut GuestDrawers);
impl Roots for Both<'_> {
    fn visit(&mut self, scope: Scope, v: &mut Visitor<'_>) {
        self.0.visit(scope, v);
        self.1.visit(scope, v);
    }
    fn swept(&mut self, _alive: &mut dyn FnMut(Ticket) -> Option<Ticket>) {}
}

fn young(l: &mut Lemari, roots: &mut dyn Roots, i: u64) -> [u64; 2] {
    let t = l.alloc(NODE, 0, 24, roots).unwrap();
    set_pair(l, t, 1, int(i));
    object(t)
}

fn content(l: &Lemari, v: [u64; 2]) -> [u64; 2] {
    pair(l, ticket_of(v).unwrap(), 1)
}

#[test]
fn handles_are_roots_and_are_validated() {
    let mut l = lemari(8 << 20, EmergencyPolicy::Off);
    let (mut handles, mut other) = (Handles::new(1), Handles::new(2));
    let mut guests = GuestDrawers::new(0);
    let value = young(&mut l, &mut Both(&mut handles, &mut guests), 11);
    let id = handles.insert(value, &mut l).unwrap();
    let foreign = other.insert(int(1), &mut l).unwrap();
    assert!(handles.holds_young() && !other.holds_young());
    assert_eq!(
        handles.get(foreign),
        Err(HandleError::Foreign {
            id: foreign,
            here: 1
        })
    );
    l.minor(&mut Both(&mut handles, &mut guests));
    assert!(handles.holds_young());
    l.minor(&mut Both(&mut handles, &mut guests));
    assert!(!handles.holds_young(), "promoted");
    let moved = handles.get(id).unwrap();
    assert!(moved != value && content(&l, moved) == int(11));
    l.major(&mut Both(&mut handles, &mut guests));
    assert_eq!(content(&l, handles.get(id).unwrap()), int(11));
    handles.release(id).unwrap();
    for stale in [
        handles.get(id).err(),
        handles.release(id).err(),
        handles.set(id, int(0), &l).err(),
    ] {
        assert_eq!(stale, Some(HandleError::Stale(id)));
    }
    let again = handles.insert(int(5), &mut l).unwrap();
    assert!(again.slot == id.slot && again.generation != id.generation);
    assert_eq!(handles.get(id), Err(HandleError::Stale(id)));
    l.major(&mut Both(&mut handles, &mut guests));
    assert_eq!(l.stats().live, 0);
}

#[test]
fn handles_dropped_on_other_threads_go_at_the_next_safepoint() {
    let mut l = lemari(8 << 20, EmergencyPolicy::Off);
    let mut handles = Handles::new(1);
    let mut guests = GuestDrawers::new(0);
    let mut owned = Vec::new();
    for i in 0..500 {
        let value = young(&mut l, &mut Both(&mut handles, &mut guests), i);
        owned.push(handles.insert_owned(value, &mut l).unwrap());
    }
    let kept = owned.split_off(400);
    let ids: Vec<_> = owned.iter().map(|h| h.id()).collect();
    std::thread::scope(|s| {
        for _ in 0..4 {
            let part = owned.split_off(owned.len() - 100);
            s.spawn(move || drop(part));
        }
    });
    assert_eq!(handles.held(), 500, "nothing happens before the safepoint");
    handles.release_dropped();
    handles.release_dropped();
    assert_eq!((handles.held(), handles.queue().lost()), (100, 0));
    assert!(
        ids.iter()
            .all(|id| handles.get(*id) == Err(HandleError::Stale(*id)))
    );
    for (i, h) in kept.iter().enumerate() {
        let value = handles.get(h.id()).unwrap();
        assert_eq!(content(&l, value), int(400 + i as u64));
    }
    // A released young handle does not stand in the way of a wash.
    let value = young(&mut l, &mut Both(&mut handles, &mut guests), 1);
    drop(kept);
    handles.release_dropped();
    let id = handles.insert(value, &mut l).unwrap();
    assert!(handles.holds_young());
    handles.release(id).unwrap();
    assert!(!handles.holds_young());
    assert!(l.wash(!handles.holds_young()));
    handles.washed();
    let id = handles.insert(int(1), &mut l).unwrap();
    l.major(&mut Both(&mut handles, &mut guests));
    assert_eq!((handles.get(id), l.stats().live), (Ok(int(1)), 0));
}

/// A host that holds values for a moment, again and again, needs no more room for it, and what it held is garbage at the next
/// collection, though nobody asked for a safepoint.
#[test]
fn dropped_handles_give_their_room_back_within_one_call() {
    let mut l = lemari(1 << 20, EmergencyPolicy::Off);
    let mut handles = Handles::new(1);
    let mut guests = GuestDrawers::new(0);
    let kept_value = young(&mut l, &mut Both(&mut handles, &mut guests), 7);
    let kept = handles.insert_owned(kept_value, &mut l).unwrap();
    // The limit is a small part of what all of them would need together.
    for round in 0..200_000_u64 {
        let value = young(&mut l, &mut Both(&mut handles, &mut guests), round);
        drop(handles.insert_owned(value, &mut l).unwrap());
    }
    assert!(handles.held() < 10_000, "{}", handles.held());
    let value = handles.get(kept.id()).unwrap();
    assert_eq!(content(&l, value), int(7));
    l.major(&mut Both(&mut handles, &mut guests));
    assert_eq!(handles.held(), 1);
    assert_eq!(content(&l, handles.get(kept.id()).unwrap()), int(7));
}

#[test]
fn handles_ask_the_meter() {
    let mut l = lemari(64 << 10, EmergencyPolicy::Off);
    let mut handles = Handles::new(1);
    let mut n = 0;
    let refusal = loop {
        match handles.insert(int(n), &mut l) {
            Ok(_) => n += 1,
            Err(e) => break e,
        }
    };
    assert!(matches!(refusal, MemError::Limit { .. }) && n > 500 && n < 2000);
    l.set_sabotage(Sabotage {
        fail_at: 1,
        ..Sabotage::default()
    });
    assert_eq!(handles.insert(int(0), &mut l), Err(MemError::Host));
    assert_eq!(handles.held() as u64, n);
}

#[test]
fn a_thousand_guest_drawers_take_nothing_until_the_first_put() {
    let mut l = lemari(8 << 20, EmergencyPolicy::Off);
    let mut g = GuestDrawers::new(7);
    for i in 0..1000 {
        assert_eq!(g.open(1 << 20, &mut l).unwrap(), i);
    }
    assert!(l.stats().charged < 1000 * 400);
    assert_eq!((g.openings(), g.stat(999).unwrap().committed), (0, 0));
    g.put(5, b"x", &mut l).unwrap();
    assert_eq!((g.openings(), g.stat(5).unwrap().committed), (1, 1 << 20));
    assert!(l.stats().charged > 1 << 20);
}

#[test]
fn guest_tickets_go_stale_with_their_tray() {
    let mut l = lemari(8 << 20, EmergencyPolicy::Off);
    let mut g = GuestDrawers::new(7);
    let d = g.open(1024, &mut l).unwrap();
    let a = g.put(d, b"satu", &mut l).unwrap();
    let b = g.put(d, b"", &mut l).unwrap();
    assert_eq!(
        (g.get(a), g.get(b), g.check(a)),
        (Ok(&b"satu"[..]), Ok(&b""[..]), Ok(4))
    );
    assert_eq!(a.offset, 8);
    // A and B survive one swap, A is washed by the second.
    g.swap(d, &mut l).unwrap();
    let c = g.put(d, b"dua", &mut l).unwrap();
    assert_eq!((g.get(a), g.get(c)), (Ok(&b"satu"[..]), Ok(&b"dua"[..])));
    g.swap(d, &mut l).unwrap();
    assert_eq!(
        (g.get(a), g.get(b), g.get(c)),
        (
            Err(GuestError::Stale),
            Err(GuestError::Stale),
            Ok(&b"dua"[..])
        )
    );
    let e = g.put(d, b"tiga", &mut l).unwrap();
    assert!(e.offset == a.offset && e.generation != a.generation);
    assert_eq!(g.get(a), Err(GuestError::Stale));
    // Tickets that were never given out.
    let bad = |change: fn(&mut GuestTicket)| {
        let mut t = e;
        change(&mut t);
        g.get(t).err()
    };
    assert_eq!(bad(|t| t.lemari = 8), Some(GuestError::Foreign));
    assert_eq!(bad(|t| t.drawer = 1), Some(GuestError::NoDrawer));
    assert_eq!(bad(|t| t.drawer = FIRST_EXTRA), Some(GuestError::NoDrawer));
    assert_eq!(bad(|t| t.tray = 2), Some(GuestError::NoDrawer));
    assert_eq!(bad(|t| t.offset += 1), Some(GuestError::Stale));
    assert_eq!(bad(|t| t.offset = 0), Some(GuestError::Stale));
    assert_eq!(bad(|t| t.offset = 1 << 20), Some(GuestError::Stale));
    assert_eq!(
        bad(|t| t.generation = LAST_GENERATION),
        Some(GuestError::Stale)
    );
    assert_eq!(GuestError::Stale.to_string(), "tiket basi");
}

#[test]
fn readers_stand_in_the_way_of_a_wash() {
    let mut l = lemari(8 << 20, EmergencyPolicy::Off);
    let mut g = GuestDrawers::new(0);
    let d = g.open(256, &mut l).unwrap();
    let a = g.put(d, b"a", &mut l).unwrap();
    g.swap(d, &mut l).unwrap();
    g.pin(a).unwrap();
    g.pin(a).unwrap();
    let b = g.put(d, b"b", &mut l).unwrap();
    assert_eq!(g.swap(d, &mut l), Err(GuestError::Busy { readers: 2 }));
    assert_eq!(
        g.wash(d, a.tray, &mut l),
        Err(GuestError::Busy { readers: 2 })
    );
    assert_eq!(
        (g.get(a), g.get(b)),
        (Ok(&b"a"[..]), Ok(&b"b"[..])),
        "a refusal changes nothing"
    );
    // The owner leaves: what was written goes at once, what is read stays until the last reader has gone.
    g.leave(d, &mut l).unwrap();
    assert_eq!(
        (g.get(a), g.get(b)),
        (Ok(&b"a"[..]), Err(GuestError::Stale))
    );
    assert_eq!(g.put(d, b"c", &mut l), Err(GuestError::NoDrawer));
    assert!(g.stat(d).unwrap().left);
    g.unpin(a, &mut l).unwrap();
    assert_eq!(g.get(a), Ok(&b"a"[..]));
    g.unpin(a, &mut l).unwrap();
    assert_eq!(g.get(a), Err(GuestError::NoDrawer));
    assert_eq!(g.stat(d).unwrap().committed, 0);
    assert_eq!(g.unpin(a, &mut l), Err(GuestError::NoDrawer));
    // The place is used again; the old tickets stay stale.
    assert_eq!(g.open(256, &mut l).unwrap(), d);
    let c = g.put(d, b"c", &mut l).unwrap();
    assert_eq!(
        (g.get(a), g.get(c)),
        (Err(GuestError::Stale), Ok(&b"c"[..]))
    );
    assert_eq!(g.unpin(c, &mut l), Err(GuestError::NotPinned));
}

#[test]
fn a_full_drawer_is_refused_or_spills_into_an_extra_one() {
    let mut off = lemari(8 << 20, EmergencyPolicy::Off);
    let mut g = GuestDrawers::new(0);
    let d = g.open(64, &mut off).unwrap();
    g.put(d, &[1; 48], &mut off).unwrap();
    assert_eq!(
        g.put(d, &[2; 8], &mut off),
        Err(GuestError::Full { asked: 8, free: 8 })
    );
    assert_eq!(off.stats().emergency.openings, 0);

    let mut l = lemari(8 << 20, EmergencyPolicy::Automatic);
    let mut g = GuestDrawers::new(0);
    let d = g.open(64, &mut l).unwrap();
    g.put(d, &[1; 48], &mut l).unwrap();
    let a = g.put(d, &[2; 8], &mut l).unwrap();
    let big = g.put(d, &[3; 1000], &mut l).unwrap();
    assert!(a.drawer >= FIRST_EXTRA && big.drawer >= FIRST_EXTRA);
    assert_eq!(
        (g.get(a), g.get(big)),
        (Ok(&[2; 8][..]), Ok(&[3; 1000][..]))
    );
    assert_eq!(
        (g.stat(d).unwrap().extra, l.stats().emergency.openings),
        (2, 2)
    );
    assert!(l.stats().emergency.bytes > 1000);
    // It belongs to the tray: pinned, that tray is busy; washed, it is handed back.
    g.pin(a).unwrap();
    assert_eq!(g.wash(d, 0, &mut l), Err(GuestError::Busy { readers: 1 }));
    g.unpin(a, &mut l).unwrap();
    let held = l.stats().emergency.bytes;
    g.wash(d, 0, &mut l).unwrap();
    assert!(l.stats().emergency.bytes < held && l.stats().emergency.bytes < 1000);
    assert_eq!(
        (g.get(a), g.stat(d).unwrap().extra),
        (Err(GuestError::NoDrawer), 0)
    );
    // At the emergency bound the first refusal is told.
    let refusal = g.put(d, &vec![0; 2 << 20], &mut l).unwrap_err();
    assert!(matches!(refusal, GuestError::Full { .. }));
    // No memory under the limit for a tray: refused with the policy off.
    let d = g.open(100 << 20, &mut off).unwrap();
    assert!(matches!(
        g.put(d, b"x", &mut off),
        Err(GuestError::Memory(MemError::Limit { .. }))
    ));
}

#[test]
fn values_in_glasses_are_roots_until_washed() {
    let mut l = lemari(8 << 20, EmergencyPolicy::Automatic);
    let mut handles = Handles::new(1);
    let mut g = GuestDrawers::new(0);
    let d = g.open(100, &mut l).unwrap();
    let mut tickets = Vec::new();
    for i in 0..100 {
        let value = young(&mut l, &mut Both(&mut handles, &mut g), i);
        tickets.push(g.put_value(d, value, &mut l).unwrap());
        assert!(g.holds_young());
    }
    assert!(g.stat(d).unwrap().extra > 10);
    for _ in 0..3 {
        l.major(&mut Both(&mut handles, &mut g));
        for (i, t) in tickets.iter().enumerate() {
            let value = g.get_value(*t).unwrap();
            assert_eq!(content(&l, value), int(i as u64));
            assert_eq!(g.get(*t), Err(GuestError::WrongContents));
        }
    }
    assert!(!g.holds_young() && l.stats().live > 0);
    let bytes = g.open(100, &mut l).unwrap();
    let forged = g.put(bytes, &[0x23; 40], &mut l).unwrap();
    assert_eq!(g.get_value(forged), Err(GuestError::WrongContents));
    // An offset into the middle of bytes that look like a glass of a value.
    let mut fake = vec![16, 0, 0, 0, 1, 0, 0, 0];
    fake.extend([0x23; 16]);
    g.wash(bytes, 0, &mut l).unwrap();
    let t = g.put(bytes, &fake, &mut l).unwrap();
    assert_eq!(
        g.get_value(GuestTicket {
            offset: t.offset + 8,
            ..t
        }),
        Err(GuestError::WrongContents)
    );
    g.wash(d, 0, &mut l).unwrap();
    l.major(&mut Both(&mut handles, &mut g));
    assert_eq!(l.stats().live, 0);
    assert!(tickets.iter().all(|t| g.get_value(*t).is_err()));
}

#[test]
fn a_million_glasses_and_one_wash() {
    let mut l = lemari(64 << 20, EmergencyPolicy::Off);
    let mut g = GuestDrawers::new(0);
    let d = g.open(24 << 20, &mut l).unwrap();
    let mut last = None;
    for i in 0..1_000_000u32 {
        last = Some(g.put(d, &i.to_le_bytes(), &mut l).unwrap());
    }
    let charged = l.stats().charged;
    g.wash(d, 0, &mut l).unwrap();
    let s = g.stat(d).unwrap();
    assert_eq!(
        (s.offset[0], s.generation[0], s.committed),
        (0, 1, 24 << 20)
    );
    assert_eq!(
        l.stats().charged,
        charged,
        "nothing was freed one by one, nor at all"
    );
    assert_eq!(g.get(last.unwrap()), Err(GuestError::Stale));
}

proptest! {
    #[test]
    fn guest_tickets_fit_a_value(lemari: u16, drawer: u16, tray in 0u8..2, generation in 0..=LAST_GENERATION, offset: u32) {
        let t = GuestTicket { lemari, drawer, tray, generation, offset };
        let (aux, payload) = t.to_words();
        prop_assert_eq!(GuestTicket::from_words(aux, payload), t);
    }

    #[test]
    fn no_forged_ticket_reads_beyond_its_glass(words: (u32, u64), near: bool, offset in 0u32..300) {
        let mut l = lemari(8 << 20, EmergencyPolicy::Off);
        let mut g = GuestDrawers::new(0);
        let d = g.open(256, &mut l).unwrap();
        g.put(d, &[0xFF; 100], &mut l).unwrap();
        g.put_value(d, int(3), &mut l).unwrap();
        let forged = if near {
            GuestTicket { lemari: 0, drawer: d, tray: 0, generation: 0, offset }
        } else {
            GuestTicket::from_words(words.0, words.1)
        };
        if let Ok(bytes) = g.get(forged) {
            prop_assert!(bytes.len() <= 256);
        }
        if let Ok(value) = g.get_value(forged) {
            prop_assert_eq!(value, int(3));
        }
    }
}

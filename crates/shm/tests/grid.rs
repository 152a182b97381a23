//! The grid through both sides in one process: what is copied, restarts, hostile contents, names.

use std::os::unix::fs::FileExt;

use rustix::fs::Mode;
use rustix::shm::{self as posix, OFlags};
use shm::{Cell, Cursor, Error, MAX_COLUMNS, PUBLISHED_BYTES, Reader, Snapshot, Writer};

/// A name that no other test has.
fn name(of: &str) -> String {
    format!("/foxvm-test-{of}-{}", std::process::id())
}

fn text(line: &str) -> Vec<Cell> {
    line.chars().map(Cell::new).collect()
}

fn object(name: &str) -> std::fs::File {
    let file = posix::open(name, OFlags::CREATE | OFlags::RDWR, Mode::RUSR | Mode::WUSR);
    std::fs::File::from(file.expect("an object"))
}

#[test]
fn only_rows_that_changed_are_copied() {
    let name = name("rows");
    let mut writer = Writer::create(&name, 80, 24).unwrap();
    let reader = Reader::open(&name).unwrap();
    let mut snapshot = Snapshot::new();
    let first = reader.update(&mut snapshot).unwrap();
    assert!(first.whole && first.rows == 24, "{first:?}");
    assert!(!reader.changed(&snapshot));
    let mut frame = writer.frame();
    frame.row(3, &text("ERROR: disk on fire   "));
    frame.row(4, &[]);
    frame.cursor(5, 3);
    drop(frame);
    assert!(reader.changed(&snapshot));
    let next = reader.update(&mut snapshot).unwrap();
    assert!(next.whole);
    assert_eq!(next.rows, 1, "row 4 was blank before");
    assert_eq!(snapshot.line(3).as_deref(), Some("ERROR: disk on fire"));
    assert_eq!(snapshot.cursor(), Cursor { column: 5, row: 3 });
    assert_eq!(snapshot.size(), (80, 24));
    assert_eq!(snapshot.cell(0, 3), Some(Cell::new('E')));
    assert_eq!(snapshot.cell(80, 3), None);
    assert_eq!(snapshot.line(24), None);
}

#[test]
fn a_size_is_cut_to_the_grid_and_may_change() {
    let name = name("size");
    let mut writer = Writer::create(&name, 5_000, 5_000).unwrap();
    let reader = Reader::open(&name).unwrap();
    let mut snapshot = Snapshot::new();
    reader.update(&mut snapshot).unwrap();
    assert_eq!(snapshot.size(), (200, 100));
    let mut frame = writer.frame();
    assert!(!frame.row(100, &[]));
    assert!(frame.row(99, &text(&"x".repeat(500))));
    frame.resize(3, 100);
    drop(frame);
    reader.update(&mut snapshot).unwrap();
    assert_eq!(snapshot.line(99).as_deref(), Some("xxx"));
}

#[test]
fn a_writer_that_ends_or_is_followed_by_another_is_noticed() {
    let name = name("restart");
    let writer = Writer::create(&name, 10, 10).unwrap();
    assert!(matches!(Writer::create(&name, 10, 10), Err(Error::Owned)));
    let mut reader = Reader::open(&name).unwrap();
    let mut snapshot = Snapshot::new();
    reader.update(&mut snapshot).unwrap();
    let first = snapshot.generation();
    // Killed: the object stays.
    writer.abandon();
    let mut writer = Writer::create(&name, 10, 10).unwrap();
    writer.frame().row(0, &text("new"));
    assert!(matches!(reader.update(&mut snapshot), Err(Error::Gone)));
    reader.reopen().unwrap();
    assert!(reader.update(&mut snapshot).unwrap().whole);
    assert!(snapshot.generation() > first);
    assert_eq!(snapshot.line(0).as_deref(), Some("new"));
    // Ended: the object is gone.
    drop(writer);
    assert!(matches!(reader.update(&mut snapshot), Err(Error::Gone)));
    assert!(matches!(reader.reopen(), Err(Error::System(_))));
    assert_eq!(snapshot.line(0).as_deref(), Some("new"), "the copy stays");
}

#[test]
fn the_published_part_is_where_clients_look() {
    let name = name("published");
    let mut writer = Writer::create(&name, 10, 10).unwrap();
    let mut frame = writer.frame();
    frame.row(
        1,
        &[Cell::new('A').colors(0x1234_5678, 0x9ABC_DEF0).flags(3)],
    );
    frame.cursor(7, 9);
    frame.error_mode(true);
    drop(frame);
    let file = object(&name);
    let mut bytes = vec![0; PUBLISHED_BYTES];
    file.read_exact_at(&mut bytes, 0).unwrap();
    assert_eq!(u64::from_ne_bytes(bytes[0..8].try_into().unwrap()) % 2, 0);
    assert_eq!(bytes[8..10], [1, 1]);
    assert_eq!(bytes[10..12], 7_u16.to_ne_bytes());
    assert_eq!(bytes[12..14], 9_u16.to_ne_bytes());
    let at = 16 + MAX_COLUMNS * 16;
    assert_eq!(bytes[at..at + 4], ('A' as u32).to_ne_bytes());
    assert_eq!(bytes[at + 4..at + 8], 0x1234_5678_u32.to_ne_bytes());
    assert_eq!(bytes[at + 8..at + 12], 0x9ABC_DEF0_u32.to_ne_bytes());
    assert_eq!(bytes[at + 12], 3);
}

#[test]
fn whatever_stands_in_the_memory_a_reader_answers() {
    let name = name("hostile");
    let mut writer = Writer::create(&name, 200, 100).unwrap();
    let reader = Reader::open(&name).unwrap();
    let file = object(&name);
    let length = file.metadata().unwrap().len();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for round in 0..200 {
        // Everything but the generation, which decides who is read; every eighth round with all numbers odd.
        let mut garbage = vec![0_u8; length as usize];
        for byte in &mut garbage {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            *byte = if round % 8 == 0 { 0xFF } else { random as u8 };
        }
        let kept = PUBLISHED_BYTES + 16;
        file.write_all_at(&garbage[..kept], 0).unwrap();
        file.write_all_at(&garbage[kept + 8..], (kept + 8) as u64)
            .unwrap();
        let mut snapshot = Snapshot::new();
        let update = reader.update(&mut snapshot).unwrap();
        let (columns, rows) = snapshot.size();
        assert!(columns <= 200 && rows <= 100, "{update:?}");
        for row in 0..rows {
            assert!(snapshot.line(row).unwrap().chars().count() <= columns);
        }
    }
    // A writer repairs what it writes.
    let mut frame = writer.frame();
    frame.resize(10, 2);
    frame.row(0, &text("sound"));
    drop(frame);
    let mut snapshot = Snapshot::new();
    reader.update(&mut snapshot).unwrap();
    assert_eq!(snapshot.line(0).as_deref(), Some("sound"));
}

#[test]
fn other_objects_and_names_are_refused() {
    let wrong = name("wrong");
    let file = object(&wrong);
    assert!(matches!(Reader::open(&wrong), Err(Error::Layout)));
    file.set_len(1 << 20).unwrap();
    assert!(matches!(Reader::open(&wrong), Err(Error::Layout)));
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
        .unwrap();
    assert!(matches!(
        Writer::create(&wrong, 10, 10),
        Err(Error::Foreign)
    ));
    posix::unlink(&*wrong).unwrap();
    for bad in ["", "/", "no-slash", "/a/b", "/..", "/nul\0"] {
        assert!(matches!(Writer::create(bad, 1, 1), Err(Error::Name(_))));
        assert!(matches!(Reader::open(bad), Err(Error::Name(_))));
    }
}

//! A writer at full speed and readers in other processes: no row is torn. The same with a writer that does not mark what it
//! writes, as the published protocol does: the readers see torn rows, so they would have seen them.
//!
//! Readers are this test program again: `child` below, with the name of the object in the environment.

use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use shm::{Cell, Reader, Snapshot, Writer};

const NAME: &str = "FOXVM_TORN_NAME";
/// How many rows each reader copies, and how long it looks at most where the machine is busy with other things.
const ENOUGH: u64 = 5_000;
const LONGEST: Duration = Duration::from_secs(60);
/// The two tests one after the other: they measure nothing, but want the machine for themselves.
static TURN: Mutex<()> = Mutex::new(());
const COLUMNS: usize = 200;
const ROWS: usize = 20;

fn child_process(name: &str) -> Child {
    let program = std::env::current_exe().expect("this program");
    Command::new(program)
        .args(["--ignored", "--exact", "child", "--nocapture"])
        .env(NAME, name)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child")
}

/// What the readers saw: rows copied, rows torn, grids of one frame, grids of mixed frames among them.
fn stress(of: &str, unguarded: bool) -> (u64, u64, u64, u64) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let name = format!("/foxvm-torn-{of}-{}", std::process::id());
    let mut writer = Writer::create(&name, COLUMNS, ROWS).expect("a writer");
    writer.unguarded(unguarded);
    let mut children: Vec<Child> = (0..2).map(|_| child_process(&name)).collect();
    let mut turn: u32 = 0;
    while children
        .iter_mut()
        .any(|child| child.try_wait().expect("a child").is_none())
    {
        for _ in 0..50 {
            turn = turn.wrapping_add(1);
            let row = [Cell::new('x').colors(turn, turn); COLUMNS];
            let mut frame = writer.frame();
            for at in 0..ROWS {
                frame.row(at, &row);
            }
        }
        // A pause now and then, so that readers also meet grids at rest.
        std::thread::sleep(Duration::from_micros(300));
    }
    let mut sum = (0, 0, 0, 0);
    for child in children {
        let output = child.wait_with_output().expect("a child's output");
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).expect("text");
        let line = text
            .lines()
            .find_map(|line| line.split_once("SAW ").map(|(_, numbers)| numbers))
            .unwrap_or_else(|| panic!("no result: {text}"));
        let numbers: Vec<u64> = line
            .split_whitespace()
            .map(|number| number.parse().expect("a number"))
            .collect();
        sum.0 += numbers[0];
        sum.1 += numbers[1];
        sum.2 += numbers[2];
        sum.3 += numbers[3];
    }
    sum
}

#[test]
fn no_row_is_torn() {
    let (copied, torn, whole, mixed) = stress("guarded", false);
    assert!(copied >= 2 * ENOUGH, "too little was read: {copied}");
    assert!(whole > 0, "no grid of one frame was read");
    assert_eq!((torn, mixed), (0, 0), "of {copied} rows, {whole} grids");
}

#[test]
fn without_the_marks_torn_rows_are_seen() {
    let (copied, torn, ..) = stress("unguarded", true);
    assert!(torn > 0, "{copied} rows were read and none was torn");
}

#[test]
#[allow(
    clippy::print_stdout,
    reason = "its standard output is read by the tests above"
)]
#[ignore = "a reader of the tests above, in a process of its own"]
fn child() {
    let name = std::env::var(NAME).expect("the tests above start this");
    let reader = Reader::open(&name).expect("a reader");
    let mut snapshot = Snapshot::new();
    let (mut copied, mut torn, mut whole, mut mixed) = (0_u64, 0_u64, 0_u64, 0_u64);
    let end = Instant::now() + LONGEST;
    while copied < ENOUGH && Instant::now() < end {
        let update = reader.update(&mut snapshot).expect("a living writer");
        copied += update.rows as u64;
        for row in 0..ROWS {
            let cells = snapshot.row(row).expect("a row");
            if cells.iter().any(|cell| *cell != cells[0]) {
                torn += 1;
            }
        }
        if update.whole {
            whole += 1;
            let first = snapshot.cell(0, 0);
            mixed += (1..ROWS)
                .filter(|row| snapshot.cell(0, *row) != first)
                .count() as u64;
        }
    }
    println!("SAW {copied} {torn} {whole} {mixed}");
}

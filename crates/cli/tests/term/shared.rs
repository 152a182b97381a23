//! The grid in shared memory, read by another process while the session lasts.

use std::process::Stdio;

use shm::{Reader, Snapshot};

use crate::harness::{Folder, finished, outcome, until};

#[test]
fn another_process_reads_the_grid() {
    let folder = Folder::new();
    folder.stored("errors", "");
    let name = format!("/fox-term-test-{}", std::process::id());
    let words = [
        "--headless",
        "--json",
        "--rows",
        "7",
        "--columns",
        "50",
        "--shared",
        &name,
    ];
    let program = [
        "sh",
        "-c",
        "echo \"ERROR in $SCARAB_SHMEM_PATH\"; read line",
    ];
    let mut command = folder.term(&words, &program);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let keys = child.stdin.take();
    let reader = until("the object", || Reader::open(&name).ok());
    let mut snapshot = Snapshot::default();
    let cell = until("the line", || {
        reader.update(&mut snapshot).ok()?;
        let line = snapshot.line(0)?;
        (line == format!("ERROR in {name}"))
            .then(|| snapshot.cell(0, 0))
            .flatten()
    });
    assert_eq!(
        cell.foreground, 0xffcd_0000,
        "the plugin's colour is published"
    );
    assert_eq!(snapshot.size(), (50, 7));
    // Another terminal of the same name publishes beside it.
    let second = finished(folder.term(&words, &["true"]).spawn().unwrap());
    let beside = outcome(&second)["result"]["shared"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(beside.starts_with(&format!("{name}.")), "{beside}");
    drop(keys);
    let ran = finished(child);
    assert_eq!(outcome(&ran)["result"]["shared"], name);
    assert!(Reader::open(&name).is_err(), "the name is free again");
}

#[test]
fn a_grid_that_cannot_be_published_is_no_reason_to_stop() {
    let folder = Folder::new();
    let outcome = folder.runs(&["--shared", "no slash"], "echo hello");
    assert_eq!(outcome["exit"], 0);
    assert_eq!(outcome["findings"][0]["code"], "FC42");
}

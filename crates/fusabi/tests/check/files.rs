//! `#load`: order, visibility, cycles (§1.4, rulings Fusabi 31, 53).

use std::collections::HashMap;

use fusabi::check::{CheckOptions, Checked, Loader, check};

struct Files(HashMap<&'static str, &'static str>);

impl Loader for Files {
    fn load(&mut self, _from: &str, path: &str) -> Result<(String, String), String> {
        let text = self.0.get(path).ok_or("no such file")?;
        Ok((path.to_owned(), (*text).to_owned()))
    }
}

fn run(files: &[(&'static str, &'static str)]) -> Checked {
    let mut loader = Files(files.iter().copied().collect());
    let main = loader.0["main.fsx"];
    check("main.fsx", main, &mut loader, &CheckOptions::default())
}

#[test]
fn loaded_files_come_first_and_once() {
    let checked = run(&[
        (
            "main.fsx",
            "#load \"b.fsx\" \"a.fsx\"\nlet x = twice (B.four + four)\nlet y = A.twice 2",
        ),
        ("b.fsx", "#load \"a.fsx\"\nlet four = twice 2"),
        ("a.fsx", "let twice x = x * 2"),
    ]);
    assert!(!checked.has_errors(), "{:?}", checked.problems);
    let program = checked.program.expect("no errors");
    let order: Vec<&str> = program.files.iter().map(|(_, file)| &*file.name).collect();
    assert_eq!(order, ["host", "a.fsx", "b.fsx", "main.fsx"]);
    let steps: Vec<usize> = program
        .steps
        .iter()
        .map(|step| fusabi::typed::Index::index(step.file))
        .collect();
    assert_eq!(steps, [1, 2, 3, 3]);
}

#[test]
fn a_file_with_a_header_is_not_opened() {
    let files = |text| run(&[("main.fsx", text), ("m.fsx", "module Deep.M\nlet v = 1")]);
    assert!(!files("#load \"m.fsx\"\nlet a = Deep.M.v").has_errors());
    let checked = files("#load \"m.fsx\"\nlet a = v");
    assert_eq!(checked.problems[0].code.to_string(), "FB0039");
}

#[test]
fn cycles_and_missing_files_are_said() {
    let checked = run(&[
        ("main.fsx", "#load \"a.fsx\"\n#load \"gone.fsx\""),
        ("a.fsx", "#load \"b.fsx\""),
        ("b.fsx", "#load \"a.fsx\""),
    ]);
    let codes: Vec<String> = checked
        .problems
        .iter()
        .map(|problem| problem.code.to_string())
        .collect();
    assert_eq!(codes, ["FB0513", "FB0514"]);
    assert!(checked.program.is_none());
}

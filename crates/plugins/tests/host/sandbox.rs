//! No plugin reaches files, the network, the clock, the environment or processes without its capability: every function that
//! any crate of ours offers to plugins is tried, as its own metadata describes it.

use std::collections::BTreeSet;
use std::path::Path;

use foxvm::{Capability, Engine, Native};
use plugins::{Entry, Host};
use stdlib::{Library, Settings};

use crate::harness::{Folder, faults};

/// A host as daemons have it: with the functions of crate `stdlib` beside those for plugins.
fn whole() -> Host {
    let engine = Engine::new();
    let library = Library::new(Settings::new().input(std::io::empty()));
    library.register(&engine).unwrap();
    Host::builder().engine(engine).build().unwrap()
}

/// All functions that it offers.
fn offered() -> Vec<Native> {
    let library = Library::new(Settings::new());
    let groups = library.table().into_iter().flat_map(|group| group.natives);
    groups.chain(plugins::documented()).collect()
}

/// A plugin that imports a function, and calls it with nothing when it is loaded.
fn importing(native: &Native, optional: bool) -> String {
    let signature = native.signature();
    let params = vec!["dyn"; signature.params.len()];
    let given = " unit\n".repeat(params.len());
    format!(
        "import f host \"{}\" ({}) -> dyn{}\nfn onOutput(line: text) export {{\n{given} call_ffi f\n ret\n}}\n",
        native.name(),
        params.join(", "),
        if optional { " optional" } else { "" },
    )
}

fn granted(folder: &Folder, body: &str, grants: impl IntoIterator<Item = Capability>) -> Entry {
    let mut entry = folder.plugin("p", body);
    entry.grants = grants.into_iter().collect();
    entry
}

#[test]
fn every_function_with_a_capability_is_refused_without_it() {
    let folder = Folder::new();
    let mut tried = BTreeSet::new();
    for native in offered() {
        for capability in native.capabilities() {
            let others = || {
                let all = Capability::all().into_iter();
                all.filter(|grant| grant.name() != capability)
            };
            let name = native.name();
            // Everything else is granted: it is this one that is missing.
            let body = importing(&native, false);
            let failure = whole()
                .load(granted(&folder, &body, others()))
                .expect_err(name);
            assert_eq!(failure.diagnostic.code.to_string(), "FP05", "{name}");
            let text = failure.message(diag::Lang::English);
            assert!(text.contains(name) && text.contains(capability), "{text}");
            whole()
                .load(granted(&folder, &body, Capability::all()))
                .unwrap_or_else(|failure| panic!("{name}: {failure}"));
            // Who may be without it is there, but cannot call it.
            let mut host = whole();
            host.load(granted(&folder, &importing(&native, true), others()))
                .unwrap_or_else(|failure| panic!("{name}: {failure}"));
            host.output("x");
            assert_eq!(faults(&mut host), ["FX000A"], "{name}");
            tried.insert(capability.clone());
        }
    }
    // What there is no function for needs no capability; what is left out here is the kernel's and the hooks' own.
    let untried: Vec<&str> = Capability::NAMES
        .into_iter()
        .filter(|name| !tried.contains(*name))
        .collect();
    assert_eq!(
        untried,
        [
            "net-connect",
            "net-listen",
            "process",
            "kernel",
            "output-filtering"
        ]
    );
}

/// Words by which Rust code reaches what a plugin must not.
const REACHES: [&str; 9] = [
    "std::fs",
    "cap_std",
    "std::net",
    "std::env",
    "std::process::Command",
    "SystemTime::now",
    "Instant::now",
    "OsRng",
    "getrandom",
];

#[test]
fn no_function_reaches_the_system_without_declaring_a_capability() {
    let folders = [
        concat!(env!("CARGO_MANIFEST_DIR"), "/src/natives"),
        concat!(env!("CARGO_MANIFEST_DIR"), "/../stdlib/src"),
    ];
    let mut reaching = 0;
    for folder in folders {
        for file in std::fs::read_dir(Path::new(folder)).expect("the sources") {
            let path = file.expect("a file").path();
            let text = std::fs::read_to_string(&path).expect("a source");
            // Each part begins with the attribute of a function, and ends at the next one's.
            for part in text.split("#[foxvm::native(").skip(1) {
                if !REACHES.iter().any(|word| part.contains(word)) {
                    continue;
                }
                reaching += 1;
                let attribute = part.split(")]").next().unwrap_or_default();
                assert!(attribute.contains("cap = "), "{}: {part}", path.display());
            }
        }
    }
    assert!(
        reaching >= 3,
        "the words are those of the sources: {reaching}"
    );
}

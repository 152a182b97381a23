//! What is not granted is not there.

use diag::Lang;
use plugins::{Entry, Host, State};

use crate::harness::{Folder, IDLE};

const NOTIFIES: &str = "import notify host \"notify\" (text) -> unit\n\
    fn onLoad() -> unit export {\n push \"hello\"\n call_ffi notify\n ret\n}\n";

/// The code and the sentence with which a plugin is refused.
fn refused(entry: Entry) -> (String, String) {
    let mut host = Host::new().unwrap();
    let name = entry.name.clone();
    let failure = host.load(entry).expect_err("a refusal");
    assert_eq!(host.state(&name), Some(State::Failed));
    assert!(host.take_commands().is_empty(), "something of it ran");
    (
        failure.diagnostic.code.to_string(),
        failure.message(Lang::English),
    )
}

fn without(folder: &Folder, capability: &str, body: &str) -> Entry {
    let mut entry = folder.plugin("p", body);
    entry.grants.retain(|grant| grant.name() != capability);
    entry
}

#[test]
fn an_import_needs_its_capability() {
    let folder = Folder::new();
    let (code, text) = refused(without(&folder, "ui-overlay", NOTIFIES));
    assert_eq!(code, "FP05");
    for part in [
        "`notify`",
        "(text) -> unit",
        "`ui-overlay`",
        "not granted",
        "plugins.toml",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_hook_needs_its_capability() {
    let folder = Folder::new();
    let (code, text) = refused(without(&folder, "output-filtering", IDLE));
    assert_eq!(code, "FP08");
    assert!(
        text.contains("`onOutput`") && text.contains("`output-filtering`"),
        "{text}"
    );
    let input = "fn onInput(data: bytes) -> unit export {\n unit\n ret\n}\n";
    assert_eq!(
        refused(without(&folder, "input-filtering", input)).0,
        "FP08"
    );
    let keys = "fn onKeyPress(code: text) -> unit export {\n unit\n ret\n}\n";
    assert_eq!(refused(without(&folder, "input-filtering", keys)).0, "FP08");
}

#[test]
fn a_manifest_bounds_what_is_granted() {
    let folder = Folder::new();
    let body = format!("metadata \"capabilities = [\\\"output-filtering\\\"]\\n\"\n{NOTIFIES}");
    let (code, text) = refused(folder.plugin("p", &body));
    assert_eq!(code, "FP05");
    assert!(text.contains("manifest does not ask"), "{text}");
    let body = format!(
        "metadata \"capabilities = [\\\"ui-overlay\\\"]\\nversion = \\\"1.2\\\"\\n\"\n{NOTIFIES}"
    );
    let mut host = Host::new().unwrap();
    host.load(folder.plugin("p", &body)).unwrap();
    assert_eq!(host.metrics()[0].powers, ["ui-overlay"]);
    assert_eq!(host.take_commands().len(), 1);
}

#[test]
fn unknown_imports_and_other_signatures_are_named() {
    let folder = Folder::new();
    let body = "import told host \"notfy\" (int) -> unit\nfn onLoad() -> unit export {\n push 1\n call_ffi told\n ret\n}\n";
    let (code, text) = refused(folder.plugin("p", body));
    assert_eq!(code, "FP06");
    assert!(
        text.contains("`notfy`")
            && text.contains("(int) -> unit")
            && text.contains("it offers notify,"),
        "{text}"
    );
    let body = "import notify host \"notify\" (int) -> unit\nfn onLoad() -> unit export {\n push 1\n call_ffi notify\n ret\n}\n";
    let (code, text) = refused(folder.plugin("p", body));
    assert_eq!(code, "FP07");
    assert!(text.contains("(text) -> unit"), "{text}");
}

#[test]
fn manifests_that_cannot_be_read_or_are_for_another_host_are_refused() {
    let folder = Folder::new();
    let with = |metadata: &str| folder.plugin("p", &format!("metadata \"{metadata}\"\n{IDLE}"));
    let (code, text) = refused(with("version = \\\"1\\\"\\ncapabilities = 3\\n"));
    assert_eq!(code, "FP03");
    assert!(text.contains("line 2"), "{text}");
    assert_eq!(refused(with("capabilities = [\\\"fly\\\"]\\n")).0, "FP03");
    assert_eq!(refused(with("api-version = \\\"2.0\\\"\\n")).0, "FP04");
    assert_eq!(refused(with("api-version = \\\"1.9\\\"\\n")).0, "FP04");
    let mut host = Host::new().unwrap();
    host.load(with("api-version = \\\"1.0.3\\\"\\n")).unwrap();
}

#[test]
fn hooks_with_other_parameters_are_refused() {
    let folder = Folder::new();
    let body = "fn onOutput(line: int) -> unit export {\n unit\n ret\n}\n";
    let (code, text) = refused(folder.plugin("p", body));
    assert_eq!(code, "FP09");
    assert!(text.contains("(int)") && text.contains("(text)"), "{text}");
}

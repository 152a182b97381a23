//! Plugins that run only as they were granted.

use plugins::{Entry, Granted, Host, Report, State};

use crate::harness::{Folder, IDLE, appends, poll_until};

fn asking(folder: &Folder, body: &str) -> Entry {
    let mut entry = folder.plugin("p", body);
    entry.ask_again = true;
    entry
}

fn host(granted: &Granted) -> Host {
    Host::builder().granted(granted.clone()).build().unwrap()
}

/// The code and the sentence of a refusal.
fn refused(granted: &Granted, entry: Entry) -> String {
    let mut host = host(granted);
    let failure = host.load(entry).expect_err("a refusal");
    assert_eq!(failure.diagnostic.code.to_string(), "FP17");
    assert_eq!(host.state("p"), Some(State::Failed));
    failure.message(diag::Lang::English)
}

#[test]
fn what_was_not_granted_or_has_changed_does_not_run() {
    let folder = Folder::new();
    let entry = asking(&folder, IDLE);
    let mut granted = Granted::default();
    let text = refused(&granted, entry.clone());
    assert!(
        text.contains("nobody has granted it") && text.contains("fox plug grant"),
        "{text}"
    );
    assert!(host(&granted).check(&entry).is_err());
    let mut granting = host(&granted);
    let checked = granting.grant(&entry).unwrap();
    assert_eq!(checked.hooks.len(), 1);
    granted = granting.granted().clone();
    host(&granted).load(entry.clone()).unwrap();
    // Other grants.
    let mut more = entry.clone().grant("env");
    let text = refused(&granted, more.clone());
    assert!(text.contains("grants"), "{text}");
    more.grants.reverse();
    more.grants.retain(|grant| grant.name() != "env");
    host(&granted)
        .load(more)
        .expect("the order is no difference");
    // Other bytes.
    let changed = asking(&folder, &appends("!"));
    let text = refused(&granted, changed.clone());
    assert!(text.contains("its bytes changed"), "{text}");
    let mut free = changed;
    free.ask_again = false;
    host(&granted).load(free).unwrap();
    assert!(granted.revoke("p") && !granted.revoke("p"));
    assert!(host(&granted).load(entry).is_err());
}

#[test]
fn a_new_version_waits_until_it_is_granted() {
    let folder = Folder::new();
    let entry = asking(&folder, IDLE);
    let mut host = host(&Granted::default());
    host.grant(&entry).unwrap();
    host.load(entry.clone()).unwrap();
    folder.write("p", &appends("!"));
    let told = poll_until(&mut host, std::time::Instant::now(), |report| {
        matches!(report, Report::Kept { .. })
    });
    assert!(
        told.iter()
            .any(|report| matches!(report, Report::Refused { failure, .. }
        if failure.diagnostic.code.to_string() == "FP17"))
    );
    assert_eq!(host.output("x"), plugins::Flow::Pass);
    host.grant(&entry).unwrap();
    host.reload("p").unwrap();
    assert_eq!(host.output("x"), plugins::Flow::Changed("x!".to_owned()));
}

#[test]
fn a_plugin_that_could_not_be_loaded_is_not_granted() {
    let folder = Folder::new();
    let mut entry = asking(&folder, IDLE);
    entry.grants.clear();
    let mut host = host(&Granted::default());
    let failure = host.grant(&entry).unwrap_err();
    assert_eq!(failure.diagnostic.code.to_string(), "FP08");
    assert_eq!(*host.granted(), Granted::default());
}

#[test]
fn the_store_is_a_file_that_is_replaced_whole() {
    let folder = Folder::new();
    let config = folder.path().join("plugins.toml");
    let path = Granted::beside(&config);
    assert!(path.ends_with("plugins.granted.json"));
    assert_eq!(Granted::read(&path).unwrap(), Granted::default());
    let mut host = host(&Granted::default());
    host.grant(&asking(&folder, IDLE)).unwrap();
    host.granted().write(&path).unwrap();
    assert_eq!(Granted::read(&path).unwrap(), *host.granted());
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 2, "the plugin and the store");
    std::fs::write(&path, "{\"plugin\": 3}").unwrap();
    let failure = Granted::read(&path).unwrap_err();
    assert_eq!(failure.diagnostic.code.to_string(), "FP18");
    let nowhere = folder.path().join("no/such/folder.toml");
    assert!(host.granted().write(&nowhere).is_err());
}

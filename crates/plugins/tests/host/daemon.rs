//! What the daemon tells beside lines, input and keys: ticks, titles, bells, themes, settings.

use plugins::{Command, Config, Flow, Host};

use crate::harness::{Folder, faults, host};

/// A plugin whose hooks notify of what they were told.
const TELLS: &str = "import notify host \"notify\" (text) -> unit\n\
    import setting host \"config.get\" (text) -> dyn\n\
    fn onTick(number: int) -> unit export {\n load number\n push 7\n i64.eq\n jump_if_not no\n push \"seven\"\n call_ffi notify\n pop\nno:\n unit\n ret\n}\n\
    fn on_title_change(title: text) -> unit export {\n load title\n call_ffi notify\n ret\n}\n\
    fn onBell() -> unit export {\n push \"ding\"\n call_ffi notify\n ret\n}\n\
    fn on_theme_changed(name: text) -> unit export {\n load name\n call_ffi notify\n ret\n}\n\
    fn onConfigReloaded() -> unit export {\n push \"mode\"\n call_ffi setting\n cast text\n call_ffi notify\n ret\n}\n\
    fn onOutput(line: text) export {\n push \"mode\"\n call_ffi setting\n ret\n}\n";

fn said(host: &mut Host) -> Vec<String> {
    host.take_commands()
        .into_iter()
        .filter_map(|(_, command)| match command {
            Command::Notify { body, .. } => Some(body),
            _ => None,
        })
        .collect()
}

#[test]
fn plugins_are_told_what_happens_to_the_daemon() {
    let folder = Folder::new();
    let mut host = host([folder.plugin("tells", TELLS)]);
    host.tick(6);
    host.tick(7);
    host.title_change("vim");
    host.bell();
    host.theme_changed("dark");
    assert_eq!(said(&mut host), ["seven", "vim", "ding", "dark"]);
    assert_eq!(faults(&mut host), Vec::<String>::new());
    let hooks: Vec<&str> = host.metrics()[0]
        .hooks
        .iter()
        .map(|hook| hook.hook)
        .collect();
    assert!(
        hooks.contains(&"onTick") && hooks.contains(&"onBell"),
        "{hooks:?}"
    );
}

#[test]
fn settings_that_changed_are_taken_and_told() {
    let folder = Folder::new();
    let mut entry = folder.plugin("tells", TELLS);
    entry.settings = vec![("mode".to_owned(), "slow".to_owned())];
    let mut host = host([entry, folder.plugin("other", crate::harness::IDLE)]);
    assert_eq!(host.output("x"), Flow::Changed("slow".to_owned()));
    let read = |text: &str| Config::parse(text, "plugins.toml", folder.path()).unwrap();
    let config = read(
        "[[plugin]]\nname = \"tells\"\npath = \"tells.fza\"\n[plugin.config]\nmode = \"fast\"\n",
    );
    assert_eq!(host.config_reloaded(&config), ["tells"]);
    assert_eq!(said(&mut host), ["fast"]);
    assert_eq!(host.output("x"), Flow::Changed("fast".to_owned()));
    assert_eq!(
        host.config_reloaded(&config),
        Vec::<String>::new(),
        "nothing changed"
    );
    // A later version has them too.
    host.reload("tells").unwrap();
    assert_eq!(host.output("x"), Flow::Changed("fast".to_owned()));
}

#[test]
fn ringing_and_titles_need_what_lines_need() {
    let folder = Folder::new();
    let mut entry = folder.plugin("p", "fn onBell() -> unit export {\n unit\n ret\n}\n");
    entry
        .grants
        .retain(|grant| grant.name() != "output-filtering");
    let failure = Host::new().unwrap().load(entry).expect_err("no grant");
    assert_eq!(failure.diagnostic.code.to_string(), "FP08");
}

//! `docs/plugin-api.md` is what the table says.

#[test]
fn the_page_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/plugin-api.md");
    let wanted = plugins::page();
    if std::env::var_os("FOX_BLESS").is_some() {
        std::fs::write(path, &wanted).expect("the page is written");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == wanted,
        "renew it: FOX_BLESS=1 cargo test -p plugins --test page"
    );
}

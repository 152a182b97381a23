//! The base library that comes with this crate, written in Rhumb over host functions: `crates/rhumb/base`.

/// A library of the bundle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bundled {
    /// Its name in English, under which its module is known.
    pub name: &'static str,
    /// Its other names: a sign that needs no language, and those of the languages of messages.
    pub names: &'static [&'static str],
    /// Its version.
    pub version: &'static str,
    /// Its source.
    pub source: &'static str,
}

macro_rules! bundle {
    ($($name:literal $version:literal $($other:literal)*;)*) => {
        /// The libraries.
        pub const BUNDLE: &[Bundled] = &[$(Bundled {
            name: $name,
            names: &[$($other),*],
            version: $version,
            source: include_str!(concat!("../../rhumb/base/", $name, ".rh")),
        }),*];
    };
}

bundle! {
    "console" "1.2.0" "🖥️" "🖥" "konsol";
    "math" "1.2.0" "🧮" "matematika";
    "text" "1.2.0" "🔡" "teks";
    "data" "1.2.0" "📦";
    "time" "1.2.0" "🕰️" "🕰" "waktu";
    "system" "1.2.0" "🐚" "sistem";
    "files" "1.2.0" "📂" "berkas";
}

/// The document whose value is the World map, with the console in it.
pub const PRELUDE: &str = include_str!("../../rhumb/base/prelude.rh");

/// The library of a name in any language.
pub fn bundled(name: &str) -> Option<&'static Bundled> {
    BUNDLE
        .iter()
        .find(|library| library.name == name || library.names.contains(&name))
}

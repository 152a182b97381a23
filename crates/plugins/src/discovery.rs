//! Plugins that lie in folders.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::config::Entry;

/// The folders in which plugins are looked for, by the environment that `variable` reads: `$SCARAB_PLUGIN_PATH` (folders like
/// those of `PATH`), the user's, the machine's.
pub fn default_folders(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = variable("SCARAB_PLUGIN_PATH")
        .map(|list| std::env::split_paths(&list).collect())
        .unwrap_or_default();
    let user = variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| variable("HOME").map(|home| Path::new(&home).join(".config")));
    folders.extend(user.map(|config| config.join("scarab/plugins")));
    folders.push("/usr/local/share/scarab/plugins".into());
    folders.push("/usr/share/scarab/plugins".into());
    folders
}

/// The plugins in folders, by name within a folder: files that end in one of `ends`, named for their stems. Of one name the
/// first counts. They have no grants: finding a file is no trust. A folder that cannot be read has none.
pub fn discover(folders: &[PathBuf], ends: &[&str]) -> Vec<Entry> {
    let mut names = BTreeSet::new();
    let mut found = Vec::new();
    for folder in folders {
        let Ok(files) = std::fs::read_dir(folder) else {
            continue;
        };
        let mut paths: Vec<PathBuf> = files
            .filter_map(|file| Some(file.ok()?.path()))
            .filter(|path| {
                let end = path.extension().and_then(|end| end.to_str());
                end.is_some_and(|end| ends.contains(&end)) && path.is_file()
            })
            .collect();
        paths.sort();
        for path in paths {
            let Some(name) = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
            else {
                continue;
            };
            if names.insert(name.clone()) {
                found.push(Entry::new(name, path));
            }
        }
    }
    found
}

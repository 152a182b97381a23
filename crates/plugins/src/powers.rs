//! What a plugin may do: its manifest's wishes and its user's grants, both.

use diag::{Diagnostic, Message, fp};
use foxvm::{Capability, Engine, ImportSource, Module};

use crate::failure::Failure;
use crate::hook::Hook;
use crate::manifest::Manifest;
use crate::{API, link::Hooks};

/// The capabilities that both name; a part (`fs-read=DIR`) only where both name the same, or one names the whole.
pub(crate) fn effective(manifest: &Manifest, grants: &[Capability]) -> Vec<Capability> {
    let Some(asked) = &manifest.capabilities else {
        return grants.to_vec();
    };
    let mut both: Vec<Capability> = Vec::new();
    for grant in grants {
        for wish in asked.iter().filter(|wish| wish.name() == grant.name()) {
            // The narrower of the two; two different parts are neither's.
            let narrow = if grant.as_str() == grant.name() {
                wish
            } else if wish.as_str() == wish.name() || wish == grant {
                grant
            } else {
                continue;
            };
            if !both.contains(narrow) {
                both.push(narrow.clone());
            }
        }
    }
    both
}

/// Checks the version of the host that a plugin wants.
pub(crate) fn check_api(plugin: &str, manifest: &Manifest) -> Result<(), Failure> {
    let Some((major, minor)) = manifest.api else {
        return Ok(());
    };
    if major == API.0 && minor <= API.1 {
        return Ok(());
    }
    Err(Diagnostic::error(fp::API)
        .arg("plugin", plugin)
        .arg("wanted", format!("{major}.{minor}"))
        .arg("offered", format!("{}.{}", API.0, API.1))
        .into())
}

/// Checks imports and hooks against the powers, before anything of the plugin runs.
pub(crate) fn check(
    plugin: &str,
    engine: &Engine,
    module: &Module,
    manifest: &Manifest,
    hooks: &Hooks,
    powers: &[Capability],
) -> Result<(), Failure> {
    let offered = offered(engine);
    for import in module.imports() {
        if import.source != ImportSource::Host || import.optional {
            continue;
        }
        let signature = import
            .signature
            .as_ref()
            .map_or_else(String::new, ToString::to_string);
        let Some(found) = offered.iter().find(|offer| offer.name == import.name) else {
            let mut names: Vec<String> = offered.iter().map(|offer| offer.name.clone()).collect();
            // A message has room for some of them: those that the plugin may mean come first.
            names.sort_by_cached_key(|name| {
                let shared = shared_pairs(name, &import.name);
                (std::cmp::Reverse(shared), name.clone())
            });
            return Err(Diagnostic::error(fp::IMPORT_UNKNOWN)
                .arg("plugin", plugin)
                .arg("name", import.name)
                .arg("signature", signature)
                .arg("offered", names)
                .help("help.version")
                .into());
        };
        for capability in found.capabilities.iter().chain(&import.capabilities) {
            let name = capability.split('=').next().unwrap_or(capability);
            if powers.iter().any(|power| power.name() == name) {
                continue;
            }
            let (reason, help) = reason(manifest, name);
            return Err(Diagnostic::error(fp::IMPORT_DENIED)
                .arg("plugin", plugin)
                .arg("name", import.name)
                .arg("signature", signature)
                .arg("capability", name)
                .arg_if("granted", granted(powers))
                .reason(reason)
                .help(help)
                .into());
        }
    }
    check_types(plugin, module)?;
    for hook in hooks.present() {
        let Some(name) = hook.capability() else {
            continue;
        };
        if powers.iter().any(|power| power.name() == name) {
            continue;
        }
        let (reason, help) = reason(manifest, name);
        return Err(Diagnostic::error(fp::HOOK_DENIED)
            .arg("plugin", plugin)
            .arg("hook", hook.name())
            .arg("capability", name)
            .arg_if("granted", granted(powers))
            .reason(reason)
            .help(help)
            .into());
    }
    Ok(())
}

/// Checks that what the module declares under the names of the host's types can be made of the host's values and read.
fn check_types(plugin: &str, module: &Module) -> Result<(), Failure> {
    let definitions = match module.lang() {
        foxvm::Lang::Fusabi => module.definitions(),
        _ => Vec::new(),
    };
    for import in module.imports() {
        if import.source != ImportSource::Host {
            continue;
        }
        let misfit = crate::api::misfit_of_import(&import)
            .or_else(|| crate::api::misfit_of_definitions(&import.name, &definitions));
        if let Some(misfit) = misfit {
            return Err(type_differs(plugin, "function", &import.name, misfit));
        }
    }
    Ok(())
}

/// FP16 for a type that crosses in a function or hook.
pub(crate) fn type_differs(
    plugin: &str,
    place: &'static str,
    name: &str,
    (ty, found, offered): (String, String, String),
) -> Failure {
    Diagnostic::error(fp::TYPE_DIFFERS)
        .arg("plugin", plugin)
        .arg("place", diag::Argument::Key(place))
        .arg("name", name)
        .arg("type", ty)
        .arg("found", found)
        .arg("offered", offered)
        .help("help.compile")
        .into()
}

/// How many pairs of letters of a name occur in another, whatever their case; in thousandths.
fn shared_pairs(name: &str, wanted: &str) -> usize {
    let pairs = |text: &str| -> Vec<String> {
        let text = text.to_lowercase();
        let scalars: Vec<char> = text.chars().collect();
        scalars
            .windows(2)
            .map(|pair| pair.iter().collect())
            .collect()
    };
    let (name, wanted) = (pairs(name), pairs(wanted));
    let shared = wanted.iter().filter(|pair| name.contains(pair)).count();
    2_000 * shared / (name.len() + wanted.len()).max(1)
}

/// What a plugin has, for messages; nothing if that is nothing.
fn granted(powers: &[Capability]) -> Option<Vec<String>> {
    (!powers.is_empty()).then(|| powers.iter().map(ToString::to_string).collect())
}

/// Who did not give a capability, and what to do.
fn reason(manifest: &Manifest, name: &str) -> (&'static str, Message) {
    let asked = manifest
        .capabilities
        .as_ref()
        .is_none_or(|asked| asked.iter().any(|wish| wish.name() == name));
    if asked {
        ("grant", Message::new("help.grant"))
    } else {
        ("manifest", Message::new("help.manifest"))
    }
}

/// What linking found that the checks above did not: a signature that differs. Anything else stays as it is.
pub(crate) fn link_failure(plugin: &str, error: foxvm::Error) -> Failure {
    match error.kind() {
        foxvm::ErrorKind::ImportDiffers {
            name,
            expected,
            found,
        } => Diagnostic::error(fp::IMPORT_DIFFERS)
            .arg("plugin", plugin)
            .arg("name", name.as_str())
            .arg("signature", expected.as_str())
            .arg("offered", found.as_str())
            .help("help.compile")
            .into(),
        _ => error.into(),
    }
}

#[derive(serde::Deserialize)]
struct Offer {
    name: String,
    capabilities: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Offers {
    functions: Vec<Offer>,
}

/// The Engine's host functions.
fn offered(engine: &Engine) -> Vec<Offer> {
    serde_json::from_str::<Offers>(&engine.describe())
        .map_or_else(|_| Vec::new(), |all| all.functions)
}

/// The hooks that there are, for messages.
pub(crate) fn hook_names() -> Vec<String> {
    Hook::ALL
        .iter()
        .map(|hook| hook.name().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(names: &[&str]) -> Vec<Capability> {
        names
            .iter()
            .filter_map(|name| Capability::parse(name))
            .collect()
    }

    #[test]
    fn powers_are_what_both_sides_name_and_the_narrower_part_of_it() {
        let of = |asked: Option<&[&str]>, grants: &[&str]| {
            let manifest = Manifest {
                capabilities: asked.map(all),
                ..Manifest::default()
            };
            let powers = effective(&manifest, &all(grants));
            powers.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(of(None, &["clock"]), ["clock"]);
        assert_eq!(of(Some(&[]), &["clock"]), Vec::<String>::new());
        assert_eq!(of(Some(&["clock", "env"]), &["clock", "random"]), ["clock"]);
        assert_eq!(of(Some(&["fs-read"]), &["fs-read=/a"]), ["fs-read=/a"]);
        assert_eq!(of(Some(&["fs-read=/a"]), &["fs-read"]), ["fs-read=/a"]);
        assert_eq!(of(Some(&["fs-read=/a"]), &["fs-read=/a"]), ["fs-read=/a"]);
        let none = of(Some(&["fs-read=/a"]), &["fs-read=/b"]);
        assert_eq!(none, Vec::<String>::new());
    }
}

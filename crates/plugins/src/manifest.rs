//! What a plugin's author says of it: the module's metadata, TOML.

use diag::{Diagnostic, fp};
use foxvm::{Capability, Module};
use serde::Deserialize;

use crate::config::pointed;
use crate::failure::Failure;

/// A manifest. Other keys are the author's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// The plugin's version.
    pub version: Option<String>,
    /// The host API that it is made for: major, minor.
    pub api: Option<(u32, u32)>,
    /// What it asks for; `None` if it says nothing, and then its imports and hooks say it.
    pub capabilities: Option<Vec<Capability>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Text {
    version: Option<String>,
    #[serde(alias = "api_version")]
    api_version: Option<String>,
    capabilities: Option<Vec<String>>,
}

/// Reads the manifest of a module.
pub(crate) fn read(plugin: &str, module: &Module) -> Result<Manifest, Failure> {
    let bytes = module.metadata();
    if bytes.is_empty() {
        return Ok(Manifest::default());
    }
    let wrong = |detail: &str| {
        Diagnostic::error(fp::MANIFEST)
            .arg("plugin", plugin)
            .arg("detail", detail)
    };
    let text =
        std::str::from_utf8(bytes).map_err(|error| Failure::from(wrong(&error.to_string())))?;
    let found: Text = toml::from_str(text)
        .map_err(|error| pointed(text, plugin, error.span(), wrong(error.message())))?;
    let api = match &found.api_version {
        None => None,
        Some(text) => {
            Some(numbers(text).ok_or_else(|| Failure::from(wrong("`api-version` is no version")))?)
        }
    };
    let mut capabilities = None;
    for name in found.capabilities.iter().flatten() {
        let capability = Capability::parse(name)
            .ok_or_else(|| Failure::from(wrong(&format!("`{name}` is no capability"))))?;
        capabilities.get_or_insert_with(Vec::new).push(capability);
    }
    if found.capabilities.is_some() {
        capabilities.get_or_insert_with(Vec::new);
    }
    Ok(Manifest {
        version: found.version,
        api,
        capabilities,
    })
}

/// Major and minor of `1.2` or `1.2.3`.
fn numbers(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.');
    let major = parts.next()?.trim().parse().ok()?;
    let minor = parts
        .next()
        .map_or(Some(0), |part| part.trim().parse().ok())?;
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn versions_have_one_to_three_numbers() {
        assert_eq!(numbers("1"), Some((1, 0)));
        assert_eq!(numbers("1.4"), Some((1, 4)));
        assert_eq!(numbers("2.0.7"), Some((2, 0)));
        assert_eq!(numbers("one"), None);
        assert_eq!(numbers(""), None);
    }
}

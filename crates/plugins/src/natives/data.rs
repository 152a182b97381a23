//! The plugin's own data and settings, and variables of the environment that were granted.

use foxvm::{Context, Error, Value};

use super::room;

/// Keeps a value under a key, for this plugin and its later versions; false if its store is full.
#[foxvm::native(name = "data.set")]
pub(crate) fn data_set(context: &mut Context<'_>, key: &str, value: &str) -> Result<Value, Error> {
    context.work(key.len() + value.len())?;
    Ok(Value::bool(room(context)?.store().set(key, value)))
}

/// The value under a key; empty if there is none.
#[foxvm::native(name = "data.get")]
pub(crate) fn data_get(context: &mut Context<'_>, key: &str) -> Result<Option<String>, Error> {
    let value = room(context)?.store().get(key).map(str::to_owned);
    context.work(value.as_ref().map_or(0, String::len))?;
    Ok(value)
}

/// A setting of the plugin in plugins.toml; empty if there is none.
#[foxvm::native(name = "config.get")]
pub(crate) fn config_get(context: &mut Context<'_>, key: &str) -> Result<Option<String>, Error> {
    let settings = &room(context)?.settings;
    let found = settings.iter().find(|(name, _)| name == key);
    Ok(found.map(|(_, value)| value.clone()))
}

/// A setting of the plugin in plugins.toml; an empty text if there is none.
#[foxvm::native(name = "config.text")]
pub(crate) fn config_text(context: &mut Context<'_>, key: &str) -> Result<String, Error> {
    Ok(config_get(context, key)?.unwrap_or_default())
}

/// A variable of the environment; empty if there is none, or it was not granted (`env=NAME` grants one, `env` all).
#[foxvm::native(name = "get_env", cap = "env", cost = 16)]
pub(crate) fn get_env(context: &mut Context<'_>, name: &str) -> Result<Option<String>, Error> {
    context.work(name.len())?;
    if let Some(granted) = context.parts("env")
        && !granted.iter().any(|granted| granted == name)
    {
        return Ok(None);
    }
    // The system's own rules of names: asking for one that it cannot have would be a panic.
    if name.is_empty() || name.contains(['=', '\0']) {
        return Ok(None);
    }
    let value = std::env::var(name).ok();
    context.work(value.as_ref().map_or(0, String::len))?;
    Ok(value)
}

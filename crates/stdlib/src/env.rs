//! What the program was started with.

use foxvm::{Context, Error, Native, Value};

use crate::failure;
use crate::settings::Settings;

pub(crate) fn natives(settings: &Settings) -> Vec<Native> {
    let arguments = settings.arguments.clone();
    vec![
        get::native(),
        Native::new(
            "env.args",
            move |cx: &mut Context<'_>| -> Result<Value, Error> {
                crate::text_list::list(cx, arguments.iter().map(String::as_str))
            },
        )
        .capability("env")
        .doc("List of the words that the program was given."),
    ]
}

/// The value of an environment variable; empty if there is none.
#[foxvm::native(name = "env.get", cap = "env", cost = 16)]
fn get(cx: &mut Context<'_>, name: &str) -> Result<Option<String>, Error> {
    cx.work(name.len())?;
    if let Some(granted) = cx.parts("env")
        && !granted.iter().any(|granted| granted == name)
    {
        return Err(failure::denied(format!(
            "the variable {name} was not granted; --allow env={name} grants it"
        )));
    }
    // The system's own rules of names: asking for one that it cannot have would be a panic.
    if name.is_empty() || name.contains(['=', '\0']) {
        return Ok(None);
    }
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(failure::conv(format!(
            "the variable {name} is no Unicode text"
        ))),
    }
}

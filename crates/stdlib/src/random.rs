//! Random numbers.

use foxvm::{Context, Error, Native};

use crate::failure;
use crate::generator::Generator;
use crate::settings::Settings;

/// The World's generator, once it was used.
#[derive(Default)]
struct State(Option<Generator>);

fn generator<'c>(cx: &'c mut Context<'_>, seed: Option<u64>) -> Result<&'c mut Generator, Error> {
    let state: &mut State = cx.state()?;
    Ok(state.0.get_or_insert_with(|| match seed {
        Some(seed) => Generator::seeded(seed),
        None => Generator::surprising(),
    }))
}

pub(crate) fn natives(settings: &Settings) -> Vec<Native> {
    let seed = settings.seed;
    vec![
        Native::new(
            "random.float",
            move |cx: &mut Context<'_>| -> Result<f64, Error> { Ok(generator(cx, seed)?.float()) },
        )
        .capability("random")
        .doc("A float from 0 to below 1."),
        Native::new(
            "random.int",
            move |cx: &mut Context<'_>, min: i64, max: i64| -> Result<i64, Error> {
                if min > max {
                    return Err(failure::range(format!("{min} is above {max}")));
                }
                // The width of the range as 64 bits without sign, however far apart its ends are.
                let width = (max as u64).wrapping_sub(min as u64);
                let above = generator(cx, seed)?.up_to(width);
                Ok((min as u64).wrapping_add(above) as i64)
            },
        )
        .names(&["min", "max"])
        .capability("random")
        .doc("An integer from min to max, both included, each equally likely."),
        Native::new(
            "random.seed",
            |cx: &mut Context<'_>, number: i64| -> Result<(), Error> {
                let state: &mut State = cx.state()?;
                state.0 = Some(Generator::seeded(number as u64));
                Ok(())
            },
        )
        .names(&["number"])
        .capability("random")
        .doc("Begins the sequence that belongs to a number: xoshiro256++, the same in every version."),
    ]
}

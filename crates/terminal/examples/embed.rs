//! A terminal with plugins in a program of one's own: `embed plugins.toml PROGRAM WORDS…`.

use std::process::ExitCode;

use plugins::{Config, Host};
use terminal::{Options, run};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut words = std::env::args_os().skip(1);
    let file = words.next().ok_or("embed plugins.toml PROGRAM WORDS…")?;
    let config = Config::read(file.as_ref()).map_err(|failure| failure.to_string())?;
    let mut host = Host::new()?;
    host.load_all(&config);
    let mut options = Options::new(words);
    options.leader = terminal::key("ctrl-]");
    let outcome = run(host, options)?;
    for report in outcome.reports {
        let english = diag::Catalogue::for_lang(diag::Lang::English);
        std::io::Write::write_all(
            &mut std::io::stderr(),
            format!("{}\n", english.message(&report)).as_bytes(),
        )?;
    }
    Ok(ExitCode::from(outcome.exit))
}

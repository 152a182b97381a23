//! Assembles every module text of a folder into another: the seeds of the fuzz targets.
//! `cargo run -p fzb --example assemble_all -- FROM TO`.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(from), Some(to)) = (args.next(), args.next()) else {
        return Err(std::io::Error::other("usage: assemble_all FROM TO"));
    };
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_stem() else {
            continue;
        };
        let Ok(source) = std::fs::read_to_string(&path) else {
            continue;
        };
        // Texts that do not assemble are other tests' affair.
        let made = fzb::text::assemble(&source).map(|tables| fzb::write::write(&tables));
        if let Ok(Ok(file)) = made {
            std::fs::write(to.join(name).with_extension("fzb"), file)?;
        }
    }
    Ok(())
}

//! Writes everything there is to look up to standard output, for the build of the site: `Vec<Entry>` as postcard.

use std::io::Write;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(&tools::encode(&tools::library::library()))
}

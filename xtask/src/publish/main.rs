//! What is given to people: `cargo xtask docs` writes the site.

mod docs;
mod markdown;
mod reference;
mod sections;

use std::env;
use std::process::ExitCode;

use xtask::USAGE;

const HELP: &str = "\
cargo xtask docs    write the site of guides and reference into the folder docs of the target folder
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["docs"] => xtask::run(docs::write),
        _ => {
            eprint!("xtask: this is not understood; these commands are known:\n{HELP}");
            ExitCode::from(USAGE)
        }
    }
}

//! What is given to people: `cargo xtask docs` writes the site.

mod check;
mod clients;
mod docs;
mod markdown;
mod reference;
mod sections;

use std::env;
use std::path::Path;
use std::process::ExitCode;

use xtask::USAGE;

const HELP: &str = "\
cargo xtask docs                write the site of guides and reference into target/docs
cargo xtask docs --to FOLDER    write it into that folder, in place of what is there
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["docs"] => xtask::run(|root| docs::write(root, &xtask::target(root).join("docs"))),
        ["docs", "--to", folder] => xtask::run(|root| docs::write_to(root, Path::new(folder))),
        _ => {
            eprint!("xtask: this is not understood; these commands are known:\n{HELP}");
            ExitCode::from(USAGE)
        }
    }
}

//! What is given to people: `cargo xtask docs` writes the site, `cargo xtask dist`
//! what a team without Rust downloads.

mod check;
mod clients;
mod dist;
mod docs;
mod licences;
mod markdown;
mod reference;
mod sections;

use std::env;
use std::path::Path;
use std::process::ExitCode;

use xtask::USAGE;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["docs"] => xtask::run(|root| docs::write(root, &xtask::target(root).join("docs"))),
        ["docs", "--to", folder] => xtask::run(|root| docs::write_to(root, Path::new(folder))),
        ["dist"] => {
            xtask::run(|root| dist::write(root, &xtask::target(root).join("dist"), "release"))
        }
        ["dist", "--to", folder] => {
            xtask::run(|root| dist::write(root, Path::new(folder), "release"))
        }
        // An `aim-fake` that is built sooner, for tests.
        ["dist", "--dev", "--to", folder] => {
            xtask::run(|root| dist::write(root, Path::new(folder), "dev"))
        }
        _ => {
            eprintln!("xtask: this is not understood; see `cargo xtask help`");
            ExitCode::from(USAGE)
        }
    }
}

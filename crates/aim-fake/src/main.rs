//! The program: the fake for everyone who does not write Rust.

use std::process::ExitCode;

fn main() -> ExitCode {
    aim_fake::program::main()
}

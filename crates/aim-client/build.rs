//! Generates the client from the document (feature `codegen`).
//!
//! What is compiled never depends on the versions that a consumer's lock file
//! picks: where the generator's output differs from the committed file, the
//! committed file is compiled and a warning says so.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "codegen")]
    if let Err(error) = codegen::run() {
        println!("cargo::error={error}");
    }
}

#[cfg(feature = "codegen")]
mod codegen {
    use std::path::PathBuf;
    use std::{env, fs, io};

    use aim_codegen::document::Document;
    use aim_codegen::generate::generate;

    const DOCUMENT: &str = "openapi/aim.yaml";
    const COMMITTED: &str = "src/generated.rs";

    pub(crate) fn run() -> io::Result<()> {
        println!("cargo::rerun-if-changed={DOCUMENT}");
        println!("cargo::rerun-if-changed={COMMITTED}");
        let committed = fs::read_to_string(COMMITTED)?.replace("\r\n", "\n");
        let text = fs::read_to_string(DOCUMENT)?;
        let generated = Document::parse(DOCUMENT, &text).and_then(|document| generate(&document));
        let origin = match generated {
            Ok(generated) if generated == committed => "generated",
            Ok(_) => {
                println!(
                    "cargo::warning=aim-client: the code generated here differs from the committed one, \
                     which is compiled instead; run `cargo xtask regen` if the document was edited"
                );
                "committed"
            }
            Err(problems) => {
                println!(
                    "cargo::warning=aim-client: the document cannot be generated from here, \
                     the committed code is compiled instead: {}",
                    problems.to_string().replace('\n', " ")
                );
                "committed"
            }
        };
        // A test asks for this, so that falling back cannot pass unnoticed here.
        println!("cargo::rustc-env=AIM_CLIENT_CODE_ORIGIN={origin}");
        let folder = env::var_os("OUT_DIR")
            .ok_or_else(|| io::Error::other("cargo sets OUT_DIR for build scripts"))?;
        fs::write(PathBuf::from(folder).join("generated.rs"), committed)
    }
}

//! Decides what the build script of `aim-client` compiles, and writes a warning
//! where that may surprise.
//! | document | compiled code | [`Origin`] |
//! | --- | --- | --- |
//! | the package's own copy | generated from it; the committed code if the generator's output differs from it | [`Package`](Origin::Package), [`Committed`](Origin::Committed) |
//! | the maintained one, edited | generated from it, or an error | [`Workspace`](Origin::Workspace) |
//! | a user's own | generated from it, or an error | [`Own`](Origin::Own) |

use std::fmt;
use std::path::{Path, PathBuf};

use crate::generate::{self, Code, generate};
use crate::read::document::Document;
use crate::read::problem::{Problem, Problems};
use crate::regen::DOCUMENT;
use crate::{lint, needs};

/// Where the compiled code comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Generated, and equal to the committed code.
    Package,
    /// Generated after an edit of the maintained document or of the generator.
    Workspace,
    /// Generated from a user's own document.
    Own,
    /// The committed code of the package.
    Committed,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Package => "package",
            Self::Workspace => "workspace",
            Self::Own => "own",
            Self::Committed => "committed",
        })
    }
}

/// The code to compile.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Built {
    /// The code.
    pub code: Code,
    /// Where it comes from.
    pub origin: Origin,
    /// The lines that the build prints as warnings.
    pub warnings: Vec<String>,
}

/// The line of `xtask/Cargo.toml` that identifies the client's own workspace.
const MARK: &str = "[package.metadata.aim-client]";

/// The manifest whose mark [`is_workspace`] looks for, for a package in
/// `folder`.
#[must_use]
pub fn mark(folder: &Path) -> PathBuf {
    folder.join("../../xtask/Cargo.toml")
}

/// Whether the package in `folder` is a member of the client's own workspace,
/// and not a copy in another project: `xtask/Cargo.toml` has the mark, and the
/// package is at `crates/aim-client`.
#[must_use]
pub fn is_workspace(folder: &Path) -> bool {
    let has_mark = std::fs::read_to_string(mark(folder))
        .is_ok_and(|manifest| manifest.lines().any(|line| line.trim() == MARK));
    let place = folder.join("../../crates/aim-client");
    has_mark && matches!((place.canonicalize(), folder.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// Returns the code to compile from a package's own copy of the document.
///
/// The user's lock file picks the versions of the generator and its
/// dependencies, so the output is compiled only if it equals the committed
/// code.
#[must_use]
pub fn from_package(document: &str, committed: Code) -> Built {
    let generated = Document::parse(DOCUMENT, document).and_then(|document| generate(&document));
    match generated {
        Ok(code) if code == committed => Built {
            code,
            origin: Origin::Package,
            warnings: Vec::new(),
        },
        _ => Built {
            code: committed,
            origin: Origin::Committed,
            warnings: vec![
                "with the versions of this lock file the generator writes other code than this \
                 package was released with; the released code is compiled"
                    .to_owned(),
            ],
        },
    }
}

/// Returns the code to compile from the maintained document of the client's own
/// workspace. `copy` is the package's copy of it, and `committed` is the
/// committed code of the package.
///
/// # Errors
///
/// The problems that `cargo xtask regen` reports.
pub fn from_workspace(maintained: &Path, copy: &str, committed: &Code) -> Result<Built, Problems> {
    let document = Document::load(maintained, DOCUMENT)?;
    let code = generate(&document)?;
    let is_fresh = code == *committed && is_same(document.text(), copy);
    let (origin, warnings) = if is_fresh {
        (Origin::Package, Vec::new())
    } else {
        let warning = format!(
            "the committed files do not match {DOCUMENT}; the code is generated from it as it is \
             now: run `cargo xtask regen`"
        );
        (Origin::Workspace, vec![warning])
    };
    Ok(Built {
        code,
        origin,
        warnings,
    })
}

/// Whether two texts are equal apart from line endings, which a checkout may
/// change.
#[must_use]
pub fn is_same(left: &str, right: &str) -> bool {
    left == right || left.replace("\r\n", "\n") == right.replace("\r\n", "\n")
}

/// The variable that names a user's own document.
pub const OWN_DOCUMENT: &str = "AIM_CLIENT_DOCUMENT";

/// The most problems of style that are shown.
const MOST_SHOWN: usize = 5;

/// Returns the code to compile from a user's own document.
///
/// # Errors
///
/// A text of one or more lines: the path is relative, or the document has
/// problems.
pub fn from_own(path: &Path) -> Result<Built, String> {
    let name = path.display().to_string();
    if path.is_relative() {
        return Err(format!(
            "{OWN_DOCUMENT} is `{name}`, a relative path, and it does not say relative to which \
             folder; give an absolute path, or write in .cargo/config.toml:\n\
             [env]\n\
             {OWN_DOCUMENT} = {{ value = \"aim.yaml\", relative = true }}"
        ));
    }
    let read = || {
        let document = Document::load(path, &name)?;
        needs::check(&document)?;
        let style = lint::lint_but_style(&document)?;
        Ok((generate::write(&document)?, style))
    };
    let (code, style) = read()
        .map_err(|problems: Problems| format!("{problems}\n{OWN_DOCUMENT} names this document"))?;
    Ok(Built {
        code,
        origin: Origin::Own,
        warnings: of_style(&name, &style),
    })
}

fn of_style(name: &str, style: &[Problem]) -> Vec<String> {
    let count = match style.len() {
        0 => return Vec::new(),
        1 => "1 problem".to_owned(),
        count => format!("{count} problems"),
    };
    let mut lines = vec![format!(
        "{name} has {count} that only readers of the documentation notice"
    )];
    for problem in style.iter().take(MOST_SHOWN) {
        lines.extend(problem.to_string().lines().map(ToOwned::to_owned));
    }
    if style.len() > MOST_SHOWN {
        lines.push(format!("and {} more", style.len() - MOST_SHOWN));
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;
    use std::fs;
    use std::sync::LazyLock;

    use super::*;

    const DOCUMENT_TEXT: &str = include_str!("../../../openapi/aim.yaml");

    static CODE: LazyLock<Code> = LazyLock::new(|| {
        let document = Document::parse(DOCUMENT, DOCUMENT_TEXT).unwrap();
        generate(&document).unwrap()
    });

    fn read(text: impl Fn(&str) -> String) -> Code {
        let Ok(code) = Code::read(|name| Ok::<_, Infallible>(text(name)));
        code
    }

    /// Makes an empty folder for a test.
    fn folder(name: &str) -> PathBuf {
        let name = format!("aim-codegen-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_package_compiles_the_committed_code_if_the_output_differs() {
        let code = &*CODE;
        let crlf = |text: &str| text.replace('\n', "\r\n");
        let texts: BTreeMap<_, _> = code.files().collect();
        let with_crlf = read(|name| crlf(texts[name]));
        for (document, committed) in [
            (DOCUMENT_TEXT.to_owned(), code.clone()),
            (crlf(DOCUMENT_TEXT), with_crlf),
        ] {
            let built = from_package(&document, committed);
            assert_eq!((built.origin, built.code), (Origin::Package, code.clone()));
            assert_eq!(built.warnings, Vec::<String>::new());
        }
        let refused = DOCUMENT_TEXT.replacen("\nopenapi: 3.0.3", "\nopenapi: 3.1.0", 1);
        let other = read(|_| "other\r\n".to_owned());
        for document in [DOCUMENT_TEXT, &refused] {
            let built = from_package(document, other.clone());
            assert_eq!(built.origin, Origin::Committed);
            assert_eq!(built.code, other);
            assert_eq!(built.warnings.len(), 1);
            assert!(
                !built.warnings[0].contains("document"),
                "{:?}",
                built.warnings
            );
        }
    }

    #[test]
    fn the_workspace_compiles_only_generated_code() {
        let folder = folder("workspace");
        let maintained = folder.join("aim.yaml");
        fs::write(&maintained, DOCUMENT_TEXT).unwrap();
        let code = &*CODE;
        let built = from_workspace(&maintained, DOCUMENT_TEXT, code).unwrap();
        assert_eq!((built.origin, built.warnings.len()), (Origin::Package, 0));
        assert_eq!(&built.code, code);
        // The copy or the code is stale.
        let other = read(|_| String::new());
        for (copy, committed) in [("", code), (DOCUMENT_TEXT, &other)] {
            let built = from_workspace(&maintained, copy, committed).unwrap();
            assert_eq!((built.origin, &built.code), (Origin::Workspace, code));
            assert!(built.warnings[0].contains("cargo xtask regen"));
            assert_eq!(built.warnings.len(), 1);
        }
        fs::write(
            &maintained,
            DOCUMENT_TEXT.replacen("\nopenapi: 3.0.3", "\nopenapi: 3.1.0", 1),
        )
        .unwrap();
        let problems = from_workspace(&maintained, DOCUMENT_TEXT, code).unwrap_err();
        assert!(
            problems
                .to_string()
                .contains(": /openapi: the version is not 3.0.3")
        );
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn only_our_own_workspace_is_recognized() {
        let folder = folder("beside");
        let client = folder.join("crates/aim-client");
        fs::create_dir_all(&client).unwrap();
        fs::create_dir_all(folder.join("vendor/aim-client")).unwrap();
        assert!(!is_workspace(&client), "without xtask");
        fs::create_dir(folder.join("xtask")).unwrap();
        let manifest = folder.join("xtask/Cargo.toml");
        fs::write(&manifest, "[package]\nname = \"xtask\"\n").unwrap();
        assert!(!is_workspace(&client), "with the xtask of another project");
        fs::write(&manifest, include_str!("../../../xtask/Cargo.toml")).unwrap();
        assert!(is_workspace(&client));
        assert!(!is_workspace(&folder.join("vendor/aim-client")));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn only_style_problems_of_an_own_document_are_warnings() {
        let folder = folder("own");
        let path = folder.join("aim.yaml");
        let name = path.display();
        let own = |text: &str| {
            fs::write(&path, text).unwrap();
            from_own(&path)
        };
        let built = own(DOCUMENT_TEXT).unwrap();
        assert_eq!((built.origin, built.warnings.len()), (Origin::Own, 0));

        let (paths, components) = DOCUMENT_TEXT.split_once("\ncomponents:\n").unwrap();
        let paths = paths.lines();
        let kept = paths.filter(|line| !line.trim_start().starts_with("summary: "));
        let kept: Vec<&str> = kept.collect();
        let without = format!("{}\ncomponents:\n{components}", kept.join("\n"));
        let built = own(&without).unwrap();
        let mut files = built.code.files();
        assert!(files.any(|(_, text)| text.contains("pub struct GetContractDetailsRequest")));
        let operations = without.matches("operationId:").count();
        let title = format!(
            "{name} has {operations} problems that only readers of the documentation notice"
        );
        assert_eq!(built.warnings[0], title);
        assert_eq!(
            built.warnings.len(),
            2 + 2 * MOST_SHOWN,
            "{:#?}",
            built.warnings
        );

        let lacking = DOCUMENT_TEXT.replacen("        FieldName:\n", "        Field:\n", 1);
        let text = own(&lacking).unwrap_err();
        assert!(
            text.contains("`ResponseError` has no member `FieldName`"),
            "{text}"
        );
        let broken = DOCUMENT_TEXT.replacen("\nopenapi: 3.0.3", "\nopenapi: 3.1.0", 1);
        let text = own(&broken).unwrap_err();
        assert!(text.starts_with(&format!("{name}:")), "{text}");
        assert!(
            text.contains(": /openapi: the version is not 3.0.3"),
            "{text}"
        );
        fs::remove_dir_all(&folder).unwrap();
        let text = from_own(&path).unwrap_err();
        assert!(
            text.starts_with(&format!("{name}:1:1: the file cannot be read")),
            "{text}"
        );
        assert!(text.contains(OWN_DOCUMENT), "{text}");
        let text = from_own(Path::new("aim.yaml")).unwrap_err();
        let fix = "AIM_CLIENT_DOCUMENT = { value = \"aim.yaml\", relative = true }";
        assert!(text.ends_with(fix), "{text}");
    }
}

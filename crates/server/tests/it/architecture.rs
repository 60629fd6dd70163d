//! The shape of the house: which crate may know which, and what every file keeps to.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, str};

use serde_json::Value;

/// Each crate of the product with the crates of the workspace it may know. A crate that is not listed (the test kit,
/// benches) may know all of them, and the product may not know it.
const LAYERS: [(&str, &[&str]); 8] = [
    ("access", &[]),
    ("store", &["access"]),
    ("acts", &["access", "store"]),
    ("ui", &["access"]),
    ("web", &["access", "acts", "store", "ui"]),
    ("console", &["access", "acts", "store", "ui", "web"]),
    ("api", &["access", "acts", "store", "web"]),
    ("ringfence", &["access", "acts", "api", "console", "store", "ui", "web"]),
];

/// The areas, from the bottom up: each knows those before it and none after. What is below every area (`kit` and `change`
/// of the store, `kernel` of the acts) comes first. Pages and programs put the areas together and may know all of them.
const AREAS: [&str; 13] = [
    "kit", "change", "kernel", "entry", "people", "purse", "lines", "rights", "calls", "inbox", "money",
    "work", "office",
];

/// The crates that are cut into areas which know only those below them.
const CUT: [&str; 2] = ["store", "acts"];

/// Folders that only one machine has. In two pieces, so that this file passes its own test.
const MACHINE_PATHS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];

#[test]
fn a_crate_knows_only_the_crates_below_it() {
    let packages = packages();
    for (name, may_know) in LAYERS {
        let package = packages.iter().find(|package| package["name"] == name);
        let package = package.unwrap_or_else(|| panic!("there is no crate `{name}`"));
        for known in local_dependencies(package) {
            assert!(may_know.contains(&known), "`{name}` may not depend on `{known}`");
        }
    }
}

#[test]
fn an_area_knows_only_the_areas_below_it() {
    let above: Vec<String> = CUT.into_iter().flat_map(arrows_up).collect();
    assert!(above.is_empty(), "these name an area above their own: {above:#?}");
}

/// What files of a crate name of areas above their own, in their own crate and in those below.
fn arrows_up(name: &str) -> Vec<String> {
    let place = |area: &str| AREAS.iter().position(|known| *known == area);
    let mut found = vec![];
    for file in files() {
        let below = file.strip_prefix(root().join(format!("crates/{name}/src"))).ok();
        let area = below.and_then(|path| path.components().next());
        let Some(own) = area.and_then(|area| place(area.as_os_str().to_str().unwrap())) else { continue };
        let text = fs::read_to_string(&file).unwrap();
        for named in areas_named(&text) {
            if place(named).is_some_and(|other| other > own) {
                found.push(format!("{}: {named}", file.display()));
            }
        }
    }
    found
}

/// The areas that a file names, in `use` and elsewhere; its tests may name any.
fn areas_named(text: &str) -> Vec<&str> {
    let code = text.split("#[cfg(test)]").next().unwrap();
    let code: Vec<&str> = code.lines().filter(|line| !line.trim().starts_with("//")).collect();
    let mut named = vec![];
    for rest in
        code.iter().flat_map(|line| ["crate::", "store::"].map(|root| line.split(root).skip(1))).flatten()
    {
        // `crate::{one::…, another::…}` names several.
        let several = rest.strip_prefix('{').map_or(rest, |several| several.split('}').next().unwrap());
        let paths = if rest.starts_with('{') { several.split(", ").collect() } else { vec![rest] };
        named.extend(
            paths.iter().filter_map(|path| path.split(|c: char| !c.is_alphanumeric() && c != '_').next()),
        );
    }
    named
}

/// The crates that answer requests.
const FACES: [&str; 4] = ["ui", "web", "console", "api"];

#[test]
fn no_request_acts_as_whoever_runs_the_machine() {
    let of_faces = |file: &&PathBuf| {
        FACES.iter().any(|name| file.starts_with(root().join(format!("crates/{name}/src"))))
    };
    let files = files();
    let faces: Vec<&PathBuf> = files.iter().filter(of_faces).collect();
    assert!(faces.len() > 100, "{} files of faces", faces.len());
    let acts = |file: &&&PathBuf| fs::read_to_string(file).is_ok_and(|text| text.contains("::operator("));
    assert_eq!(
        faces.iter().filter(acts).collect::<Vec<_>>(),
        Vec::<&&PathBuf>::new(),
        "an operator's authority in a face"
    );
}

#[test]
fn nothing_depends_on_the_benches() {
    for package in packages() {
        for known in local_dependencies(&package) {
            let listed = LAYERS.iter().any(|(name, _)| *name == known) || known == "testkit";
            assert!(listed, "`{}` may not depend on `{known}`", package["name"]);
        }
    }
}

#[test]
fn the_rust_version_is_the_one_that_the_lock_file_needs() {
    let described = run(env!("CARGO"), &["metadata", "--locked", "--offline", "--format-version", "1"]);
    let described: Value = serde_json::from_slice(&described).unwrap();
    let number =
        |version: &str| -> Vec<u32> { version.split('.').map(|part| part.parse().unwrap()).collect() };
    let needed = described["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|package| package["rust_version"].as_str());
    let needed = needed.max_by_key(|version| number(version)).unwrap();
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.contains(&format!("Rust ({needed} or newer)")), "the README does not say {needed}");
    let ours = packages().into_iter().map(|package| package["rust_version"].as_str().unwrap().to_owned());
    let old: Vec<String> = ours.filter(|ours| number(ours) != number(needed)).collect();
    assert!(old.is_empty(), "rust-version is {old:?}, and the lock file needs {needed}");
}

#[test]
fn a_crate_has_at_most_one_binary_of_integration_tests() {
    for package in packages() {
        let targets = package["targets"].as_array().unwrap();
        let tests = targets.iter().filter(|target| target["kind"][0] == "test").count();
        assert!(tests <= 1, "`{}` links {tests} test binaries; make them modules of one", package["name"]);
    }
}

#[test]
fn every_rust_file_opens_by_saying_what_lives_there() {
    let rust_files =
        files().into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    let silent: Vec<_> = rust_files.filter(|file| !fs::read(file).unwrap().starts_with(b"//! ")).collect();
    assert!(silent.is_empty(), "no `//!` line at the top of {silent:#?}");
}

#[test]
fn no_file_names_a_folder_of_one_machine() {
    for file in files() {
        let bytes = fs::read(&file).unwrap();
        for path in MACHINE_PATHS {
            let named = bytes.windows(path.len()).any(|window| window == path.as_bytes());
            assert!(!named, "{} mentions {path}", file.display());
        }
    }
}

/// The packages of the workspace, as cargo describes them.
fn packages() -> Vec<Value> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let described: Value = serde_json::from_slice(&run(env!("CARGO"), &arguments)).unwrap();
    described["packages"].as_array().unwrap().clone()
}

/// The crates of this workspace that a package links or builds with; what only its tests use does not count.
fn local_dependencies(package: &Value) -> impl Iterator<Item = &str> {
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    dependencies
        .filter(|dependency| dependency["path"].is_string() && dependency["kind"] != "dev")
        .map(|dependency| dependency["name"].as_str().unwrap())
}

/// The files that are in the repository or about to be.
fn files() -> Vec<PathBuf> {
    let listed = run("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let names = str::from_utf8(&listed).unwrap().split_terminator('\0');
    let files: Vec<_> = names.map(|name| root().join(name)).filter(|file| file.is_file()).collect();
    assert!(files.contains(&root().join("Cargo.toml")), "git lists the files from the root");
    files
}

fn run(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

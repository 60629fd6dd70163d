//! Checked-in documents that tests regenerate and compare.

use std::path::Path;

/// Compares `docs/generated/NAME` with what the code says now; with `RINGFENCE_UPDATE=1`, writes it.
pub fn matches(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/generated").join(name);
    if std::env::var_os("RINGFENCE_UPDATE").is_some_and(|v| v == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(text.lines()).find(|(kept, now)| kept != now);
    assert!(
        kept == text,
        "docs/generated/{name} is out of date: {differs:?}. Run `RINGFENCE_UPDATE=1 cargo test -p access` and look at the diff."
    );
}

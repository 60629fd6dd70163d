//! The console's static files, compiled into the binary, and the addresses under which pages name them.

/// One static file.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Path below `/assets/`, for example `app.css`.
    pub path: &'static str,
    /// Value of the `Content-Type` header.
    pub mime: &'static str,
    /// Content.
    pub bytes: &'static [u8],
    /// Fingerprint of the content; part of the address, so that an answer may be cached for ever.
    pub version: u32,
}

macro_rules! asset {
    ($path:literal, $mime:literal) => {{
        const BYTES: &[u8] = include_bytes!(concat!("../assets/", $path));
        Asset { path: $path, mime: $mime, bytes: BYTES, version: fingerprint(BYTES) }
    }};
}

/// Every file that the console serves.
pub const ALL: &[Asset] = &[
    asset!("app.css", "text/css; charset=utf-8"),
    asset!("app.js", "text/javascript; charset=utf-8"),
    asset!("logo.svg", "image/svg+xml"),
    asset!("vendor/htmx/htmx.min.js", "text/javascript; charset=utf-8"),
];

/// The file at `path` below `/assets/`, if there is one.
#[must_use]
pub fn find(path: &str) -> Option<&'static Asset> {
    ALL.iter().find(|asset| asset.path == path)
}

/// The address of a file, with its fingerprint: `/assets/app.css?v=1a2b3c4d`.
#[must_use]
pub fn href(path: &str) -> String {
    let version = find(path).map_or(0, |asset| asset.version);
    format!("/assets/{path}?v={version:08x}")
}

/// FNV-1a, 32 bits: enough to tell two releases of a file apart.
#[expect(clippy::indexing_slicing, reason = "const fn has no iterators; the loop's bound is the length")]
const fn fingerprint(bytes: &[u8]) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u32).wrapping_mul(0x0100_0193);
        index += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::{ALL, find, href};

    #[test]
    fn every_asset_is_found_by_its_path_and_has_content() {
        for asset in ALL {
            assert!(!asset.bytes.is_empty(), "{} is empty", asset.path);
            assert_eq!(find(asset.path).map(|found| found.version), Some(asset.version));
        }
    }

    #[test]
    fn an_address_carries_the_fingerprint_of_its_content() {
        let css = find("app.css").map(|asset| asset.version).unwrap_or_default();
        assert_eq!(href("app.css"), format!("/assets/app.css?v={css:08x}"));
        assert_ne!(href("app.css"), href("app.js"));
    }
}

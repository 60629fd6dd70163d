//! Texts that people look for.

/// A search text as a `LIKE` pattern, its own wildcards taken literally (with `ESCAPE '!'`).
pub(crate) fn like(search: &str) -> String {
    let literal = search.trim().to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{literal}%")
}

//! The table of everything that can be called, a part for each area. The router, OpenAPI, the menus and the refusal sweep
//! are made from it.

use web::endpoint::Endpoint;

macro_rules! endpoints {
    (@one $method:ident $path:literal open $why:literal $act:path, $summary:literal) => {
        Endpoint::open((Method::$method, $path, $summary), $why, $act)
    };
    (@one $method:ident $path:literal signed_in $act:path, $summary:literal) => {
        Endpoint::signed_in((Method::$method, $path, $summary), $act)
    };
    (@one $method:ident $path:literal signed_in anyway $act:path, $summary:literal) => {
        Endpoint::signed_in((Method::$method, $path, $summary), $act).anyway()
    };
    (@one $method:ident $path:literal own_secret $act:path, $summary:literal) => {
        Endpoint::own_secret((Method::$method, $path, $summary), $act)
    };
    (@one $method:ident $path:literal may $right:ident $act:path, $summary:literal) => {
        Endpoint::may::<can::$right, _, _, _, _>((Method::$method, $path, $summary), $act)
    };
    (@one $method:ident $path:literal list $right:ident $act:path, $summary:literal) => {
        Endpoint::list::<can::$right, _, _, _, _>((Method::$method, $path, $summary), $act)
    };
    (@one $method:ident $path:literal on $noun:ident $right:ident $act:path, $summary:literal) => {
        Endpoint::on::<can::$right, _, _, _, _>((Method::$method, $path, $summary), Noun::$noun, $act)
    };
    ($($method:ident $path:literal $asks:ident($($argument:tt)*) $act:path, $summary:literal $(, $rate:ident)?;)+) => {
        vec![$(endpoints!(@one $method $path $asks $($argument)* $act, $summary)$(.at(Rate::$rate))?),+]
    };
}

mod calls;
mod entry;
mod kernel;
mod lines;
mod money;
mod office;
mod openapi;
mod people;
mod rights;
#[cfg(test)]
mod tests;

/// Every endpoint. `open` says why anybody may call it; `signed_in` is about the caller alone; `may` asks for a
/// permission on the workspace; `list` for one at any reach; `on` for one on the thing that the path names. A session that
/// a temporary password or PIN opened reaches only `open`, `anyway` and `own_secret`, which sets another one.
/// Behind the summary stands the rate, where it is not the usual one of its kind.
pub fn all() -> Vec<Endpoint> {
    let areas = [
        kernel::endpoints(),
        entry::endpoints(),
        people::endpoints(),
        lines::endpoints(),
        rights::endpoints(),
        calls::endpoints(),
        money::endpoints(),
        office::endpoints(),
    ];
    areas.into_iter().flatten().collect()
}

//! Addresses of lists: filters as a query string, and the pages before and after, by key or by offset.

use maud::Markup;
use schemars::JsonSchema;
use serde::Deserialize;
use store::Slice;

use ui::pager::{Pager, pager};
use ui::text::{fill, number, t};

/// So many pages back are remembered in an address.
const TRAIL: usize = 40;

/// An address with a query string; empty values are left out.
pub fn address(path: &str, query: &[(&str, &str)]) -> String {
    let set: Vec<&(&str, &str)> = query.iter().filter(|(_, value)| !value.is_empty()).collect();
    match serde_urlencoded::to_string(&set) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

/// An address with one more value in its query.
pub fn with(address: &str, name: &str, value: &str) -> String {
    let mark = if address.contains('?') { '&' } else { '?' };
    format!("{address}{mark}{name}={value}")
}

/// Which page of a list that is paged by offset.
#[derive(Debug, Clone, Copy)]
pub struct Pages {
    before: i64,
    size: i64,
}

impl Pages {
    /// The page after so many rows, as an address has it; the first one where that is no number. `size` rows a page.
    pub fn after(rows: &str, size: i64) -> Pages {
        Pages { before: rows.parse().ok().filter(|rows| *rows > 0).unwrap_or(0), size }
    }

    /// The rows of the page.
    pub fn slice(self) -> Slice {
        Slice { limit: self.size, offset: self.before }
    }

    /// The bar below the list of `total` things, `things` in words; `at` is the address of the page after so many rows.
    pub fn pager(self, total: i64, things: &str, at: impl Fn(&str) -> String) -> Markup {
        let end = self.before.saturating_add(self.size);
        let summary = match total > self.size {
            true => {
                format!("{things} · {}–{}", number(self.before.saturating_add(1)), number(end.min(total)))
            }
            false => things.to_owned(),
        };
        let back = |rows: i64| if rows > 0 { at(&rows.to_string()) } else { at("") };
        let first = (self.before > 0).then(|| at(""));
        let previous = (self.before > 0).then(|| back(self.before - self.size));
        let next = (end < total).then(|| at(&end.to_string()));
        pager(&Pager {
            summary: &summary,
            first: first.as_deref(),
            previous: previous.as_deref(),
            next: next.as_deref(),
        })
    }
}

/// Which page of a list that is paged by key: the key to go on after, and the keys of the pages before, since a
/// list can be read by key in one direction only.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Place {
    /// What the page before said to go on with; empty for the first page.
    pub cursor: String,
    /// The cursors of the pages between the first and this one, oldest first.
    pub trail: String,
    /// The page's number.
    pub page: String,
}

impl Place {
    fn number(&self) -> i64 {
        if self.cursor.is_empty() { 1 } else { self.page.parse().ok().filter(|n| *n > 1).unwrap_or(2) }
    }

    /// The bar below the list, of `size` rows a page. `next` is the cursor of the page after this one.
    pub fn pager(&self, path: &str, filters: &[(&str, &str)], next: Option<&str>, summary: &str) -> Markup {
        let first = address(path, filters);
        let previous = self.previous().map(|place| place.address(path, filters));
        let next = next.map(|cursor| self.next(cursor).address(path, filters));
        let here = match (self.number(), next.is_some()) {
            (1, false) => summary.to_owned(),
            (page, _) => fill(t("{summary} · page {page}"), &[("summary", &summary), ("page", &page)]),
        };
        pager(&Pager {
            summary: &here,
            first: (!self.cursor.is_empty()).then_some(&first),
            previous: previous.as_deref(),
            next: next.as_deref(),
        })
    }

    fn address(&self, path: &str, filters: &[(&str, &str)]) -> String {
        let own = [("cursor", &*self.cursor), ("trail", &*self.trail), ("page", &*self.page)];
        address(path, &[filters, &own].concat())
    }

    fn next(&self, cursor: &str) -> Place {
        let mut trail: Vec<&str> = self.trail.split('_').filter(|c| !c.is_empty()).collect();
        if !self.cursor.is_empty() {
            trail.push(&self.cursor);
        }
        let kept = trail.split_off(trail.len().saturating_sub(TRAIL));
        Place { cursor: cursor.to_owned(), trail: kept.join("_"), page: (self.number() + 1).to_string() }
    }

    fn previous(&self) -> Option<Place> {
        match (self.number(), self.trail.rsplit_once('_')) {
            (1, _) => None,
            (2, _) => Some(Place::default()),
            (_, None) if self.trail.is_empty() => None,
            (number, before) => {
                let (trail, cursor) = before.unwrap_or(("", &self.trail));
                Some(Place { cursor: cursor.into(), trail: trail.into(), page: (number - 1).to_string() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::shell::paging::{Place, TRAIL, address};

    #[test]
    fn an_address_leaves_out_what_is_not_set() {
        assert_eq!(address("/calls", &[("q", ""), ("to", "")]), "/calls");
        assert_eq!(address("/calls", &[("q", "a b"), ("to", "")]), "/calls?q=a+b");
    }

    #[test]
    fn the_way_back_is_the_way_there() {
        let mut place = Place::default();
        let mut places = vec![];
        for cursor in 0..10 {
            places.push(place.address("", &[]));
            place = place.next(&format!("{cursor}.1"));
        }
        while let Some(before) = place.previous() {
            assert_eq!(Some(before.address("", &[])), places.pop());
            place = before;
        }
        assert!(places.is_empty());
    }

    #[test]
    fn an_address_remembers_only_so_many_pages() {
        let far = (0..500).fold(Place::default(), |place, at| place.next(&at.to_string()));
        assert_eq!(far.trail.split('_').count(), TRAIL);
        assert_eq!(far.page, "501");
    }
}

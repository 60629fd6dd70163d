//! The choice of a language, before anybody is signed in.

use crate::shell::paging::address;
use acts::kernel::language::Language;
use maud::{Markup, html};
use ui::text::{spoken_code, t};

/// The languages to choose from before anybody is signed in, as links to the same page.
pub(crate) fn languages(next: &str) -> Markup {
    let to = |language: Language| address("", &[("next", next), ("language", language.code())]);
    html! {
        nav.languages aria-label=(t("Language")) {
            @for language in Language::ALL {
                a href=(to(language)) lang=(language.code()) hreflang=(language.code())
                    aria-current=[(language.code() == spoken_code()).then_some("true")] { (language.name()) }
            }
        }
    }
}

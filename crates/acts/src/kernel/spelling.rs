//! How names are spelled: each in one way, so that two that look alike are alike (UAX 15, UTS 39).

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;
use unicode_security::mixed_script::AugmentedScriptSet;
use unicode_security::skeleton;

/// Text in its one spelling: composed (NFC), without characters that nobody sees, words a single space apart.
pub fn plain(text: &str) -> String {
    let composed: String = seen(text).nfc().collect();
    let words = composed.split(is_blank).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Whether two names are one, written in different cases, compositions or with joiners.
pub fn same(a: &str, b: &str) -> bool {
    folded(a) == folded(b)
}

/// Whether a name looks like another that it is not: letters from elsewhere stand for those of the other. What is
/// plain ASCII imitates nothing, and neither does a name in one script that the other has no part in: `Мото` is a word
/// beside `MOTO`. ASCII characters stand for themselves: `Büro I` is not `Büro 1`.
pub fn imitates(name: &str, other: &str) -> bool {
    if name.is_ascii() || same(name, other) {
        return false;
    }
    let mut scripts = AugmentedScriptSet::for_str(name);
    let is_mixed = scripts.is_empty();
    scripts.intersect_with(AugmentedScriptSet::for_str(other));
    (is_mixed || !scripts.is_empty())
        && (looks_like(name, other) || looks_like(&name.to_lowercase(), &other.to_lowercase()))
}

/// Whether each letter beyond ASCII looks like what stands in its place (UTS 39, section 4).
fn looks_like(name: &str, other: &str) -> bool {
    let mut theirs = other.chars();
    let kept = name.chars().filter(char::is_ascii).all(|c| theirs.any(|o| o == c));
    kept && skeleton(name).eq(skeleton(other))
}

fn folded(text: &str) -> String {
    plain(text).chars().filter(|c| !is_unseen(*c)).flat_map(char::to_lowercase).nfc().collect()
}

/// Whether it only keeps words apart. The empty pattern of Braille counts: it looks like a space.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}'
}

/// Text without what nobody sees in it.
fn seen(text: &str) -> impl Iterator<Item = char> {
    let (mut rest, mut before) = (text.chars().peekable(), Before::default());
    std::iter::from_fn(move || {
        loop {
            let next = rest.next()?;
            if !is_unseen(next) || before.joins(next, rest.peek().copied()) {
                before.add(next);
                return Some(next);
            }
        }
    })
}

/// Whether it is none of Unicode's characters and never will be (its section 23.7): text that has one was damaged or
/// made up.
pub fn is_none(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether a character shows nothing itself: those that Unicode says to ignore (DerivedCoreProperties,
/// `Default_Ignorable_Code_Point`), which direct text, join it, vary it or hold its place, and what is no character.
pub fn is_unseen(c: char) -> bool {
    is_none(c)
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// What stands before a character: the last letter, and whether a virama is among its marks, in whatever order.
#[derive(Default)]
struct Before {
    letter: Option<char>,
    has_virama: bool,
}

impl Before {
    fn add(&mut self, c: char) {
        match canonical_combining_class(c) {
            0 => *self = Before { letter: Some(c), has_virama: false },
            class => self.has_virama |= class == 9,
        }
    }

    /// Whether a joiner is part of the spelling: after a virama of the scripts of India, and between letters of
    /// Arabic script, where Persian has it (RFC 5892, appendix A).
    fn joins(&self, joiner: char, after: Option<char>) -> bool {
        let is_arabic = |c: Option<char>| {
            let of_block =
                matches!(c, Some('\u{620}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}'));
            of_block && c.is_some_and(|c| canonical_combining_class(c) == 0)
        };
        matches!(joiner, '\u{200c}' | '\u{200d}')
            && (self.has_virama || (is_arabic(self.letter) && is_arabic(after)))
    }
}

#[cfg(test)]
mod tests {
    use crate::kernel::spelling::{imitates, plain, same};

    #[test]
    fn what_nobody_sees_is_no_part_of_a_name() {
        for (typed, kept) in [
            ("Admin\u{200b}", "Admin"),
            ("\u{feff}", ""),
            ("\u{3164}", ""),
            ("\u{2800} \u{a0}\u{3000}", ""),
            ("\u{202e}nimdA\u{202c}", "nimdA"),
            ("Ad\u{ad}min", "Admin"),
            ("Ad\u{200d}min\u{e0041}", "Admin"),
            ("  Ana\u{a0} \u{2003}Lima ", "Ana Lima"),
            ("Zu\u{308}rich", "Z\u{fc}rich"),
            ("Zu\u{200b}\u{308}rich", "Z\u{fc}rich"),
            ("\u{fdd0}Ad\u{fffe}min\u{fdef}\u{1ffff}\u{10fffe}", "Admin"),
            ("\u{fdcf}\u{fdf0}\u{fffd}", "\u{fdcf}\u{fdf0}\u{fffd}"),
        ] {
            assert_eq!(plain(typed), kept, "{typed:?}");
        }
    }

    #[test]
    fn joiners_stay_where_a_script_needs_them() {
        for name in ["علی\u{200c}رضا", "क्\u{200d}ष", "ന്\u{200d}"] {
            assert_eq!(plain(name), name);
            assert!(same(name, &name.replace(['\u{200c}', '\u{200d}'], "")));
        }
    }

    #[test]
    fn a_spelling_is_spelled_as_it_is() {
        let alphabet = [
            'a', 'A', ' ', '\u{a0}', '\u{308}', '\u{200b}', '\u{200c}', '\u{94d}', 'ی', '\u{627}', '\u{653}',
        ];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            let longer = texts.iter().flat_map(|text| alphabet.iter().map(move |c| format!("{text}{c}")));
            texts = longer.chain([String::new()]).collect();
            for text in &texts {
                let once = plain(text);
                assert_eq!(plain(&once), once, "{text:?}");
            }
        }
    }

    #[test]
    fn letters_from_elsewhere_do_not_make_another_name() {
        for (name, other) in [
            ("Аdmin", "Admin"),
            ("аdmin", "ADMIN"),
            ("Ａｄｍｉｎ", "Admin"),
            ("AdmІn", "AdmIn"),
            ("ﬁnance", "finance"),
            ("оwner@acme.example", "owner@acme.example"),
            ("ana@аcme.example", "ana@acme.example"),
        ] {
            assert!(imitates(name, other), "{name} {other}");
            assert!(!imitates(other, name), "what is plain ASCII imitates nothing");
        }
    }

    #[test]
    fn names_of_their_own_imitate_nothing() {
        for (name, other) in [
            ("Мото", "MOTO"),
            ("Rn", "m"),
            ("Büro I", "Büro 1"),
            ("Käm", "Kärn"),
            ("Café", "Cafe"),
            ("Müller", "Mueller"),
            ("営業", "営業二"),
            ("Ελλάδα", "Admin"),
            ("Zürich", "zürich"),
        ] {
            assert!(!imitates(name, other), "{name} {other}");
        }
    }
}

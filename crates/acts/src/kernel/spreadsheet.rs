//! Tables as text that spreadsheets open (RFC 4180), and what keeps it harmless there.

use crate::Answer;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::spelling;

/// Spreadsheets run what begins like a formula, and names may come from anybody: such text is put behind an
/// apostrophe. What separates cells differs from country to country, so that a cell may begin within the text. A
/// number in international form only begins like a formula.
pub fn harmless(field: &str) -> String {
    remarked(field, |marks, formula| match marks {
        0 if is_number(formula) => 0,
        marks => marks + 1,
    })
}

/// What [`harmless`] was made of.
pub fn original(field: &str) -> String {
    remarked(field, |marks, _| marks.saturating_sub(1))
}

/// Text with another number of apostrophes before each formula in it, by how many there are.
fn remarked(field: &str, marks: impl Fn(usize, &str) -> usize) -> String {
    let cells = field.split_inclusive(is_separator).map(|cell| {
        let inner = cell.trim_start_matches(is_skipped);
        let formula = inner.trim_start_matches('\'');
        if !formula.starts_with(begins_formula) {
            return cell.to_owned();
        }
        let (lead, old) = (cell.len() - inner.len(), inner.len() - formula.len());
        format!("{}{}{formula}", cell.get(..lead).unwrap_or_default(), "'".repeat(marks(old, formula)))
    });
    cells.collect()
}

/// Where some spreadsheet may begin another cell.
fn is_separator(c: char) -> bool {
    matches!(c, ';' | ',' | '|' | '\t' | '\r' | '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What may stand before a formula: a quote that opens the cell, spaces, and what nobody sees.
fn is_skipped(c: char) -> bool {
    c == '"' || (c.is_whitespace() && !is_separator(c)) || spelling::is_unseen(c)
}

/// What formulas begin with, and what is taken for it where characters have twice the width.
fn begins_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠')
}

/// A number in international form, some of whose digits may be hidden.
fn is_number(cell: &str) -> bool {
    let digits = cell.trim_end_matches(|c| is_separator(c) || matches!(c, '"' | ']' | '}')).strip_prefix('+');
    digits.is_some_and(|digits| digits.chars().all(|c| c.is_ascii_digit() || c == '•'))
}

/// Records of equal length as text. Every field is quoted: what is in one stays in it.
pub(crate) fn csv<R>(records: impl IntoIterator<Item = R>) -> Answer<String>
where
    R: IntoIterator<Item = String>,
{
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(vec![]);
    let internal = |_| Refusal::new(Code::Internal);
    for record in records {
        csv.write_record(record.into_iter().map(|field| harmless(&field))).map_err(internal)?;
    }
    let bytes = csv.into_inner().map_err(|_| Refusal::new(Code::Internal))?;
    String::from_utf8(bytes).map_err(|_| Refusal::new(Code::Internal))
}

#[cfg(test)]
mod tests {
    use crate::kernel::spreadsheet::{csv, harmless, original};

    #[test]
    fn nobody_can_put_a_formula_into_the_sheet() {
        for formula in
            ["=1+1", "+49 =cmd", "-1", "@sum", "＝1+1", "＋1+x", "－1", "＠sum", "\tx", "\rx", "''=1"]
        {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        for (text, safe) in [
            ("Ana;=1+1;x", "Ana;'=1+1;x"),
            ("Ana; \"=1+1", "Ana; \"'=1+1"),
            ("Ana|@x,-y\n+z", "Ana|'@x,'-y\n'+z"),
            ("Ana\u{2028}＝1", "Ana\u{2028}'＝1"),
            ("\u{feff} =1", "\u{feff} '=1"),
            ("+1;+1&2", "+1;'+1&2"),
        ] {
            assert_eq!(harmless(text), safe);
            assert_eq!(original(safe), text);
        }
    }

    #[test]
    fn numbers_and_names_stay_as_they_are() {
        for text in
            ["+491761234512", "+49•••12", "Example Ltd", "'t Hooft", "", "a-b = c", "[\"+4917\",\"+4918\"]"]
        {
            assert_eq!(harmless(text), text);
            assert_eq!(original(text), text);
        }
    }

    #[test]
    fn whatever_is_written_is_harmless_and_is_read_again_as_it_was() {
        let alphabet = ['=', '+', '\'', ';', '\t', '"', ' ', '1', 'a'];
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            texts =
                texts.iter().flat_map(|text| alphabet.iter().map(move |c| format!("{text}{c}"))).collect();
            for text in &texts {
                let safe = harmless(text);
                assert_eq!(&original(&safe), text);
                let mut cells = safe.split(['\t', ';']).map(|cell| cell.trim_start_matches(['"', ' ']));
                assert!(cells.all(|cell| !cell.starts_with('=')), "{text:?}: {safe:?}");
            }
        }
    }

    #[test]
    fn every_field_is_quoted() {
        let text = csv([["email".to_owned(), "a;b".to_owned(), String::new()]]);
        assert_eq!(text.ok().as_deref(), Some("\"email\",\"a;b\",\"\"\r\n"));
    }
}

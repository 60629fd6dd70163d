//! Tables as text that spreadsheets open (RFC 4180), and what keeps it harmless there.

use crate::Answer;
use crate::refusal::{Code, Refusal};

/// Spreadsheets run what begins like a formula, and people choose names that are shown: such text is put behind an
/// apostrophe. A number in international form only begins like one.
pub(crate) fn harmless(field: String) -> String {
    let number =
        field.strip_prefix('+').is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '•'));
    if is_formula(&field) && !number { format!("'{field}") } else { field }
}

/// What [`harmless`] was made of.
pub(crate) fn original(field: &str) -> &str {
    field.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(field)
}

fn is_formula(field: &str) -> bool {
    field.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Records of equal length as text.
pub(crate) fn csv<R>(records: impl IntoIterator<Item = R>) -> Answer<String>
where
    R: IntoIterator<Item = String>,
{
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    let internal = |_| Refusal::new(Code::Internal);
    for record in records {
        csv.write_record(record.into_iter().map(harmless)).map_err(internal)?;
    }
    let bytes = csv.into_inner().map_err(|_| Refusal::new(Code::Internal))?;
    String::from_utf8(bytes).map_err(|_| Refusal::new(Code::Internal))
}

#[cfg(test)]
mod tests {
    use super::{harmless, original};

    #[test]
    fn nobody_can_put_a_formula_into_the_sheet() {
        for formula in ["=1+1", "+49 =cmd", "-1", "@sum"] {
            assert_eq!(harmless(formula.into()), format!("'{formula}"));
            assert_eq!(original(&harmless(formula.into())), formula);
        }
    }

    #[test]
    fn numbers_and_names_stay_as_they_are() {
        for text in ["+491761234512", "+49•••12", "Example Ltd", "'t Hooft", ""] {
            assert_eq!(harmless(text.into()), text);
            assert_eq!(original(text), text);
        }
    }
}

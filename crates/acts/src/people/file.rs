//! A file of people: CSV as spreadsheets write it, read into rows whose columns are known by their heads.

use access::text;

use crate::Answer;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::spreadsheet::original;

/// The largest file, in bytes.
pub const LARGEST: usize = 2 << 20;

/// So many people are in one file at the most.
pub const MOST_ROWS: usize = 5_000;

/// So many columns has a file at the most: each row has a cell for each.
const MOST_COLUMNS: usize = 200;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Email,
    Name,
    FirstName,
    LastName,
    Phone,
    EmployeeCode,
    Role,
    Department,
    Branch,
    LeadCap,
}

/// The heads by which columns are known, without regard to case, spaces, hyphens and underscores.
const HEADS: [(Column, &[&str]); 10] = [
    (Column::Email, &["email", "emailaddress", "mail", "courriel", "correo", "correoelectronico"]),
    (Column::Name, &["name", "fullname", "displayname", "nom", "nombre"]),
    (Column::FirstName, &["firstname", "givenname", "forename", "vorname", "prenom"]),
    (Column::LastName, &["lastname", "surname", "familyname", "nachname", "nomdefamille", "apellidos"]),
    (
        Column::Phone,
        &["phone", "phonenumber", "telephone", "mobile", "mobilephone", "tel", "telefon", "telefono"],
    ),
    (
        Column::EmployeeCode,
        &["employeecode", "employeeid", "employeenumber", "staffid", "code", "personalnummer", "matricule"],
    ),
    (Column::Role, &["role", "rolename", "rolle", "rol"]),
    (
        Column::Department,
        &["department", "departmentname", "dept", "team", "abteilung", "departement", "departamento"],
    ),
    (
        Column::Branch,
        &["branch", "branchname", "office", "location", "site", "filiale", "niederlassung", "sucursal"],
    ),
    (Column::LeadCap, &["leadcap", "leadlimit", "maxleads"]),
];

/// Columns that our own files have and an import does not take.
const OURS: [&str; 6] = ["leads", "standing", "createdat", "lastseenat", "line", "problem"];

/// A file of people.
#[derive(Debug)]
pub struct File {
    /// The heads, as they stand in it.
    pub heads: Vec<String>,
    /// The heads of columns that are not known.
    pub unused: Vec<String>,
    /// Its rows; blank ones are left out.
    pub rows: Vec<FileRow>,
}

/// One row, which may hold a person.
#[derive(Debug)]
pub struct FileRow {
    /// The line that it begins on, from 1.
    pub line: u64,
    /// What stands in it, as many as there are heads.
    pub cells: Vec<String>,
    /// What is said of the person; none where the cell is empty or the column is not there.
    pub person: FilePerson,
    /// How many cells it has beyond the heads.
    pub beyond: usize,
    /// The line of a quotation mark that is still open where this line begins or ends, so that its cells are a guess.
    pub open_quote: Option<u64>,
}

/// What a row says of a person.
#[derive(Debug, Default)]
pub struct FilePerson {
    /// Their address.
    pub email: Option<String>,
    /// What people call them.
    pub name: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// The company's own code for them.
    pub employee_code: Option<String>,
    /// The name of a role.
    pub role: Option<String>,
    /// The name of a department.
    pub department: Option<String>,
    /// The name of a branch.
    pub branch: Option<String>,
    /// How many leads they are given at most.
    pub lead_cap: Option<String>,
}

impl File {
    /// Reads a file. What concerns one row only is left to whoever looks at the rows.
    pub fn read(bytes: &[u8]) -> Answer<File> {
        if bytes.len() > LARGEST {
            let refusal =
                Refusal::because(Code::TooLarge, "{field} is larger than 2 MB: split it into several.");
            return Err(refusal.at("file"));
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(text)
            .map_err(|_| Refusal::invalid("file", "{field} is not UTF-8 text: save it as “CSV UTF-8”."))?;
        let mut csv = csv::ReaderBuilder::new()
            .delimiter(delimiter(text))
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut records = csv.records();
        let unreadable = |error: csv::Error| {
            Refusal::invalid("file", text!("{field} cannot be read as CSV: {error}.", error))
        };
        let heads = records.next().transpose().map_err(unreadable)?;
        let heads: Vec<String> = heads.iter().flat_map(|heads| heads.iter().map(str::to_owned)).collect();
        if heads.len() > MOST_COLUMNS {
            return Err(Refusal::invalid(
                "file",
                "{field} has more than 200 columns: leave out those that are not needed.",
            ));
        }
        let columns = columns(&heads)?;
        let mut rows = vec![];
        let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
        while let Some(record) = records.next().transpose().map_err(unreadable)? {
            if record.iter().all(str::is_empty) {
                continue;
            }
            let from = record.position().map_or(0, csv::Position::byte);
            if runs_on(&record, &columns) {
                let to = records.reader().position().byte();
                rows.extend(split(text, (from, to), &columns, &mut lines));
            } else {
                rows.push(row(&record, &columns, lines.of(from)));
            }
            if rows.len() > MOST_ROWS {
                return Err(Refusal::invalid(
                    "file",
                    "{field} has more than 5,000 people: split it into several.",
                ));
            }
        }
        if rows.is_empty() {
            return Err(Refusal::invalid(
                "file",
                "{field} has nobody in it: put a person on each line below the heads.",
            ));
        }
        let known = |head: &String| column(head).is_some() || OURS.contains(&plain(head).as_str());
        let unused = heads.iter().filter(|head| !head.is_empty() && !known(head)).cloned().collect();
        Ok(File { heads, unused, rows })
    }
}

/// What separates the cells: whichever of comma, semicolon and tab the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default().as_bytes();
    let count = |delimiter: &u8| first.iter().filter(|byte| *byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// A head as it is compared: letters alone, in lower case, without accents.
fn plain(head: &str) -> String {
    let accents = |c: char| match c {
        'á' | 'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'î' | 'ï' => 'i',
        'ó' | 'ô' | 'ö' => 'o',
        'ú' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        other => other,
    };
    head.to_lowercase().chars().filter(|c| c.is_alphanumeric()).map(accents).collect()
}

fn column(head: &str) -> Option<Column> {
    let head = plain(head);
    HEADS.iter().find(|(_, heads)| heads.contains(&head.as_str())).map(|(column, _)| *column)
}

fn columns(heads: &[String]) -> Answer<Vec<Option<Column>>> {
    let columns: Vec<Option<Column>> = heads.iter().map(|head| column(head)).collect();
    if !columns.contains(&Some(Column::Email)) {
        return Err(Refusal::invalid("file", "{field} needs a column `email`, named so in its first line."));
    }
    for (at, column) in columns.iter().enumerate().filter(|(_, column)| column.is_some()) {
        let again = columns.iter().skip(at + 1).position(|other| other == column);
        if let Some(again) = again.and_then(|again| heads.get(at + 1 + again)) {
            let first = heads.get(at).cloned().unwrap_or_default();
            return Err(Refusal::invalid(
                "file",
                text!("{field} has two columns for the same: {first} and {again}.", first, again),
            ));
        }
    }
    Ok(columns)
}

/// Counts lines; the parser is behind where a line ends in two characters or is blank.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that begins at a byte, which only grows, or after the line ends there.
    fn of(&mut self, byte: u64) -> u64 {
        let start = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(next) = self.text.get(self.at) {
            if self.at >= start && !matches!(next, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*next == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// Whether a quotation mark that is never closed took following lines into a cell: nothing that is said of a person has
/// more than one line.
fn runs_on(record: &csv::StringRecord, columns: &[Option<Column>]) -> bool {
    let said = record.iter().zip(columns).filter(|(_, column)| column.is_some());
    said.into_iter().any(|(cell, _)| cell.contains(['\n', '\r']))
}

/// The lines that an open quotation mark made one of, each a row again: whoever stands in them is told of, not swallowed.
fn split(
    text: &str,
    (from, to): (u64, u64),
    columns: &[Option<Column>],
    lines: &mut Lines<'_>,
) -> Vec<FileRow> {
    let at = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX).min(text.len());
    let mut start = from;
    let delimiter = delimiter(text);
    let mut rows: Vec<FileRow> = vec![];
    for whole in text.get(at(from)..at(to)).unwrap_or_default().split_inclusive('\n') {
        let mut reader = csv::ReaderBuilder::new();
        reader.delimiter(delimiter).has_headers(false).flexible(true).trim(csv::Trim::All).quoting(false);
        let record = reader.from_reader(whole.as_bytes()).records().next().and_then(Result::ok);
        if let Some(record) = record.filter(|record| !record.iter().all(str::is_empty)) {
            let line = lines.of(start);
            let opened = rows.first().map_or(line, |row| row.line);
            rows.push(FileRow { open_quote: Some(opened), ..row(&record, columns, line) });
        }
        start += whole.len() as u64;
    }
    rows
}

fn row(record: &csv::StringRecord, columns: &[Option<Column>], line: u64) -> FileRow {
    let cells: Vec<String> =
        (0..columns.len()).map(|at| record.get(at).unwrap_or_default().to_owned()).collect();
    let cell = |wanted: Column| {
        let at = columns.iter().position(|column| *column == Some(wanted))?;
        cells.get(at).map(|cell| original(cell)).filter(|cell| !cell.is_empty())
    };
    let parts: Vec<String> = [Column::FirstName, Column::LastName].into_iter().filter_map(cell).collect();
    let person = FilePerson {
        email: cell(Column::Email),
        name: cell(Column::Name).or_else(|| (!parts.is_empty()).then(|| parts.join(" "))),
        phone: cell(Column::Phone),
        employee_code: cell(Column::EmployeeCode),
        role: cell(Column::Role),
        department: cell(Column::Department),
        branch: cell(Column::Branch),
        lead_cap: cell(Column::LeadCap),
    };
    let beyond = record.iter().skip(columns.len()).filter(|cell| !cell.is_empty()).count();
    FileRow { line, cells, person, beyond, open_quote: None }
}

#[cfg(test)]
mod tests {
    use crate::kernel::refusal::Code;
    use crate::people::file::{File, LARGEST, MOST_ROWS};

    #[test]
    fn columns_are_known_by_their_heads_in_any_order_with_comma_or_semicolon() {
        for text in [
            "email,name,Lead cap\nana@x.example,Ana Lima,5\n",
            "\u{feff}Lead-Cap;E-Mail;Full name\r\n5;ana@x.example;Ana Lima\r\n",
            "Surname\tFirst name\tMail\tlead_cap\n\"Lima\"\tAna\tana@x.example\t5",
        ] {
            let file = File::read(text.as_bytes()).unwrap_or_else(|refusal| panic!("{text}: {refusal}"));
            let person = &file.rows.first().map(|row| &row.person);
            let person = person.unwrap_or_else(|| panic!("{text}"));
            assert_eq!(person.email.as_deref(), Some("ana@x.example"), "{text}");
            assert_eq!(person.lead_cap.as_deref(), Some("5"), "{text}");
            assert!(person.name.as_deref().is_some_and(|name| name.contains("Ana") && name.contains("Lima")));
            assert!(file.unused.is_empty());
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_says_why() {
        let many = format!("email\n{}", "a@x.example\n".repeat(MOST_ROWS + 1));
        let large = vec![b'a'; LARGEST + 1];
        let files: [(&[u8], Code, &str); 6] = [
            (b"name\nAna", Code::Invalid, "needs a column `email`"),
            (
                b"email,mail\na@x.example,b@x.example",
                Code::Invalid,
                "two columns for the same: email and mail",
            ),
            (b"email\n\n", Code::Invalid, "nobody in it"),
            (b"email\n\xff\xfe", Code::Invalid, "not UTF-8"),
            (many.as_bytes(), Code::Invalid, "more than 5,000 people"),
            (&large, Code::TooLarge, "larger than 2 MB"),
        ];
        for (bytes, code, why) in files {
            let refusal = File::read(bytes).err();
            let said = refusal.map(|refusal| (refusal.code, refusal.to_string()));
            assert!(
                said.as_ref().is_some_and(|(c, text)| *c == code && text.contains(why)),
                "{why}: {said:?}"
            );
        }
    }

    #[test]
    fn an_open_quotation_mark_swallows_nobody() {
        let text = "email,name,note\na@x.example,Ana,\"two\nlines\"\nb@x.example,\"Ben\nc@x.example,Cora\n\nd@x.example,Dan\n";
        let file = File::read(text.as_bytes()).unwrap_or_else(|refusal| panic!("{refusal}"));
        let rows: Vec<_> =
            file.rows.iter().map(|row| (row.line, row.person.email.as_deref(), row.open_quote)).collect();
        let swallowed = [(4, "b"), (5, "c"), (7, "d")].map(|(line, who)| (line, format!("{who}@x.example")));
        let mut expected = vec![(2, Some("a@x.example"), None)];
        expected.extend(swallowed.iter().map(|(line, email)| (*line, Some(email.as_str()), Some(4))));
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_blank_line_is_no_person_and_lines_are_counted_in_the_file() {
        for end in ["\n", "\r\n"] {
            let text =
                "email,note||,|a@x.example,x,beyond||b@x.example,\"y|z\"|c@x.example,|".replace('|', end);
            let file = File::read(text.as_bytes()).unwrap_or_else(|refusal| panic!("{refusal}"));
            let rows: Vec<(u64, usize)> = file.rows.iter().map(|row| (row.line, row.beyond)).collect();
            assert_eq!(
                (rows, file.unused),
                (vec![(4, 1), (6, 0), (8, 0)], vec!["note".to_owned()]),
                "{end:?}"
            );
        }
    }
}

//! Forms with files in them (`multipart/form-data`, RFC 7578), read from a body that is in memory already.

use memchr::memmem;

/// One field of a form.
#[derive(Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The field's name.
    pub name: String,
    /// Whether it is a file.
    pub is_file: bool,
    /// What was sent.
    pub bytes: &'a [u8],
}

/// The fields of a body; none where the content type or the body is not what it says.
pub fn parts<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let boundary = boundary(content_type)?;
    let (first, next) = (format!("--{boundary}"), format!("\r\n--{boundary}"));
    let mut rest = body.strip_prefix(first.as_bytes())?;
    let mut parts = vec![];
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let end = memmem::find(part, next.as_bytes())?;
        let (content, after) = part.split_at_checked(end)?;
        parts.extend(part_of(content));
        rest = after.strip_prefix(next.as_bytes())?;
    }
    rest.starts_with(b"--").then_some(parts)
}

fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    let is_form = kind.trim().eq_ignore_ascii_case("multipart/form-data");
    let named = |parameter: &'_ str| parameter.trim().to_ascii_lowercase().starts_with("boundary=");
    let parameter = parameters.split(';').find(|parameter| named(parameter)).filter(|_| is_form)?;
    let (_, value) = parameter.split_once('=')?;
    Some(value.trim().trim_matches('"')).filter(|boundary| !boundary.is_empty())
}

fn part_of(content: &[u8]) -> Option<Part<'_>> {
    let head_end = memmem::find(content, b"\r\n\r\n")?;
    let (head, bytes) = content.split_at_checked(head_end)?;
    let head = String::from_utf8_lossy(head);
    let says = |line: &&str| line.to_ascii_lowercase().starts_with("content-disposition:");
    let disposition = head.split("\r\n").find(says)?;
    // Browsers write quotes inside a name as %22, so the next quote ends it.
    let quoted = |key: &str| {
        let start = disposition.find(&format!("; {key}=\""))? + key.len() + 4;
        disposition.get(start..)?.split('"').next().map(str::to_owned)
    };
    Some(Part { name: quoted("name")?, is_file: quoted("filename").is_some(), bytes: bytes.get(4..)? })
}

#[cfg(test)]
mod tests {
    use super::parts;

    const KIND: &str = "multipart/form-data; boundary=----x1";

    #[test]
    fn fields_and_files_come_as_they_were_sent() {
        let body = b"------x1\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n------x1\r\n\
            content-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n\
            email\r\n\r\na@x.example\r\n\r\n------x1--\r\n";
        let found = parts(KIND, body).unwrap_or_default();
        let found: Vec<(&str, bool, &[u8])> =
            found.iter().map(|part| (part.name.as_str(), part.is_file, part.bytes)).collect();
        let file: &[u8] = b"email\r\n\r\na@x.example\r\n";
        assert_eq!(found, [("csrf", false, &b"abc"[..]), ("file", true, file)]);
    }

    #[test]
    fn what_is_no_such_form_has_no_fields() {
        let broken: [(&str, &[u8]); 5] = [
            ("text/plain; boundary=----x1", b"------x1--"),
            ("multipart/form-data", b"------x1--"),
            (KIND, b""),
            (KIND, b"------x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncut off"),
            (KIND, b"------x2--"),
        ];
        for (kind, body) in broken {
            assert_eq!(parts(kind, body), None, "{kind} {}", String::from_utf8_lossy(body));
        }
    }
}

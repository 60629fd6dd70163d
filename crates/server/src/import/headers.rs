//! Which column of a CSV with a header holds what: told by `--map field=Header`, or recognised by the
//! names that phone systems and services commonly give their columns.

/// What a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// When the call began. Needed.
    Started,
    /// When it was answered.
    Answered,
    /// When it ended. Needed, unless the duration or the talk time is there.
    Ended,
    /// Time from start to end.
    Duration,
    /// Time from answer to end.
    Talk,
    /// Who called. Needed.
    From,
    /// The caller's name.
    FromName,
    /// Who was called. Needed.
    To,
    /// The call's id. Without one it is made from the whole row.
    Id,
    /// The queue's name or number.
    Queue,
    /// The outside number that the caller dialled.
    Dialled,
    /// How it ended. Without one, a call that was talked in is answered.
    Outcome,
    /// The extension that called.
    FromExtension,
    /// The extension that was reached.
    ToExtension,
}

/// Every field, in the order of the enum, with its name for `--map` and the headers that it is
/// recognised by, best first: in lower case, without spaces and signs.
const FIELDS: [(Field, &str, &str); 14] = [
    (
        Field::Started,
        "started",
        "started startedat start starttime startdate startstamp startdatetime callstart callstarttime calldate \
         begin datetime timestamp calltime date time",
    ),
    (
        Field::Answered,
        "answered",
        "answered answeredat answer answertime answerstamp answeredtime connecttime connectedat",
    ),
    (
        Field::Ended,
        "ended",
        "ended endedat end endtime endstamp enddatetime callend callendtime hanguptime disconnecttime",
    ),
    (
        Field::Duration,
        "duration",
        "duration totalduration callduration durationseconds durationsec totaltime length calllength",
    ),
    (
        Field::Talk,
        "talk",
        "talk talktime talkseconds talkduration billsec billableseconds billableduration \
         conversationduration conversationtime",
    ),
    (
        Field::From,
        "from",
        "from fromnumber caller callernumber calleridnumber src source sourcenumber calling callingnumber \
         callingparty ani callerid clid",
    ),
    (Field::FromName, "from_name", "fromname callername calleridname sourcename"),
    (
        Field::To,
        "to",
        "to tonumber callee calleenumber dst destination destinationnumber called callednumber calledparty \
         recipient",
    ),
    (Field::Id, "id", "id uniqueid callid calluuid uuid cdrid recordid guid"),
    (Field::Queue, "queue", "queue queuename huntgroup ringgroup"),
    (Field::Dialled, "dialled", "dialled dialed diallednumber dialednumber did dnis"),
    (Field::Outcome, "outcome", "outcome status callstatus disposition result callresult hangupcause"),
    (Field::FromExtension, "from_extension", "fromextension callerextension sourceextension"),
    (Field::ToExtension, "to_extension", "toextension calleeextension destinationextension agentextension"),
];

/// Which header stands for which field, as the operator told.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    pairs: Vec<(Field, String)>,
}

impl Mapping {
    /// Reads pairs such as `started=Start Time`.
    ///
    /// # Errors
    /// If a pair is no such, names a field that does not exist (the text lists those that do), or a
    /// field is given twice.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut mapping = Mapping::default();
        for pair in pairs {
            let (name, header) = pair.split_once('=').ok_or_else(|| {
                format!("--map {pair:?} is not written field=Header, for example started=\"Start Time\"")
            })?;
            let field = field_named(name.trim())?;
            if mapping.header(field).is_some() {
                return Err(format!("--map gives {} twice", name.trim()));
            }
            mapping.pairs.push((field, header.trim().to_owned()));
        }
        Ok(mapping)
    }

    fn header(&self, field: Field) -> Option<&str> {
        self.pairs.iter().find(|(of, _)| *of == field).map(|(_, header)| header.as_str())
    }
}

fn field_named(name: &str) -> Result<Field, String> {
    let known = FIELDS.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name));
    known.map(|(field, _, _)| *field).ok_or_else(|| {
        let names: Vec<&str> = FIELDS.iter().map(|(_, name, _)| *name).collect();
        format!("--map does not know the field {name:?}; there are: {}", names.join(", "))
    })
}

/// The header of a file, and which of its columns holds what.
#[derive(Debug)]
pub struct Header {
    names: Vec<String>,
    /// The column of each field, in the order of `FIELDS`.
    columns: [Option<usize>; FIELDS.len()],
}

impl Header {
    /// Finds the columns by their names.
    ///
    /// # Errors
    /// If a column that is mapped or needed is missing; the text lists the columns found.
    pub fn new(names: Vec<String>, mapping: &Mapping) -> Result<Self, String> {
        let mut header = Header { names, columns: [None; FIELDS.len()] };
        let plain: Vec<String> = header.names.iter().map(|name| plain(name)).collect();
        let at = |wanted: &str| plain.iter().position(|name| name == wanted);
        for ((field, _, known), column) in FIELDS.iter().zip(header.columns.iter_mut()) {
            *column = match mapping.header(*field) {
                None => known.split_whitespace().find_map(at),
                Some(name) => {
                    let found = header
                        .names
                        .iter()
                        .position(|known| known == name)
                        .or_else(|| at(&self::plain(name)));
                    Some(
                        found
                            .ok_or_else(|| format!("there is no column {name:?}; {}", list(&header.names)))?,
                    )
                }
            };
        }
        header.check()?;
        Ok(header)
    }

    /// How many columns it has.
    pub fn width(&self) -> usize {
        self.names.len()
    }

    /// A field's column and the name it stands under; nothing if there is no such column.
    pub fn find(&self, field: Field) -> Option<(usize, &str)> {
        let column = self.columns.get(field as usize).copied().flatten()?;
        Some((column, self.names.get(column).map_or("", String::as_str)))
    }

    fn check(&self) -> Result<(), String> {
        let needed: [(&str, &[Field]); 4] = [
            ("started", &[Field::Started]),
            ("from", &[Field::From]),
            ("to", &[Field::To]),
            ("ended, duration or talk", &[Field::Ended, Field::Duration, Field::Talk]),
        ];
        let lacks = |fields: &[Field]| fields.iter().all(|field| self.find(*field).is_none());
        match needed.iter().find(|(_, fields)| lacks(fields)) {
            None => Ok(()),
            Some((name, _)) => Err(format!(
                "no column for {name} was recognised; name it with --map field=Header; {}",
                list(&self.names)
            )),
        }
    }
}

fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    format!("the header has: {}", quoted.join(", "))
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_in_the_table_in_the_order_of_the_enum() {
        assert!(FIELDS.iter().enumerate().all(|(index, (field, ..))| *field as usize == index));
    }
}

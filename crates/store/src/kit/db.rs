//! One database layer over SQLite and PostgreSQL: shared SQL text, values bound by type, rows decoded on both.
//!
//! SQLite has one writer and several readers, so that a write never meets `SQLITE_BUSY` inside the process.

use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use access::Id;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, Executor, FromRow, Postgres, Sqlite};

/// What a database operation can fail with.
pub type Result<T> = std::result::Result<T, sqlx::Error>;

/// A database: embedded SQLite, or PostgreSQL.
#[derive(Debug, Clone)]
pub(crate) enum Db {
    /// One writer, several readers, and where it is.
    Sqlite { writer: SqlitePool, readers: SqlitePool, file: PathBuf },
    /// A pool.
    Postgres(PgPool),
}

/// The schema of SQLite.
pub(crate) static SQLITE: Migrator = sqlx::migrate!("./migrations/sqlite");

/// A write transaction.
pub(crate) enum Tx {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// A value bound to a statement.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bool(bool),
}

impl From<i64> for Value {
    fn from(v: i64) -> Value {
        Value::Int(Some(v))
    }
}
impl From<Option<i64>> for Value {
    fn from(v: Option<i64>) -> Value {
        Value::Int(v)
    }
}
impl From<Id> for Value {
    fn from(v: Id) -> Value {
        Value::Int(Some(i64::from(v.0)))
    }
}
impl From<Option<Id>> for Value {
    fn from(v: Option<Id>) -> Value {
        Value::Int(v.map(|id| i64::from(id.0)))
    }
}
impl From<String> for Value {
    fn from(v: String) -> Value {
        Value::Text(Some(v))
    }
}
impl From<&str> for Value {
    fn from(v: &str) -> Value {
        Value::Text(Some(v.to_owned()))
    }
}
impl From<&String> for Value {
    fn from(v: &String) -> Value {
        Value::Text(Some(v.clone()))
    }
}
impl From<Option<String>> for Value {
    fn from(v: Option<String>) -> Value {
        Value::Text(v)
    }
}
impl From<bool> for Value {
    fn from(v: bool) -> Value {
        Value::Bool(v)
    }
}

/// The values of one row, of whatever types: `q("INSERT … VALUES ").list(row![id, name])`.
macro_rules! row {
    ($($value:expr),+ $(,)?) => { [$($crate::kit::db::Value::from($value)),+] };
}
pub(crate) use row;

/// A row type that both drivers can decode: every `#[derive(FromRow)]` struct and tuple.
pub(crate) trait Row:
    Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>
{
}
impl<T: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>> Row for T {}

/// So many ids stand in one query; SQLite takes no more than 32,766 values.
pub(crate) const ROWS_PER_QUERY: usize = 1_000;

/// SQL under construction: `q("… WHERE id = ").v(id).s(" AND kind IN ").list(kinds)`.
///
/// Text is `&'static str` only, so a value can never become text. An empty list matches nothing. Values stand as
/// `?`, which SQLite takes as they are (it finds numbered ones by searching through all their names, which makes
/// long statements slow); PostgreSQL gets them numbered.
#[derive(Debug, Clone)]
pub(crate) struct Q {
    sql: String,
    values: Vec<Value>,
}

/// Starts a statement.
pub(crate) fn q(text: &'static str) -> Q {
    Q { sql: text.into(), values: vec![] }
}

impl Q {
    /// More text.
    #[must_use]
    pub fn s(mut self, text: &'static str) -> Q {
        self.sql.push_str(text);
        self
    }

    /// A value in place.
    #[must_use]
    pub fn v(mut self, value: impl Into<Value>) -> Q {
        self.values.push(value.into());
        self.sql.push('?');
        self
    }

    /// Values in parentheses, as for `IN` or one row of `VALUES`.
    #[must_use]
    pub fn list<T: Into<Value>>(mut self, values: impl IntoIterator<Item = T>) -> Q {
        self.sql.push('(');
        let mut first = true;
        for value in values {
            if !std::mem::take(&mut first) {
                self.sql.push(',');
            }
            self = self.v(value);
        }
        self.sql.push_str(if first { "NULL)" } else { ")" });
        self
    }

    /// Another statement inside this one.
    #[must_use]
    pub fn append(mut self, other: Q) -> Q {
        self.values.extend(other.values);
        self.sql.push_str(&other.sql);
        self
    }

    /// More only if there is something to say.
    #[must_use]
    pub fn some<T>(self, value: Option<T>, more: impl FnOnce(Q, T) -> Q) -> Q {
        match value {
            Some(value) => more(self, value),
            None => self,
        }
    }

    /// More only under a condition.
    #[must_use]
    pub fn when(self, condition: bool, more: impl FnOnce(Q) -> Q) -> Q {
        if condition { more(self) } else { self }
    }

    /// The text with its values numbered: `$1`, `$2` …
    fn numbered(&self) -> String {
        let mut text = String::with_capacity(self.sql.len() + 4 * self.values.len());
        let mut parts = self.sql.split('?');
        text.push_str(parts.next().unwrap_or_default());
        for (at, part) in parts.enumerate() {
            let _ = write!(text, "${}{part}", at + 1);
        }
        text
    }
}

/// A text has a NUL character: PostgreSQL takes none, so none is taken on either database.
#[derive(Debug, thiserror::Error)]
#[error("a text has a NUL character")]
pub(crate) struct Nul;

fn without_nul(values: &[Value]) -> Result<()> {
    let has_nul = |value: &Value| matches!(value, Value::Text(Some(text)) if text.contains('\0'));
    if values.iter().any(has_nul) { Err(sqlx::Error::Encode(Box::new(Nul))) } else { Ok(()) }
}

// Adding an argument fails only for values that cannot be encoded; integers, text and booleans always can.

fn sqlite_arguments(values: Vec<Value>) -> Result<SqliteArguments> {
    without_nul(&values)?;
    let mut arguments = SqliteArguments::default();
    for value in values {
        let _ = match value {
            Value::Int(v) => arguments.add(v),
            Value::Text(v) => arguments.add(v),
            Value::Bool(v) => arguments.add(v),
        };
    }
    Ok(arguments)
}

fn postgres_arguments(values: Vec<Value>) -> Result<PgArguments> {
    without_nul(&values)?;
    let mut arguments = PgArguments::default();
    for value in values {
        let _ = match value {
            Value::Int(v) => arguments.add(v),
            Value::Text(v) => arguments.add(v),
            Value::Bool(v) => arguments.add(v),
        };
    }
    Ok(arguments)
}

pub(crate) async fn exec_sqlite<'c>(on: impl Executor<'c, Database = Sqlite>, q: Q) -> Result<u64> {
    let arguments = sqlite_arguments(q.values)?;
    Ok(sqlx::query_with(AssertSqlSafe(q.sql), arguments).execute(on).await?.rows_affected())
}

async fn exec_postgres<'c>(on: impl Executor<'c, Database = Postgres>, q: Q) -> Result<u64> {
    let text = q.numbered();
    let arguments = postgres_arguments(q.values)?;
    Ok(sqlx::query_with(AssertSqlSafe(text), arguments).execute(on).await?.rows_affected())
}

async fn all_sqlite<'c, T: Row>(on: impl Executor<'c, Database = Sqlite>, q: Q) -> Result<Vec<T>> {
    let arguments = sqlite_arguments(q.values)?;
    sqlx::query_as_with(AssertSqlSafe(q.sql), arguments).fetch_all(on).await
}

async fn all_postgres<'c, T: Row>(on: impl Executor<'c, Database = Postgres>, q: Q) -> Result<Vec<T>> {
    let text = q.numbered();
    let arguments = postgres_arguments(q.values)?;
    sqlx::query_as_with(AssertSqlSafe(text), arguments).fetch_all(on).await
}

/// Many rows for one table, written in as few statements as the database likes best.
#[derive(Debug)]
pub(crate) struct Rows {
    /// The statement up to the rows: `INSERT INTO t (a, b)`.
    pub into: &'static str,
    /// The type of each column: `BIGINT` or `TEXT`.
    pub types: &'static [&'static str],
    /// What follows the rows.
    pub then: &'static str,
    /// The rows, one after the other.
    pub values: Vec<Value>,
}

/// Values of one statement on SQLite. It takes 32,766, but long statements cost more than they save.
const SQLITE_VALUES: usize = 4_200;

/// Rows of one statement on PostgreSQL.
const POSTGRES_ROWS: usize = 5_000;

impl Rows {
    /// The rows in parts of so many, each as it stands alone.
    fn parts(values: Vec<Value>, size: usize) -> impl Iterator<Item = Vec<Value>> {
        let mut values = values.into_iter();
        std::iter::from_fn(move || {
            let part: Vec<Value> = values.by_ref().take(size).collect();
            (!part.is_empty()).then_some(part)
        })
    }

    /// `INSERT … VALUES (?,?),(?,?) …` for so many rows.
    fn sqlite(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.types.len()].join(","));
        format!("{} VALUES {}{}", self.into, vec![row; rows].join(","), self.then)
    }

    /// `INSERT … SELECT * FROM unnest($1, $2) …`: one array for each column, so that the text is always the same
    /// and the server neither reads nor plans it again.
    fn postgres(&self) -> String {
        let arrays: Vec<String> =
            self.types.iter().enumerate().map(|(at, kind)| format!("${}::{kind}[]", at + 1)).collect();
        format!("{} SELECT * FROM unnest({}){}", self.into, arrays.join(","), self.then)
    }
}

/// The values of one column, whichever type they are.
#[derive(Debug, Clone, Default)]
struct Column {
    numbers: Vec<Option<i64>>,
    texts: Vec<Option<String>>,
}

/// The values of whole rows as one array for each column.
fn postgres_arrays(values: Vec<Value>, types: &[&str]) -> Result<PgArguments> {
    without_nul(&values)?;
    let mut columns = vec![Column::default(); types.len()];
    let mut values = values.into_iter().peekable();
    while values.peek().is_some() {
        for (column, value) in columns.iter_mut().zip(values.by_ref()) {
            match value {
                Value::Int(v) => column.numbers.push(v),
                Value::Text(v) => column.texts.push(v),
                Value::Bool(v) => column.numbers.push(Some(i64::from(v))),
            }
        }
    }
    let mut arguments = PgArguments::default();
    for (column, kind) in columns.into_iter().zip(types) {
        let _ = if *kind == "TEXT" { arguments.add(column.texts) } else { arguments.add(column.numbers) };
    }
    Ok(arguments)
}

/// Waits until nobody else makes the database of that file or brings its schema up to date: SQLite's own locks cover
/// neither the change to a write-ahead log nor the look at which migrations are missing. (On PostgreSQL the migrator takes
/// an advisory lock.) The lock is on the folder, so that it leaves no file, and ends when it is dropped or the process is.
async fn turn(database: &Path) -> Result<File> {
    let parent = database.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let folder = File::open(parent)?;
    let locked = tokio::task::spawn_blocking(move || folder.lock().map(|()| folder)).await;
    Ok(locked.map_err(std::io::Error::other)??)
}

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…` and brings its schema up to date.
    pub async fn open(url: &str) -> std::result::Result<Db, crate::OpenError> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
            let pool = PgPoolOptions::new()
                .max_connections(10)
                .acquire_timeout(Duration::from_secs(2))
                .test_before_acquire(false)
                .connect_with(options)
                .await?;
            sqlx::migrate!("./migrations/postgres").run(&pool).await?;
            return Ok(Db::Postgres(pool));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            // What was deleted leaves nothing of itself in the file.
            .pragma("secure_delete", "ON")
            .pragma("mmap_size", "268435456")
            .pragma("cache_size", "-65536")
            .statement_cache_capacity(300)
            .disable_statement_logging();
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(Duration::from_secs(10))
                .test_before_acquire(false)
        };
        let file = options.get_filename().to_owned();
        let turn = turn(&file).await?;
        let writer = pool(1).connect_with(options.clone()).await?;
        SQLITE.run(&writer).await?;
        drop(turn);
        let readers = pool(4).connect_with(options.read_only(true)).await?;
        Ok(Db::Sqlite { writer, readers, file })
    }

    /// Runs one statement outside any transaction of ours; how many rows it changed.
    pub async fn exec(&self, q: Q) -> Result<u64> {
        match self {
            Db::Sqlite { writer, .. } => exec_sqlite(writer, q).await,
            Db::Postgres(pool) => exec_postgres(pool, q).await,
        }
    }

    /// The rows of a query.
    pub async fn all<T: Row>(&self, q: Q) -> Result<Vec<T>> {
        match self {
            Db::Sqlite { readers, .. } => all_sqlite(readers, q).await,
            Db::Postgres(pool) => all_postgres(pool, q).await,
        }
    }

    /// The first row of a query, if any.
    pub async fn one<T: Row>(&self, q: Q) -> Result<Option<T>> {
        Ok(self.all(q).await?.into_iter().next())
    }

    /// Opens a write transaction.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Db::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Db::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }
}

impl Tx {
    /// Runs one statement; how many rows it changed.
    pub async fn exec(&mut self, q: Q) -> Result<u64> {
        match self {
            Tx::Sqlite(tx) => exec_sqlite(&mut **tx, q).await,
            Tx::Postgres(tx) => exec_postgres(&mut **tx, q).await,
        }
    }

    /// The rows of a query, as this transaction sees them.
    pub async fn all<T: Row>(&mut self, q: Q) -> Result<Vec<T>> {
        match self {
            Tx::Sqlite(tx) => all_sqlite(&mut **tx, q).await,
            Tx::Postgres(tx) => all_postgres(&mut **tx, q).await,
        }
    }

    /// Writes rows; what the statements return.
    pub async fn insert<T: Row>(&mut self, mut rows: Rows) -> Result<Vec<T>> {
        let (values, width) = (std::mem::take(&mut rows.values), rows.types.len().max(1));
        let mut returned = vec![];
        match self {
            Tx::Sqlite(tx) => {
                for part in Rows::parts(values, SQLITE_VALUES / width * width) {
                    let text = AssertSqlSafe(rows.sqlite(part.len() / width));
                    let query = sqlx::query_as_with(text, sqlite_arguments(part)?);
                    returned.extend(query.fetch_all(&mut **tx).await?);
                }
            }
            Tx::Postgres(tx) => {
                for part in Rows::parts(values, POSTGRES_ROWS * width) {
                    let arguments = postgres_arrays(part, rows.types)?;
                    let query = sqlx::query_as_with(AssertSqlSafe(rows.postgres()), arguments);
                    returned.extend(query.fetch_all(&mut **tx).await?);
                }
            }
        }
        Ok(returned)
    }

    /// The first row of a query, if any.
    pub async fn one<T: Row>(&mut self, q: Q) -> Result<Option<T>> {
        Ok(self.all(q).await?.into_iter().next())
    }

    /// Makes it all hold.
    pub async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
        }
    }

    /// What makes a row wait for others who change it: nothing on SQLite, whose writer is alone anyway.
    pub fn for_update(&self) -> &'static str {
        match self {
            Tx::Sqlite(_) => "",
            Tx::Postgres(_) => " FOR UPDATE",
        }
    }
}

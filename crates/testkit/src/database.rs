//! A fresh database for each test: a file, or a database of the PostgreSQL server that the tests were given.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rand::Rng as _;
use sqlx::{Connection as _, Executor as _, Row as _};

/// What a refusal may write: that it happened, when somebody was last seen, guesses, and what is counted by the way.
/// Table and column; `*` for all of a table.
const NOTED: [(&str, &str); 14] = [
    ("_sqlx_migrations", "*"),
    ("audit", "*"),
    ("attempts", "*"),
    ("permission_uses", "*"),
    ("workspaces", "audit_seq"),
    ("workspaces", "audit_head"),
    ("workspaces", "shown"),
    ("users", "last_seen_at"),
    ("users", "pin_misses"),
    ("sessions", "last_seen_at"),
    ("devices", "last_seen_at"),
    ("api_tokens", "last_used_at"),
    ("mails", "tries"),
    ("mails", "next_try_at"),
];

/// A database of a test's own, with a folder beside it.
#[derive(Debug, Clone)]
pub struct Database {
    /// How to reach it.
    pub url: String,
    /// A folder of its own.
    pub folder: PathBuf,
}

impl Database {
    /// A fresh one.
    pub async fn create() -> Database {
        let name = format!("ringfence_test_{:016x}", rand::rng().random::<u64>());
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).unwrap();
        let url = match std::env::var("RINGFENCE_TEST_POSTGRES") {
            Ok(server) => create_postgres(&server, &name).await,
            Err(_) => format!("sqlite://{}", folder.join("ringfence.db").display()),
        };
        Database { url, folder }
    }

    /// Whether the tests run on PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// Every row of every table as text, to show that a refusal changed nothing: whatever the schema has but what is
    /// [`NOTED`].
    pub async fn fingerprint(&self) -> Vec<String> {
        let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (table, column) in self.columns().await {
            let noted = |(of, what): &(&str, &str)| *of == table && (*what == "*" || *what == column);
            if !NOTED.iter().any(noted) {
                columns.entry(table).or_default().push(format!("CAST({column} AS TEXT)"));
            }
        }
        let mut rows = vec![];
        for (table, columns) in columns {
            let found = self.texts(&format!("SELECT {} FROM {table}", columns.join(", "))).await;
            rows.extend(found.into_iter().map(|row| format!("{table} {row:?}")));
        }
        rows.sort();
        rows
    }

    /// The columns of every table.
    async fn columns(&self) -> Vec<(String, String)> {
        let query = match self.is_postgres() {
            true => {
                "SELECT table_name::text, column_name::text FROM information_schema.columns \
                     WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
            }
            false => {
                "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c \
                      WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid"
            }
        };
        let named = |row: Vec<Option<String>>| {
            let mut names = row.into_iter().flatten();
            (names.next().unwrap(), names.next().unwrap())
        };
        self.texts(query).await.into_iter().map(named).collect()
    }

    /// What a query of texts finds.
    async fn texts(&self, query: &str) -> Vec<Vec<Option<String>>> {
        let query = sqlx::AssertSqlSafe(query.to_owned());
        if self.is_postgres() {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            let rows = sqlx::query(query).fetch_all(&mut connection).await.unwrap();
            return rows.iter().map(|row| (0..row.len()).map(|at| row.get(at)).collect()).collect();
        }
        let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
        let rows = sqlx::query(query).fetch_all(&mut connection).await.unwrap();
        rows.iter().map(|row| (0..row.len()).map(|at| row.get(at)).collect()).collect()
    }

    /// The number that a query has, read behind the server's back.
    pub async fn number(&self, sql: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(sql.to_owned());
        if self.is_postgres() {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            return sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap();
        }
        let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
        sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap()
    }

    /// Runs a statement behind the server's back: how tests tamper and break things.
    pub async fn tamper(&self, sql: &str) -> u64 {
        let statement = sqlx::AssertSqlSafe(sql.to_owned());
        if self.is_postgres() {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            return sqlx::query(statement).execute(&mut connection).await.unwrap().rows_affected();
        }
        let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
        sqlx::query(statement).execute(&mut connection).await.unwrap().rows_affected()
    }
}

async fn create_postgres(server: &str, name: &str) -> String {
    let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
    let create = format!("CREATE DATABASE {name}");
    connection.execute(sqlx::AssertSqlSafe(create)).await.unwrap();
    let (base, query) = server.split_once('?').map_or((server, ""), |(base, query)| (base, query));
    let host = base.rfind('/').filter(|at| *at > "postgres://".len()).map_or(base, |at| &base[..at]);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!("{host}/{name}{query}")
}

//! A fresh database for each test: a file, or a database of the PostgreSQL server that the tests were given.

use std::path::PathBuf;

use rand::Rng as _;
use sqlx::{Connection as _, Executor as _, Row as _};

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

    /// Every row of every table as text, to show that a refusal changed nothing; what only notes a refusal or the
    /// last use is left out.
    pub async fn fingerprint(&self) -> Vec<String> {
        const TABLES: [&str; 24] = [
            "SELECT id, slug, name, preset, plan, time_zone, pin_digits, version, seats, licences FROM workspaces \
             ORDER BY id",
            "SELECT * FROM roles ORDER BY workspace_id, id",
            "SELECT * FROM toggles ORDER BY workspace_id, id",
            "SELECT * FROM units ORDER BY workspace_id, id",
            "SELECT workspace_id, id, email, name, phone, employee_code, lead_cap, language, role_id, department_id, \
             branch_id, standing, password_hash, pin_hash, email_changed_at, deleted_at, revision, preset_number_id, chosen_number_id \
             FROM users \
             ORDER BY workspace_id, id",
            "SELECT * FROM toggle_settings ORDER BY workspace_id, user_id, toggle_id",
            "SELECT * FROM unit_leads ORDER BY workspace_id, user_id, unit_id",
            "SELECT * FROM temporary_access ORDER BY workspace_id, id",
            "SELECT * FROM extensions ORDER BY workspace_id, id",
            "SELECT * FROM queues ORDER BY workspace_id, id",
            "SELECT * FROM numbers ORDER BY workspace_id, id",
            "SELECT * FROM grants ORDER BY workspace_id, id",
            "SELECT workspace_id, id, user_id, token_hash, viewing_as, password_until, temporary FROM sessions ORDER BY workspace_id, id",
            "SELECT workspace_id, id, user_id, device_hash FROM devices ORDER BY workspace_id, id",
            "SELECT workspace_id, id, user_id, token_hash FROM api_tokens ORDER BY workspace_id, id",
            "SELECT * FROM links ORDER BY workspace_id, id",
            "SELECT * FROM known_secrets ORDER BY workspace_id, user_id, secret, knower_id",
            "SELECT workspace_id, id, user_id, kind, recipient, subject, body, sealed FROM mails ORDER BY workspace_id, id",
            "SELECT * FROM calls ORDER BY workspace_id, id",
            "SELECT * FROM access_requests ORDER BY workspace_id, id",
            "SELECT * FROM reviews ORDER BY workspace_id, id",
            "SELECT * FROM review_lines ORDER BY workspace_id, review_id, id",
            "SELECT * FROM deleted_calls ORDER BY workspace_id, source, unique_id",
            "SELECT * FROM call_touches ORDER BY workspace_id, subject_id, started_at, call_id",
        ];
        let mut rows = vec![];
        if self.is_postgres() {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            for table in TABLES {
                let text = format!("SELECT t::text FROM ({table}) AS t");
                let found = sqlx::query(sqlx::AssertSqlSafe(text)).fetch_all(&mut connection).await.unwrap();
                rows.extend(found.iter().map(|row| row.get::<String, _>(0)));
            }
            return rows;
        }
        let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
        for table in TABLES {
            for row in connection.fetch_all(table).await.unwrap() {
                let columns = 0..row.len();
                let text = columns.map(|at| row.try_get_unchecked::<Option<String>, _>(at).unwrap());
                rows.push(format!("{:?}", text.collect::<Vec<_>>()));
            }
        }
        rows
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

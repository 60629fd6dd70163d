-- The foundation: workspaces, who is in them, what they may do, what is theirs, their calls, and the audit log.
-- Every tenant table has the workspace first in its key. Moments are microseconds since the Unix epoch, UTC.

CREATE TABLE workspaces (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    slug         TEXT    NOT NULL UNIQUE,
    name         TEXT    NOT NULL,
    preset       TEXT    NOT NULL,
    plan         TEXT    NOT NULL,
    time_zone    TEXT    NOT NULL,
    country_code TEXT    NOT NULL DEFAULT '',
    auto_record  BOOLEAN NOT NULL DEFAULT FALSE,
    is_demo      BOOLEAN NOT NULL DEFAULT FALSE,
    created_at   BIGINT  NOT NULL,
    version      BIGINT  NOT NULL DEFAULT 1,
    next_id      BIGINT  NOT NULL DEFAULT 1,
    next_call    BIGINT  NOT NULL DEFAULT 1,
    audit_seq    BIGINT  NOT NULL DEFAULT 0,
    audit_head   TEXT    NOT NULL DEFAULT ''
);

CREATE TABLE roles (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    id           BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    preset_key   TEXT,
    holds        TEXT   NOT NULL,
    revision     BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX roles_by_name ON roles (workspace_id, lower(name));

CREATE TABLE toggles (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    id           BIGINT NOT NULL,
    preset_key   TEXT   NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE units (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    id           BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    revision     BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX units_by_name ON units (workspace_id, kind, lower(name));

CREATE TABLE users (
    workspace_id  BIGINT NOT NULL REFERENCES workspaces (id),
    id            BIGINT NOT NULL,
    email         TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    phone         TEXT   NOT NULL DEFAULT '',
    employee_code TEXT   NOT NULL DEFAULT '',
    role_id       BIGINT NOT NULL,
    department_id BIGINT,
    branch_id     BIGINT,
    standing      TEXT   NOT NULL,
    password_hash TEXT,
    created_at    BIGINT NOT NULL,
    last_seen_at  BIGINT,
    deleted_at    BIGINT,
    revision      BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, role_id) REFERENCES roles (workspace_id, id),
    FOREIGN KEY (workspace_id, department_id) REFERENCES units (workspace_id, id),
    FOREIGN KEY (workspace_id, branch_id) REFERENCES units (workspace_id, id)
);
CREATE UNIQUE INDEX users_by_email ON users (workspace_id, email) WHERE deleted_at IS NULL;

CREATE TABLE toggle_settings (
    workspace_id BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    toggle_id    BIGINT NOT NULL,
    setting      TEXT   NOT NULL,
    PRIMARY KEY (workspace_id, user_id, toggle_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id),
    FOREIGN KEY (workspace_id, toggle_id) REFERENCES toggles (workspace_id, id)
);

CREATE TABLE unit_leads (
    workspace_id BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    unit_id      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id, unit_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id),
    FOREIGN KEY (workspace_id, unit_id) REFERENCES units (workspace_id, id)
);

CREATE TABLE temporary_access (
    workspace_id BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    holds        TEXT   NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id)
);

CREATE TABLE extensions (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    id           BIGINT NOT NULL,
    digits       TEXT   NOT NULL,
    name         TEXT   NOT NULL DEFAULT '',
    user_id      BIGINT,
    revision     BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id)
);
CREATE UNIQUE INDEX extensions_by_digits ON extensions (workspace_id, digits);

CREATE TABLE queues (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    id           BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    digits       TEXT   NOT NULL DEFAULT '',
    revision     BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX queues_by_name ON queues (workspace_id, lower(name));

CREATE TABLE numbers (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    id           BIGINT NOT NULL,
    e164         TEXT   NOT NULL,
    label        TEXT   NOT NULL DEFAULT '',
    revision     BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX numbers_by_e164 ON numbers (workspace_id, e164);

-- entity_id is an extension, a queue or a number: all ids of a workspace come from one sequence.
CREATE TABLE grants (
    workspace_id BIGINT  NOT NULL,
    id           BIGINT  NOT NULL,
    user_id      BIGINT  NOT NULL,
    entity_id    BIGINT  NOT NULL,
    may_use      BOOLEAN NOT NULL,
    may_observe  BOOLEAN NOT NULL,
    expires_at   BIGINT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id)
);
CREATE UNIQUE INDEX grants_by_user ON grants (workspace_id, user_id, entity_id);
CREATE INDEX grants_by_entity ON grants (workspace_id, entity_id);

CREATE TABLE sessions (
    workspace_id BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    token_hash   TEXT   NOT NULL UNIQUE,
    agent        TEXT   NOT NULL DEFAULT '',
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id)
);
CREATE INDEX sessions_by_user ON sessions (workspace_id, user_id);

CREATE TABLE api_tokens (
    workspace_id BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    token_hash   TEXT   NOT NULL UNIQUE,
    scope        TEXT,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at   BIGINT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id)
);
CREATE INDEX api_tokens_by_user ON api_tokens (workspace_id, user_id);

-- Wrong guesses at a secret, by what was guessed at; see `store::attempts`.
CREATE TABLE attempts (
    target        TEXT   NOT NULL PRIMARY KEY,
    failures      BIGINT NOT NULL,
    window_start  BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);

CREATE TABLE calls (
    workspace_id   BIGINT NOT NULL REFERENCES workspaces (id),
    id             BIGINT NOT NULL,
    source         TEXT   NOT NULL,
    unique_id      TEXT   NOT NULL,
    started_at     BIGINT NOT NULL,
    answered_at    BIGINT,
    ended_at       BIGINT NOT NULL,
    talk_seconds   BIGINT NOT NULL,
    direction      TEXT   NOT NULL,
    outcome        TEXT   NOT NULL,
    from_party     TEXT   NOT NULL,
    from_name      TEXT,
    to_party       TEXT   NOT NULL,
    from_user      BIGINT,
    to_user        BIGINT,
    from_extension BIGINT,
    to_extension   BIGINT,
    queue_id       BIGINT,
    number_id      BIGINT,
    recording      TEXT,
    touches        TEXT   NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX calls_by_source ON calls (workspace_id, source, unique_id);
CREATE INDEX calls_by_time ON calls (workspace_id, started_at DESC, id DESC);

-- One row for each id that a call touches: how a scoped list finds its calls without reading anybody else's.
CREATE TABLE call_touches (
    workspace_id BIGINT NOT NULL,
    subject_id   BIGINT NOT NULL,
    started_at   BIGINT NOT NULL,
    call_id      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, subject_id, started_at DESC, call_id DESC)
) WITHOUT ROWID;

CREATE TABLE audit (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    seq          BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    actor_id     BIGINT,
    actor        TEXT   NOT NULL,
    via          TEXT   NOT NULL,
    act          TEXT   NOT NULL,
    outcome      TEXT   NOT NULL,
    object_kind  TEXT   NOT NULL,
    object_id    BIGINT NOT NULL,
    object       TEXT   NOT NULL,
    detail       TEXT   NOT NULL,
    hash         TEXT   NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);
CREATE INDEX audit_by_object ON audit (workspace_id, object_kind, object_id, seq);
CREATE INDEX audit_by_actor ON audit (workspace_id, actor_id, seq);

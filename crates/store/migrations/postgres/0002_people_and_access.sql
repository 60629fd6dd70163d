-- People and access: what is bought, how people sign in, what is shown before it holds and undone after, requests,
-- reviews, mail. Moments are microseconds since the Unix epoch, UTC.

-- seats and licences: how many are paid for; none where they are not counted.
ALTER TABLE workspaces ADD COLUMN seats BIGINT;
ALTER TABLE workspaces ADD COLUMN licences BIGINT;
ALTER TABLE workspaces ADD COLUMN pin_digits BIGINT NOT NULL DEFAULT 4;
ALTER TABLE workspaces ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE workspaces ADD COLUMN default_role_id BIGINT;
ALTER TABLE workspaces ADD COLUMN next_undo BIGINT NOT NULL DEFAULT 1;

-- language: empty where the browser's or the workspace's counts. preset_number_id: the caller ID that an
-- administrator set; chosen_number_id: the one that the user chose among the numbers granted for use.
ALTER TABLE users ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN lead_cap BIGINT;
ALTER TABLE users ADD COLUMN pin_hash TEXT;
ALTER TABLE users ADD COLUMN preset_number_id BIGINT;
ALTER TABLE users ADD COLUMN chosen_number_id BIGINT;
CREATE UNIQUE INDEX users_by_pin_phone ON users (workspace_id, phone) WHERE deleted_at IS NULL AND pin_hash IS NOT NULL;

-- A toggle without a preset_key is the workspace's own, with its name and what it holds.
ALTER TABLE toggles ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE toggles ADD COLUMN summary TEXT NOT NULL DEFAULT '';
ALTER TABLE toggles ADD COLUMN holds TEXT NOT NULL DEFAULT '{}';
ALTER TABLE toggles ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;

-- Whom the user of a session looks at the workspace as, read-only.
ALTER TABLE sessions ADD COLUMN viewing_as BIGINT;

-- recording_deleted_at: when somebody deleted the recording, which no later import brings back.
ALTER TABLE calls ADD COLUMN recording_deleted_at BIGINT;

-- What it takes to undo a change of access: the rows as they were and as the change left them.
CREATE TABLE undos (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    id           BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    permission   TEXT   NOT NULL,
    thing_kind   TEXT   NOT NULL,
    thing_id     BIGINT NOT NULL,
    edits        TEXT   NOT NULL,
    made_at      BIGINT NOT NULL,
    undone_at    BIGINT,
    PRIMARY KEY (workspace_id, id)
);

-- Links with a secret that are good once: an invitation, a password reset.
CREATE TABLE links (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    id           BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    purpose      TEXT   NOT NULL,
    secret_hash  TEXT   NOT NULL UNIQUE,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id)
);
CREATE INDEX links_by_user ON links (workspace_id, user_id, purpose);

-- Mail to people: sent by SMTP where that is set up, else read on the outbox page. link_id: the link in it, if any,
-- which is good until expires_at; the body is wiped when it is sent or its link is no longer good. `{address}` in a
-- body stands for the server's own address.
CREATE TABLE mails (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    id           BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    recipient    TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    sent_at      BIGINT,
    tries        BIGINT NOT NULL DEFAULT 0,
    next_try_at  BIGINT,
    failure      TEXT   NOT NULL DEFAULT '',
    link_id      BIGINT,
    expires_at   BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX mails_by_user ON mails (workspace_id, user_id);
CREATE INDEX mails_to_send ON mails (next_try_at) WHERE sent_at IS NULL;

-- Browsers and phones that somebody signed in on: strangers' guesses do not lock these out.
CREATE TABLE devices (
    workspace_id BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    device_hash  TEXT   NOT NULL,
    agent        TEXT   NOT NULL DEFAULT '',
    last_seen_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, user_id, device_hash),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id)
);
CREATE INDEX devices_by_hash ON devices (device_hash);

-- Somebody asks for access: permissions or a role. state: open, granted, declined, withdrawn. passed_to: somebody
-- whom a decider who could not give it asked to decide.
CREATE TABLE access_requests (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    id           BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    wants        TEXT   NOT NULL,
    role_id      BIGINT,
    reason       TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    decided_at   BIGINT,
    decided_by   BIGINT,
    gave         TEXT   NOT NULL DEFAULT '',
    until        BIGINT,
    note         TEXT   NOT NULL DEFAULT '',
    passed_to    BIGINT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id)
);
CREATE INDEX access_requests_by_state ON access_requests (workspace_id, state, id);
CREATE INDEX access_requests_by_user ON access_requests (workspace_id, user_id, id);

-- A review of a unit's or a role's people: each line is one thing that somebody has, kept or removed.
CREATE TABLE reviews (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    id           BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    scope_kind   TEXT   NOT NULL,
    scope_id     BIGINT NOT NULL,
    unused_days  BIGINT NOT NULL,
    started_by   BIGINT NOT NULL,
    started_at   BIGINT NOT NULL,
    closed_at    BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE TABLE review_lines (
    workspace_id BIGINT NOT NULL,
    review_id    BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    source_id    BIGINT NOT NULL,
    label        TEXT   NOT NULL,
    last_used_at BIGINT,
    marked       BIGINT NOT NULL DEFAULT 0,
    decision     TEXT   NOT NULL DEFAULT '',
    decided_by   BIGINT,
    decided_at   BIGINT,
    outcome      TEXT   NOT NULL DEFAULT '',
    PRIMARY KEY (workspace_id, review_id, id),
    FOREIGN KEY (workspace_id, review_id) REFERENCES reviews (workspace_id, id)
);

-- Calls that were deleted with the history of their number, so that no later import brings them back.
CREATE TABLE deleted_calls (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    source       TEXT   NOT NULL,
    unique_id    TEXT   NOT NULL,
    PRIMARY KEY (workspace_id, source, unique_id)
);

-- When a user last used a permission, to the hour.
CREATE TABLE permission_uses (
    workspace_id BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    permission   TEXT   NOT NULL,
    used_at      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id, permission)
);

CREATE INDEX temporary_access_by_end ON temporary_access (expires_at);
CREATE INDEX grants_by_end ON grants (expires_at) WHERE expires_at IS NOT NULL;
-- Up to which end of a block the audit log has been told of it.
ALTER TABLE attempts ADD COLUMN told_until BIGINT NOT NULL DEFAULT 0;
CREATE INDEX attempts_by_start ON attempts (window_start);

-- Secrets that somebody else than their person knows. Moments are microseconds since the Unix epoch, UTC.

-- Who else made or saw a password, a PIN or an open link of a user, and (chosen_…) who else knew what the present
-- password or PIN was chosen with. knower_id: 0 for whoever runs the machine.
CREATE TABLE known_secrets (
    workspace_id BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    secret       TEXT   NOT NULL,
    knower_id    BIGINT NOT NULL,
    known_at     BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id, secret, knower_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id)
);

-- temporary: the secret that opened a session and that others know too (password, pin); empty where only its person does.
ALTER TABLE sessions ADD COLUMN temporary TEXT NOT NULL DEFAULT '';

-- When somebody else last changed a user's email address; none where nobody did, or the user did since.
ALTER TABLE users ADD COLUMN email_changed_at BIGINT;

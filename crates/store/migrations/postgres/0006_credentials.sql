-- Sessions remember that a PIN opened them, and PINs how often they were guessed at in a row.

-- Until when the user's password counts as shown: none where the session was opened with it, 0 where a PIN opened it
-- and nobody has typed the password since.
ALTER TABLE sessions ADD COLUMN password_until BIGINT;

-- Of older sessions nobody knows: those of people with a PIN count as opened by it.
UPDATE sessions SET password_until = 0 WHERE EXISTS (
    SELECT 1 FROM users WHERE users.workspace_id = sessions.workspace_id AND users.id = sessions.user_id
        AND users.pin_hash IS NOT NULL
);

-- Wrong PINs in a row from devices that the user is not known on.
ALTER TABLE users ADD COLUMN pin_misses BIGINT NOT NULL DEFAULT 0;

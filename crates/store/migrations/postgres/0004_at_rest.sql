-- What a copy of the database may not give away, and what tells whether a recording is what was taken in.

-- The path of the link in a mail, with its secret, sealed with the server's key; the body has `{link}` in its place. Mails
-- that wait with their link in clear are wiped: the people are invited, or ask, once more.
ALTER TABLE mails ADD COLUMN sealed TEXT NOT NULL DEFAULT '';
UPDATE mails SET body = '', next_try_at = NULL WHERE link_id IS NOT NULL;

-- PINs are hashed with the server's key from now on: the hash of so few digits alone is found by trying them all.
UPDATE users SET pin_hash = NULL;

-- SHA-256 of a recording's file when it was taken in, hex.
ALTER TABLE calls ADD COLUMN recording_digest TEXT;

-- Which key that is: SHA-256 of it, hex. One row, written by the first server.
CREATE TABLE server_key (
    one    BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    digest TEXT   NOT NULL
);

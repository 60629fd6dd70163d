-- What people are given of others tells nothing of them: undo receipts are drawn at random, no longer numbered through.
-- Receipts that are out already keep their number for the days in which they are good.

CREATE TABLE undos_by_receipt (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    receipt      TEXT   NOT NULL,
    user_id      BIGINT NOT NULL,
    permission   TEXT   NOT NULL,
    thing_kind   TEXT   NOT NULL,
    thing_id     BIGINT NOT NULL,
    edits        TEXT   NOT NULL,
    made_at      BIGINT NOT NULL,
    undone_at    BIGINT,
    PRIMARY KEY (workspace_id, receipt)
);
INSERT INTO undos_by_receipt
SELECT workspace_id, CAST(id AS TEXT), user_id, permission, thing_kind, thing_id, edits, made_at, undone_at FROM undos;
DROP TABLE undos;
ALTER TABLE undos_by_receipt RENAME TO undos;
ALTER TABLE workspaces DROP COLUMN next_undo;

-- Counts the changes that show outside the log and one's own sessions: of the others nobody else is told.
ALTER TABLE workspaces ADD COLUMN shown BIGINT NOT NULL DEFAULT 0;

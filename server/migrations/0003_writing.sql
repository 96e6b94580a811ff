-- What writing adds: texts as they were, tombstones that may come back, keys of requests, reports.

-- When and by whom a reply was deleted here, while its text is kept for whoever takes that back; null for all
-- others, and again once the text is gone.
ALTER TABLE reply ADD COLUMN deleted INTEGER;
ALTER TABLE reply ADD COLUMN deleter INTEGER REFERENCES person (pk) ON DELETE SET NULL;
CREATE INDEX reply_by_deletion ON reply (deleted) WHERE deleted IS NOT NULL;
CREATE INDEX reply_held ON reply (status) WHERE status = 'pending';

-- The texts that edits have replaced.
CREATE TABLE revision (
    reply     INTEGER NOT NULL REFERENCES reply (pk) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    revision  TEXT    NOT NULL,
    -- When the text became this.
    published INTEGER,
    format    TEXT    NOT NULL,
    body      TEXT    NOT NULL,
    PRIMARY KEY (reply, position)
);

-- Requests that were answered, for whoever lost the answer and asks again.
CREATE TABLE idempotency_key (
    person  INTEGER NOT NULL REFERENCES person (pk) ON DELETE CASCADE,
    key     TEXT    NOT NULL,
    -- SHA-256 of the request's body.
    request BLOB    NOT NULL,
    status  INTEGER NOT NULL,
    answer  TEXT    NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (person, key)
);
CREATE INDEX idempotency_key_by_age ON idempotency_key (created);

-- What readers told the moderators.
CREATE TABLE report (
    pk      INTEGER PRIMARY KEY,
    reply   INTEGER NOT NULL REFERENCES reply (pk) ON DELETE CASCADE,
    -- Null for somebody who is not signed in.
    person  INTEGER REFERENCES person (pk) ON DELETE SET NULL,
    reason  TEXT    NOT NULL,
    detail  TEXT,
    created INTEGER NOT NULL,
    UNIQUE (reply, person)
);

-- Nobody reacts twice with one tag.
CREATE UNIQUE INDEX reaction_once ON reaction_person (reply, tag, person);

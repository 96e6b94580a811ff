-- What changed last in each thread, for those who listen. `id` is the thread's change counter at that change, so
-- that a page which shows the same counter shows the change; what is older than some hundred changes is forgotten.
CREATE TABLE change (
    thread INTEGER NOT NULL REFERENCES thread (pk) ON DELETE CASCADE,
    id     INTEGER NOT NULL,
    -- reply, reactions, thread, or reset: more than can be told.
    kind   TEXT    NOT NULL,
    reply  INTEGER REFERENCES reply (pk) ON DELETE CASCADE,
    PRIMARY KEY (thread, id)
);
CREATE INDEX change_by_reply ON change (reply);

-- Who is asking: tokens, of which only a hash is kept, and who may not write any more.

CREATE TABLE token (
    -- SHA-256 of the token.
    hash    BLOB    PRIMARY KEY,
    person  INTEGER NOT NULL REFERENCES person (pk) ON DELETE CASCADE,
    created INTEGER NOT NULL
);

ALTER TABLE person ADD COLUMN banned BOOLEAN NOT NULL DEFAULT FALSE;
-- What the name looks like.
ALTER TABLE person ADD COLUMN skeleton TEXT;
CREATE INDEX person_by_skeleton ON person (skeleton);

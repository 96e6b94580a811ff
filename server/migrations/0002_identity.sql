-- Who is asking, and how often.

-- What a guest's browser keeps, as its SHA-256: whoever reads this file can write in nobody's name.
CREATE TABLE token (
    hash    BLOB    PRIMARY KEY,
    person  INTEGER NOT NULL REFERENCES person (pk) ON DELETE CASCADE,
    created INTEGER NOT NULL
);
CREATE INDEX token_by_person ON token (person);

ALTER TABLE person ADD COLUMN banned BOOLEAN NOT NULL DEFAULT FALSE;
-- What the name looks like as it is written, and written small; see src/names.rs. Null where there is no name.
ALTER TABLE person ADD COLUMN skeleton TEXT;
ALTER TABLE person ADD COLUMN skeleton_small TEXT;
CREATE INDEX person_by_skeleton ON person (skeleton);
CREATE INDEX person_by_skeleton_small ON person (skeleton_small);

-- Sign-in tokens that may be used once and have been, until they are no good any more for their age.
CREATE TABLE spent (
    issuer TEXT    NOT NULL,
    jti    TEXT    NOT NULL,
    until  INTEGER NOT NULL,
    PRIMARY KEY (issuer, jti)
);
CREATE INDEX spent_by_age ON spent (until);

-- How much of a limit somebody has used up: all of it is given back at `free`, and then the row may go.
CREATE TABLE used (
    action TEXT    NOT NULL,
    who    TEXT    NOT NULL,
    free   INTEGER NOT NULL,
    PRIMARY KEY (action, who)
);
CREATE INDEX used_by_age ON used (free);

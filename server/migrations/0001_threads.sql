-- Threads, their replies and the people who wrote, reacted or are mentioned.
-- `pk` is the row's own number and never leaves the database; `id` is what the contract calls the id.
-- Moments are milliseconds since 1970-01-01T00:00:00Z.

CREATE TABLE thread (
    pk     INTEGER PRIMARY KEY,
    id     TEXT    NOT NULL UNIQUE,
    title  TEXT,
    url    TEXT,
    locked BOOLEAN NOT NULL,
    -- How many numbers are given out.
    total  INTEGER NOT NULL,
    -- Raised by whatever changes any page of the thread; what is cached stands as long as this does.
    change INTEGER NOT NULL
);

-- The tags that readers of a thread may choose from.
CREATE TABLE reaction_tag (
    thread   INTEGER NOT NULL REFERENCES thread (pk) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    tag      TEXT    NOT NULL,
    label    TEXT    NOT NULL,
    symbol   TEXT,
    PRIMARY KEY (thread, position)
);

CREATE TABLE person (
    pk     INTEGER PRIMARY KEY,
    -- Null for somebody of whom only a name is known; such a row belongs to the one place that names them.
    id     TEXT UNIQUE,
    name   TEXT    NOT NULL,
    posts  INTEGER,
    role   TEXT,
    avatar TEXT,
    url    TEXT,
    erased BOOLEAN NOT NULL
);

CREATE TABLE reply (
    pk        INTEGER PRIMARY KEY,
    thread    INTEGER NOT NULL REFERENCES thread (pk) ON DELETE CASCADE,
    id        TEXT    NOT NULL UNIQUE,
    -- Null while the reply is held for approval.
    number    INTEGER,
    author    INTEGER REFERENCES person (pk),
    status    TEXT    NOT NULL,
    format    TEXT    NOT NULL,
    body      TEXT    NOT NULL,
    revision  TEXT    NOT NULL,
    published INTEGER,
    edited    INTEGER,
    -- Minus the number of reactions that can be seen, so that one ascending index serves the order "top".
    top_rank  INTEGER NOT NULL,
    UNIQUE (thread, number)
);
CREATE INDEX reply_by_rank ON reply (thread, top_rank, number);
CREATE INDEX reply_by_author ON reply (author);

-- Who is mentioned, under the name by which the body mentions them: a later rename changes nothing here.
CREATE TABLE mention (
    reply    INTEGER NOT NULL REFERENCES reply (pk) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    person   TEXT,
    name     TEXT    NOT NULL,
    PRIMARY KEY (reply, position)
);

-- What a body quotes. `thread` repeats the reply's, so that "quoted by" is one look into one index.
CREATE TABLE quote (
    reply    INTEGER NOT NULL REFERENCES reply (pk) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    thread   INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    exact    BOOLEAN,
    PRIMARY KEY (reply, position)
);
CREATE INDEX quote_by_source ON quote (thread, number);

CREATE TABLE reaction (
    reply    INTEGER NOT NULL REFERENCES reply (pk) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    tag      TEXT    NOT NULL,
    -- How many chose the tag beyond those who are known by name.
    unnamed  INTEGER NOT NULL,
    PRIMARY KEY (reply, tag)
);

CREATE TABLE reaction_person (
    reply    INTEGER NOT NULL,
    tag      TEXT    NOT NULL,
    position INTEGER NOT NULL,
    person   INTEGER NOT NULL REFERENCES person (pk),
    PRIMARY KEY (reply, tag, position),
    FOREIGN KEY (reply, tag) REFERENCES reaction (reply, tag) ON DELETE CASCADE
);
CREATE INDEX reaction_by_person ON reaction_person (person);

-- Facts about the database itself, one word each.
CREATE TABLE fact (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

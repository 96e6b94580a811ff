-- A database as the first version of afterword-server left it. Never to be edited.
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'threads','2026-11-23 11:39:32',1,X'324DF43DD16E2EEE4AFB78C30A77E25E578929B981B4B0D863C006A7CE8031155D973DAB824480A01226181D86548C5A',1131983);
CREATE TABLE fact (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
INSERT INTO "fact" VALUES('written-by','0.1.0');
CREATE TABLE mention (
    reply    INTEGER NOT NULL REFERENCES reply (pk) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    person   TEXT,
    name     TEXT    NOT NULL,
    PRIMARY KEY (reply, position)
);
INSERT INTO "mention" VALUES(2,0,'u1','Åsa');
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
INSERT INTO "person" VALUES(1,'u1','Åsa',3,'author',NULL,'https://example.org',0);
INSERT INTO "person" VALUES(2,'u2','avon b7',NULL,NULL,NULL,NULL,0);
INSERT INTO "person" VALUES(3,'u3','',NULL,NULL,NULL,NULL,1);
INSERT INTO "person" VALUES(4,NULL,'guest',NULL,NULL,NULL,NULL,0);
INSERT INTO "person" VALUES(5,NULL,'nobody in particular',NULL,NULL,NULL,NULL,0);
CREATE TABLE quote (
    reply    INTEGER NOT NULL REFERENCES reply (pk) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    thread   INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    exact    BOOLEAN,
    PRIMARY KEY (reply, position)
);
INSERT INTO "quote" VALUES(4,0,1,1,1);
INSERT INTO "quote" VALUES(4,1,1,9,NULL);
CREATE TABLE reaction (
    reply    INTEGER NOT NULL REFERENCES reply (pk) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    tag      TEXT    NOT NULL,
    -- How many chose the tag beyond those who are known by name.
    unnamed  INTEGER NOT NULL,
    PRIMARY KEY (reply, tag)
);
INSERT INTO "reaction" VALUES(1,0,'like',2);
CREATE TABLE reaction_person (
    reply    INTEGER NOT NULL,
    tag      TEXT    NOT NULL,
    position INTEGER NOT NULL,
    person   INTEGER NOT NULL REFERENCES person (pk),
    PRIMARY KEY (reply, tag, position),
    FOREIGN KEY (reply, tag) REFERENCES reaction (reply, tag) ON DELETE CASCADE
);
INSERT INTO "reaction_person" VALUES(1,'like',0,2);
INSERT INTO "reaction_person" VALUES(1,'like',1,4);
CREATE TABLE reaction_tag (
    thread   INTEGER NOT NULL REFERENCES thread (pk) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    tag      TEXT    NOT NULL,
    label    TEXT    NOT NULL,
    symbol   TEXT,
    PRIMARY KEY (thread, position)
);
INSERT INTO "reaction_tag" VALUES(1,0,'like','Like','👍');
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
INSERT INTO "reply" VALUES(1,1,'f1',1,1,'published','markdown','one','1',1561489380500,NULL,-4);
INSERT INTO "reply" VALUES(2,1,'f2',2,5,'hidden','markdown','hidden words','2',NULL,NULL,0);
INSERT INTO "reply" VALUES(3,1,'f3',3,3,'deleted','markdown','deleted words','1',NULL,NULL,0);
INSERT INTO "reply" VALUES(4,1,'f4',4,NULL,'published','text','four','1',NULL,1577836800000,0);
INSERT INTO "reply" VALUES(5,1,'f5',NULL,NULL,'pending','markdown','pending words','1',NULL,NULL,0);
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
INSERT INTO "thread" VALUES(1,'t','Full',NULL,1,4,1);
CREATE INDEX reply_by_rank ON reply (thread, top_rank, number);
CREATE INDEX reply_by_author ON reply (author);
CREATE INDEX quote_by_source ON quote (thread, number);
CREATE INDEX reaction_by_person ON reaction_person (person);
COMMIT;

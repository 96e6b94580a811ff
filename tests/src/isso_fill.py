"""Puts threads into a new database of Isso's: Isso makes its tables, and all comments go in at once.

Its own import makes three connections for each comment and waits for the disk each time: minutes for ten thousand.
"""

import json
import sqlite3
import sys

from isso import config
from isso.db import SQLite3
from isso.utils import Bloomfilter

# What a comment may say, and what it says where it does not.
FIELDS = {
    "id": None,
    "parent": None,
    "created": 0,
    "modified": None,
    "mode": 1,
    "text": "",
    "author": None,
    "email": None,
    "website": None,
    "likes": 0,
    "dislikes": 0,
}

settings = config.load(config.default_file(), sys.argv[1])
path = settings.get("general", "dbpath")
SQLite3(path, settings)
voters = memoryview(Bloomfilter(iterable=["127.0.0.1"]).array)
names = ", ".join(FIELDS)
marks = ", ".join("?" for _ in FIELDS)

with open(sys.argv[2], encoding="utf-8") as file, sqlite3.connect(path) as database:
    for thread in json.load(file):
        row = database.execute("INSERT INTO threads (uri, title) VALUES (?, ?)", (thread["uri"], "Article"))
        database.executemany(
            f"INSERT INTO comments (tid, remote_addr, voters, {names}) VALUES (?, ?, ?, {marks})",
            (
                (row.lastrowid, "127.0.0.1", voters, *(it.get(name, default) for name, default in FIELDS.items()))
                for it in thread["comments"]
            ),
        )

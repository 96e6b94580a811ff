"""Puts threads into a new database of Isso's: Isso makes its tables, and all comments go in at once.

Its own import makes three connections for each comment and waits for the disk each time: minutes for ten thousand.
"""

import json
import sqlite3
import sys

from isso import config
from isso.db import SQLite3
from isso.utils import Bloomfilter

settings = config.load(config.default_file(), sys.argv[1])
path = settings.get("general", "dbpath")
SQLite3(path, settings)
voters = memoryview(Bloomfilter(iterable=["127.0.0.1"]).array)

with open(sys.argv[2], encoding="utf-8") as file, sqlite3.connect(path) as database:
    for thread in json.load(file):
        row = database.execute("INSERT INTO threads (uri, title) VALUES (?, ?)", (thread["uri"], "Article"))
        database.executemany(
            "INSERT INTO comments (tid, created, mode, remote_addr, text, author, voters) VALUES (?, ?, 1, ?, ?, ?, ?)",
            ((row.lastrowid, it["created"], "127.0.0.1", it["text"], it["author"], voters) for it in thread["comments"]),
        )

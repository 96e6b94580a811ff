"""A file server with the two headers that threads want: `python3 serve.py [ADDRESS:PORT]`.

For trying out, and for the tests; any file server does the same (see README.md).
"""

import pathlib
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class Files(SimpleHTTPRequestHandler):
    # A file named `replies` has no ending by which its type could be told.
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, "": "application/json", ".json": "application/json"}

    def __init__(self, *request):
        super().__init__(*request, directory=str(pathlib.Path(__file__).parent))

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()


if __name__ == "__main__":
    host, _, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:8788").rpartition(":")
    print(f"http://{host}:{port}/threads/plums.json", flush=True)
    ThreadingHTTPServer((host, int(port)), Files).serve_forever()

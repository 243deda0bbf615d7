"""Runs stored queries with grlc's dispatcher, on a local endpoint served by pyoxigraph.

Arguments: a file of N-Triples, and a file for the results. stdin: a list of {"file", "values"} in JSON.
"""

import http.server
import json
import logging
import sys
import threading

logging.disable(logging.CRITICAL)

import pyoxigraph
import grlc.gquery
import grlc.static
import grlc.utils

store = pyoxigraph.Store()
store.load(path=sys.argv[1], format=pyoxigraph.RdfFormat.N_TRIPLES)


class Endpoint(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        found = store.query(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if isinstance(found, pyoxigraph.QueryTriples):
            kind, body = "application/n-triples", found.serialize(format=pyoxigraph.RdfFormat.N_TRIPLES)
        elif isinstance(found, pyoxigraph.QueryBoolean):
            kind, body = "text/plain", str(bool(found)).lower().encode()
        else:
            kind, body = "text/csv", found.serialize(format=pyoxigraph.QueryResultsFormat.CSV)
        self.send_response(200)
        self.send_header("Content-Type", kind + "; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
grlc.static.DEFAULT_ENDPOINT = "http://127.0.0.1:%d/" % server.server_port
loader = grlc.utils.getLoader(None, None)
results = []
for request in json.load(sys.stdin):
    with open(request["file"], encoding="utf-8") as file:
        text = file.read()
    result, status, _ = grlc.utils.dispatchSPARQLQuery(
        text, loader, request["values"], "text/csv", None, {}, "http://localhost/", "GET"
    )
    metadata = grlc.gquery.get_metadata(text, grlc.static.DEFAULT_ENDPOINT)
    parameters = metadata.get("parameters") or {}
    results.append(
        {
            "status": status,
            "answer": str(result),
            "summary": metadata.get("summary"),
            "tags": metadata.get("tags"),
            "parameters": {p["original"].lstrip("?"): name for name, p in parameters.items()},
        }
    )
with open(sys.argv[2], "w", encoding="utf-8") as out:
    json.dump(results, out)

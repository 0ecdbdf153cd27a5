"""The container's health check: /healthz must answer 200, on port 8000 or the one that is named."""

import http.client
import sys

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8000

connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=4)
connection.request("GET", "/healthz")
sys.exit(connection.getresponse().status != http.HTTPStatus.OK)

"""The container's health check: /healthz must answer 200."""

import http.client
import sys

connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
connection.request("GET", "/healthz")
sys.exit(connection.getresponse().status != http.HTTPStatus.OK)

"""The container's health check: /healthz must answer 200, asked under a name the site allows."""

import http.client
import os
import sys

host = os.environ["TOKDESK_ALLOWED_HOSTS"].split(",")[0].strip().lstrip(".")
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
connection.request("GET", "/healthz", headers={"Host": host})
sys.exit(connection.getresponse().status != http.HTTPStatus.OK)

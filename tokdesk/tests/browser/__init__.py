"""What people do, in a real Chromium against the servers of production and the demo's people."""

"""What is live: sockets, the hub that serves all of one process, and the hints between processes.

The database is the truth. Everything that travels here may be lost, and is found again by looking.
"""

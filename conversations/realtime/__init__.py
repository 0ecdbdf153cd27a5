"""Conversations on live sockets: what each socket of a company is told, and when.

`rooms` holds the sockets of one company and what they follow, on the event loop; `reading`,
`seeing` and `listing` read for it in threads; `answers` does there what a frame asks for.
consumers.py, beside, is the socket.
"""

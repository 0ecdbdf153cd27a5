"""Live sockets: who keeps the sockets of a company, and what they are told of the pages."""

from tokdesk import env

LIVE_ROOM = "conversations.realtime.rooms.Room"
# Which build of the pages this server goes with; another one asks people to load anew.
BUNDLE = env.text("TOKDESK_BUNDLE", "")
# Of a hundred hints so many are dropped on purpose: for the proof that nothing depends on them.
LIVE_HINT_LOSS = env.number("TOKDESK_LIVE_HINT_LOSS", 0, minimum=0, maximum=100) / 100

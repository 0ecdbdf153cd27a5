"""How much of one message a server of sockets takes before it refuses it by itself."""

from tokdesk.common.live.frames import LARGEST_FRAME

# A little more than a frame may have: what is just too big is told so by its own code (4413).
LARGEST_MESSAGE = 4 * LARGEST_FRAME

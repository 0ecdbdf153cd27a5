"""With what a socket is closed; the numbers are those of the protocol."""

BAD_FRAMES = 4400
UNAUTHENTICATED = 4401
SLOW = 4408
TOO_BIG = 4413
TOO_MANY = 4429
RESTARTING = 4503

"""People: accounts, memberships, sessions, sign-up and sign-in."""

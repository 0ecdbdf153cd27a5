"""How passwords are hashed: Argon2id as strong as it must be, and no dearer."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class DeskArgon2Hasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: the least that OWASP's Password Storage Cheat Sheet accepts.

    Django's own 100 MiB over eight lanes make every refused sign-in, which costs three hashes, a
    lever to keep a small machine busy. Hashes of other strengths are renewed at the next sign-in.
    """

    time_cost = 2
    memory_cost = 19456
    parallelism = 1

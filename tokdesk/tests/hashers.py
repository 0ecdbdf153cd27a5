"""A password hasher that counts its work: what an answer costs is an answer too."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import MD5PasswordHasher

PATH = "tokdesk.tests.hashers.CountingHasher"


class CountingHasher(MD5PasswordHasher):
    hashes = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.hashes += 1
        return super().encode(password, salt)


@contextmanager
def counted_hashes() -> Iterator[list[int]]:
    """One number: how many hashes the block computed."""
    before = CountingHasher.hashes
    found: list[int] = []
    yield found
    found.append(CountingHasher.hashes - before)

"""Conversations, messages and everything that hangs on them."""

"""Every write to people, memberships and sessions; one verb a function."""

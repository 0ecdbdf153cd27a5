"""Plain pages on which people come in and go: they need no script."""

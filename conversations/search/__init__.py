"""Finding conversations by words: how text is folded, and how each engine looks for it."""

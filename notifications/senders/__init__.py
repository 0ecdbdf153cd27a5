"""One way of telling somebody each."""

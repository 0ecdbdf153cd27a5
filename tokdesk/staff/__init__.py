"""What the staff site needs from several apps at once."""

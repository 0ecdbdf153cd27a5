"""The HTTP edge that all apps share: shape in, one service call, shape out."""

"""A chat as tutorials of Channels write it: what `bench.chat` measures beside ours."""

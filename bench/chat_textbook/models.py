from django.db import models


class Line(models.Model):
    """A message; the bench makes the table, which another peer uses as well."""

    room = models.CharField(max_length=100)
    body = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed = False
        db_table = "bench_lines"

    def __str__(self) -> str:
        return self.body

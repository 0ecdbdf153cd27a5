"""What came of the events of a chaos run, counted from the tables."""

from dataclasses import dataclass

from bench.desk import Desk

LISTENERS = ("plain", "aside", "ordered", "shaky", "poison")


@dataclass(frozen=True)
class Counts:
    intended: int
    committed: int
    effects: dict[str, int]
    missing: int
    doubled: int
    of_uncommitted: int
    waiting: int
    dead: list[tuple[str, int]]
    still_dead: int
    out_of_order: int
    oldest: float
    connections: int
    left_behind: list[int]

    def table(self) -> str:
        killed = self.intended - self.committed
        rows = {
            "events committed": self.committed,
            "transactions killed before their commit": killed,
            "effects": f"{sum(self.effects.values())} ({self.effects})",
            "effects missing": self.missing,
            "effects doubled": self.doubled,
            "effects of what never committed": self.of_uncommitted,
            "effects out of the order of their stream": self.out_of_order,
            "dead before the replay (listener, attempts)": sorted(set(self.dead)),
            "how many": len(self.dead),
            "dead after the replay": self.still_dead,
            "jobs left waiting": self.waiting,
            "longest wait after the last blow": f"{self.oldest:.1f} s",
            "connections to PostgreSQL at the end": self.connections,
            "processes left behind": len(self.left_behind),
        }
        return "\n".join(f"  {name:<46}{value}" for name, value in rows.items())


def count(desk: Desk, *, dead: list[tuple], oldest: float, left_behind: list[int]) -> Counts:
    intents = (desk.folder / "intents").read_text().split()
    committed = {str(row[0]) for row in desk.query(NONCES)}
    effects = desk.query("SELECT nonce, listener, count(*) FROM bench_effects GROUP BY 1, 2")
    found = {(str(nonce), listener): times for nonce, listener, times in effects}
    return Counts(
        intended=len(intents),
        committed=len(committed),
        effects={
            name: sum(times for (_, listener), times in found.items() if listener == name)
            for name in LISTENERS
        },
        missing=sum((nonce, name) not in found for nonce in committed for name in LISTENERS),
        doubled=sum(times - 1 for times in found.values()),
        of_uncommitted=sum(nonce not in committed for nonce, _ in found),
        waiting=desk.number("SELECT count(*) FROM common_job WHERE NOT is_dead"),
        dead=[(name, attempts) for name, attempts in dead],
        still_dead=desk.number("SELECT count(*) FROM common_job WHERE is_dead"),
        out_of_order=desk.number(OUT_OF_ORDER),
        oldest=oldest,
        connections=desk.number(CONNECTIONS),
        left_behind=left_behind,
    )


NONCES = "SELECT payload->>'nonce' FROM common_event WHERE type = 'bench.rang'"
OUT_OF_ORDER = """
SELECT count(*) FROM (
    SELECT number, lag(number, 1, 0) OVER (PARTITION BY stream ORDER BY id) AS before
    FROM bench_effects WHERE listener = 'ordered'
) AS steps WHERE number <> before + 1
"""
CONNECTIONS = """
SELECT count(*) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""

"""Look at every part in turn; one that breaks the look itself has failed, and the rest goes on."""

from collections.abc import Callable
from dataclasses import dataclass

from tokdesk.checkup import configuration, database, files, jobs, services
from tokdesk.checkup.verdicts import State, Verdict, failure
from tokdesk.common.logs import hide_secrets

Look = Callable[[], Verdict]


@dataclass(frozen=True)
class Finding:
    name: str
    verdict: Verdict

    def as_data(self) -> dict[str, str]:
        verdict = self.verdict
        return {
            "name": self.name,
            "state": verdict.state.value,
            "detail": verdict.detail,
            "remedy": verdict.remedy,
        }


LOOKS: dict[str, Look] = {
    "python": configuration.python,
    "settings": configuration.environment,
    "database": database.database,
    "durability": database.durability,
    "migrations": database.migrations,
    "clock": database.clock,
    "jobs": jobs.jobs,
    "redis": services.redis,
    "cache": services.cache_round_trip,
    "layer": services.layer,
    "data folder": files.data_folder,
    "mail": services.mail,
    "static files": files.static_files,
    "translations": files.translations,
}
# Looking further would only tell the same again.
NEEDS = {
    "durability": "database",
    "migrations": "database",
    "clock": "migrations",
    "jobs": "migrations",
}


def go_round() -> list[Finding]:
    verdicts: dict[str, Verdict] = {}
    for name, look in LOOKS.items():
        needed = NEEDS.get(name)
        if needed and verdicts[needed].state is State.FAIL:
            verdicts[name] = failure(f"unknown while {needed} fails", f"Correct {needed} first.")
        else:
            verdicts[name] = verdict_of(look)
    return [Finding(name, verdict) for name, verdict in verdicts.items()]


def verdict_of(look: Look) -> Verdict:
    try:
        return look()
    except Exception as error:
        # Whatever breaks here is what the operator came to learn.
        words = (str(error).strip().splitlines() or [""])[0]
        return failure(
            hide_secrets(f"{type(error).__name__}: {words}"), "Correct this and look again."
        )

"""Do workers take what waits, and has anything been given up?"""

from tokdesk.checkup.verdicts import Verdict, failure, good, warning
from tokdesk.common.models import Job

# The sweep looks every 2 s; after a minute nobody does.
OVERDUE_SECONDS = 60


def jobs() -> Verdict:
    depths = Job.objects.all().depths()
    waiting = sum(each.waiting for each in depths.values())
    dead = sum(each.dead for each in depths.values())
    overdue = [name for name, each in depths.items() if each.oldest_seconds > OVERDUE_SECONDS]
    if overdue:
        detail = f"{waiting} wait, and nobody takes what is due in {', '.join(overdue)}"
        return failure(detail, "Start a worker for these queues, and one beat.")
    if dead:
        return warning(f"{dead} were given up", "See them: manage.py replay_jobs --list")
    return good(f"{waiting} wait, none overdue, none given up")

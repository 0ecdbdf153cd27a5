"""Print the whole wiring: which event calls whom, how, and where it waits."""

from tokdesk.common.commands import BaseOperatorCommand, Report
from tokdesk.common.events import FACTS, SUBSCRIPTIONS, Subscription, Way

NEXT = "nothing; tokdesk/common/events.py explains the three ways."
ROW = "    {way:<10}{queue:<15}{name:<44}{place}"


class Command(BaseOperatorCommand):
    help = "List every event type with its listeners: at once, as a job, or as a delivery."
    examples = "  manage.py list_handlers\n  manage.py list_handlers --json"

    def work(self) -> Report:
        found = {name: [data_of(each) for each in SUBSCRIPTIONS[name]] for name in sorted(FACTS)}
        lines = []
        for name, listeners in found.items():
            lines.append(name if listeners else f"{name}  (nobody listens)")
            lines += [ROW.format(**each) for each in listeners]
        return Report(lines, {"events": found}, NEXT)


def data_of(listener: Subscription) -> dict[str, object]:
    handler = listener.handler
    return {
        "name": listener.name,
        "way": listener.way.value,
        "queue": "" if listener.way is Way.JOIN else listener.queue.value,
        "is_ordered": listener.is_ordered,
        "place": f"{handler.__module__}.{handler.__name__}",
    }

"""How often a page of messages is answered from the cache, and that it is never out of date.

`python -m bench.cache [--short] [--seed N]` reads six times for each message that is sent.
"""

import argparse
import json
import sys

from bench.desk import machine
from bench.rest_chaos import house, tell
from tokdesk.tests import servers

LEAST_RATIO = 0.85


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    writes = "50" if options.short else "600"
    tell(f"{machine()}, seed {options.seed}, 6 reads a write")
    with servers.temporary_redis() as redis_url, house() as made:
        made.environment["REDIS_URL"] = redis_url
        words = ("-m", "bench.cache_reads", writes, str(options.seed))
        found = json.loads(made.run(*words).splitlines()[-1])
    hits, misses = found["hits"], found["misses"]
    ratio = hits / max(1, hits + misses)
    tell(f"{hits} hits, {misses} misses: {100 * ratio:.1f} %, {found['stale']} stale pages")
    tell(f"mean of a read: hit {found['hit_ms']:.1f} ms, miss {found['miss_ms']:.1f} ms")
    faults = [] if ratio >= LEAST_RATIO or options.short else [f"ratio {ratio:.3f}"]
    faults += [f"{found['stale']} stale pages"] if found["stale"] else []
    tell("\n".join(faults) or "every target is met")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

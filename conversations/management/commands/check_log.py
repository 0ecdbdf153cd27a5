"""Prove that no log of a conversation has a hole: whatever was acknowledged is there, once."""

from conversations.management.companies import CompaniesCommand
from conversations.proof import Fault, check_company
from tokdesk.common.commands import FAILED, Report

SHOWN = 20


class Command(CompaniesCommand):
    help = "Compare every conversation's log, messages and numbers with its head; changes nothing."
    examples = "  manage.py check_log\n  manage.py check_log --company acme --json"

    def work(self) -> Report:
        companies = self.companies()
        if self.is_dry_run:
            data = {"dry_run": True, "companies": len(companies)}
            line = f"Would read the logs of {len(companies)} companies."
            return Report([line], data, "run this again without --dry-run.")
        logs, faults = 0, dict[str, list[Fault]]()
        for company in companies:
            looked, found = check_company(company.id)
            logs += looked
            if found:
                faults[company.slug] = found
        return self.report(logs, faults)

    def report(self, logs: int, faults: dict[str, list[Fault]]) -> Report:
        count = sum(map(len, faults.values()))
        told = [
            {"company": slug, "conversation": fault.conversation_id and str(fault.conversation_id)}
            | {"what": fault.what, "expected": fault.expected, "found": fault.found}
            for slug, found in faults.items()
            for fault in found
        ]
        data = {"dry_run": False, "logs": logs, "faults": told}
        if not count:
            return Report([f"{logs} logs, no hole in any."], data, "nothing.")
        lines = [
            f"{each['company']} {each['conversation'] or ''}: {each['what']}"
            f" {each['found']} instead of {each['expected']}"
            for each in told[:SHOWN]
        ]
        next_step = "keep a backup; restore what is missing from the one before."
        return Report([*lines, f"{count} faults in {logs} logs."], data, next_step, FAILED)

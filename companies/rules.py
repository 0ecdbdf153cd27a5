"""Which company: a member's rights end at the own one."""

from companies.models import Company
from tokdesk.common.actor import Actor, ActorKind
from tokdesk.common.policy import rule


@rule("company:view", "company:configure")
def own_company(actor: Actor, company: Company) -> bool:
    return actor.kind is not ActorKind.MEMBER or actor.company_id == company.id

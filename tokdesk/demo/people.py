"""What the demo world is made of, and the companies and people that everybody signs in as."""

from dataclasses import dataclass

from companies.choices import Status
from tokdesk.common.roles import Role
from tokdesk.demo import talks
from tokdesk.demo.talks import Talk

PASSWORD = "tokdesk-demo"  # noqa: S105  # known to everybody, and only ever in development


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    language: str = "en"
    time_zone: str = "UTC"
    is_super_admin: bool = False


@dataclass(frozen=True)
class Seat:
    """A person's place in a company."""

    person: Person
    role: str


@dataclass(frozen=True)
class Team:
    """A department, its head, and by their addresses who else is placed there."""

    name: str
    description: str
    people: tuple[str, ...]
    head: str = ""


@dataclass(frozen=True)
class Firm:
    name: str
    slug: str
    language: str = "en"
    time_zone: str = "UTC"
    colour: str = ""
    status: str = Status.ACTIVE
    reason: str = ""
    seats: tuple[Seat, ...] = ()
    # Beside General, which every approved company has.
    teams: tuple[Team, ...] = ()
    talks: tuple[Talk, ...] = ()

    @property
    def founders(self) -> tuple[Seat, ...]:
        return tuple(seat for seat in self.seats if seat.role == Role.COMPANY_ADMIN)

    @property
    def email(self) -> str:
        return f"admin@{self.slug}.example"


@dataclass(frozen=True)
class World:
    """Platform staff, companies, and companies too big to seat person by person."""

    people: tuple[Person, ...]
    firms: tuple[Firm, ...]
    crowds: tuple[Firm, ...] = ()

    def all_firms(self) -> list[Firm]:
        return [*self.firms, *self.crowds]

    def everybody(self) -> list[Person]:
        """Each person once, also who sits in two companies."""
        seated = [seat.person for firm in self.all_firms() for seat in firm.seats]
        return list(dict.fromkeys([*self.people, *seated]))

    def is_crowd(self, slug: str) -> bool:
        return any(firm.slug == slug for firm in self.crowds)


def staff_of(slug: str, names: dict[str, str], language: str, time_zone: str) -> tuple[Seat, ...]:
    """The usual five, of whom `names` says who is there."""
    roles = {
        "admin": Role.COMPANY_ADMIN,
        "manager": Role.MANAGER,
        "agent": Role.AGENT,
        "agent2": Role.AGENT,
        "customer": Role.USER,
    }
    return tuple(
        Seat(Person(f"{who}@{slug}.example", name, language, time_zone), roles[who])
        for who, name in names.items()
    )


SALMA = Person("super@tokdesk.example", "Salma Haddad", time_zone="Asia/Amman", is_super_admin=True)
# Belongs to two companies, to show how one switches between them.
SAM = Person("sam@both.example", "Sam Idris", time_zone="Europe/Berlin")

ACME = Firm(
    "Acme Tools",
    "acme",
    time_zone="Europe/London",
    colour="#2858cd",
    seats=(
        *staff_of(
            "acme",
            {
                "admin": "Amelia Brooks",
                "manager": "Marcus Reed",
                "agent": "Grace Miller",
                "agent2": "Tariq Nasser",
                "customer": "Dana Foster",
            },
            "en",
            "Europe/London",
        ),
        Seat(SAM, Role.AGENT),
    ),
    teams=(
        Team(
            "Support",
            "Questions about our tools, and what to do when one fails.",
            ("agent@acme.example", SAM.email),
            head="manager@acme.example",
        ),
        Team("Billing", "Invoices, payments and refunds.", ("agent2@acme.example",)),
    ),
    talks=talks.ACME,
)
GLOBEX = Firm(
    "غلوبكس",
    "globex",
    language="ar",
    time_zone="Asia/Riyadh",
    colour="#0b7643",
    seats=(
        *staff_of(
            "globex",
            {
                "admin": "ليلى منصور",
                "manager": "عمر الشامي",
                "agent": "يوسف خليل",
                "agent2": "Nadia Rahman",
                "customer": "هدى سالم",
            },
            "ar",
            "Asia/Riyadh",
        ),
        Seat(SAM, Role.MANAGER),
    ),
    teams=(
        Team(
            "الدعم",
            "أسئلتكم عن منتجاتنا، وما العمل حين يتعطل أحدها.",
            ("agent@globex.example", SAM.email),
            head="manager@globex.example",
        ),
        Team("الفواتير", "الفواتير والمدفوعات واسترداد المبالغ.", ("agent2@globex.example",)),
    ),
    talks=talks.GLOBEX,
)
UMBRELLA = Firm(
    "Umbrella Care",
    "umbrella",
    time_zone="Europe/Berlin",
    status=Status.PENDING,
    seats=staff_of("umbrella", {"admin": "Victor Lang"}, "en", "Europe/Berlin"),
)
INITECH = Firm(
    "Initech",
    "initech",
    status=Status.REJECTED,
    reason="We could not find a company of this name. Please tell us where it is registered.",
    seats=staff_of("initech", {"admin": "Peter Gibbons"}, "en", "America/Chicago"),
)
HOOLI = Firm(
    "Hooli",
    "hooli",
    status=Status.SUSPENDED,
    reason="The last three invoices are unpaid.",
    seats=staff_of(
        "hooli",
        {"admin": "Gavin Moss", "agent": "Maya Lindqvist", "customer": "Karim Aziz"},
        "en",
        "America/Los_Angeles",
    ),
)

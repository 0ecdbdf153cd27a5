"""Many people with believable names, the same ones in every run."""

from dataclasses import replace

from tokdesk.common.roles import Role
from tokdesk.demo.people import Firm, Person, Seat

FIRST = (
    "Aisha", "Ben", "Chloe", "David", "Elena", "Farid", "Georgia", "Hassan", "Ines", "Jonas",
    "Khalid", "Lara", "Mariam", "Noah", "Olivia", "Priya", "Qasim", "Rosa", "Samir", "Thea",
    "Umar", "Vera", "William", "Yara", "Zoe",
)  # fmt: skip
LAST = (
    "Abbott", "Bishara", "Carter", "Darwish", "Edwards", "Fischer", "Ghanem", "Hughes", "Ibrahim",
    "Jensen", "Karam", "Larsen", "Mansour", "Novak", "Okafor", "Petrov", "Qureshi", "Rossi",
    "Saleh", "Turner", "Ueda", "Vargas", "Walsh",
)  # fmt: skip
ARABIC_FIRST = (
    "أحمد", "بسمة", "جمال", "دانا", "رامي", "زينب", "سلمى", "طارق", "عائشة", "فادي", "كريم", "لينا",
    "مريم", "نور", "هالة", "وليد", "ياسمين",
)  # fmt: skip
ARABIC_LAST = (
    "الأحمد", "البستاني", "الحداد", "الخطيب", "الراشد", "الزهراني", "السيد", "الشريف", "العلي",
    "الفارس", "القاسم", "المصري", "النجار",
)  # fmt: skip
ZONES = ("Europe/London", "Europe/Berlin", "Asia/Riyadh", "Asia/Dubai", "America/New_York")
# Long enough to show what a list does with it.
LONG_NAME = "Maximiliane-Alexandra von Hohenstein-Württemberg y Cienfuegos"

CUSTOMERS_OF_E2E, CUSTOMERS_OF_LOAD = 30, 500
STAFF_OF_LOAD, MANAGERS_OF_LOAD, FIRMS_OF_LOAD = 50, 5, 20


def english_name(number: int) -> str:
    """The two lists have no common divisor, so 575 names pass before one returns."""
    return f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"


def arabic_name(number: int) -> str:
    return f"{ARABIC_FIRST[number % len(ARABIC_FIRST)]} {ARABIC_LAST[number % len(ARABIC_LAST)]}"


def name_of(number: int, language: str) -> str:
    """Mostly of the company's language; every fifth person of the other."""
    is_arabic = (language == "ar") != (number % 5 == 4)
    return arabic_name(number) if is_arabic else english_name(number)


def crowd(slug: str, word: str, role: str, count: int, language: str) -> tuple[Seat, ...]:
    """`<word>1@<slug>.example` and so on."""
    return tuple(
        Seat(
            Person(
                f"{word}{number}@{slug}.example",
                name_of(number, language),
                language,
                ZONES[number % len(ZONES)],
            ),
            role,
        )
        for number in range(1, count + 1)
    )


def with_customers(firm: Firm, count: int) -> Firm:
    customers = crowd(firm.slug, "customer", Role.USER, count, firm.language)
    longest = replace(customers[-1].person, name=LONG_NAME)
    return replace(firm, seats=(*firm.seats, *customers[:-1], Seat(longest, Role.USER)))


def firm_of_load(number: int) -> Firm:
    slug, language = f"load-{number:02}", "ar" if number % 4 == 0 else "en"
    admin = Person(f"admin@{slug}.example", name_of(number, language), language)
    agents = STAFF_OF_LOAD - MANAGERS_OF_LOAD - 1
    firm = Firm(
        f"Load {number:02}",
        slug,
        language=language,
        seats=(
            Seat(admin, Role.COMPANY_ADMIN),
            *crowd(slug, "manager", Role.MANAGER, MANAGERS_OF_LOAD, language),
            *crowd(slug, "agent", Role.AGENT, agents, language),
        ),
    )
    return with_customers(firm, CUSTOMERS_OF_LOAD)

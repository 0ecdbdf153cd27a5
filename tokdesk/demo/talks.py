"""What the demo's people write to each other, in English and in Arabic."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5


@dataclass(frozen=True)
class Line:
    """One message: who says it (the part of the address before the @), and how much later."""

    who: str
    text: str
    minutes: int = 5
    is_note: bool = False


@dataclass(frozen=True)
class Talk:
    """One conversation: it began `hours` ago and went on line by line.

    A talk without a customer is a room: of two people, or a group of the `people`.
    """

    subject: str
    lines: tuple[Line, ...]
    hours: int
    customer: str = "customer"
    department: str = ""
    assignee: str = ""
    status: str = "open"
    priority: str = "normal"
    tags: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    @property
    def is_room(self) -> bool:
        return bool(self.people)

    def client_id(self, slug: str) -> UUID:
        """The same in every run, so that a talk is told once."""
        return uuid5(NAMESPACE_URL, f"tokdesk-demo:{slug}:{self.subject}:{self.hours}")


def note(who: str, text: str, minutes: int = 5) -> Line:
    return Line(who, text, minutes, is_note=True)


ACME = (
    Talk(
        "Drill stops after ten minutes",
        (
            Line("customer", "Hi! My **Acme D40** drill stops after about ten minutes of work.", 0),
            Line("customer", "It smells warm, and the light on the battery blinks twice.", 1),
            Line(
                "agent",
                "Hello Dana, sorry about that! Two blinks mean the battery is too hot. "
                "Does it happen with a second battery too?",
                9,
            ),
            Line("customer", "I only have the one that came in the box.", 4),
            note(
                "agent",
                "D40 from the March batch? @Sam, did we not have a recall for the cells?",
                3,
            ),
            note("sam", "Yes, serials `D40-03xxx`. A new battery goes out free of charge.", 6),
            Line(
                "agent",
                "Could you tell me the serial number? It is on the label under the handle.",
                2,
            ),
            Line("customer", "D40-03518", 12),
        ),
        hours=3,
        assignee="agent",
        priority="high",
        tags=("warranty", "D40"),
    ),
    Talk(
        "Invoice 20418 shows the wrong VAT number",
        (
            Line(
                "customer",
                "Our VAT number changed in September, but invoice **20418** still has "
                "the old one. Can you send it again?",
                0,
            ),
            Line("agent2", "Of course. Is `GB 362 1184 90` the right one?", 34),
            Line("customer", "Yes, that is it. Thank you!", 11),
        ),
        hours=26,
        department="Billing",
        assignee="agent2",
        tags=("invoice",),
    ),
    Talk(
        "Where is my order?",
        (
            Line(
                "customer",
                "I ordered two sanding discs on Monday (order 88120) and have heard nothing since.",
                0,
            ),
        ),
        hours=1,
        tags=("delivery",),
    ),
    Talk(
        "Spare parts for the bench saw",
        (
            Line("customer", "Do you still sell the fence for the old BS-200 bench saw?", 0),
            Line(
                "agent",
                "We do! It is part `BS2-114`:\n\n- fence, complete: £39\n- the lock "
                "alone: £8\n\nShall I put one aside for you?",
                21,
            ),
            Line(
                "customer",
                "The complete one, please. I will be in London next week and can pick it up.",
                45,
            ),
            Line("agent", "It is waiting for you under your name until Friday.", 7),
        ),
        hours=50,
        assignee="agent",
        status="pending",
        priority="low",
    ),
    Talk(
        "Refund for a returned grinder",
        (
            Line(
                "customer",
                "The grinder went back to you ten days ago and the money has not arrived.",
                0,
            ),
            Line(
                "agent2",
                "I see the parcel in our warehouse since the 14th. The refund of £89.00 "
                "was sent today; banks take two or three days.",
                63,
            ),
            Line("customer", "It is here already. Great, thanks.", 1500),
        ),
        hours=74,
        department="Billing",
        assignee="agent2",
        status="resolved",
        tags=("refund",),
    ),
    Talk(
        "Can I use the charger in the US?",
        (
            Line("customer", "Moving to Boston in May: will the C12 charger work there?", 0),
            Line("sam", "It takes 100 to 240 V, so all you need is a plug adapter.", 18),
            Line("customer", "Perfect.", 3),
        ),
        hours=120,
        assignee="sam",
        status="resolved",
    ),
    Talk(
        "Late shift on Friday",
        (
            Line(
                "agent", "Could somebody take my late shift on Friday? Happy to swap for Monday.", 0
            ),
            Line("agent2", "I can, if you take the phone on Monday morning.", 14),
            Line("agent", "Deal. Thank you!", 2),
        ),
        hours=6,
        customer="",
        people=("agent", "agent2"),
    ),
    Talk(
        "Spring catalogue",
        (
            Line(
                "manager",
                "The new catalogue goes out on the 1st. Please read the part about the "
                "**D50** before customers do.",
                0,
            ),
            Line("agent2", "Is the price with or without VAT?", 16),
            Line("manager", "With. I had the draft corrected.", 8),
            Line("agent", "Thanks, that will save us some questions.", 3),
        ),
        hours=30,
        customer="",
        people=("manager", "agent", "agent2"),
    ),
)

GLOBEX = (
    Talk(
        "الطابعة لا تتصل بالشبكة",
        (
            Line(
                "customer",
                "السلام عليكم، منذ التحديث الأخير لا تتصل طابعة **GX-7** بالشبكة اللاسلكية.",
                0,
            ),
            Line("agent", "وعليكم السلام أستاذة هدى. هل يظهر الضوء الأزرق ثابتًا أم يومض؟", 7),
            Line("customer", "يومض ثلاث مرات ثم ينطفئ.", 3),
            note("agent", "هذا هو خلل الإصدار `4.2.1` نفسه. @Sam هل صدر الإصلاح؟", 4),
            note("sam", "صدر أمس: الإصدار `4.2.3`.", 9),
            Line(
                "agent",
                "صدر إصلاح لهذا الخلل. الخطوات:\n\n1. أوقفي الطابعة دقيقة كاملة.\n2. "
                "صِليها بالحاسوب بالكابل.\n3. حدّثيها من قائمة «الصيانة».",
                3,
            ),
            Line("customer", "جرّبت ذلك، وهي تطلب كلمة مرور لا أعرفها.", 22),
        ),
        hours=2,
        assignee="agent",
        priority="high",
        tags=("شبكة", "GX-7"),
    ),
    Talk(
        "فاتورة شهر أكتوبر",
        (
            Line("customer", "لم تصلني فاتورة شهر أكتوبر حتى الآن.", 0),
            Line("agent2", "أرسلتها إليك الآن بالبريد. هل وصلت؟", 40),
            Line("customer", "وصلت، شكرًا جزيلًا.", 6),
        ),
        hours=28,
        department="الفواتير",
        assignee="agent2",
        status="resolved",
        tags=("فواتير",),
    ),
    Talk(
        "موعد التوصيل",
        (Line("customer", "هل يمكن تأجيل توصيل الطلب رقم ٥٥٢١ إلى يوم الخميس؟", 0),),
        hours=1,
        tags=("توصيل",),
    ),
    Talk(
        "ترقية الاشتراك",
        (
            Line("customer", "نريد الانتقال من خطة الفريق إلى خطة المؤسسة. كيف يُحسب الفرق؟", 0),
            Line("sam", "يُحسب الفرق باليوم حتى نهاية السنة. أرسل لك العرض غدًا صباحًا.", 25),
        ),
        hours=49,
        assignee="sam",
        status="pending",
    ),
    Talk(
        "Warranty card in English",
        (
            Line(
                "customer",
                "Our office in Dubai needs the warranty card in English. هل يتوفر لديكم؟",
                0,
            ),
            Line(
                "agent2", "Yes, it comes with the next mail. نعم، وسأرفق النسخة العربية أيضًا.", 31
            ),
        ),
        hours=76,
        department="الفواتير",
        assignee="agent2",
        status="on_hold",
        priority="low",
    ),
    Talk(
        "اجتماع الأحد",
        (
            Line(
                "manager",
                "اجتماعنا يوم الأحد الساعة العاشرة. جهّزوا أسئلة العملاء المتكررة من فضلكم.",
                0,
            ),
            Line("agent", "عندي خمسة أسئلة عن **GX-7** وحدها.", 12),
            Line("agent2", "I will bring the list from billing.", 5),
        ),
        hours=8,
        customer="",
        people=("manager", "agent", "agent2"),
    ),
)

"""A27, A28: whatever people write stands in answers as text, and no link of it runs anything."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from conftest import World, client_of
from conversations.markdown import SCHEMES, render_html
from conversations.tests.factories import make_conversation, say
from tokdesk.common.testing import ApiClient

ELEMENTS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x0c>alert(1)</script>".replace("\x0c", " "),
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror='alert(1)'//",
    '<img """><script>alert(1)</script>">',
    "<IMG SRC=`javascript:alert(1)`>",
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<svg/onload=alert(1)//",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href='javascript:alert(1)'>x</math>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=data:text/html,<script>alert(1)</script>>",
    "<embed src=//evil.example/x.swf>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<p onclick=alert(1)>x</p>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><x onclick=alert(1)>",
    "</p></blockquote><script>alert(1)</script>",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "`</code><script>alert(1)</script>`",
    "**<img src=x onerror=alert(1)>**",
    "> <script>alert(1)</script>",
    "- <iframe src=javascript:alert(1)>",
    '```js" onmouseover="alert(1)\nx\n```',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\<script\\>alert(1)\\</script\\>",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
]
LINKS = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](  javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](<java script:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](%6Aavascript:alert(1))",
    "[x](java\\script:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](VBScript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](DATA:text/html,<script>alert(1)</script>)",
    "[x](data:image/svg+xml,<svg onload=alert(1)>)",
    "[x](blob:https://desk.example/1)",
    "[x](file:///etc/passwd)",
    "[x](feed:javascript:alert(1))",
    "[x](view-source:javascript:alert(1))",
    "[x](jar:https://evil.example!/x)",
    "[x](//evil.example)",
    "[x](/app/)",
    "[x](#x)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[1]\n\n[1]: <javascript:alert(1)>",
    "[x][]\n\n[x]: data:text/html,x",
    "<javascript:alert(1)>",
    "<vbscript:msgbox(1)>",
    "javascript:alert(1)",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/track.png)",
    "[![x](javascript:alert(1))](javascript:alert(1))",
    "[x](\u200bjavascript:alert(1))",
    "[x](\u00a0javascript:alert(1))",
    "[x](javascript://https://desk.example/%0aalert(1))",
    "[x](https://desk.example 'a\" onmouseover=\"alert(1)')",
    '[x](https://desk.example/"onmouseover="alert(1))',
    "[x](https://desk.example/<script>alert(1)</script>)",
]
PAYLOADS = [*ELEMENTS, *LINKS]
ALLOWED = {"p", "br", "em", "strong", "s", "code", "pre", "a", "ul", "ol", "li", "blockquote"}
ATTRIBUTES = {"dir", "href", "rel", "target", "start"}
LINK = re.compile(rf"(?:{'|'.join(SCHEMES)}):", re.IGNORECASE)


class Reader(HTMLParser):
    """What a page would make of it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.links: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        told = dict(attrs)
        self.faults += [tag] * (tag not in ALLOWED) + sorted(set(told) - ATTRIBUTES)
        if tag == "a":
            self.links.append(told)
            if not LINK.match(told.get("href") or ""):
                self.faults.append(str(told))

    def handle_comment(self, data: str) -> None:
        self.faults.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def faults_of(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.faults


def test_there_are_enough_of_them() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


@pytest.mark.parametrize("payload", PAYLOADS)
def test_rendered_text_holds_nothing_that_runs(payload: str) -> None:
    for body in (payload, f"before {payload} after", f"> {payload}", f"1. {payload}\n\n{payload}"):
        html = render_html(body)
        assert faults_of(html) == []


@pytest.mark.parametrize(
    "body",
    [
        "[x](https://desk.example/a?b=c&d=e)",
        "https://desk.example",
        "<https://desk.example>",
        "[x](mailto:a@desk.example)",
        "[x](tel:+201)",
    ],
)
def test_a_good_link_opens_elsewhere_and_vouches_for_nothing(body: str) -> None:
    reader = Reader()
    reader.feed(render_html(body))

    assert [(link["target"], link["rel"]) for link in reader.links] == [
        ("_blank", "noopener noreferrer nofollow ugc")
    ]


def strings(value: Any) -> Any:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from ((name, text) for text in [each] if isinstance(text, str))
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


@pytest.mark.django_db
@pytest.mark.contract
def test_what_people_write_comes_back_as_json_and_as_they_wrote_it(acme: World) -> None:
    lines = [" ".join(each.split()).replace("\u200b", "") for each in PAYLOADS]
    talk = make_conversation(acme.customer, "Hello")
    for payload in PAYLOADS:
        say(acme.agent, talk, payload)
    for line in lines[::3]:
        tags = [line[:40].strip()]
        make_conversation(acme.agent, "x", customer=acme.customer, subject=line, tags=tags)
    agent, path = client_of(acme.agent), f"conversations/{talk.pk}/"

    said = agent.get(f"{path}messages/?limit=100&after=2")
    told = agent.get(f"{path}events/?after=2")
    listed = agent.get("conversations/?ordering=number&limit=100")

    for answer in (said, told, listed):
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        found = [text for name, text in strings(answer.json()) if name == "body_html"]
        assert [html for html in found if faults_of(html)] == []
    assert [row["body"] for row in said.json()["results"]] == PAYLOADS
    assert [each["data"]["body"] for each in told.json()["events"]] == PAYLOADS
    rows = listed.json()["results"][1:]
    assert [row["subject"] for row in rows] == lines[::3]
    assert [row["tags"] for row in rows] == [[line[:40].strip()] for line in lines[::3]]


@pytest.mark.django_db
@pytest.mark.contract
def test_names_are_text_wherever_they_stand(acme: World) -> None:
    admin, evil = client_of(acme.admin), "<img src=x onerror=alert(1)>"
    admin.patch(f"members/{acme.agent.pk}/", {"name": evil})
    admin.patch(f"customers/{acme.customer.pk}/", {"name": evil})
    admin.patch(f"departments/{acme.support.pk}/", {"name": evil})
    talk = make_conversation(acme.customer, "Hello")
    say(acme.agent, talk, "Yes?")
    path = f"conversations/{talk.pk}/"

    for tail in ("", "messages/", "events/", "participants/"):
        answer = admin.get(f"{path}{tail}")
        assert answer.headers["Content-Type"] == "application/json"
        assert evil in {each for _name, each in strings(json.loads(answer.content))}


@pytest.mark.django_db
def test_a_problem_shows_nothing_of_what_was_sent_as_html(acme: World, nobody: ApiClient) -> None:
    evil = "<script>alert(1)</script>"
    client = client_of(acme.agent)

    answers = [
        client.get(f"conversations/?{evil}=1"),
        client.get(f"conversations/{evil}/"),
        client.post("conversations/", {"kind": evil, evil: 1}),
        nobody.get("conversations/", Accept="text/html"),
    ]

    for answer in answers:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.status_code in (400, 401, 404)

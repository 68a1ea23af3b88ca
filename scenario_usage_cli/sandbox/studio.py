"""The cast: the team, its people, API keys, projects, and who works on what.

All of it is invented. Prices, caps and discounts are in milli-CU and percent.
"""

from datetime import date
from functools import lru_cache
from random import Random
from typing import NamedTuple

ALWAYS = 10**9  # a day number beyond every clock
USER_CAP_CU = 10_000  # the team's default for members and keys

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=1024)  # a page of the log mentions most ids three times
def make_id(prefix: str, name: str) -> str:
    """An id like the API's own (`project_eyVcnFJcR92BxBkz7N6g5w`), always the same for a name."""
    draw = Random(int.from_bytes(f"{prefix}/{name}".encode())).random
    return f"{prefix}_{''.join(_LETTERS[int(draw() * 62)] for _ in range(22))}"


def day_number(text: str) -> int:
    """Days since 1970-01-01 of an ISO date."""
    return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()


class Person(NamedTuple):
    """A member or an API key; `status` is a key's (`active`, `inactive`, `deleted`).

    A member without an `email` has left the platform; entities list only those who are `known`.
    `role` is that in the team, of a key with the team's scope what it may do; a key without one
    has the scope of projects. `cap` is the effective one in CU: their own, else the team's.
    """

    id: str
    name: str
    hours: tuple[int, int]  # first working hour (UTC) and how many
    discount: int
    weekends: bool
    email: str | None = None
    status: str | None = None
    known: bool = True
    role: str | None = None
    cap: int | None = USER_CAP_CU

    @property
    def is_key(self) -> bool:
        return self.status is not None

    @property
    def is_listed(self) -> bool:
        """Whether the team has them still: nobody who left, and no deleted key."""
        return self.status in {"active", "inactive"} if self.is_key else self.email is not None


class Project(NamedTuple):
    """A project; `cap` is its maxConsumption in CU, `gated` whether Quality Gate runs."""

    id: str
    name: str
    discount: int = 0
    gated: bool = False
    cap: int | None = None


class Seat(NamedTuple):
    """One person's work on one project, drawn `weight` times as often as a seat of weight 1.

    With a weight of 0, they may work there and never do.
    """

    person: Person
    project: Project
    weight: int
    taste: str  # a key of catalogue.TASTES
    since: int = 0  # day numbers, both included
    until: int = ALWAYS

    @property
    def discount(self) -> int:
        return max(self.person.discount, self.project.discount)


TEAM_ID = make_id("team", "kumo")
TEAM_NAME = "Kumo & Forêt ☁️"
TEAM_CREATED = "2023-02-03T11:19:41.579Z"

_PARIS, _TOKYO, _MONTREAL, _ROUND_THE_CLOCK = (7, 11), (0, 10), (13, 10), (0, 24)

PEOPLE = tuple(
    Person(make_id("user", name), name, hours, discount, weekends, email, None, known, role, cap)
    for name, email, hours, discount, weekends, known, role, cap in (
        ("Zoë Müller-Lefèvre", "zoe@kumo.example", _PARIS, 0, False, True, "admin", None),
        ("田中 美咲", "misaki@kumo.example", _TOKYO, 0, True, True, "admin", USER_CAP_CU),
        ("王小芳", "xiaofang@kumo.example", _TOKYO, 0, False, True, "member", 2_500),
        ("Amara Okafor", "amara@kumo.example", _PARIS, 0, False, True, "member", USER_CAP_CU),
        ("Jonas Lindqvist", "jonas@kumo.example", _PARIS, 10, False, True, "member", USER_CAP_CU),
        ("Priya Raghunathan, PhD", "priya@kumo.example", _MONTREAL, 0, False, True, "member", 750),
        ("Mateo Álvarez", "mateo@kumo.example", _MONTREAL, 0, True, True, "member", USER_CAP_CU),
        ("佐藤 健", "ken@kumo.example", _TOKYO, 0, False, True, "member", 6_000),
        ("Chloé Dubois 🎨", "chloe@kumo.example", _PARIS, 25, False, True, "member", 15_000),
        ("Tom O'Brien", "tom.obrien@kumo.example", _MONTREAL, 0, True, True, "member", USER_CAP_CU),
        ("Ingrid (left the studio)", None, _PARIS, 0, False, True, None, None),
        ("Kwame (freelance)", None, _PARIS, 0, False, False, None, None),
    )
)
KEYS = tuple(
    Person(make_id("apiu", name), name, _ROUND_THE_CLOCK, discount, True, status=status, cap=cap)
    for name, discount, status, cap in (
        ("build-pipeline", 15, "active", 5_000),
        ("unity-plugin", 0, "active", USER_CAP_CU),
        ("discord-bot", 0, "inactive", 500),
        ("old-importer", 0, "deleted", None),
    )
)
QUIET_KEYS = tuple(
    Person(
        make_id("apiu", name), name, _ROUND_THE_CLOCK, 0, True, status=status, role=role, cap=cap
    )
    for name, status, role, cap in (
        ("finance-reader", "active", "team.read;team.usage.read", None),
        ("lobby-kiosk", "active", None, 50),
        ("render-farm (not set up)", "inactive", None, USER_CAP_CU),
    )
)
"""Those that read, or do nothing: no event is by them."""
PROJECTS = tuple(
    Project(make_id("project", name), name, discount, gated, cap)
    for name, discount, gated, cap in (
        ("Forêt Enchantée 🌲", 0, True, 8_000),
        ("紅葉戦記", 0, True, None),
        ("[draft] Neon Harbor", 20, False, 5_000),
        ('Props, Tiles & "Bits"', 0, False, None),
        ("Marketing & Trailers", 0, True, 10_000),
        ("R&D", 50, False, 250),
        ("Old Lighthouse (shipped)", 0, False, None),
        ("水晶遊戲 prototype", 0, False, 1_000),
        ("Onboarding", 0, False, 500),
        ("Template – do not use", 0, False, 0),
        ("Zoë's playground", 0, False, None),
        ("=2023+archive", 0, False, None),
    )
)


def _build_seats() -> tuple[Seat, ...]:
    zoe, misaki, fang, amara, jonas, priya, mateo, ken, chloe, tom, ingrid, kwame = PEOPLE
    pipeline, plugin, bot, importer = KEYS
    _, kiosk, farm = QUIET_KEYS
    forest, koyo, harbor, props, trailers, research, lighthouse, *_ = PROJECTS
    shipped = day_number("2025-06-30")
    return (
        Seat(zoe, forest, 9, "art"),
        Seat(zoe, trailers, 3, "film"),
        Seat(misaki, koyo, 11, "art"),
        Seat(fang, koyo, 7, "world"),
        Seat(fang, lighthouse, 4, "art", until=shipped),
        Seat(amara, forest, 8, "world"),
        Seat(amara, harbor, 4, "art"),
        Seat(jonas, harbor, 9, "art"),
        Seat(priya, harbor, 6, "sound"),
        Seat(priya, research, 1, "any"),
        Seat(mateo, props, 10, "world"),
        Seat(mateo, lighthouse, 5, "world", until=shipped),
        Seat(ken, koyo, 5, "sound"),
        Seat(ken, trailers, 4, "film"),
        Seat(chloe, trailers, 8, "film"),
        Seat(chloe, forest, 5, "art"),
        Seat(tom, props, 6, "art", since=day_number("2025-02-17")),
        Seat(ingrid, forest, 3, "art"),
        Seat(kwame, trailers, 2, "film", since=day_number("2025-09-01")),
        Seat(pipeline, props, 12, "pipeline"),
        Seat(pipeline, koyo, 5, "pipeline"),
        Seat(plugin, harbor, 6, "any"),
        Seat(bot, forest, 3, "words"),
        Seat(importer, props, 2, "pipeline"),
        Seat(importer, lighthouse, 3, "pipeline", until=shipped),
        Seat(kiosk, trailers, 0, "any"),
        Seat(kiosk, lighthouse, 0, "any"),
        Seat(farm, trailers, 0, "any"),
    )


SEATS = _build_seats()

COLLECTIONS = {
    make_id("collection", name): name
    for name in (
        "Key art",
        "背景 / backgrounds",
        "Creatures",
        "UI icons",
        "Trailer shots",
        "Rejects",
    )
}

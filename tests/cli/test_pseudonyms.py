"""--pseudonyms: nobody can be read in any output of any command, and no figure changes."""

import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from scenario_usage_cli.cli.config.pseudonyms import open_pseudonyms
from scenario_usage_cli.cli.name_cache import find_cache
from scenario_usage_cli.cli.options import ConnectionOptions
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.collect.names import Names
from scenario_usage_cli.render import list_formats
from scenario_usage_cli.sandbox.studio import KEYS, PEOPLE, make_id
from scenario_usage_cli.settings import Config
from tests.account import build_account
from tests.cast import find_telling
from tests.support import CREDENTIALS, NOW, Result, run, usages

ALIAS = re.compile(r"(?:Person|Key) [1-9]\d{7,}")
ALIAS_ID = re.compile(r"(?:person|key)_[1-9]\d{15,}")

COMMANDS = {
    "report": (
        "report --last 3d --by project,user --top 0",
        "report --last 3d --user zoe@kumo.example",
    ),
    "trend": ("trend --last 14d --split user",),
    "compare": ("compare --last 3d --by user",),
    "activity": ("activity --limit 200",),
    "list": ("list people", "list keys", "list projects", "list models --last 7d"),
    "quota": ("quota --top 0 --fail-over 50% --on user,key",),
}
CASES = [
    (command, name)
    for room, commands in COMMANDS.items()
    for command in commands
    for name in list_formats(room)
    if name != "focus" or "--by" not in command  # its rows are no breakdown
]


def read_all(path: Path) -> str:
    """All text of a file; of a workbook, that of all its parts."""
    body = path.read_bytes()
    if not body.startswith(b"PK"):
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def demo(command: str, *others: str) -> Result:
    """A command on the built-in studio, with aliases."""
    return run(*command.split(), "--demo", "--pseudonyms", *others)


@pytest.mark.parametrize(("command", "format_name"), CASES)
def test_nobody_is_in_any_format_of_any_command(
    command: str, format_name: str, tmp_path: Path
) -> None:
    """Neither names, ids and e-mails of people, nor names and ids of API keys, can be read."""
    target = tmp_path / "out"

    result = demo(command, "--format", format_name, "--output", str(target))

    assert result.code in (0, 8), result.stderr
    assert find_telling(read_all(target) + result.stdout + result.stderr) == set()


def test_the_cast_can_be_found() -> None:
    """The check above sees people where there are no aliases."""
    plain = run("list", "people", "--demo", "--json").stdout
    keys = run("list", "keys", "--demo", "--json").stdout

    assert len(find_telling(plain + keys)) > 30


@pytest.mark.parametrize(
    "argv",
    [
        ("report", "--user", "zoey"),
        ("report", "--user", make_id("user", "nobody at all")),
        ("report", "--last", "7d", "--user", PEOPLE[0].name, "--verbose"),
        ("activity", "--last", "24h", "--user", KEYS[0].id, "--verbose"),
        ("doctor", "--verbose"),
        ("doctor", "--json"),
    ],
)
def test_nobody_is_in_a_message(argv: tuple[str, ...]) -> None:
    """Errors, hints with near names, addresses of requests and findings are hidden as well."""
    result = demo(argv[0], *argv[1:])

    assert find_telling(result.stdout + result.stderr) == set()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 429, 500])
@pytest.mark.parametrize("key", ["message", "error", "details"])
def test_nobody_is_in_what_the_api_says_of_an_error(status: int, key: str, tmp_path: Path) -> None:
    """No answer has told who that is, so that none of it can be repeated."""
    said = {"note": "no", key: {"message": "Ann Realname (user_1, ann) may not", "limit": "Ann"}}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json=said)

    argv = ("report", "--last", "7d", "--no-cache", "--retries", "0")
    config = tmp_path / "config.toml"
    config.write_text(f'pseudonym_secret = "{"s" * 20}"\n')
    environ = CREDENTIALS | {"SCENARIO_USAGE_CONFIG": str(config)}
    api = httpx.MockTransport(answer)
    hidden = run(*argv, "--pseudonyms", "--verbose", environ=environ, transport=api)
    plain = run(*argv, environ=environ, transport=api)

    assert (hidden.code, hidden.stdout) == (plain.code, "")
    assert not re.search("Ann|Realname|user_1", hidden.stderr)
    assert f"the API answered {status}" in hidden.stderr
    assert "may name people" in hidden.stderr
    assert "Ann Realname" in plain.stderr


def replace_aliases(document: Any) -> Any:
    """The figures of a document, without who they are of, in an order of their own."""
    if isinstance(document, dict):
        whose = ("user_id", "name", "user", "email", "generated_at", "id", "api_key_id")
        return {k: replace_aliases(v) for k, v in document.items() if k not in whose}
    if isinstance(document, list):
        return sorted(map(replace_aliases, document), key=json.dumps)
    return document


@pytest.mark.parametrize(
    "command", ["report --last 7d --by project,user", "trend --split user", "quota", "list keys"]
)
def test_no_figure_changes(command: str) -> None:
    """Everything but who it is of is the same as without aliases."""
    plain = run(*command.split(), "--demo", "--json").json

    assert replace_aliases(demo(command, "--json").json) == replace_aliases(plain)


def test_everybody_keeps_an_alias_of_their_own() -> None:
    """Periods, commands and company change nothing, and as many are told apart as before."""
    long, short = (demo("report", "--last", last, "--json").json for last in ("60d", "7d"))
    listed = demo("list people", "--json").json["people"]

    aliases = {one["user_id"]: one["name"] for one in long["consumption"]}
    assert len(aliases) == len(set(aliases.values())) == 16
    assert {one["user_id"]: one["name"] for one in short["consumption"]}.items() <= aliases.items()
    assert {one["user_id"]: one["name"] for one in listed}.items() <= aliases.items()
    assert all(ALIAS.fullmatch(name) for name in aliases.values())
    assert all(ALIAS_ID.fullmatch(one) for one in aliases)


def test_addresses_are_null_or_the_alias() -> None:
    """The e-mail is the alias where there is one, so that rows can still be joined by it."""
    plain = run("report", "--demo", "--json").json["consumption"]
    rows = demo("report", "--json").json["consumption"]

    known = sum(row["email"] is not None for row in plain)
    assert [row["email"] for row in rows if row["email"]] == [
        row["name"] for row in rows if row["email"]
    ]
    assert sum(row["email"] is not None for row in rows) == known
    section = ("report", "--section", "consumption")
    assert "E-mail" in run(*section, "--demo").stdout
    assert "E-mail" not in demo(*section).stdout  # a column of names twice tells nothing


def test_filters_are_hidden() -> None:
    """The filters of the document, and those of the title, have the alias."""
    document = demo("report", "--user", PEOPLE[3].name, "--json").json
    (row,) = document["consumption"]

    assert document["filters"]["user_ids"] == [row["user_id"]]
    assert f"user {row['name']}" in demo("report", "--user", PEOPLE[3].name).stdout
    assert demo("activity", "--user", PEOPLE[3].name, "--json").json["filters"]["user_ids"] == [
        row["user_id"]
    ]


def test_somebody_may_be_asked_for_by_the_alias() -> None:
    """By its name and by its id, also somebody whom no list has."""
    rows = demo("report", "--last", "7d", "--json").json["consumption"]
    one, other = rows[0], rows[-1]

    found = demo("report", "--last", "7d", "--json", "--user", f"{one['name']},{other['user_id']}")

    costs = {row["user_id"]: row["cost"] for row in found.json["consumption"]}
    assert costs == {row["user_id"]: row["cost"] for row in (one, other)}


def test_an_unknown_alias_is_refused() -> None:
    """It may be that of another secret, or have been typed without the option."""
    unknown = demo("report", "--user", "Person 12345678")
    without = run("report", "--demo", "--user", "Person 12345678")

    assert (unknown.code, unknown.stdout) == (2, "")
    assert unknown.error == "error: --user 'Person 12345678' is not known"
    assert (without.code, without.stdout) == (2, "")
    assert "hint: aliases are known beside --pseudonyms: add it" in without.stderr


def test_hints_list_aliases_once_and_in_their_order() -> None:
    """The order of names would tell something of them."""
    hint = demo("report", "--user", "zzzz").stderr.partition("hint: known names: ")[2]

    listed = hint.strip().split(", ")
    assert listed[-1] == "…"
    assert listed[:-1] == sorted(set(listed[:-1]))
    assert all(ALIAS.fullmatch(name) for name in listed[:-1])


def test_raw_answers_are_refused(tmp_path: Path) -> None:
    """A raw answer cannot be written without people."""
    target = tmp_path / "raw.json"

    result = demo("report", "--save-raw", str(target))

    assert (result.code, result.stdout, target.exists()) == (2, "", False)
    assert "--save-raw" in result.error


def test_cost_centres_of_people_keep_their_names(tmp_path: Path) -> None:
    """Those who are in them are found by their addresses, and are not in warnings."""
    centres = tmp_path / "centres.toml"
    centres.write_text(
        f"[cost_centres]\nArt = {{ users = ['{PEOPLE[0].email}', '{PEOPLE[3].name}'] }}\n"
        "Rest = { users = ['nobody@kumo.example'] }\n"
    )
    argv = ("report", "--last", "3d", "--by", "cost-centre", "--cost-centres", str(centres))

    plain, hidden = (run(*argv, "--demo", "--json", *more) for more in ((), ("--pseudonyms",)))

    assert hidden.json["breakdown"]["totals"] == plain.json["breakdown"]["totals"]
    assert find_telling(hidden.stdout + hidden.stderr) == set()
    assert "'(e-mail)' of the cost centre 'Rest' matches no user" in hidden.stderr


def test_budgets_of_people_keep_their_names(tmp_path: Path) -> None:
    """What they are called is no name of a person, as far as anybody can tell."""
    budget = 'name = "Art"\namount = 10\nperiod = "month"'
    text = f'[[budgets]]\n{budget}\nusers = ["{PEOPLE[0].email}", "{PEOPLE[1].email}"]\n'
    argv = ("quota", "--demo", "--pseudonyms", "--fail-over", "10%", "--on", "budget,user")

    result = run(*argv, "--json", environ=configure(tmp_path, text))

    assert result.code == 8
    assert "Art" in result.stdout + result.stderr
    assert find_telling(result.stdout + result.stderr) == set()


ACCOUNT = usages(
    consumption=[
        {"userId": "u-1", "value": 5, "discount": 0, "total": 5},
        {"userId": "u-1", "value": 1, "discount": 0, "total": 1},
        {"userId": "k-2", "value": 3, "discount": 0, "total": 3},
        {"userId": None, "value": 2, "discount": 0, "total": 2},
    ],
    users=[
        {"id": "u-1", "fullName": "Ann Lee", "email": "ann@lee.example", "isApiKey": False},
        {"id": "k-2", "isApiKey": True, "apiKeyId": "api-2"},
    ],
)


def test_ids_of_any_kind_are_hidden(tmp_path: Path) -> None:
    """Also where answers are odd: warnings quote ids, and rows may have none."""
    environ = configure(tmp_path, f'pseudonym_secret = "{SECRET}"\n')

    result = run(
        *("report", "--pseudonyms", "--json", "--section", "consumption", "--verbose"),
        transport=build_account(usage=ACCOUNT),
        environ=environ,
    )

    one, key, nobody = result.json["consumption"]
    assert (one["cost"], key["cost"], nobody["cost"]) == (6, 3, 2)
    assert (nobody["user_id"], nobody["name"]) == ("unknown", "unknown")
    assert key["name"].startswith("Key ")
    assert f"userId '{one['user_id']}'" in "".join(result.json["warnings"])
    said = result.stdout + result.stderr
    assert [word for word in ("u-1", "k-2", "api-2", "Ann Lee", "ann@") if word in said] == []


def test_names_of_earlier_runs_are_hidden(tmp_path: Path) -> None:
    """The cache may know people whom no answer mentions any more, and hints list them."""
    text = f'pseudonym_secret = "{SECRET}"\n'
    environ = configure(tmp_path, text) | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    config = Config(Path(environ["SCENARIO_USAGE_CONFIG"]), found=True)
    cache = find_cache(environ, config, base_url=None, team=None, now=lambda: NOW)
    assert cache
    cache.keep({}, Names(people={"user_9": "Ann Lee"}))
    argv = ("report", "--user", "Ann Li")

    plain, hidden = (
        run(*argv, *more, transport=build_account(), environ=environ)
        for more in ((), ("--pseudonyms",))
    )

    assert "the nearest names: Ann Lee" in plain.stderr
    assert "Ann Lee" not in hidden.stderr
    assert "the nearest names: Person " in hidden.stderr


SECRET = "a secret of the studio, and of nobody else"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A raw answer of the studio."""
    path = tmp_path / "raw.json"
    assert run("report", "--demo", "--last", "7d", "--save-raw", str(path)).code == 0
    return path


def configure(tmp_path: Path, text: str | None) -> dict[str, str]:
    """The environment for a config file with a text, or for none that is there yet."""
    path = tmp_path / "own" / "config.toml"
    if text is not None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
    return CREDENTIALS | {"SCENARIO_USAGE_CONFIG": str(path)}


def report_saved(saved: Path, environ: dict[str, str]) -> Result:
    """The report of a raw answer, with aliases."""
    return run("report", "--from", str(saved), "--pseudonyms", "--json", environ=environ)


def test_a_saved_answer_has_aliases(saved: Path, tmp_path: Path) -> None:
    """Those of the config file's secret; another secret makes others."""
    one, again, other = (
        report_saved(saved, configure(tmp_path, f'pseudonym_secret = "{secret}"\n'))
        for secret in (SECRET, SECRET, SECRET.upper())
    )

    assert find_telling(one.stdout + one.stderr) == set()
    names, same, others = (
        {row["name"] for row in result.json["consumption"]} for result in (one, again, other)
    )
    assert names == same
    assert names.isdisjoint(others)


def test_the_first_run_makes_a_secret(saved: Path, tmp_path: Path) -> None:
    """It is in a config file that only its owner may read, and counts from then on."""
    environ = configure(tmp_path, None)
    path = Path(environ["SCENARIO_USAGE_CONFIG"])

    first = report_saved(saved, environ)
    text = path.read_text()
    second = report_saved(saved, environ)

    assert (first.code, second.code, second.stderr) == (0, 0, "")
    assert f"pseudonym_secret is new in {path}" in first.stderr
    assert first.json["consumption"] == second.json["consumption"]
    assert (path.read_text(), path.stat().st_mode & 0o777) == (text, 0o600)
    (secret,) = re.findall(r'^pseudonym_secret = "(.{32,})"$', text, re.MULTILINE)
    shown = run("config", "show", "--json", environ=environ)
    assert secret not in first.stdout + first.stderr + shown.stdout + shown.stderr
    assert {
        "setting": "pseudonym_secret",
        "value": "***",
        "source": "file",
        "name": "pseudonym_secret",
    } in shown.json["settings"]


def test_the_rest_of_the_config_file_stays(saved: Path, tmp_path: Path) -> None:
    """The secret is a line before all tables, and comments stay where they were."""
    text = '# mine\n\n# the studio\n[profiles.studio]\ntz = "Europe/Paris"  # where we are\n'
    environ = configure(tmp_path, text)

    assert report_saved(saved, environ).code == 0

    before, _line, after = (
        Path(environ["SCENARIO_USAGE_CONFIG"]).read_text().partition("pseudonym_secret = ")
    )
    assert before + after.partition("\n\n")[2] == text


@pytest.mark.parametrize("secret", ['"short"', "16", '""', '"                   "'])
def test_a_weak_secret_is_refused(secret: str, saved: Path, tmp_path: Path) -> None:
    """Whoever knows the ids could find it by trying."""
    result = report_saved(saved, configure(tmp_path, f"pseudonym_secret = {secret}\n"))

    assert (result.code, result.stdout) == (3, "")
    assert "pseudonym_secret" in result.error


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no folder like it")
def test_a_secret_that_cannot_be_kept_ends_the_run(saved: Path) -> None:
    """Aliases that are others in the next run would be taken for other people."""
    environ = CREDENTIALS | {"SCENARIO_USAGE_CONFIG": "/proc/none/config.toml"}

    result = report_saved(saved, environ)

    assert (result.code, result.stdout) == (3, "")
    assert "the secret of --pseudonyms cannot be kept" in result.error
    assert 'pseudonym_secret = "..."' in result.stderr


def test_a_run_that_fails_before_it_asks_makes_no_secret(tmp_path: Path) -> None:
    """Nor a config file, which would then be there for no reason."""
    environ = configure(tmp_path, None)
    without = {key: value for key, value in environ.items() if "API" not in key}

    result = run("report", "--pseudonyms", environ=without)

    assert (result.code, result.stdout) == (3, "")
    assert not Path(environ["SCENARIO_USAGE_CONFIG"]).parent.exists()


def test_runs_at_the_same_time_agree_on_a_secret(tmp_path: Path) -> None:
    """The first one makes it, and the others wait for it."""
    environ = configure(tmp_path, None)

    with ThreadPoolExecutor(4) as pool:
        results = [pool.submit(_read_secret, environ) for _ in range(4)]

    assert len({result.result() for result in results}) == 1


def _read_secret(environ: dict[str, str]) -> str:
    """What a first run finds, or makes."""
    runtime = Runtime(io.BytesIO(), io.StringIO(), io.StringIO(), environ)
    options = ConnectionOptions(pseudonyms=True)
    found = open_pseudonyms(runtime, Config(Path(), found=False), options)
    assert found
    return found.fingerprint


def test_the_studio_needs_no_config_file(tmp_path: Path) -> None:
    """--demo has a secret of its own, and writes none."""
    environ = configure(tmp_path, None)

    result = run("list", "people", "--demo", "--pseudonyms", environ=environ)

    assert result.code == 0
    assert not Path(environ["SCENARIO_USAGE_CONFIG"]).parent.exists()

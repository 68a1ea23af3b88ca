"""What completion offers: commands, options, and values that are accepted where they stand."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path

import pytest

from scenario_usage_cli.cli.completion import SHELLS
from scenario_usage_cli.cli.name_cache import find_cache
from scenario_usage_cli.collect.names import Names
from scenario_usage_cli.periods import parse_period, parse_whole_days
from scenario_usage_cli.sandbox.studio import PROJECTS
from scenario_usage_cli.settings import Config
from tests.cases import each
from tests.readme import TOPICS
from tests.support import CREDENTIALS, KEY, NOW, FakeApi, Result, run


def answer(*words: str, shell: str = "fish", environ: Mapping[str, str] | None = None) -> Result:
    """What a shell's script is answered; the network is never asked."""
    api = FakeApi()
    asking = {"_SCENARIO_USAGE_COMPLETE": shell, **(environ or {})}
    result = run(*words, environ=asking, transport=api)
    assert (result.code, result.stderr, api.requests) == (0, "", [])
    return result


def offer(*words: str, environ: Mapping[str, str] | None = None) -> list[str]:
    """The candidates for the last word."""
    kind, *records = answer(*words, environ=environ).stdout.split("\0")[:-1]
    assert kind == "words"
    return [record.partition("\t")[0] for record in records]


def test_commands_are_offered_with_what_they_do() -> None:
    """In the order and the words of --help."""
    records = answer("").stdout.split("\0")[1:-1]
    listed = run("--help").stdout.split("Commands:")[1].split("Examples:")[0]

    assert " ".join(listed.split()) == " ".join(record.replace("\t", " ") for record in records)


@pytest.mark.parametrize("command", ["report", "list keys", "export", "doctor", "config init", ""])
def test_the_options_of_a_command_are_those_of_its_help(command: str) -> None:
    """Short names as well."""
    helped = run(*command.split(), "--help").stdout
    options = set(re.findall(r"(?<![\w-])--?[a-zA-Z][a-z-]*", re.sub(r"(?m)^ {10,}.*", "", helped)))

    assert set(offer(*command.split(), "-")) <= options | {"-h"}
    assert set(re.findall(r"(?m)^  (?:-\w, )?(--[a-z-]+)", helped)) <= set(
        offer(*command.split(), "--")
    )


def test_an_option_that_was_given_is_not_offered_again() -> None:
    """Unless it may be repeated."""
    offered = offer("report", "--json", "--project", "x", "--last=7d", "-f", "csv", "")

    assert {"--json", "--last", "--format", "-f"} & set(offered) == set()
    assert {"--project", "-p", "--csv", "--period"} <= set(offered)


@each(
    "argv",
    [
        ("report", "--demo", "--format"),
        ("trend", "--demo", "--format"),
        ("activity", "--demo", "--format"),
        ("compare", "--demo", "--section"),
        ("report", "--demo", "--by"),
        ("trend", "--demo", "--by"),
        ("trend", "--demo", "--split"),
        ("export", "x", "--demo", "--format"),
        ("export", "x", "--demo", "--datasets"),
        ("report", "--demo", "--sort"),
        ("trend", "--demo", "--sort"),
        ("list", "projects", "--demo", "--sort"),
        ("list", "keys", "--demo", "--sort"),
        ("list", "models", "--demo", "--sort"),
        ("list", "people", "--demo", "--format"),
        ("schema",),
    ],
)
def test_the_words_of_an_option_are_those_that_it_takes(argv: tuple[str, ...]) -> None:
    """As the hint lists them where another word is given."""
    hint = run(*argv, "quux", environ={}).stderr.splitlines()[-1]
    words = re.findall(r"[a-z][a-z_-]*", re.sub("^hint: (one of|try)", "", hint))

    assert sorted(offer(*argv, "")) == sorted(words)


def test_sections_of_a_report_are_offered() -> None:
    """Also the one that comes with --by."""
    offered = offer("report", "--section", "")

    assert offered[-1] == "breakdown"
    assert run("report", "--demo", "--section", ",".join(offered[:-1]), environ={}).code == 0
    assert (
        run("report", "--demo", "--by", "project", "--section", offered[-1], environ={}).code == 0
    )


@pytest.mark.parametrize("command", ["report", "trend", "activity", "compare"])
def test_periods_are_readable(command: str) -> None:
    """Words, and the months of the last year."""
    offered = offer(command, "--period", "")

    assert {"last-month", "this-week", "billing", "2026-11", "2025-12"} <= set(offered)
    for period in set(offered) - {"billing"}:
        parse_period(period=period, zone=UTC, now=NOW)
    for last in offer(command, "--last", ""):
        parse_period(last=last, zone=UTC, now=NOW)
    for option in ("--start", "--end"):
        for day in offer(command, option, ""):
            parse_period(start="2020", end=day, zone=UTC, now=NOW)


def test_other_dates_are_readable() -> None:
    """Those of an export are days; what is compared with is a period or a word for one."""
    for option in ("--since", "--until", "--start"):
        for days in offer("export", "x", option, ""):
            parse_whole_days(days, option, now=NOW)
    against = offer("compare", "--against", "")
    assert against[:2] == ["previous", "year-ago"]
    assert {"billing", *against[2:]} == set(offer("compare", "--period", ""))


def test_zones_are_those_of_the_system() -> None:
    """All of them; the shell chooses by the letters that are there."""
    offered = offer("report", "--tz", "Eur")

    assert {"UTC", "Europe/Paris", "America/Argentina/Ushuaia"} <= set(offered)


def test_topics_are_topics_and_commands() -> None:
    """What `help` explains."""
    offered = offer("help", "")

    assert {path.stem for path in TOPICS} <= set(offered)
    assert {"report", "doctor"} <= set(offered)
    assert len(offered) == len(set(offered))


def test_behind_a_topic_come_the_commands_below_it() -> None:
    """Of `list` and `config`; other topics have none."""
    assert offer("help", "list", "") == offer("list", "")
    assert offer("help", "config", "") == offer("config", "")
    assert offer("help", "periods", "") == offer("help", "report", "") == []


def test_profiles_are_those_of_the_config_file(tmp_path: Path) -> None:
    """Before the command and after it."""
    config = tmp_path / "config.toml"
    config.write_text('[profiles.studio]\n[profiles."big films"]\n[profiles."a\\u001b[2Jb"]\n')
    environ = {"SCENARIO_USAGE_CONFIG": str(config)}

    for words in (("--profile",), ("report", "--profile"), ("config", "use")):
        assert offer(*words, "", environ=environ) == ["studio", "big films"]


@pytest.mark.parametrize(
    "content", ["[profiles", "profiles = 3", "\x00\xff", "[profiles]\n", 'a = "' + "x" * 2_000_000]
)
@pytest.mark.parametrize("shell", SHELLS)
def test_a_broken_config_file_offers_nothing(content: str, shell: str, tmp_path: Path) -> None:
    """And says nothing."""
    config = tmp_path / "config.toml"
    config.write_text(content, encoding="latin-1")
    words = (
        ("scenario-usage report --profile ", "") if shell == "bash" else ("report", "--profile", "")
    )

    answered = answer(*words, shell=shell, environ={"SCENARIO_USAGE_CONFIG": str(config)}).stdout

    assert answered.replace("\0", "\n").split() in ([], ["words"])


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-command", ""),
        ("report", "--quux=", ""),
        ("report", "--base-url", ""),
        ("report", "--top", ""),
        ("schema", "report", "x"),
        ("report", "--", ""),
        ("report", "--project=", "--project", ""),
        ("report", "--jobs", "many", "--timeout", ""),
    ],
)
def test_nothing_is_offered_where_nothing_is_known(words: tuple[str, ...]) -> None:
    """Not even files."""
    assert [one for one in offer(*words) if not one.startswith("-")] == []


@pytest.mark.parametrize(
    ("words", "before", "begun"),
    [
        (("report", "--output", ""), "", ""),
        (("report", "-o", "out/re"), "", "out/re"),
        (("report", "-oout/re"), "-o", "out/re"),
        (("report", "--save-raw=x y"), "--save-raw=", "x y"),
        (("report", '--from="x y'), "--from=", "x y"),
        (("export", "us"), "", "us"),
    ],
)
def test_files_and_folders_are_left_to_the_shell(
    words: tuple[str, ...], before: str, begun: str
) -> None:
    """With what stands before the path in its word."""
    assert answer(*words).stdout.split("\0") == ["paths", before, begun, ""]


def test_redirections_are_left_to_bash() -> None:
    """Which gives its line as it is."""
    line = "scenario-usage report --json > re"

    assert answer(line, "re", shell="bash").stdout == "paths\n"


@pytest.mark.parametrize(
    ("current", "offered"),
    [
        ("models,ass", "models,assets"),
        ("models, ass", "models, assets"),
        ("quality_gates,models,", "quality_gates,models,actions"),
        ("", "models"),
    ],
)
def test_the_last_part_of_a_list_is_completed(current: str, offered: str) -> None:
    """What is in it, or was given before, is not offered again."""
    found = offer("report", "--section", "moderation", "--section", current)

    before = current[: current.rfind(",") + 1]
    assert offered in found
    assert all(one.startswith(before) for one in found)
    assert {"models", "moderation"} & {one[len(before) :].strip() for one in found} <= (
        set() if before else {"models"}
    )


@pytest.mark.parametrize("words", [("--project", ""), ("--project=",), ("-p", "")])
def test_projects_of_the_studio_are_offered(words: tuple[str, ...]) -> None:
    """Wherever --demo stands before, by the names that --project takes."""
    before = words[0] if len(words) == 1 else ""

    assert offer("report", "--demo", *words) == [before + one.name for one in PROJECTS]
    assert offer("report", *words) == []


def test_a_name_with_a_comma_is_offered_whole() -> None:
    """What is behind its comma is no part of a list."""
    offered = offer("report", "--demo", "--project", "Props, T")

    assert 'Props, Tiles & "Bits"' in offered


def test_ids_are_offered_where_one_is_begun() -> None:
    """With the names beside them."""
    records = answer("report", "--demo", "--project", "project_").stdout.split("\0")

    assert f"{PROJECTS[0].id}\t{PROJECTS[0].name}" in records


@pytest.mark.parametrize("option", ["--project", "--user", "--team"])
def test_the_names_of_the_studio_are_taken(option: str) -> None:
    """Each of them, as it is offered."""
    offered = offer("report", "--demo", option, "")

    assert offered
    for name in offered:
        argv = ("report", "--demo", "--last", "1d", "--section", "assets", option, name)
        result = run(*argv, environ={})
        assert (result.code, result.stderr) == (0, "")


def test_models_of_the_studio_are_offered() -> None:
    """By name; by id where answers have no name."""
    offered = offer("compare", "--demo", "--model", "")

    used = run("list", "models", "--demo", "--period", "2026-10", "--json", environ={}).json
    assert {row["name"] for row in used["models"] if row["jobs"]} <= set(offered)


KEPT = {
    "project_1": "Hero",
    "project_2": "Twice",
    "project_3": "twice",
    "project_4": "project_1",
    "project_5": "a\x1b[31mb",
    "project_6": "\u202eabc",
    "project_7": "x" * 10_000,
    "project_8": "two\nlines",
    "project_9": "R&D, tools",
}


@pytest.fixture
def account(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody for whom names are kept."""
    environ = {**CREDENTIALS, "XDG_CACHE_HOME": str(tmp_path)}
    cache = find_cache(environ, Config(Path(), found=False))
    assert cache
    models = {"model_1": "Lumen", "model_2": "Lumen *"}
    cache.keep({"projects": KEPT, "models": models, "keys": {"apiu_1": "ci"}}, Names())
    return environ


def test_kept_names_are_offered(account: dict[str, str]) -> None:
    """Ids where a name is not theirs alone, or is like an id; nothing that cannot be shown."""
    offered = offer("report", "--project", "", environ=account)

    assert offered == ["Hero", "project_2", "project_3", "project_4", "two\nlines", "R&D, tools"]
    assert offer("list", "models", "--model", "", environ=account) == ["Lumen", "model_2"]
    assert offer("report", "--user", "", environ=account) == ["ci"]


def test_names_of_a_list_are_offered_once(account: dict[str, str]) -> None:
    """Behind the comma, without those that are there; one that has a comma itself stays whole."""
    offered = offer("report", "--project", "Hero,", environ=account)

    assert "Hero,two\nlines" in offered
    assert "Hero,Hero" not in offered
    assert "Hero,R&D, tools" not in offered
    assert offer("report", "-p", "R&D, t", environ=account) == ["R&D, tools"]


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"SCENARIO_SDK_API_KEY": "another"}, ()),
        ({"SCENARIO_USAGE_NO_CACHE": "1"}, ()),
        ({"SCENARIO_BASE_URL": "https://elsewhere.example/v1"}, ()),
        ({}, ("--base-url", "https://elsewhere.example/v1")),
        ({}, ("--team", "team_2")),
        ({"XDG_CACHE_HOME": "/dev/null"}, ()),
    ],
    ids=str,
)
def test_names_of_another_account_are_not_offered(
    others: dict[str, str], words: tuple[str, ...], account: dict[str, str]
) -> None:
    """Nor any, where there are none."""
    assert offer("report", *words, "--project", "", environ={**account, **others}) == []


def test_no_secret_is_fetched_for_a_name(tmp_path: Path) -> None:
    """The command that has it is not run, and no keyring is opened; the id of the key will do."""
    config = tmp_path / "config.toml"
    marker = tmp_path / "was-run"
    config.write_text(
        f'[profiles.a]\napi_key = "{KEY}"\nsecret_command = "touch {marker}"\n'
        f'[profiles.b]\napi_key = "{KEY}"\nkeyring = true\n'
    )
    config.chmod(0o600)
    environ = {"XDG_CACHE_HOME": str(tmp_path), "SCENARIO_USAGE_CONFIG": str(config)}
    cache = find_cache({**CREDENTIALS, **environ}, Config(Path(), found=False))
    assert cache
    cache.keep({"projects": {"project_1": "Hero"}}, Names())

    for profile in ("a", "b"):
        words = ("report", "--profile", profile, "-p", "")
        assert offer(*words, environ=environ) == ["Hero"]
    assert not marker.exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_a_shell_is_printed(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that --show-completion prints in that shell, and nothing else."""
    shellingham = pytest.importorskip("shellingham")  # what Typer finds out the shell with
    result = run("completion", shell)

    monkeypatch.setattr(shellingham, "detect_shell", lambda: (shell, shell))
    assert (result.code, result.stderr) == (0, "")
    assert "_SCENARIO_USAGE_COMPLETE" in result.stdout
    assert run("--show-completion").stdout.strip() == result.stdout.strip()


def test_a_completion_script_of_typer_is_still_answered() -> None:
    """Those that an earlier version installed know commands and options."""
    line = {"COMP_WORDS": "scenario-usage rep", "COMP_CWORD": "1"}
    asking = {"_SCENARIO_USAGE_COMPLETE": "complete_bash", **line}

    done = subprocess.run(
        [sys.executable, "-m", "scenario_usage_cli"],
        env={**os.environ, **asking},
        capture_output=True,
        text=True,
        check=True,
    )

    assert (done.stdout, done.stderr) == ("report\n", "")


@pytest.mark.parametrize(
    ("argv", "error", "hint"),
    [
        (
            (),
            "completion of which shell?",
            "name one of bash, zsh, fish, as in: scenario-usage completion bash",
        ),
        (("tcsh",), "there is no completion for 'tcsh'", "one of bash, zsh, fish"),
    ],
)
def test_another_shell_is_refused(argv: tuple[str, ...], error: str, hint: str) -> None:
    """With those that there are."""
    result = run("completion", *argv)

    assert (result.code, result.stdout) == (2, "")
    assert result.stderr == f"error: {error}\nhint: {hint}\n"

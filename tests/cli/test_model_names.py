"""`--model` and names with commas in them, on every command that has it."""

import httpx

from tests.cases import each
from tests.support import CREDENTIALS, FakeApi, answer, model_row, point, run, usages

PERIOD = ("--start", "2026-11-01", "--end", "2026-11-01")
NAMES = {"model_1": "Icon", "model_2": "Icon, small", "model_3": "small", "model_4": "Flux"}


def use(*model_ids: str) -> httpx.Response:
    """An answer in which these models were used."""
    rows = [model_row(model_id, point(jobs=1, cost=2)) for model_id in model_ids]
    names = {model_id: NAMES[model_id] for model_id in model_ids}
    return answer(usages(models=rows, model_names=names))


def kept(command: str, given: tuple[str, ...], transport: FakeApi) -> tuple[set[str], list[str]]:
    """The models that are left, and the patterns that the document says."""
    options = [word for text in given for word in ("--model", text)]
    more = {"report": (), "trend": ("--split", "model", "--by", "day"), "compare": ("--jobs", "1")}[
        command
    ]
    result = run(command, "--json", *PERIOD, *more, *options, transport=transport)
    assert result.code == 0
    rows = result.json["points" if command == "trend" else "models"]
    return {row["name"] for row in rows}, result.json["filters"]["models"]


@each("command", ["report", "trend", "compare"])
@each(
    ("given", "patterns", "names"),
    [
        (("Icon, small",), ["Icon, small"], {"Icon, small"}),
        (("icon, SMALL",), ["icon, SMALL"], {"Icon, small"}),
        (("Icon,small",), ["Icon", "small"], {"Icon", "small"}),
        (("Flux, Icon, small",), ["Flux", "Icon", "small"], {"Flux", "Icon", "small"}),
        (("Flux", "Icon, small"), ["Flux", "Icon, small"], {"Flux", "Icon, small"}),
        (("model_1,model_4", "Icon"), ["model_1", "model_4", "Icon"], {"Icon", "Flux"}),
        (("Icon, *",), ["Icon, *"], {"Icon, small"}),
    ],
)
def test_a_name_with_commas_is_one_name(
    command: str, given: tuple[str, ...], patterns: list[str], names: set[str]
) -> None:
    """Anything else is what stands between the commas."""
    found = kept(command, given, FakeApi(use(*NAMES), use(*NAMES)))

    assert found == (names, patterns)


def test_a_name_means_the_same_in_both_periods_of_a_comparison() -> None:
    """Though one of them has not got the model, but others by parts of its name."""
    transport = FakeApi(use("model_2"), use("model_1", "model_3"))

    assert kept("compare", ("Icon, small",), transport) == ({"Icon, small"}, ["Icon, small"])


def test_a_saved_report_is_narrowed_by_the_same_rule(tmp_path: object) -> None:
    """Also when it is read again."""
    target = f"{tmp_path}/raw.json"
    saved = run(
        "report", "--json", *PERIOD, "--model", "Icon, small", "--save-raw", target,
        transport=FakeApi(use("model_1", "model_2")),
    )  # fmt: skip
    again = run("report", "--json", "--from", target, environ=CREDENTIALS)

    assert [row["name"] for row in saved.json["models"]] == ["Icon, small"]
    assert again.json["models"] == saved.json["models"]

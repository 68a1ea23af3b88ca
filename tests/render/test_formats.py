"""Every format of one small answer, letter by letter, and of the API's own example."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from scenario_usage_cli.render.json import encode
from tests.cases import each
from tests.support import CREDENTIALS, Result, model_row, point, run, usages

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "usages-example.json"
"""The response that the endpoint's reference page shows."""

SMALL = usages(
    consumption=[
        {"userId": "user_ada", "value": 1234.5, "discount": 65.5, "total": 1300},
        {"userId": "user_refund", "value": -34.5, "discount": 0, "total": -34.5},
    ],
    models=[
        model_row(
            "model_flux",
            point(jobs=8, cost=1000.1, discount=65.5, apiKeyCost=0.1, apiKeyDiscount=0),
            point("2026-11-02", jobs=2, cost=0.2, discount=0, apiKeyCost=0.2, apiKeyDiscount=0),
        ),
        model_row("model_idle"),
    ],
    assets=[{"kind": "image", "points": [point(count=12000, countApiKey=7)]}],
    actions=[
        {"usageName": "upscale", "points": [point(value="3", apiKey="1", cost=2.5)]},
        {"usageName": "caption", "points": [point(value="4", apiKey="0")]},
    ],
    quality_gates=[{"verdict": "total", "points": [point(count=2, countApiKey=0)]}],
    users=[
        {
            "id": "user_ada",
            "fullName": "Ada, Lovelace",
            "email": "ada@example.com",
            "isApiKey": False,
        }
    ],
    model_names={"model_flux": "FLUX | dev"},
)
PERIOD = "2026-05-01T00:00:00Z,2026-05-31T23:59:59.999Z"

HEADERS = {
    "consumption": "user_id,name,email,is_api_key,cost,discount,gross,share",
    "models": (
        "model_id,name,jobs,cost,discount,gross,cost_per_job,api_key_cost,api_key_discount,share"
    ),
    "assets": "kind,count,api_key_count,share",
    "actions": "action,count,api_key_count,cost,discount,api_key_cost,api_key_discount",
    "moderation": "label,count,api_key_count",
    "quality_gates": "verdict,count,api_key_count",
}
LONG_HEADER = "period_start,period_end,section,id,name,measure,value"


def report(*argv: str, answer: Any = SMALL, columns: int | None = None) -> Result:
    """A report of May without colour."""
    result = run(
        *("report", "--from", "-", "--period", "2026-05", *argv),
        stdin=json.dumps(answer).encode(),
        columns=columns,
        environ=CREDENTIALS | {"NO_COLOR": "1"},
    )
    assert (result.code, result.stderr) == (0, "")
    return result


JSON = (
    '{"schema_version":1,"report":"usage","generated_at":"2026-11-22T18:30:00Z",'
    '"period":{"start":"2026-05-01T00:00:00Z","end":"2026-05-31T23:59:59.999Z",'
    '"timezone":"UTC","provisional":false},"filters":null,'
    '"totals":{"cost":1200,"discount":65.5,"gross":1265.5,"jobs":10,"assets":12000,"users":2,'
    '"models":1},'
    '"consumption":[{"user_id":"user_ada","name":"Ada, Lovelace","email":"ada@example.com",'
    '"is_api_key":false,"cost":1234.5,"discount":65.5,"gross":1300,"share":1.0288},'
    '{"user_id":"user_refund","name":"user_refund","email":null,"is_api_key":null,'
    '"cost":-34.5,"discount":0,"gross":-34.5,"share":-0.0288}],'
    '"models":[{"model_id":"model_flux","name":"FLUX | dev","jobs":10,"cost":1000.3,'
    '"discount":65.5,"gross":1065.8,"cost_per_job":100.03,"api_key_cost":0.3,'
    '"api_key_discount":0,"share":1},'
    '{"model_id":"model_idle","name":"model_idle","jobs":0,"cost":0,"discount":0,"gross":0,'
    '"cost_per_job":null,"api_key_cost":0,"api_key_discount":0,"share":0}],'
    '"assets":[{"kind":"image","count":12000,"api_key_count":7,"share":1}],'
    '"actions":[{"action":"upscale","count":3,"api_key_count":1,"cost":2.5,"discount":null,'
    '"api_key_cost":null,"api_key_discount":null},'
    '{"action":"caption","count":4,"api_key_count":0,"cost":null,"discount":null,'
    '"api_key_cost":null,"api_key_discount":null}],'
    '"moderation":[],"quality_gates":[{"verdict":"total","count":2,"api_key_count":0}],'
    '"reconciliation":{"consumption_cost":1200,"model_cost":1000.3,"difference":199.7},'
    '"warnings":[]}\n'
)


def test_json_is_compact_in_a_pipe() -> None:
    """One line, in the contract's order of keys."""
    assert report("--json").stdout == JSON


def test_json_is_indented_on_a_terminal() -> None:
    """The same document with two spaces per level; empty lists stay in one piece."""
    expected = json.dumps(json.loads(JSON), indent=2) + "\n"

    assert report("--json", columns=80).stdout == expected


CSV = f"""\
period_start,period_end,section,id,name,measure,value
{PERIOD},consumption,user_ada,"Ada, Lovelace",cost,1234.5
{PERIOD},consumption,user_ada,"Ada, Lovelace",discount,65.5
{PERIOD},consumption,user_ada,"Ada, Lovelace",gross,1300
{PERIOD},consumption,user_ada,"Ada, Lovelace",share,1.0288
{PERIOD},consumption,user_refund,user_refund,cost,-34.5
{PERIOD},consumption,user_refund,user_refund,discount,0
{PERIOD},consumption,user_refund,user_refund,gross,-34.5
{PERIOD},consumption,user_refund,user_refund,share,-0.0288
{PERIOD},assets,image,image,count,12000
{PERIOD},assets,image,image,api_key_count,7
{PERIOD},assets,image,image,share,1
{PERIOD},actions,upscale,upscale,count,3
{PERIOD},actions,upscale,upscale,api_key_count,1
{PERIOD},actions,upscale,upscale,cost,2.5
{PERIOD},actions,caption,caption,count,4
{PERIOD},actions,caption,caption,api_key_count,0
"""


def test_csv_of_several_sections_is_long() -> None:
    """One row per number that is not null; sections stand in the report's order."""
    assert report("--csv", "--section", "actions,assets,moderation,consumption").stdout == CSV


@pytest.mark.parametrize(
    ("section", "rows"),
    [
        (
            "consumption",
            [
                'user_ada,"Ada, Lovelace",ada@example.com,false,1234.5,65.5,1300,1.0288',
                "user_refund,user_refund,,,-34.5,0,-34.5,-0.0288",
            ],
        ),
        (
            "models",
            [
                "model_flux,FLUX | dev,10,1000.3,65.5,1065.8,100.03,0.3,0,1",
                "model_idle,model_idle,0,0,0,0,,0,0,0",
            ],
        ),
        ("assets", ["image,12000,7,1"]),
        ("actions", ["upscale,3,1,2.5,,,", "caption,4,0,,,,"]),
        ("moderation", []),
        ("quality_gates", ["total,2,0"]),
    ],
)
def test_csv_of_one_section_has_its_keys(section: str, rows: list[str]) -> None:
    """The period before them, nothing for null, and the header also without rows."""
    lines = [f"period_start,period_end,{HEADERS[section]}", *(f"{PERIOD},{row}" for row in rows)]

    assert report("--csv", "--section", section).stdout == "".join(f"{x}\n" for x in lines)


@pytest.mark.parametrize("argv", [("--section", "actions,assets"), ("--section", "models"), ()])
def test_tsv_has_the_cells_of_csv(argv: tuple[str, ...]) -> None:
    """Tabs between them, and no quotes where there is no tab."""
    cells = csv.reader(io.StringIO(report("--csv", *argv).stdout))

    expected = "".join("\t".join(row) + "\n" for row in cells)
    assert report("-f", "tsv", *argv).stdout == expected


@each("section", [*HEADERS, "models,assets", None])
@each(("output_format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_the_header_is_there_without_rows(
    section: str | None, output_format: str, delimiter: str
) -> None:
    """A script finds its columns in an empty period too."""
    argv = ("--section", section) if section else ()
    keys = f"period_start,period_end,{HEADERS[section]}" if section in HEADERS else LONG_HEADER

    text = report("-f", output_format, *argv, answer=usages()).stdout

    assert text == keys.replace(",", delimiter) + "\n"


MARKDOWN = """\
# Scenario usage

2026-05-01 to 2026-05-31, UTC

| Cost | Discount | Gross | Jobs | Users | Models |
| ---: | ---: | ---: | ---: | ---: | ---: |
| 1,200 CU | 65.5 CU | 1,265.5 CU | 10 | 2 | 1 |

## Consumption by user

| User | E-mail | API key | Cost, CU | Discount, CU | Gross, CU | Share |
| --- | --- | --- | ---: | ---: | ---: | ---: |
| Ada, Lovelace | ada@&#8203;example.com | no | 1,234.5 | 65.5 | 1,300 | 102.88 % |
| user\\_refund | – | – | -34.5 | 0 | -34.5 | -2.88 % |

## Models

| Model | Jobs | Cost, CU | Discount, CU | Gross, CU | Cost/job, CU | Cost by API key, CU | Discount by API key, CU | Share |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| FLUX \\| dev | 10 | 1,000.3 | 65.5 | 1,065.8 | 100 | 0.3 | 0 | 100.00 % |

## Moderation

nothing in this period

## Reconciliation

| Consumption | Models | Difference |
| ---: | ---: | ---: |
| 1,200 CU | 1,000.3 CU | 199.7 CU |

the difference is operations without a model, and refunds
"""  # noqa: E501


@pytest.mark.parametrize("columns", [None, 60])
def test_markdown_is_the_same_tables(columns: int | None) -> None:
    """Numbers to the right, names escaped, and no width that cuts them."""
    argv = ("-f", "markdown", "--section", "consumption,models,moderation")

    assert report(*argv, columns=columns).stdout == MARKDOWN


TABLE = """\
Scenario usage
2026-05-01 to 2026-05-31, UTC
     Cost   Discount        Gross   Jobs   Assets   Users   Models
 1,200 CU    65.5 CU   1,265.5 CU     10   12,000       2        1

Consumption by user
 User           E-mail           API key  Cost, CU  Discount, CU  Gross, CU     Share
 Ada, Lovelace  ada@example.com  no        1,234.5          65.5    1,300    102.88 %  ████████████████████
 user_refund    –                –           -34.5           0        -34.5   -2.88 %

Models
 Model       Jobs  Cost, CU  Discount, CU  Gross, CU  Cost/job, CU  Cost by API key, CU  Discount by API key, CU     Share
 FLUX | dev    10   1,000.3          65.5    1,065.8           100                  0.3                        0  100.00 %  ████████████████████

Assets
 Kind   Assets  By API key     Share
 image  12,000           7  100.00 %  ████████████████████

Actions
 Action   Count  By API key  Cost, CU  Discount, CU  Cost by API key, CU  Discount by API key, CU
 upscale      3           1       2.5             –                    –                        –
 caption      4           0       –               –                    –                        –

Moderation
 nothing in this period

Quality gates
 Verdict  Assets  By API key
 total         2           0
 an asset scored in several buckets of time counts in each

Reconciliation · the difference is operations without a model, and refunds
 Consumption       Models   Difference
    1,200 CU   1,000.3 CU     199.7 CU
"""  # noqa: E501


def test_the_table_opens_with_totals_and_ends_with_the_difference() -> None:
    """One table per section between them, with a bar for the share."""
    assert report().stdout == TABLE


@each("output_format", ["table", "json", "csv", "tsv", "markdown"])
@each("columns", [None, 80])
@each("answer", [SMALL, usages()])
def test_lines_end_with_a_line_feed(output_format: str, columns: int | None, answer: Any) -> None:
    """No carriage returns, one line feed at the end, and no number in another notation."""
    text = report("-f", output_format, columns=columns, answer=answer).stdout

    assert ("\r" in text, text.endswith("\n"), text.endswith("\n\n")) == (False, True, False)
    assert re.findall(r"\d\.\d*0(?![\d%])(?! %)|\d[eE][+-]?\d|-0(?![.\d])", text) == []


@pytest.mark.parametrize("output_format", ["table", "json", "csv", "tsv", "markdown"])
@pytest.mark.parametrize("columns", [None, 80])
def test_the_reference_pages_example_is_reported(output_format: str, columns: int | None) -> None:
    """Its points have no time that could be read, so all are left out, with warnings."""
    result = run("report", "--from", str(EXAMPLE), "-f", output_format, columns=columns)

    assert (result.code, result.stdout != "") == (0, True)
    assert "warning: 4 points" in result.stderr
    assert "modelUsages[0].points[0]" in result.stderr


def test_the_reference_pages_example_keeps_its_rows() -> None:
    """Every row is there with zeros, and the section that the example lacks is told."""
    document = run("report", "--from", str(EXAMPLE), "--json").json

    assert {key: len(document[key]) for key in HEADERS} == dict.fromkeys(HEADERS, 1) | {
        "quality_gates": 0
    }
    assert document["totals"] == dict.fromkeys(document["totals"], 0)
    assert ["quality_gates" in line for line in document["warnings"]] == [True, False]


def test_an_unknown_format_is_refused() -> None:
    """With the ones there are."""
    result = run("report", "--demo", "-f", "yaml")

    assert (result.code, result.stdout) == (2, "")
    assert "table, json, csv, tsv, markdown" in result.stderr


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", object()])
def test_json_leaves_nothing_out_in_silence(value: object) -> None:
    """What JSON has no word for is a defect, and not an empty list."""
    with pytest.raises(TypeError, match=type(value).__name__):
        encode({"value": [value]})

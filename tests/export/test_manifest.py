"""The manifest: what is written is read, and what is not ours is refused."""

import json
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.export.entries import Entry
from scenario_usage_cli.export.manifest import Manifest, Scope
from scenario_usage_cli.export.manifest_text import dump_manifest, load_manifest
from tests.export.support import seal_manifest

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
SETTLE = timedelta(days=3)
ENTRY = Entry(datetime(2026, 11, 5, 6, tzinfo=UTC), 12, "ab" * 32, "512-1795602963")
MANIFEST = Manifest(
    "parquet",
    True,
    Scope("team_1", ("Hero", 'A "b"'), ("user_1",)),
    {"models": {date(2026, 11, 1): ENTRY, date(2026, 11, 2): ENTRY}},
    {"models/date=2026-11-03/part.parquet": ("cd" * 32,)},
)

times = st.none() | st.integers(0, 10**9).map(lambda ms: NOW + timedelta(milliseconds=ms))
entries = st.builds(Entry, times, st.integers(0, 10**9), st.text(max_size=70), st.text(max_size=40))
manifests = st.builds(
    Manifest,
    st.sampled_from(["csv", "parquet"]),
    st.booleans(),
    st.builds(Scope, st.none() | st.text(), st.lists(st.text()).map(tuple), st.just(())),
    st.dictionaries(
        st.sampled_from(["models", "actions", "of a newer version"]),
        st.dictionaries(st.dates(), entries, max_size=4),
    ),
    st.dictionaries(st.text(), st.lists(st.text()).map(tuple), max_size=3),
)


@given(manifests)
def test_what_is_written_is_read(manifest: Manifest) -> None:
    """Whatever is in it, tables of newer versions included."""
    body = dump_manifest(manifest, SETTLE)

    assert load_manifest(body, source="_manifest.json") == with_states(manifest)


def with_states(manifest: Manifest) -> Manifest:
    """The same where each day knows whether it was written as a final one."""
    days = {
        table: {
            day: entry._replace(was_final=entry.is_final(day, SETTLE))
            for day, entry in entries.items()
        }
        for table, entries in manifest.days.items()
    }
    return replace(manifest, days=days)


def test_the_text_is_a_line_a_day() -> None:
    """With what others may rely on: state, time, rows and checksum."""
    lines = dump_manifest(MANIFEST, SETTLE).decode().splitlines()
    document = json.loads("\n".join(lines))

    assert list(document) == [
        *("schema_version", "format", "by_project", "scope", "since", "pending", "datasets"),
        "crc32",
    ]
    assert document["schema_version"] == 1
    assert document["datasets"]["models"]["2026-11-01"] == {
        "state": "final",
        "fetched_at": "2026-11-05T06:00:00.000Z",
        "rows": 12,
        "sha256": "ab" * 32,
        "stamp": "512-1795602963",
    }
    assert document["datasets"]["models"]["2026-11-02"]["state"] == "provisional"
    assert sum(line.startswith('"2026-') for line in lines) == 2


@given(st.integers(0, len(dump_manifest(MANIFEST, SETTLE)) - 2))
def test_a_manifest_that_is_cut_short_is_damaged(length: int) -> None:
    """At any length: it is rebuilt, never half believed."""
    body = dump_manifest(MANIFEST, SETTLE)

    assert load_manifest(body[:length], source="_manifest.json") is None


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("format", "xlsx"),
        ("datasets", []),
        ("datasets", {"models": {"yesterday": {}}}),
        ("datasets", {"models": {"2026-11-01": {"rows": 1}}}),
        ("scope", None),
        ("pending", 7),
    ],
)
def test_a_manifest_of_the_wrong_shape_is_damaged(change: str, value: object) -> None:
    """Ours, but spoiled."""
    document = json.loads(dump_manifest(MANIFEST, SETTLE)) | {change: value}

    assert load_manifest(seal_manifest(document), source="_manifest.json") is None


def test_the_last_line_is_the_checksum_of_all_before_it() -> None:
    """As crc32 and gzip have it."""
    *lines, last = dump_manifest(MANIFEST, SETTLE).splitlines(keepends=True)

    assert last == b'"crc32":"%08x"}\n' % zlib.crc32(b"".join(lines))


def test_every_flipped_bit_is_damage() -> None:
    """In the checksum, its name, the number of the schema and the braces as well."""
    body = dump_manifest(MANIFEST, SETTLE)
    places = [
        place
        for place in range(8 * len(body))
        if load_manifest(flip(body, place), source="_manifest.json") is not None
    ]

    assert places == []


def flip(body: bytes, place: int) -> bytes:
    """The text with a bit in another state."""
    flipped = bytearray(body)
    flipped[place // 8] ^= 1 << place % 8
    return bytes(flipped)


def test_a_manifest_of_an_older_version_has_no_checksum() -> None:
    """It is read as it was; with any key that such a version did not write, it is damaged."""
    document = json.loads(dump_manifest(MANIFEST, SETTLE))
    del document["crc32"]

    manifest = load_manifest(json.dumps(document).encode(), source="_manifest.json")
    assert manifest == with_states(MANIFEST)
    document["crc33"] = "00000000"
    assert load_manifest(json.dumps(document).encode(), source="_manifest.json") is None


@pytest.mark.parametrize(
    ("day", "change"),
    [
        ("2026-11-01", {"fetched_at": "2026-11-01T06:00:00.000Z"}),
        ("2026-11-01", {"fetched_at": None}),
        ("2026-11-02", {"state": "finam"}),
        ("2026-11-02", {"fetched_at": "2026-11-25T06:00:00.000Z"}),
    ],
)
def test_without_a_checksum_states_must_be_what_the_times_make_of_them(
    day: str, change: dict[str, str | None]
) -> None:
    """Whatever --settle was then: no provisional day was fetched later after it than a final one,
    and no final one before its end.
    """
    document = json.loads(dump_manifest(MANIFEST, SETTLE))
    del document["crc32"]
    document["datasets"]["models"][day] |= change

    assert load_manifest(json.dumps(document).encode(), source="_manifest.json") is None


def test_a_newer_manifest_is_refused_although_it_is_damaged() -> None:
    """What a newer version wrote is not for this one to make anew."""
    document = json.loads(dump_manifest(MANIFEST, SETTLE)) | {"schema_version": 3}
    body = seal_manifest(document)

    for damaged in (body, flip(body, 8 * 50)):
        with pytest.raises(ConfigurationError, match="schema 3"):
            load_manifest(damaged, source="_manifest.json")


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"schema_version": "1"}', b"7", b"null"])
def test_a_file_that_never_was_a_manifest_is_refused(body: bytes) -> None:
    """It is somebody else's, and would be lost."""
    with pytest.raises(ConfigurationError, match=r"_manifest\.json is not a manifest of this tool"):
        load_manifest(body, source="_manifest.json")


def test_a_newer_manifest_is_refused() -> None:
    """With what to do about it."""
    with pytest.raises(ConfigurationError, match="schema 3") as refused:
        load_manifest(b'{"schema_version": 3}', source="_manifest.json")

    assert "upgrade" in refused.value.hint

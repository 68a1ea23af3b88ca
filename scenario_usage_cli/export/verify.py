"""Whether a dataset is what its manifest says: checksums, columns, rows and gaps."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.export.layout import MANIFEST, TABLES, format_path
from scenario_usage_cli.export.manifest import Entry, Manifest, hash_bytes, load_manifest
from scenario_usage_cli.export.partitions import read_content
from scenario_usage_cli.export.plan import list_days
from scenario_usage_cli.export.store import Store
from scenario_usage_cli.report.daily import list_columns


@dataclass
class Findings:
    """What was looked at, and what is wrong with it, a line each."""

    partitions: int = 0
    rows: int = 0
    problems: list[str] = field(default_factory=list)


def verify_dataset(store: Store) -> Findings:
    """Look at everything, reading every file. Raises ConfigurationError without a manifest."""
    body = store.read(MANIFEST)
    if body is None:
        raise ConfigurationError(
            f"there is no dataset in {store}: {MANIFEST} is missing",
            hint="scenario-usage export makes one, also from partitions that are there",
        )
    manifest = load_manifest(body, source=f"{store}/{MANIFEST}")
    if manifest is None:
        return Findings(problems=[f"{MANIFEST} is damaged; the next export makes it anew"])
    findings = Findings()
    known = set()
    for table in TABLES:
        days = manifest.days.get(table, {})
        for day, entry in sorted(days.items()):
            path = format_path(table, day, manifest.file_format)
            known.add(path)
            findings.partitions += 1
            findings.rows += entry.rows
            findings.problems += _check(store, manifest, table, path, entry)
        findings.problems += [f"{table}: {gap} is missing" for gap in _find_gaps(days)]
    unknown = [path for path in store.list_partitions() if path not in known]
    findings.problems += [f"{path} is not in the manifest" for path in unknown]
    if manifest.pending:
        findings.problems.append("the last export did not end; the next one goes on with it")
    return findings


def _check(store: Store, manifest: Manifest, table: str, path: str, entry: Entry) -> Iterator[str]:
    """What is wrong with a partition; the columns of an older version are fine."""
    body = store.read(path)
    if body is None:
        yield f"{path} is missing"
        return
    if hash_bytes(body) != entry.sha256:
        yield f"{path} was changed: its checksum is not that of the manifest"
    try:
        content = read_content(manifest.file_format, body)
    except ValueError as error:
        yield f"{path} cannot be read: {error}"
        return
    columns = tuple(list_columns(table, by_project=manifest.by_project))
    if not content.columns or content.columns != columns[: len(content.columns)]:
        yield f"{path} has other columns: {', '.join(content.columns)}"
    if content.rows != entry.rows:
        yield f"{path} has {content.rows} rows, and not {entry.rows}"


def _find_gaps(days: dict[date, Entry]) -> list[date]:
    if not days:
        return []
    return [day for day in list_days(min(days), max(days)) if day not in days]

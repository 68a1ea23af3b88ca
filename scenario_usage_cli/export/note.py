"""Writing the manifest into its store."""

from datetime import timedelta

from scenario_usage_cli.export.layout import MANIFEST
from scenario_usage_cli.export.manifest import Manifest, dump_manifest
from scenario_usage_cli.export.store import Store


def write_manifest(store: Store, manifest: Manifest, settle: timedelta) -> None:
    """Write the manifest as it is by now; at `settle`, a day is final."""
    store.write(MANIFEST, dump_manifest(manifest, settle))

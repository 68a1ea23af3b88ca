"""Writing the manifest into its store."""

from datetime import timedelta

from scenario_usage_cli.export.focus import build_recency
from scenario_usage_cli.export.layout import MANIFEST, RECENCY
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.manifest_text import dump_manifest
from scenario_usage_cli.export.store import Store


def write_manifest(store: Store, manifest: Manifest, settle: timedelta) -> None:
    """Write the manifest as it is by now; at `settle`, a day is final."""
    if manifest.focus:  # first, so that a run that ends between the two does both again
        store.write(RECENCY, build_recency(manifest, settle))
    store.write(MANIFEST, dump_manifest(manifest, settle))

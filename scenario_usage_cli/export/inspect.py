"""A look at a dataset that reads the files whose stamps do not tell what has become of them."""

from collections.abc import Sequence
from functools import cache, partial

from scenario_usage_cli.export.checksum import hash_bytes
from scenario_usage_cli.export.disorder import find_disorder
from scenario_usage_cli.export.entries import Entry
from scenario_usage_cli.export.layout import MANIFEST
from scenario_usage_cli.export.look import Look, finish_look, list_wanted
from scenario_usage_cli.export.manifest import Manifest, Scope
from scenario_usage_cli.export.rebuild import rebuild_manifest
from scenario_usage_cli.export.request import ExportRequest
from scenario_usage_cli.export.states import Finds, Found, State, read_stamps
from scenario_usage_cli.export.store import Store, Unreadable


def inspect_dataset(request: ExportRequest) -> Look:
    """What is there, and the plan to have all that is wanted.

    A manifest that was lost is built again from the partitions that are there. Raises BadArgument
    if the request contradicts what is there, and the store's errors.
    """
    while True:
        body = request.store.read(MANIFEST)
        look = _inspect_with(request, body)
        # A file that another run has written in the meantime was not edited.
        if not look.plan.edited or request.store.read(MANIFEST) == body:
            return look


def _inspect_with(request: ExportRequest, body: bytes | None) -> Look:
    manifest = request.load_manifest(body)
    if manifest is None:
        manifest = rebuild_manifest(request.store, request.scope or Scope(), request.file_format)
        manifest.by_project |= request.by_project and not manifest.rebuilt_from
        manifest.by_month |= bool(request.by_month) and not manifest.rebuilt_from
        if manifest.by_project and request.cost_centres:
            manifest.cost_centres = request.centres_definition
        # Aliases of a lost manifest are fetched again, but never as names.
        manifest.pseudonyms = request.secret_fingerprint or manifest.pseudonyms
        if not manifest.rebuilt_from:
            manifest.focus = request.find_focus()
        if request.money and (manifest.focus or not manifest.rebuilt_from):
            manifest.prices = []
        manifest.was_damaged = body is not None
    partitions = list_wanted(request, manifest)
    found = read_stamps(request.store, manifest, partitions)
    contents = read_contents(request.store, manifest, found, read_all=request.repair)
    look = finish_look(request, manifest, contents)
    must_mend = request.repair and bool(find_disorder(request.store, manifest))
    return look._replace(must_mend=must_mend)


def read_contents(store: Store, manifest: Manifest, found: Finds, *, read_all: bool) -> Finds:
    """The same finds, where each unclear one is clear because its file was read.

    With `read_all`, every file that is there is read. Raises the store's errors.
    """
    clear = dict(found)
    read = cache(partial(_read_checksum, store))
    for (table, day), one in found.items():
        if one.state is State.UNCLEAR or (read_all and one.state is State.INTACT):
            path = manifest.locate(table, day)
            checksum, reason = read(path)
            if reason is not None:
                clear[table, day] = Found(State.UNREADABLE, reason=reason)
                continue
            known, pending = manifest.find(table, day), manifest.pending.get(path, ())
            clear[table, day] = one._replace(state=_judge(checksum, known, pending, store))
    return clear


def _read_checksum(store: Store, path: str) -> tuple[str, str | None]:
    """The checksum of a file, and why it cannot be read."""
    try:
        return hash_bytes(store.read(path) or b""), None
    except Unreadable as error:
        return "", error.reason


def _judge(checksum: str, known: Entry | None, pending: Sequence[str], store: Store) -> State:
    if known and known.sha256 == checksum:
        return State.INTACT
    is_ours = checksum in pending or (pending and not store.writes_whole)
    return State.PENDING if is_ours else State.EDITED

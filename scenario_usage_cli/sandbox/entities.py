"""The names behind ids: `entities`, for exactly the ids that an answer's sections mention."""

from collections.abc import Iterable, Sequence
from typing import Any

from scenario_usage_cli.sandbox.catalogue import IDLE_MODEL, MODELS, OPERATIONS, Model
from scenario_usage_cli.sandbox.day import Event
from scenario_usage_cli.sandbox.studio import COLLECTIONS, KEYS, PEOPLE, Person, make_id

Json = dict[str, Any]

_CAST = {person.id: person for person in (*PEOPLE, *KEYS)}
_CATALOGUE = {model.id: model for model in (*MODELS, IDLE_MODEL)}
_OPERATIONS = {(row.action, row.kind): row for row in OPERATIONS}
_ORIGINS = {  # kind -> where a model's asset of that kind comes from, in the API's words
    "image": "txt2img",
    "video": "txt2video",
    "audio": "txt2audio",
    "3d": "img23d",
    "text": "txt2txt",
}


def build_entities(users: Iterable[str], models: Iterable[str], page: Sequence[Event]) -> Json:
    """Entries for *users*, *models*, and all that the activity *page* mentions, each by id."""
    seen_users = {*users, *(event.user for event in page)}
    seen_models = {*models, *(event.model for event in page if event.model)}
    collections = {event.collection for event in page if event.collection}
    assets = {event.asset: event for event in page if event.asset}
    jobs = {event.job: event for event in page if event.job}
    return {
        "users": [_build_user(_CAST[user]) for user in sorted(seen_users) if _CAST[user].known],
        "models": [
            _build_model(_CATALOGUE[model])
            for model in sorted(seen_models)
            if _CATALOGUE[model].known
        ],
        "assets": [_build_asset(assets[serial]) for serial in sorted(assets)],
        "collections": [{"id": id_, "name": COLLECTIONS[id_]} for id_ in sorted(collections)],
        "jobs": [_build_job(jobs[serial]) for serial in sorted(jobs)],
    }


def make_asset_id(serial: int) -> str:
    """The id of the (first) asset an event made or touched."""
    return make_id("asset", str(serial))


def make_job_id(serial: int) -> str:
    """The id of the job an event started, or refunds."""
    return make_id("job", str(serial))


def _build_user(person: Person) -> Json:
    if person.is_key:
        return {
            "id": person.id,
            "isApiKey": True,
            "apiKeyId": make_id("api", person.name),
            "apiKeyStatus": person.status,
        }
    user = {"id": person.id, "isApiKey": False}
    return user | {"fullName": person.name, "email": person.email} if person.email else user


def _build_model(model: Model) -> Json:
    entry = {"id": model.id, "name": model.name}
    described = model.weight > 3  # the little used ones are not
    return entry | {"shortDescription": f"{model.kind} model"} if described else entry


def _build_asset(event: Event) -> Json:
    kind = event.kind or ""
    operation = _OPERATIONS.get((event.action, kind))
    origin = operation.origin if operation else _ORIGINS[kind]
    return {
        "id": make_asset_id(event.asset or 0),
        "kind": kind,
        "metadata": {"type": origin},
        "properties": {"size": 4096 + (event.asset or 0) % 1_000_003},
        "source": origin,
    }


def _build_job(event: Event) -> Json:
    operation = _OPERATIONS.get((event.action, event.kind))
    generation = "flux" if event.kind == "image" else "custom"
    return {
        "id": make_job_id(event.job or 0),
        "jobType": operation.job_type if operation else generation,
        "metadata": {"assetIds": [make_asset_id(event.asset)] if event.asset else []},
        "status": "success",
    }

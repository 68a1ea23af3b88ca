"""The names of projects, users, teams and models that are known without asking the network."""

from collections import Counter
from collections.abc import Iterable, Mapping

from scenario_usage_cli.cli.completion.place import Candidate, Place
from scenario_usage_cli.patterns import fold

Names = Mapping[str, Mapping[str, str]]
"""By `projects`, `users`, `teams` and `models`: names by id; a name may be empty."""


def list_names(kind: str, place: Place, current: str) -> Iterable[Candidate]:
    """Names; ids where a name would not be taken for this one, and where an id is begun."""
    names = _read_names(place).get(kind, {})
    uses = Counter(map(fold, names.values()))
    for id, name in names.items():
        is_own = uses[fold(name)] == 1 and not _looks_special(name, kind, id)
        if is_own:
            yield Candidate(name)
        if not is_own or (current and id.startswith(current)):
            yield Candidate(id, name)


def _looks_special(name: str, kind: str, id: str) -> bool:
    """Whether a name would be taken for an id or, of a model, for a wildcard."""
    prefix = id[: id.find("_") + 1]
    return (
        not name or (prefix != "" and name.startswith(prefix)) or ("*" in name and kind == "models")
    )


def _read_names(place: Place) -> Names:
    if "demo" in place.given:
        return _read_studio()
    return _read_kept(place)


def _read_kept(place: Place) -> Names:
    """Those that were kept for the account of the profile, the environment and the options."""
    from scenario_usage_cli.cli.config.file import load_config
    from scenario_usage_cli.cli.name_cache import find_cache

    environ = place.runtime.environ
    config = load_config(environ, profile=place.find("profile"), note_secrets=lambda secrets: None)
    cache = find_cache(
        environ,
        config,
        base_url=place.find("base_url"),
        team=place.find("team") or config.get("team"),
    )
    if cache is None:
        return {}
    kept = cache.read_all()
    return {**kept._asdict(), "users": {**kept.people, **kept.keys}}


def _read_studio() -> Names:
    """Those that the studio, which --demo asks, lists or has in its answers."""
    from scenario_usage_cli.sandbox import catalogue, members, studio

    return {
        "projects": {one.id: one.name for one in studio.PROJECTS},
        "users": {one.id: one.name for one in (*members.MEMBERS, *members.LISTED_KEYS)},
        "teams": {studio.TEAM_ID: studio.TEAM_NAME},
        "models": {one.id: one.name if one.known else "" for one in catalogue.MODELS},
    }

"""What `config path` and `config show` do: where the settings are, and which ones count."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from scenario_usage_cli.cli.config.file import find_config_path, read_config
from scenario_usage_cli.cli.options.config import ConfigOutputOptions
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.credentials import find_credentials
from scenario_usage_cli.environment import (
    ENV_BASE_URL,
    ENV_CONFIG,
    ENV_FORMAT,
    ENV_NO_CACHE,
    ENV_PROFILE,
    ENV_TZ,
)
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.redaction import MASK
from scenario_usage_cli.render import load_renderer
from scenario_usage_cli.report.config import SETTINGS, build_config_view
from scenario_usage_cli.report.fields import Row, Table
from scenario_usage_cli.settings import (
    COST_CENTRES,
    ENV_CREDENTIALS,
    PSEUDONYM_SECRET,
    SECRETS,
    Config,
    Setting,
    find_base_url,
    load_settings,
)

_VARIABLES = dict(zip(SECRETS, ENV_CREDENTIALS, strict=True))
_FETCHED = ("secret_command", "keyring")
"""The keys of a profile that stand for its api_secret."""
_DEFAULT_FORMAT = "table"


def run_config_path(runtime: Runtime) -> None:
    """Print the path of the config file."""
    path = find_config_path(runtime.environ)
    write_output(None, runtime, lambda out: print(path, file=out))


def run_config_show(options: ConfigOutputOptions, runtime: Runtime) -> None:
    """Print every setting, and where it comes from; raises ConfigurationError for a bad file."""
    config = read_config(runtime)
    faults = [
        *find_fault(lambda: find_credentials(runtime.environ, config)),
        *find_fault(lambda: find_base_url(runtime.environ, config)),
    ]
    for fault in faults:
        runtime.warn(fault)
    rows = [
        *_list_places(config, runtime),
        *_list_credentials(config, runtime),
        *_list_values(config, runtime),
    ]
    write_table("config-show", SETTINGS, config.path, rows, runtime, options, warnings=faults)


def find_fault(use: Callable[[], object]) -> list[str]:
    """What is wrong with something that is used, if anything is."""
    try:
        use()
    except ConfigurationError as error:
        return [error.message]
    return []


def write_table(
    report: str,
    table: Table,
    path: Path,
    rows: Sequence[Row],
    runtime: Runtime,
    options: ConfigOutputOptions,
    *,
    warnings: Sequence[str],
) -> None:
    """Write what is known of the config file; secrets are masked wherever they are repeated."""
    mask = runtime.redactor.text
    masked = [
        {key: mask(value) if isinstance(value, str) else value for key, value in row.items()}
        for row in rows
    ]
    view = build_config_view(
        report, table, str(path), masked, list(map(mask, warnings)), runtime.now()
    )
    render = load_renderer("json" if options.as_json else "table")
    medium = runtime.build_medium(to_stdout=True, top=0)
    write_output(None, runtime, lambda out: render(view, out, medium))


def _list_places(config: Config, runtime: Runtime) -> Iterator[Row]:
    """Where the settings are read from."""
    is_moved = bool(runtime.environ.get(ENV_CONFIG))
    place = ("environment", ENV_CONFIG) if is_moved else ("default", None)
    yield _build_row("config_file", str(config.path), *place)
    if config.profile is None:
        yield _build_row("profile", None, "none")
    elif runtime.profile:
        yield _build_row("profile", config.profile.name, "option", "--profile")
    elif runtime.environ.get(ENV_PROFILE):
        yield _build_row("profile", config.profile.name, "environment", ENV_PROFILE)
    else:
        yield _build_row("profile", config.profile.name, "file", "default_profile")


def _list_credentials(config: Config, runtime: Runtime) -> Iterator[Row]:
    """A row for each part of the credentials that count, and one if there are none."""
    given = [(key, name) for key, name in _VARIABLES.items() if runtime.environ.get(name)]
    for key, variable in given:
        yield _build_row(key, MASK, "environment", variable)
    if given:
        return
    keys = config.profile.credentials if config.profile else ()
    for key in keys:
        setting = "api_secret" if key in _FETCHED else key
        yield _build_row(setting, MASK, "profile", _name_key(config, key))
    if not keys:
        yield _build_row("credentials", None, "none")


def _list_values(config: Config, runtime: Runtime) -> Iterator[Row]:
    """A row for each of the other settings."""
    settings = load_settings(runtime.environ, config)

    def tell(key: str, found: Setting, variable: str) -> Row:
        if found.source == variable:
            return _build_row(key, found.value, "environment", variable)
        if found.source == config.locate(key):
            return _build_row(key, found.value, "profile", _name_key(config, key))
        return _build_row(key, found.value, "default")

    try:
        yield tell("base_url", find_base_url(runtime.environ, config), ENV_BASE_URL)
    except ConfigurationError:  # which is among the warnings
        yield _build_row("base_url", None, "none")
    for key, value in (("team", settings.team), ("projects", ", ".join(settings.projects))):
        place = ("profile", _name_key(config, key)) if value else ("none", None)
        yield _build_row(key, value or None, *place)
    yield tell("tz", settings.tz, ENV_TZ)
    default = Setting(_DEFAULT_FORMAT, "default")
    yield tell("format", settings.format or default, ENV_FORMAT)
    price = config.profile.cu_price if config.profile else None
    for key, value in (("cu_price", price), ("currency", config.get("currency"))):
        if value is not None:
            yield _build_row(key, _describe_price(value), "profile", _name_key(config, key))
    is_off = bool(runtime.environ.get(ENV_NO_CACHE))
    cache = ("off", "environment", ENV_NO_CACHE) if is_off else ("on", "default", None)
    yield _build_row("cache", *cache)
    centres = config.cost_centres
    names = ", ".join(centres) if isinstance(centres, dict) else None
    place = ("file", COST_CENTRES) if names else ("none", None)
    yield _build_row("cost_centres", names or None, *place)
    if config.pseudonym_secret is not None:
        yield _build_row(PSEUDONYM_SECRET, MASK, "file", PSEUDONYM_SECRET)


def _name_key(config: Config, key: str) -> str:
    """A key of the chosen profile, as TOML and messages about the file have it."""
    return f"profiles.{config.profile.name}.{key}" if config.profile else key


def _describe_price(price: Any) -> str:
    """A text as it stands in the file; of a list, each price with its first day."""
    if not isinstance(price, list):
        return str(price)
    pairs = (one if isinstance(one, dict) else {} for one in price)
    return ", ".join(f"{one.get('price')} from {one.get('from')}" for one in pairs)


def _build_row(setting: str, value: str | None, source: str, name: str | None = None) -> Row:
    return {"setting": setting, "value": value, "source": source, "name": name}

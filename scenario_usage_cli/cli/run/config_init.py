"""What `config init` does: ask for credentials, try them, and write a profile with them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from scenario_usage_cli.api.wire import Project, Team
from scenario_usage_cli.cli.config.edit import check_writable, edit_config
from scenario_usage_cli.cli.config.file import find_config_path, read_document
from scenario_usage_cli.cli.config.keyring import check_keyring, store_secret
from scenario_usage_cli.cli.config.questions import Answers, open_answers
from scenario_usage_cli.cli.connect import connect
from scenario_usage_cli.cli.options import ConnectionOptions
from scenario_usage_cli.cli.options.config import ConfigInitOptions
from scenario_usage_cli.cli.run.doctor import ask_one_hour
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.collect.known import read_name
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.credentials import Credentials, check_api_key, check_credential
from scenario_usage_cli.environment import ENV_PROFILE
from scenario_usage_cli.errors import AccessDenied, ApiError, BadArgument, ConfigurationError, quote
from scenario_usage_cli.report.words import count
from scenario_usage_cli.settings import (
    CREDENTIALS,
    ENV_CREDENTIALS,
    Config,
    build_profile,
    check_document,
    find_base_url,
)

_USUAL_NAME = "studio"
_ANSWER = "what was entered"
_INTRODUCTION = "An Analytics API key is best: in Scenario, open Analytics, Analytics API Key."
_RETRIES = 1
"""Somebody waits for it."""


def run_config_init(options: ConfigInitOptions, runtime: Runtime) -> None:
    """Write a profile, whole or not at all.

    Raises BadArgument or ConfigurationError where that cannot be done, AccessDenied for credentials
    that the API refuses, and ApiError where it cannot be asked and nobody says to go on.
    """
    if options.stray:
        raise BadArgument(
            "config init takes no secret and no name as an argument",
            hint="it asks for secrets, or reads them with --stdin; --profile names the profile",
        )
    if options.token and options.keyring:
        raise BadArgument(
            "--token and --keyring contradict each other",
            hint="the keyring keeps the secret of an API key",
        )
    if options.keyring:
        check_keyring()
    path = find_config_path(runtime.environ)
    check_writable(path)
    profiles, default, _ = check_document(read_document(path) or {}, path)
    if options.base_url:
        find_base_url({}, Config(path, found=True), option=options.base_url)
    answers = open_answers(runtime, secrets=1 if options.token else 2, from_stdin=options.stdin)
    name = _ask_name(answers, runtime)
    config = Config(path, found=True, profile=build_profile(name, profiles.get(name, {}), path))
    if not options.force and not _may_replace(config, answers, options):
        runtime.say("nothing was changed")
        return
    if not options.stdin:
        runtime.say(_INTRODUCTION)
    credentials = _ask_credentials(answers, options, runtime)
    if not options.no_check:
        _check(credentials, config, answers, options, runtime)
    if options.keyring:
        store_secret(credentials.api_key or "", credentials.api_secret or "")
    values = _list_values(credentials, config, options)
    change = partial(_change, name=name, values=values, is_default=default not in profiles)
    edit_config(path, change, runtime, has_secrets=True)
    _tell(config, runtime, is_default=default in (None, name) or default not in profiles)


def _ask_name(answers: Answers, runtime: Runtime) -> str:
    """The name of the profile: that of --profile, without a question, or of the answer."""

    def check(name: str) -> None:
        if not name.isprintable():
            raise ConfigurationError(
                f"the name {name!r} has characters that are not seen", hint="choose another name"
            )

    if runtime.profile:
        check(runtime.profile)
        return runtime.profile
    usual = runtime.environ.get(ENV_PROFILE) or _USUAL_NAME
    return answers.ask("Name of the profile", usual, check)


def _may_replace(config: Config, answers: Answers, options: ConfigInitOptions) -> bool:
    """Whether credentials that are there may be replaced; raises ConfigurationError unasked."""
    if not config.profile or not config.profile.credentials:
        return True
    if options.stdin:
        raise ConfigurationError(
            f"{config} has credentials", hint="--force replaces them; --profile names another one"
        )
    return answers.confirm(f"{config} has credentials. Replace them?")


def _ask_credentials(answers: Answers, options: ConfigInitOptions, runtime: Runtime) -> Credentials:
    """What is entered; it is masked from now on."""

    def ask(question: str, name: str, check: Callable[[str, str, str], None]) -> str:
        return answers.ask_secret(question, partial(check, _ANSWER, name))

    if options.token:
        found = Credentials(_ANSWER, token=ask("Token", "token", check_credential))
    else:
        api_key = ask("API key", "key", check_api_key)
        found = Credentials(_ANSWER, api_key, ask("Its secret", "secret", check_credential))
    runtime.redactor.add(found.secrets)
    return found


def _check(
    credentials: Credentials,
    config: Config,
    answers: Answers,
    options: ConfigInitOptions,
    runtime: Runtime,
) -> None:
    """Try the credentials, and tell what they see."""
    connection = ConnectionOptions(base_url=options.base_url, retries=_RETRIES)
    base_url = find_base_url(runtime.environ, config, option=options.base_url)
    runtime.say(f"asking {base_url.value} ...")
    with connect(runtime, config, connection, credentials=credentials) as client:
        try:
            ask_one_hour(client, Filters(), runtime)
        except AccessDenied as error:
            error.hint = f"nothing was written; {error.hint}"
            raise
        except ApiError as error:
            told = f"The credentials cannot be tried: {error.message}. Write them anyway?"
            if answers.confirm(told):
                return
            error.hint = f"nothing was written; --no-check writes without a check; {error.hint}"
            raise
        seen = [
            *_describe_seen("team", client.teams),
            *_describe_seen("project", client.projects),
        ]
    runtime.say("✓ the credentials are accepted" + (f": {', '.join(seen)}" if seen else ""))


def _describe_seen(noun: str, look: Callable[[], Sequence[Project | Team]]) -> list[str]:
    """How many of them the credentials see, if they may list them; one is named."""
    try:
        found = look()
    except ApiError:
        return []
    name = f" ({read_name(found[0])})" if len(found) == 1 else ""
    return [count(len(found), noun) + name]


def _list_values(
    credentials: Credentials, config: Config, options: ConfigInitOptions
) -> Mapping[str, str | bool]:
    """The keys that the profile gets."""
    found: dict[str, str | bool | None] = {
        "api_key": credentials.api_key,
        "api_secret": None if options.keyring else credentials.api_secret,
        "keyring": options.keyring,
        "token": credentials.token,
    }
    if options.base_url:
        found["base_url"] = find_base_url({}, config, option=options.base_url).value
    return {key: value for key, value in found.items() if value}


def _change(
    document: Any, *, name: str, values: Mapping[str, str | bool], is_default: bool
) -> None:
    """Give a profile its credentials, and leave it all other keys."""
    if is_default:
        document["default_profile"] = name
    document.setdefault("profiles", {})
    document["profiles"].setdefault(name, {})
    profile = document["profiles"][name]
    for key in CREDENTIALS:
        if key in profile and key not in values:
            del profile[key]
    for key, value in values.items():
        profile[key] = value


def _tell(config: Config, runtime: Runtime, *, is_default: bool) -> None:
    """Say what was written, and what counts before it."""
    name = config.profile.name if config.profile else ""
    usage = "it is the default" if is_default else f"--profile {quote(name)} uses it"
    runtime.say(f"profile {name!r} is in {config.path}; {usage}")
    variables = [variable for variable in ENV_CREDENTIALS if runtime.environ.get(variable)]
    if variables:
        runtime.warn(f"the environment counts before the profile: it has {', '.join(variables)}")

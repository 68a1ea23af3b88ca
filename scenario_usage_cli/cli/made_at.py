"""When an output says that it was made: the same data can make the same file again and again."""

from datetime import UTC, datetime

from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.environment import ENV_SOURCE_DATE
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.render import FORMATS


def find_made_at(now: datetime, output_format: str, runtime: Runtime) -> datetime:
    """Now; in pages and workbooks the time of SOURCE_DATE_EPOCH, where that is set.

    Raises ConfigurationError for what is not a time. See
    https://reproducible-builds.org/docs/source-date-epoch/.
    """
    said = runtime.environ.get(ENV_SOURCE_DATE)
    if not said or not FORMATS[output_format].tells_story:
        return now
    try:
        return datetime.fromtimestamp(int(said), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ConfigurationError(
            f"{ENV_SOURCE_DATE} is {said!r}, which is not a time",
            hint="give it the seconds since 1970, such as 1767225600, or unset it",
        ) from error

"""The config file and the settings of a command."""

from scenario_usage_cli.cli.choices import read_format
from scenario_usage_cli.cli.options import PeriodOptions, StreamOptions
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.settings import Config, Settings, load_config, load_settings


def read_config(runtime: Runtime) -> Config:
    """The config file, its secrets known to the redactor and its warnings told."""
    config = load_config(
        runtime.environ, profile=runtime.profile, note_secrets=runtime.redactor.add
    )
    for warning in config.warnings:
        runtime.warn(warning)
    return config


def read_settings(runtime: Runtime, period: PeriodOptions, output: StreamOptions) -> Settings:
    """The settings of a data command, from its options, the environment and the config file."""
    return load_settings(
        runtime.environ,
        read_config(runtime),
        tz=period.tz,
        output_format=read_format(output),
    )

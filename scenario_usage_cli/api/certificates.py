"""Whose certificates are trusted."""

import os
import ssl
from pathlib import Path

import certifi

from scenario_usage_cli.errors import ConfigurationError

VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that may name a file or folders of authorities; the first one that is set counts."""


def build_ssl_context() -> ssl.SSLContext:
    """Trust the authorities that the first variable names, if one is set, and no others.

    Without any, trust those of this system and those of certifi: a container may have no store of
    its own, or an old one. Raises ConfigurationError, naming the variable, for a file or folder
    that has no certificates.
    """
    variable = next((name for name in VARIABLES if os.environ.get(name)), None)
    if variable is None:
        context = ssl.create_default_context()
        context.load_verify_locations(cafile=certifi.where())
        return context
    named = os.environ[variable]
    try:
        if any(Path(folder).is_dir() for folder in named.split(os.pathsep)):
            return ssl.create_default_context(capath=named)
        return ssl.create_default_context(cafile=named)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(
            f"cannot read the certificates that {variable} names, {named}: "
            f"{error.strerror or error}",
            hint=f"name a file of certificates in PEM there, or unset {variable}",
        ) from error

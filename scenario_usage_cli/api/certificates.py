"""Whose certificates are believed."""

import os
import ssl
from pathlib import Path

from scenario_usage_cli.errors import ConfigurationError

VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""What may name a file of authorities, or folders of them; the first one that is set counts."""


def build_ssl_context() -> ssl.SSLContext:
    """Believe who the first variable that is set names, and nobody else; without any, who this
    system believes, and the authorities that come with certifi, as a container may have no store
    of its own, or an old one.

    Raises ConfigurationError, naming the variable, for what is no certificate.
    """
    variable = next((name for name in VARIABLES if os.environ.get(name)), None)
    if variable is None:
        # Imported where something is encrypted, as every other start would wait for it.
        import certifi

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

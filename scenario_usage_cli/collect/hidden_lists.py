"""What an account lists, with aliases in the place of people and API keys; see `hiding`."""

from typing import TYPE_CHECKING

from scenario_usage_cli.collect.listed import Listed, ListedKey, ListedPerson
from scenario_usage_cli.collect.listing import Listing
from scenario_usage_cli.collect.names import UserName
from scenario_usage_cli.collect.quota import KEY, USER, Capped, Quota

if TYPE_CHECKING:
    from scenario_usage_cli.collect.pseudonyms import Pseudonyms


def hide_listing(listing: Listing, pseudonyms: "Pseudonyms | None") -> Listing:
    """A list of aliases; the ids of API keys themselves become those of the aliases, too."""
    if not pseudonyms:
        return listing
    return listing._replace(
        rows=[_hide_listed(row, pseudonyms) for row in listing.rows],
        warnings=[*map(pseudonyms.text, listing.warnings)],
    )


def hide_quota(quota: Quota, pseudonyms: "Pseudonyms | None") -> Quota:
    """A quota whose caps are of aliases."""
    if not pseudonyms:
        return quota
    return quota._replace(
        caps=tuple(_hide_cap(cap, pseudonyms) for cap in quota.caps),
        warnings=[*map(pseudonyms.text, quota.warnings)],
    )


def _hide_listed(row: Listed, pseudonyms: "Pseudonyms") -> Listed:
    if isinstance(row, ListedPerson):
        pseudonyms.learn(row.id, UserName(row.name, row.email, is_api_key=False))
        alias = pseudonyms.alias(row.id)
        return row._replace(id=alias.id, name=alias.name, email=row.email and alias.name)
    if not isinstance(row, ListedKey):
        return row
    pseudonyms.learn(row.id, UserName(row.name, None, is_api_key=True), row.api_key_id)
    alias = pseudonyms.alias(row.id)
    return row._replace(
        id=alias.id,
        name=alias.name,
        api_key_id=row.api_key_id and alias.id,
        owner_id=row.owner_id and pseudonyms.text(row.owner_id),
    )


def _hide_cap(cap: Capped, pseudonyms: "Pseudonyms") -> Capped:
    if cap.kind not in (USER, KEY):
        return cap
    pseudonyms.learn(cap.id, UserName(cap.name, None, cap.kind == KEY))
    alias = pseudonyms.alias(cap.id)
    return cap._replace(id=alias.id, name=alias.name)

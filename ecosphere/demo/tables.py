"""Codes to the columns of the exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from ecosphere.demo.arrays import day_number
from ecosphere.demo.columns import dates, look_up, moments, text
from ecosphere.demo.details import CHANNELS, EVENT_TYPES, Rows
from ecosphere.demo.history import Changes, validities
from ecosphere.demo.homes import OTHER_KEYS, SLOTS, token_bits, tokens
from ecosphere.demo.notes import Note, Target
from ecosphere.demo.people import (
    ACQUISITION_CHANNELS,
    AGE_BANDS,
    CARD_KINDS,
    CITY_TIERS,
    REGIONS,
    SEGMENTS,
    TIERS,
)
from ecosphere.demo.world import World

_CUSTOMER_KEY, _DEVICE_KEY = OTHER_KEYS


@dataclass(frozen=True)
class Ids:
    """Texts by code: written rows only look them up."""

    customer: pl.Series  # by person
    scene_user: pl.Series  # by person * SLOTS + slot
    device: pl.Series  # by device code


def build_ids(world: World) -> Ids:
    """Short pseudonyms, no two alike within their kind (scene users: within a partner)."""
    count = len(world.people)
    bits = token_bits(count)
    return Ids(
        customer=tokens("C", np.arange(count), np.array([_CUSTOMER_KEY]), bits),
        scene_user=world.homes.texts(bits),
        device=tokens("d", np.arange(2 * count), np.array([_DEVICE_KEY]), bits),
    )


def events_table(world: World, ids: Ids, month: int, rows: Rows, first_id: int) -> pl.DataFrame:
    """One month of events, in order of time."""
    start = day_number(world.window.firsts[month]) * 86_400
    code = rows.person.astype(np.int64) * SLOTS + rows.slot
    user = np.where(rows.slot > 0, code, -1)
    return pl.DataFrame(
        {
            "customer_id": look_up(ids.customer, np.where(rows.linked, rows.person, -1)),
            "occurred_at": moments(rows.second + np.int64(start)),
            "partner_id": text(world.partners.ids, rows.partner),
            "scene_user_id": look_up(ids.scene_user, user),
            "channel": text(CHANNELS, rows.channel),
            "event_type": text(EVENT_TYPES, rows.kind),
            "amount": pl.Series(rows.amount).fill_nan(None),
            "device_id": look_up(ids.device, rows.device),
            "is_initiated": rows.initiated,
            "campaign_id": text([c.id for c in world.campaigns], rows.campaign),
            "event_id": np.arange(first_id, first_id + len(rows), dtype=np.int64),
        }
    )


def customers_table(
    world: World, ids: Ids, changes: Changes, managed: Mapping[str, pl.Series]
) -> pl.DataFrame:
    """One row per person, as of the last day; `managed` are further columns, by person."""
    people = world.people
    consent = pl.Series(people.consent)
    return pl.DataFrame(
        {
            "customer_id": ids.customer,
            "joined_on": dates(people.joined),
            "became_customer_on": dates(people.became),
            "segment": text(SEGMENTS, changes.last.segment),
            "official_tier": text(TIERS, changes.last.tier),
            "age_band": text(AGE_BANDS, people.age),
            "city_tier": text(CITY_TIERS, people.city),
            "region": text(REGIONS, people.region),
            "is_payroll": changes.last.payroll,
            "card_kind": text(CARD_KINDS, people.card),
            "acquisition_channel": text(ACQUISITION_CHANNELS, people.acquired),
            "acquisition_partner_id": text(world.partners.ids, world.acquired_by),
            "consent_analytics": (consent == 1).set(consent < 0, None),
            **managed,
        }
    ).sort("customer_id")


def history_table(ids: Ids, changes: Changes) -> pl.DataFrame:
    """Validities with valid_to the first day of the next one, null where open."""
    rows = validities(changes)
    return pl.DataFrame(
        {
            "customer_id": look_up(ids.customer, rows["person"]),
            "valid_from": dates(rows["valid_from"]),
            "valid_to": dates(rows["valid_to"]),
            "segment": text(SEGMENTS, rows["segment"]),
            "official_tier": text(TIERS, rows["tier"]),
            "is_payroll": rows["payroll"],
        }
    ).sort("customer_id", "valid_from")


def partners_table(world: World) -> pl.DataFrame:
    """One row per partner or own app."""
    partners = world.partners
    texts = {name: list(column) for name, column in partners.texts.items()}
    kinds = ["financial" if s == "own_apps" else "non_financial" for s in texts["scene"]]
    return pl.DataFrame(
        {
            "partner_id": list(partners.ids),
            "name": texts["name"],
            "name_en": texts["name_en"],
            "scene": texts["scene"],
            "scene_category": kinds,
            "partner_type": texts["partner_type"],
            "operated_by": texts["operated_by"],
            "reach": texts["reach"],
            "onboarded_on": dates(partners.onboarded),
            "ended_on": dates(partners.ended),
            "contract_ends_on": dates(partners.contract_ends),
            "owner": list(partners.owners),
        }
    )


def calendar_table(notes: Sequence[Note]) -> pl.DataFrame:
    """One row per note."""
    schema = {"on": pl.Date, "kind": pl.String, "label": pl.String, "label_en": pl.String}
    return pl.DataFrame(list(notes), schema=schema, orient="row")


def targets_table(targets: Sequence[Target]) -> pl.DataFrame:
    """One row per month, and per December and region."""
    schema = {
        "metric": pl.String,
        "month": pl.Date,
        "value": pl.Float64,
        "kind": pl.String,
        "dimension": pl.String,
        "dimension_value": pl.String,
    }
    return pl.DataFrame(list(targets), schema=schema, orient="row")

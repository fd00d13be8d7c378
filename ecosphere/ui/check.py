"""The bank's own files: where they are looked for, a check of them, a mapping to start from."""

import secrets
import shlex
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from ecosphere.config import FILE_NAME, Config
from ecosphere.contract import Finding, Report
from ecosphere.contract.report import Severity
from ecosphere.delivery import Asked, Checks, Outcome, Running
from ecosphere.exhibit import State
from ecosphere.model import Problem
from ecosphere.text import Text
from ecosphere.ui import session
from ecosphere.ui.markup import note, plain
from ecosphere.ui.page import state

MOST_FINDINGS = 100  # more are counted; whoever has so many begins with the first
LOOK_EVERY_S = 1.0
COLOURS: Mapping[Severity, Literal["orange", "blue", "gray"]] = {
    "refuse": "orange",
    "quarantine": "blue",
    "notice": "gray",
}
EXAMPLE = '[exports]\nfolder = "/srv/exports"\nmapping = "/etc/ecosphere/mapping.toml"'


@st.cache_resource(show_spinner=False)
def checks() -> Checks:
    """One for all readers of this process."""
    return Checks()


def own_files(text: Text) -> None:
    """For a role that may check: folder, check, report, mapping and the commands to build."""
    with st.container(border=True, gap="xsmall"):
        st.subheader(text("delivery.own_files"), anchor=False)
        try:
            settings = session.settings()
            role = settings.role(None)
        except Problem as problem:
            state(State("broken", text("states.settings_title"), text.problem(problem)))
            return
        if not role.may_check:
            note(text("delivery.may_not_check", role=role.name, file=FILE_NAME))
            return
        asked = Asked.of(session.home().path, settings)
        if asked is None:
            _not_configured(text)
        else:
            _check(asked, settings, text)
        _commands(asked, text)


def _not_configured(text: Text) -> None:
    st.markdown(plain(text("delivery.no_folder", file=session.home().path / FILE_NAME)))
    st.code(EXAMPLE, language=None)
    note(text("delivery.mapping_optional"))


def _check(asked: Asked, settings: Config, text: Text) -> None:
    where = {"folder": asked.folder, "mapping": asked.mapping or text("delivery.no_mapping")}
    st.markdown(plain(text("delivery.where", **where)))
    if not asked.mapping:
        note(text("delivery.mapping_optional"))
    running = checks().running
    st.button(
        text("delivery.check"),
        key="check_exports",
        disabled=running is not None,
        on_click=_start,
    )
    if running:
        note(text("delivery.one_at_a_time", at=_clock(running.began, settings)))
        _watch(text)
        return
    outcome = checks().last(asked)
    if outcome is None:
        note(text("delivery.never_builds"))
        return
    note(text("delivery.checked_at", at=_clock(outcome.at, settings)))
    if outcome.problem:
        state(State("broken", text("delivery.broke_off"), text.problem(outcome.problem)))
    if outcome.report:
        _report(outcome.report, text)
    _mapping(outcome, text)


def _start() -> None:
    """Rights and folder are read anew: they may have changed since the button was drawn.

    Where another reader was quicker, that check runs, and the page says so.
    """
    with suppress(Problem):  # the page, which is drawn next, says what is wrong
        settings = session.settings()
        asked = Asked.of(session.home().path, settings)
        if asked and settings.role(None).may_check:
            checks().start(asked)


@st.fragment(run_every=LOOK_EVERY_S)
def _watch(text: Text) -> None:
    """How far the check is; the page is drawn anew when it has ended. It may be left meanwhile."""
    running: Running | None = checks().running
    if running is None:
        st.rerun()
    said = text("delivery.looking")
    if running.export:
        at = text(f"exports.{running.export}")
        said = text("delivery.at_export", export=at, done=running.done, total=running.total)
    st.progress(running.done / running.total, plain(said))


def _report(report: Report, text: Text) -> None:
    """What became of the rows of each export, and every finding with its next step."""
    said = "refused" if report.refused else "passed"
    st.markdown(f"**{plain(text(f'delivery.{said}'))}**")
    if report.sources:
        _rows(report, text)
    with st.container(horizontal=True, gap="xsmall"):
        for severity in COLOURS:
            _count(severity, sum(f.severity == severity for f in report.findings), text)
    for finding in report.findings[:MOST_FINDINGS]:
        _finding(finding, text)
    if len(report.findings) > MOST_FINDINGS:
        note(text("delivery.more_findings", count=len(report.findings) - MOST_FINDINGS))
    if report.findings:
        note(text("delivery.no_values"))


def _rows(report: Report, text: Text) -> None:
    refused = {finding.export for finding in report.findings if finding.severity == "refuse"}
    rows = [
        {
            "export": text(f"exports.{name}"),
            "state": text("check.severity_refuse")
            if name in refused
            else text("delivery.in_order"),
            "rows_in": f"{source.rows_in:,}",
            "kept": f"{source.rows_kept:,}",
            "set_aside": f"{sum(source.quarantined.values()):,}",
            "dropped": f"{source.dropped:,}",
            "days": _days(source.first_day, source.last_day),
        }
        for name, source in report.sources.items()
    ]
    names = {name: text(f"delivery.{name}") for name in rows[0]}
    shown = pl.DataFrame(rows).rename(names)
    right = [names[name] for name in ("rows_in", "kept", "set_aside", "dropped")]
    config = {name: st.column_config.TextColumn(alignment="right") for name in right}
    st.dataframe(shown, hide_index=True, column_config=config, alt=text("delivery.rows"))


def _count(severity: Severity, count: int, text: Text) -> None:
    label = plain(f"{text(f'check.severity_{severity}')} · {count:,}")
    st.badge(label, color=COLOURS[severity] if count else "gray")


def _finding(finding: Finding, text: Text) -> None:
    colour = COLOURS[finding.severity]
    label = plain(text(f"check.severity_{finding.severity}"))
    facts = [finding.file, finding.column, finding.code, f"{finding.count:,}"]
    where = " · ".join(fact for fact in facts if fact not in ("–", "0"))
    with st.container(gap="xxsmall"):
        st.markdown(f":{colour}-badge[{label}] **{plain(where)}**")
        note(finding.message(text))


def _mapping(outcome: Outcome, text: Text) -> None:
    """The line that a fault needs stands with the fault; this is the file to begin with."""
    if not outcome.proposal or not outcome.proposal.is_needed:
        return
    written = outcome.proposal.toml(text)
    with st.expander(text("delivery.starter")):
        note(text("delivery.starter_told"))
        st.code(written, language=None, wrap_lines=True)
        st.download_button(
            text("delivery.take_mapping"),
            data=written,
            file_name=f"mapping_{secrets.token_urlsafe(6)}.toml",
            mime="application/toml",
            on_click="ignore",
            key="take_mapping",
        )


def _commands(asked: Asked | None, text: Text) -> None:
    note(text("delivery.commands"))
    where = ["--home", str(session.home().path)]
    given = [] if asked else ["DIR", "--mapping", "mapping.toml"]
    lines = (shlex.join(["ecosphere", verb, *given, *where]) for verb in ("check", "build"))
    st.code("\n".join(lines), language=None, wrap_lines=True)


def _days(first: object, last: object) -> str:
    return f"{first} – {last}" if first and last else "–"


def _clock(at: datetime, settings: Config) -> str:
    return f"{at.astimezone(ZoneInfo(settings.timezone)):%Y-%m-%d %H:%M:%S}"

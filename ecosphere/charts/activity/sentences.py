"""What is said of active users: one sentence on the last finished month, and the titles."""

from ecosphere.charts.groups import Groups
from ecosphere.exhibit import marked
from ecosphere.metrics.active_users import BY_MONTH, ActiveUsers, Row
from ecosphere.text import Text, numbers


def headline(result: ActiveUsers, text: Text) -> str:
    """One sentence on the last finished month, marked where it misses an official figure."""
    return marked(_headline(result, text), result.mau, result.latest)


def _headline(result: ActiveUsers, text: Text) -> str:
    row, growth = result.latest, result.latest_growth
    if row is None or not result.mau.table["people"].fill_null(1).sum():
        return text("active_users.headline_nobody")
    month = numbers.month(row["month"], text.language)
    if row["people"] == 0:
        return text("active_users.headline_nobody_then", month=month)
    if row["people"] is None:
        return text("active_users.headline_hidden", month=month, k=result.mau.k)
    people = _level(row["people"], text)
    if not row["is_complete"]:
        return text("active_users.headline_unfinished", month=month, people=people)
    if row["change_rate"] is None:
        return text("active_users.headline_plain", month=month, people=people)
    gained, lapsed = _gained(growth), growth["lapsed"] if growth else None
    told = {"month": month, "people": people, "change": _change(row, result.compare, text)}
    if gained is None or lapsed is None:
        return text("active_users.headline_change", **told)
    told["lapsed"] = numbers.compact(lapsed, text.language)
    told["gained"] = numbers.compact(gained, text.language)
    # Who lapsed and who came is told against the month before, whatever the rate compares with.
    if result.compare != BY_MONTH:
        return text("active_users.headline_apart", **told)
    return text("active_users.headline", **told)


def mau(result: ActiveUsers, text: Text) -> str:
    """The change of the last finished month, and how much of the target is reached."""
    row = result.latest
    if row is None or row["people"] is None:
        return text("active_users.mau.title")
    values = {
        "month": numbers.month(row["month"], text.language),
        "people": _level(row["people"], text),
        "rate": numbers.percent(abs(row["change_rate"] or 0), text.language),
        "comparison": text(f"options.compare.{result.compare}"),
    }
    finding = text(f"active_users.mau.{_direction(row)}", **values)
    if not row["is_complete"] or row["target_completion"] is None:
        return finding
    completion = numbers.percent(row["target_completion"], text.language)
    return text("active_users.mau.finding_target", finding=finding, completion=completion)


def growth(row: Row | None, text: Text) -> str:
    """Who came and who lapsed in the last finished month."""
    gained = _gained(row)
    if row is None or not row["is_complete"] or row["people_before"] is None:
        return text("active_users.growth.title")
    month = numbers.month(row["month"], text.language)
    if gained is None or row["lapsed"] is None:
        return text("active_users.growth.finding_hidden", month=month)
    values = {"month": month, "gained": numbers.compact(gained, text.language)}
    if row["quality_ratio"] is None:
        return text("active_users.growth.finding_no_lapse", **values)
    finding = text(
        "active_users.growth.finding",
        **values,
        lapsed=numbers.compact(row["lapsed"], text.language),
        ratio=numbers.decimal(row["quality_ratio"]),
    )
    moved = (row["moved_in"] or 0) + (row["moved_out"] or 0)
    if not moved:
        return finding
    shown = numbers.compact(moved, text.language)
    return text("active_users.growth.finding_moved", finding=finding, moved=shown)


def mau_by(groups: Groups, compare: str) -> str:
    """The group whose people changed the most in the last finished month."""
    text, row = groups.text, groups.moved_most()
    if row is None:
        return text("active_users.mau.title_by", attribute=groups.attribute)
    told = {
        "month": numbers.month(row["month"], text.language),
        "comparison": text(f"options.compare.{compare}"),
    }
    if not row["change"]:
        return text("groups.same" if row["is_known"] else "groups.same_shown", **told)
    told["group"] = groups.words[row["group"]]
    told["change"] = numbers.signed(row["change"], text.language)
    finding = text("groups.most", **told)
    if row["change_rate"] is not None:
        rate = numbers.percent_change(row["change_rate"], text.language)
        finding = text("groups.most_rate", finding=finding, rate=rate)
    return finding if row["is_known"] else text("groups.of_shown", finding=finding)


def growth_by(groups: Groups) -> str:
    """The net change of the last finished month, and the group that changed the most."""
    text, row = groups.text, groups.moved_most()
    net = groups.last().filter("is_total")["net_change"].drop_nulls()
    if row is None or not len(net):
        return text("active_users.growth.title_by", attribute=groups.attribute)
    told = {
        "month": numbers.month(row["month"], text.language),
        "net": _net(int(net[0]), text),
    }
    if not row["change"]:
        return text("groups.net_same", **told)
    told["group"] = groups.words[row["group"]]
    told["change"] = numbers.signed(row["change"], text.language)
    return text("groups.net_most" if row["is_known"] else "groups.net_most_shown", **told)


def _net(change: int, text: Text) -> str:
    key = "more" if change > 0 else "fewer" if change < 0 else "as_many"
    return text(f"groups.{key}", count=numbers.compact(abs(change), text.language))


def _direction(row: Row) -> str:
    rate = row["change_rate"]
    if rate is None or not row["is_complete"]:
        return "finding_level"
    return "finding_up" if rate > 0 else "finding_down" if rate < 0 else "finding_same"


def _change(row: Row, compare: str, text: Text) -> str:
    """The change in words, with the month compared with; a mark where only one of the two months
    holds Spring Festival."""
    rate = row["change_rate"]
    before = numbers.month(row["base_month"], text.language)
    key = "more" if rate > 0 else "fewer" if rate < 0 else "same"
    words = text(
        f"active_users.{key}",
        rate=numbers.percent(abs(rate), text.language),
        against=text(f"active_users.against.{compare}", before=before),
    )
    if not row["crosses_spring_festival"]:
        return words
    return text("active_users.across_festival", change=words)


def _gained(row: Row | None) -> int | None:
    if row is None or row["new"] is None or row["resurrected"] is None:
        return None
    return int(row["new"] + row["resurrected"])


def _level(value: float, text: Text) -> str:
    return numbers.level(value, None, text.language)

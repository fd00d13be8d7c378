"""The axis of days: a point a day, the months named under their first ones."""

from datetime import date

import altair as alt

from ecosphere.charts import monthly, theme
from ecosphere.text import numbers


class Days(monthly.Axes):
    """Days as "YYYY-MM-DD" in place of months."""

    def _axis(self) -> alt.Axis:
        firsts = [day for day in self.months if day.endswith("-01")]
        return theme.month_axis(self.text.language, values=firsts or list(self.months[:1]))

    def _word(self, month: str) -> str:
        return self._label(month)

    def _label(self, month: str) -> str:
        year, number, day = map(int, month.split("-"))
        return numbers.date(date(year, number, day), self.text.language)

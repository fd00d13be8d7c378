"""The axis of retention: months since the first one."""

import altair as alt

from ecosphere.charts import monthly, theme


class Ages(monthly.Axes):
    """Whole numbers of months in place of calendar months."""

    def _months(self) -> alt.Scale:
        """In order: as texts, 10 would stand before 2."""
        return alt.Scale(type="point", padding=0.2, domain=list(self.months))

    def _axis(self) -> alt.Axis:
        title = self.text("retention.axis")
        return alt.Axis(labelAngle=0, labelOverlap="parity", title=title, labelFontSize=theme.SIZE)

    def _word(self, month: str) -> str:
        return self.text("retention.after_one" if month == "1" else "retention.after", age=month)

    def _label(self, month: str) -> str:
        return month

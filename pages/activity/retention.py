"""Do they come back?"""

from ecosphere.charts.retention import exhibits, headline
from ecosphere.metrics.retention import measure
from ecosphere.ui.page import open_page

page = open_page("retention")
result = measure(page.ask, page.options)
page.headline(headline(result, page.text))
page.show(exhibits(result, page.text, page.source.catalog.named))

"""Which branches carry, which drag?"""

from ecosphere.charts.branches import exhibits, headline
from ecosphere.metrics.branches import measure
from ecosphere.ui.page import open_page

page = open_page("branches")
result = measure(page.ask, page.options)
page.headline(headline(result, page.text))
page.show(exhibits(result, page.text, page.source.catalog.named))

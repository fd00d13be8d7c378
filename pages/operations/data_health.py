"""Can I trust today's numbers?"""

from ecosphere.charts.data_health import exhibits, headline
from ecosphere.metrics.data_health import measure
from ecosphere.ui.page import open_page

page = open_page("data_health")
result = measure(page.ask, page.options)
page.headline(headline(result, page.text))
page.show(exhibits(result, page.text, page.source.catalog.named))

"""Where do we meet them?"""

from ecosphere.charts.channels import exhibits, headline
from ecosphere.metrics.channels import measure
from ecosphere.ui.page import open_page

page = open_page("channels")
result = measure(page.ask, page.options)
page.headline(headline(result, page.text))
page.show(exhibits(result, page.text, page.source.catalog.named))

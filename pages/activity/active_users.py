"""How many are active, and why did it change?"""

from ecosphere.charts.active_users import exhibits, headline
from ecosphere.metrics.active_users import measure
from ecosphere.ui.page import open_page

page = open_page("active_users")
result = measure(page.ask, page.options)
page.headline(headline(result, page.text))
page.show(exhibits(result, page.text, page.source.catalog.named))

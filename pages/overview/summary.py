"""Where do we stand, what moved, why?"""

from ecosphere.charts.summary import cards, exhibits, headline
from ecosphere.metrics.summary import measure
from ecosphere.ui.page import open_page

page = open_page("summary")
result = measure(page.ask, page.options)
page.headline(headline(result, page.text))
page.cards(cards(result, page.text))
page.show(exhibits(result, page.text, page.source.catalog.named))

"""What does this number mean?"""

from ecosphere.charts.glossary import exhibits, headline
from ecosphere.library import questions
from ecosphere.metrics.glossary import measure
from ecosphere.ui.glossary import show
from ecosphere.ui.page import open_page

page = open_page("glossary")
result = measure(page.ask, page.options)
page.headline(headline(result, page.text))
page.show(exhibits(result, page.text, page.source.catalog.named))
show(questions(), page.text)

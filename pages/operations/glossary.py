"""What does this number mean?"""

from ecosphere.library import questions
from ecosphere.ui.glossary import show
from ecosphere.ui.page import open_page

page = open_page("glossary")
page.headline(page.text("glossary.headline", count=len(questions())))
show(questions(), page.text)

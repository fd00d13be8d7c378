-- Days with more people than the week that ends on them, or that than its four weeks.
--
-- reads = ["active_day"]
select definition, month, day, cell, people, people_7, people_28
from active_day
where people > people_7 or people_7 > people_28

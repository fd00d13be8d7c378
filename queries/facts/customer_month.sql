-- Customers of a month: people who had an account by its end, as far as exports tell.
--
-- reads  = ["person_origin", "person_cell", "month"]
-- month  = "month"
-- counts = ["people"]
-- chart  = ["month"]
--
-- [cells]
-- cell = 0
select
    month.month,
    person_cell.cell,
    count(*) as people,
from person_origin
inner join month on person_origin.customer_since <= month.last_day
inner join person_cell
    on person_cell.person = person_origin.person
    and month.month between person_cell.since and person_cell.until
group by month.month, person_cell.cell

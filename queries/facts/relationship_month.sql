-- Holders in a month by how many of the six kinds of relationship they have.
--
-- reads  = ["person_relationship", "person_cell"]
-- month  = "month"
-- counts = ["people"]
-- chart  = ["month"]
--
-- [cells]
-- cell = 0
select
    person_relationship.month,
    person_relationship.kinds,
    person_relationship.is_full,
    person_cell.cell,
    count(*) as people,
from person_relationship
inner join person_cell
    on person_cell.person = person_relationship.person
    and person_relationship.month between person_cell.since and person_cell.until
group by
    person_relationship.month,
    person_relationship.kinds,
    person_relationship.is_full,
    person_cell.cell

-- Months in which the facts count other people than the person-level table holds.
--
-- reads = ["person_month", "active_month"]
with by_person as (
    select
        definition,
        month,
        count(*) as people,
        count(*) filter (where previous_month is null) as new,
        count(*) filter (where previous_month = month - 1) as retained,
    from person_month
    where days > 0
    group by definition, month
),

by_cell as (
    select
        definition,
        month,
        sum(people) as people,
        sum(new) as new,
        sum(retained) as retained,
    from active_month
    group by definition, month
)

select
    coalesce(by_person.definition, by_cell.definition) as definition,
    coalesce(by_person.month, by_cell.month) as month,
    by_person.people as in_people,
    by_cell.people as in_facts,
from by_person
full join by_cell
    on by_cell.definition = by_person.definition and by_cell.month = by_person.month
where (by_person.people, by_person.new, by_person.retained)
    is distinct from (by_cell.people, by_cell.new, by_cell.retained)

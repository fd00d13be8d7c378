-- Months in which the facts count other people than the person-level table holds.
--
-- reads  = ["person_month", "active_month"]
-- params = ["months"]
--
-- Only months that the build has made again ($months).
with by_person as (
    select definition, month, count(distinct person) as people
    from person_month
    where list_contains($months, month)
    group by definition, month
),

by_cell as (
    select definition, month, sum(people) as people
    from active_month
    where list_contains($months, month)
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
where coalesce(by_person.people, 0) <> coalesce(by_cell.people, 0)

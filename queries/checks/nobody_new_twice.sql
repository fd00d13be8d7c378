-- Definitions under which more or fewer people were new than were ever active.
--
-- reads = ["active_month", "state"]
with ever as (
    select definition, count(*) as people
    from state
    group by definition
),

new as (
    select definition, sum(new) as people
    from active_month
    group by definition
)

select coalesce(ever.definition, new.definition) as definition, ever.people, new.people as new
from ever
full join new on new.definition = ever.definition
where coalesce(ever.people, 0) <> coalesce(new.people, 0)

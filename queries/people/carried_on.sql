-- People of a month whose activity before it is not what it was.
--
-- reads = ["person_month", "state"]
select count(distinct person_month.person) as count
from person_month
left join state
    on state.definition = person_month.definition and state.person = person_month.person
where person_month.first_month <> coalesce(state.first_month, person_month.month)
    or person_month.previous_month is distinct from state.last_month

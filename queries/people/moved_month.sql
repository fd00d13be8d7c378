-- Months in which people stand in another cell than the one they were counted in.
--
-- reads = ["person_month", "person_cell", "person_cell_known"]
with changed as (
    select distinct person
    from (
        (select * from person_cell except select * from person_cell_known)
        union all
        (select * from person_cell_known except select * from person_cell)
    ) as differing
),

counted as (
    select month, person, any_value(cell) as cell, any_value(cell_before) as cell_before
    from person_month
    semi join changed using (person)
    group by month, person
)

select counted.month, count(*) as count
from counted
inner join person_cell as now
    on now.person = counted.person and counted.month between now.since and now.until
inner join person_cell as before
    on before.person = counted.person and counted.month - 1 between before.since and before.until
where counted.cell <> now.cell or counted.cell_before <> before.cell
group by counted.month

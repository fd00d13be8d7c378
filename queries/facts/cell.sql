-- The combinations of attributes that occur, numbered. Disjoint sets of people, month by month.
--
-- reads  = ["person_profile", "cell_known"]
-- params = ["attributes"]
--
-- A combination keeps the number that the generation before gave it.
with combination as (
    select distinct profile[1:$attributes] as profile
    from person_profile
)

select
    cast(
        coalesce(
            cell_known.cell,
            (select coalesce(max(cell), 0) from cell_known)
            + row_number() over (partition by cell_known.cell is null order by combination.profile)
        ) as integer
    ) as cell,
    combination.profile,
from combination
left join cell_known on cell_known.profile = combination.profile

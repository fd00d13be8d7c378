-- The combinations of attributes that occur, numbered: those of none, of the first, of the first two
-- and so on. Of one length, they are disjoint sets of people, month by month.
--
-- reads  = ["person_profile", "cell_known"]
-- params = ["attributes"]
--
-- A combination keeps the number that the generation before gave it.
with longest as (
    select distinct profile[1:$attributes] as profile
    from person_profile
),

prefix as (
    select unnest(generate_series(0, $attributes)) as attributes
),

combination as (
    select distinct longest.profile[1:prefix.attributes] as profile
    from longest
    cross join prefix
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

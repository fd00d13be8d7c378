-- Which cell of fewer attributes a cell of the most attributes lies within.
--
-- reads  = ["cell"]
-- params = ["attributes"]
with prefix as (
    select unnest(generate_series(0, $attributes)) as attributes
),

narrowed as (
    select
        prefix.attributes,
        cell.cell,
        cell.profile[1:prefix.attributes] as profile,
    from cell
    cross join prefix
    where array_length(cell.profile) = $attributes
)

select
    narrowed.attributes,
    narrowed.cell,
    wider.cell as within,
from narrowed
inner join cell as wider on wider.profile = narrowed.profile

-- How many cells there would be if facts carried the first n attributes, for every n.
--
-- reads  = ["person_profile"]
-- params = ["attributes"]
with combination as (
    select distinct profile[1:$attributes] as profile
    from person_profile
),

prefix as (
    select unnest(generate_series(0, $attributes)) as attributes
)

select
    prefix.attributes,
    count(distinct combination.profile[1:prefix.attributes]) as cells,
from combination
cross join prefix
group by prefix.attributes

-- How many cells there would be if facts carried the first n attributes, for every n.
--
-- reads  = ["person_profile"]
-- params = ["attributes"]
with prefix as (
    select unnest(generate_series(0, $attributes)) as attributes
)

select
    prefix.attributes,
    count(distinct person_profile.profile[1:prefix.attributes]) as cells,
from person_profile
cross join prefix
group by prefix.attributes

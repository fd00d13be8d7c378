-- What people can be filtered by: carried by facts, or counted anew from people when asked.
--
-- grain     = ["attribute"]
-- unit      = "attributes"
-- kind      = "full count"
-- direction = "none"
-- people    = "none"
-- public    = true
-- where     = "none"
-- reads     = ["attribute", "cell", "month"]
-- order     = ["place"]
-- owner     = "data_office"
--
-- [columns]
-- place        = "rows"
-- attribute    = "text"
-- attribute_zh = "text"
-- attribute_en = "text"
-- is_carried   = "flag"
-- cells        = "rows"
-- known_since  = "month"
--
-- Public: names and combinations of values, and of nobody how many have them. `cells` counts the
-- combinations of this attribute and those before it; the last one carried has all of them.
with combination as (
    select unnest(generate_series(1, array_length(profile))) as place, profile
    from cell
),

narrowed as (
    select place, count(distinct array_slice(profile, 1, place)) as cells
    from combination
    group by place
)

select
    attribute.position as place,
    attribute.name as attribute,
    attribute.zh as attribute_zh,
    attribute.en as attribute_en,
    attribute.is_carried,
    narrowed.cells,
    month.first_day as known_since,
from attribute
left join narrowed on narrowed.place = attribute.position
left join month on month.month = attribute.known_since

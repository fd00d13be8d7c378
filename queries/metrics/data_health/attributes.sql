-- What people can be filtered by: carried by facts, or counted anew from people when asked.
--
-- grain     = ["attribute"]
-- unit      = "attributes"
-- kind      = "full count"
-- direction = "none"
-- people    = "none"
-- public    = true
-- where     = "none"
-- reads     = ["attribute", "cell", "fact", "month"]
-- order     = ["place"]
-- owner     = "data_office"
--
-- [columns]
-- place        = "rows"
-- attribute    = "text"
-- attribute_zh = "text"
-- attribute_en = "text"
-- is_carried   = "flag"
-- carried_by   = "rows"
-- facts        = "rows"
-- cells        = "rows"
-- known_since  = "month"
--
-- Public: names and combinations of values, and of nobody how many have them. `cells` counts the
-- combinations of this attribute and those before it; the last one carried has all of them.
-- `carried_by` so many of all facts: each as many attributes as its charts can bear.
with combination as (
    select unnest(generate_series(1, array_length(profile))) as place, profile
    from cell
),

narrowed as (
    select place, count(distinct array_slice(profile, 1, place)) as cells
    from combination
    group by place
),

borne as (
    select
        attribute.position as place,
        count(*) filter (where fact.attributes >= attribute.position) as carried_by,
        count(*) as facts,
    from attribute
    cross join fact
    group by attribute.position
)

select
    attribute.position as place,
    attribute.name as attribute,
    attribute.zh as attribute_zh,
    attribute.en as attribute_en,
    attribute.is_carried,
    coalesce(borne.carried_by, 0) as carried_by,
    coalesce(borne.facts, 0) as facts,
    narrowed.cells,
    month.first_day as known_since,
from attribute
left join narrowed on narrowed.place = attribute.position
left join borne on borne.place = attribute.position
left join month on month.month = attribute.known_since

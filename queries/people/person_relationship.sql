-- How many of the six kinds of relationship each holder has in a month, and whether it is full: one
-- row per month and person who holds anything.
--
-- reads  = ["person_holding", "person_place", "partner"]
-- params = ["month", "month_from", "day_from", "categories", "kinds", "least"]
-- month  = "month"
-- person = "person"
--
-- Five kinds come from product categories ($categories, each of the kind that stands at the same
-- place of $kinds); the sixth is the scene: a qualifying event at a partner within the days that
-- end with the month, from $day_from of $month_from on. Full are $least kinds or more, and any
-- qualifying event at all within the same days.
with held as (
    select
        person,
        count(distinct list_extract($kinds, list_position($categories, category))) as kinds,
    from person_holding
    where month = $month
    group by person
),

met as (
    select
        person_place.person,
        max(case when partner.partner_id <> '' and not partner.is_own then 1 else 0 end) as scene,
    from person_place
    inner join partner on partner.partner = person_place.partner
    where person_place.month between $month_from and $month
        and person_place.any_scene >> case
            when person_place.month = $month_from then $day_from - 1
            else 0
        end > 0
    group by person_place.person
)

select
    cast($month as smallint) as month,
    held.person,
    cast(held.kinds + coalesce(met.scene, 0) as tinyint) as kinds,
    held.kinds + coalesce(met.scene, 0) >= $least and met.person is not null as is_full,
from held
left join met on met.person = held.person

-- People active at a partner in a month, and how much of that month was this partner's alone.
--
-- reads  = ["person_place", "person_cell", "partner"]
-- month  = "month"
-- counts = ["people", "days", "events", "fen", "exclusive", "alone", "reach"]
-- chart  = ["definition", "month"]
--
-- [cells]
-- cell = 0
--
-- Days, events and fen are all that the people counted did at the partner, in the month.
-- Of each person `met` holds a bit for each definition that they met there, so that they are gone
-- through once for all four.
-- Own apps are counted apart: `exclusive` people were active at no other partner, those of an own
-- app in no other own app; `alone` are those of them who were active nowhere else at all. `reach`
-- splits each person equally among the partners, own apps included, in parts of 80,313,433,200: the
-- least number that 1 to 28 divide, so that shares of up to 28 partners add up to people exactly.
with person_partner as (
    select
        person_place.month,
        person_place.person,
        person_place.partner,
        bit_or(person_place.any_scene) as any_scene,
        bit_or(person_place.opened) as opened,
        bit_or(person_place.logged_in) as logged_in,
        bit_or(person_place.transacted) as transacted,
        sum(person_place.events) as events,
        sum(person_place.fen) as fen,
    from person_place
    group by person_place.month, person_place.person, person_place.partner
),

breadth as (
    select
        person_partner.month,
        person_partner.person,
        count(*) filter (where any_scene > 0) as partners_1,
        count(*) filter (where any_scene > 0 and partner.is_own) as own_apps_1,
        count(*) filter (where opened > 0) as partners_2,
        count(*) filter (where opened > 0 and partner.is_own) as own_apps_2,
        count(*) filter (where logged_in > 0) as partners_3,
        count(*) filter (where logged_in > 0 and partner.is_own) as own_apps_3,
        count(*) filter (where transacted > 0) as partners_4,
        count(*) filter (where transacted > 0 and partner.is_own) as own_apps_4,
    from person_partner
    inner join partner on partner.partner = person_partner.partner
    group by person_partner.month, person_partner.person
),

by_met as (
    select
        person_partner.month,
        person_partner.partner,
        person_cell.cell,
        case when person_partner.any_scene > 0 then 1 else 0 end
            + case when person_partner.opened > 0 then 2 else 0 end
            + case when person_partner.logged_in > 0 then 4 else 0 end
            + case when person_partner.transacted > 0 then 8 else 0 end as met,
        count(*) as people,
        sum(bit_count(person_partner.any_scene)) as days_1,
        sum(bit_count(person_partner.opened)) as days_2,
        sum(bit_count(person_partner.logged_in)) as days_3,
        sum(bit_count(person_partner.transacted)) as days_4,
        sum(person_partner.events) as events,
        sum(person_partner.fen) as fen,
        count(*) filter (
            where any_scene > 0
                and case
                    when partner.is_own then own_apps_1
                    else partners_1 - own_apps_1
                end = 1
        ) as exclusive_1,
        count(*) filter (where any_scene > 0 and partners_1 = 1) as alone_1,
        sum(case when any_scene > 0 then 80313433200 // partners_1 else 0 end) as reach_1,
        count(*) filter (
            where opened > 0
                and case
                    when partner.is_own then own_apps_2
                    else partners_2 - own_apps_2
                end = 1
        ) as exclusive_2,
        count(*) filter (where opened > 0 and partners_2 = 1) as alone_2,
        sum(case when opened > 0 then 80313433200 // partners_2 else 0 end) as reach_2,
        count(*) filter (
            where logged_in > 0
                and case
                    when partner.is_own then own_apps_3
                    else partners_3 - own_apps_3
                end = 1
        ) as exclusive_3,
        count(*) filter (where logged_in > 0 and partners_3 = 1) as alone_3,
        sum(case when logged_in > 0 then 80313433200 // partners_3 else 0 end) as reach_3,
        count(*) filter (
            where transacted > 0
                and case
                    when partner.is_own then own_apps_4
                    else partners_4 - own_apps_4
                end = 1
        ) as exclusive_4,
        count(*) filter (where transacted > 0 and partners_4 = 1) as alone_4,
        sum(case when transacted > 0 then 80313433200 // partners_4 else 0 end) as reach_4,
    from person_partner
    inner join partner on partner.partner = person_partner.partner
    inner join breadth
        on breadth.month = person_partner.month
        and breadth.person = person_partner.person
    inner join person_cell
        on person_cell.person = person_partner.person
        and person_partner.month between person_cell.since and person_cell.until
    group by person_partner.month, person_partner.partner, person_cell.cell, met
),

definition as (
    select unnest(generate_series(1, 4)) as definition
)

select
    cast(definition.definition as tinyint) as definition,
    by_met.month,
    by_met.partner,
    by_met.cell,
    cast(sum(by_met.people) as bigint) as people,
    cast(
        sum(
            case definition.definition
                when 1 then by_met.days_1
                when 2 then by_met.days_2
                when 3 then by_met.days_3
                else by_met.days_4
            end
        ) as bigint
    ) as days,
    cast(sum(by_met.events) as bigint) as events,
    cast(sum(by_met.fen) as bigint) as fen,
    cast(
        sum(
            case definition.definition
                when 1 then by_met.exclusive_1
                when 2 then by_met.exclusive_2
                when 3 then by_met.exclusive_3
                else by_met.exclusive_4
            end
        ) as bigint
    ) as exclusive,
    cast(
        sum(
            case definition.definition
                when 1 then by_met.alone_1
                when 2 then by_met.alone_2
                when 3 then by_met.alone_3
                else by_met.alone_4
            end
        ) as bigint
    ) as alone,
    cast(
        sum(
            case definition.definition
                when 1 then by_met.reach_1
                when 2 then by_met.reach_2
                when 3 then by_met.reach_3
                else by_met.reach_4
            end
        ) as bigint
    ) as reach,
from by_met
cross join definition
where (by_met.met >> (definition.definition - 1)) & 1 = 1
group by definition.definition, by_met.month, by_met.partner, by_met.cell

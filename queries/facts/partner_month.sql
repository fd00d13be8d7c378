-- People active at a partner in a month, and how much of that month was this partner's alone.
--
-- reads  = ["person_place", "person_cell", "partner"]
-- month  = "month"
-- counts = ["people", "days", "events", "fen", "exclusive", "alone", "reach"]
--
-- [cells]
-- cell = 0
--
-- Days, events and fen are all that the people counted did at the partner, in the month. Own apps
-- are counted apart: `exclusive` people were active at no other partner, those of an own app in no
-- other own app; `alone` are those of them who were active nowhere else at all. `reach` splits each
-- person equally among the partners, own apps included, in parts of 80,313,433,200: the least
-- number that 1 to 28 divide, so that shares of up to 28 partners add up to people exactly.
with person_partner as (
    select
        month,
        person,
        partner,
        bit_or(any_scene) as any_scene,
        bit_or(opened) as opened,
        bit_or(logged_in) as logged_in,
        bit_or(transacted) as transacted,
        sum(events) as events,
        sum(fen) as fen,
    from person_place
    group by month, person, partner
),

by_definition as (
    select 1 as definition, any_scene as days, * from person_partner where any_scene > 0
    union all
    select 2 as definition, opened as days, * from person_partner where opened > 0
    union all
    select 3 as definition, logged_in as days, * from person_partner where logged_in > 0
    union all
    select 4 as definition, transacted as days, * from person_partner where transacted > 0
),

breadth as (
    select
        by_definition.definition,
        by_definition.month,
        by_definition.person,
        count(*) as partners,
        count(*) filter (where partner.is_own) as own_apps,
    from by_definition
    inner join partner on partner.partner = by_definition.partner
    group by by_definition.definition, by_definition.month, by_definition.person
)

select
    cast(by_definition.definition as tinyint) as definition,
    by_definition.month,
    by_definition.partner,
    person_cell.cell,
    count(*) as people,
    cast(sum(bit_count(by_definition.days)) as bigint) as days,
    cast(sum(by_definition.events) as bigint) as events,
    cast(sum(by_definition.fen) as bigint) as fen,
    count(*) filter (
        where case
            when partner.is_own then breadth.own_apps
            else breadth.partners - breadth.own_apps
        end = 1
    ) as exclusive,
    count(*) filter (where breadth.partners = 1) as alone,
    cast(sum(80313433200 // breadth.partners) as bigint) as reach,
from by_definition
inner join partner on partner.partner = by_definition.partner
inner join breadth
    on breadth.definition = by_definition.definition
    and breadth.month = by_definition.month
    and breadth.person = by_definition.person
inner join person_cell
    on person_cell.person = by_definition.person
    and by_definition.month between person_cell.since and person_cell.until
group by by_definition.definition, by_definition.month, by_definition.partner, person_cell.cell

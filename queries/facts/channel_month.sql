-- People active through a channel in a month. Channels overlap: their sum is the gross count.
--
-- reads  = ["person_place", "person_cell"]
-- month  = "month"
-- counts = ["people", "days", "events", "fen"]
-- chart  = ["definition"]
--
-- [cells]
-- cell = 0
--
-- Days, events and fen are all that the people counted did through the channel, in the month.
-- Of each person `met` holds a bit for each definition that they met there, so that they are gone
-- through once for all four.
with person_channel as (
    select
        person_place.month,
        person_place.person,
        person_place.channel,
        bit_or(person_place.any_scene) as any_scene,
        bit_or(person_place.opened) as opened,
        bit_or(person_place.logged_in) as logged_in,
        bit_or(person_place.transacted) as transacted,
        sum(person_place.events) as events,
        sum(person_place.fen) as fen,
    from person_place
    group by person_place.month, person_place.person, person_place.channel
),

by_met as (
    select
        person_channel.month,
        person_channel.channel,
        person_cell.cell,
        case when person_channel.any_scene > 0 then 1 else 0 end
            + case when person_channel.opened > 0 then 2 else 0 end
            + case when person_channel.logged_in > 0 then 4 else 0 end
            + case when person_channel.transacted > 0 then 8 else 0 end as met,
        count(*) as people,
        sum(bit_count(person_channel.any_scene)) as days_1,
        sum(bit_count(person_channel.opened)) as days_2,
        sum(bit_count(person_channel.logged_in)) as days_3,
        sum(bit_count(person_channel.transacted)) as days_4,
        sum(person_channel.events) as events,
        sum(person_channel.fen) as fen,
    from person_channel
    inner join person_cell
        on person_cell.person = person_channel.person
        and person_channel.month between person_cell.since and person_cell.until
    group by person_channel.month, person_channel.channel, person_cell.cell, met
),

definition as (
    select unnest(generate_series(1, 4)) as definition
)

select
    cast(definition.definition as tinyint) as definition,
    by_met.month,
    by_met.channel,
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
from by_met
cross join definition
where (by_met.met >> (definition.definition - 1)) & 1 = 1
group by definition.definition, by_met.month, by_met.channel, by_met.cell

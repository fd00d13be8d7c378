-- People by the number of channels they used in a month, and by whether these were online, offline or
-- both, and in which order.
--
-- reads  = ["person_place", "person_cell", "channel"]
-- month  = "month"
-- counts = ["people"]
-- chart  = ["month"]
--
-- [cells]
-- cell = 0
--
-- By any qualifying event. Offline are channels where people come in person; the unknown channel is
-- neither. `to_offline`: somewhere online on one day, and offline on a later one of the month.
with person_channel as (
    select
        person_place.month,
        person_place.person,
        person_place.channel,
        bit_or(person_place.any_scene) as days,
    from person_place
    where person_place.any_scene > 0
    group by person_place.month, person_place.person, person_place.channel
),

person_side as (
    select
        person_channel.month,
        person_channel.person,
        count(*) filter (where channel.channel_id <> '') as channels,
        coalesce(
            bit_or(
                case when channel.channel_id <> '' and not channel.is_offline
                    then person_channel.days
                end
            ), 0
        ) as online,
        coalesce(bit_or(case when channel.is_offline then person_channel.days end), 0) as offline,
    from person_channel
    inner join channel on channel.channel = person_channel.channel
    group by person_channel.month, person_channel.person
)

select
    person_side.month,
    cast(least(person_side.channels, 9) as tinyint) as channels,
    person_side.online > 0 as is_online,
    person_side.offline > 0 as is_offline,
    person_side.online > 0
        and (person_side.online & -person_side.online) * 2 <= person_side.offline as to_offline,
    person_side.offline > 0
        and (person_side.offline & -person_side.offline) * 2 <= person_side.online as to_online,
    person_cell.cell,
    count(*) as people,
from person_side
inner join person_cell
    on person_cell.person = person_side.person
    and person_side.month between person_cell.since and person_cell.until
group by
    person_side.month,
    least(person_side.channels, 9),
    is_online,
    is_offline,
    to_offline,
    to_online,
    person_cell.cell

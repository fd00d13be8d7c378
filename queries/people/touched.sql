-- People who are to be counted again, and from which month on.
--
-- reads  = [
--     "person_place", "person_place_known", "added_place", "person_cell", "person_cell_known",
--     "month", "month_known",
-- ]
-- params = ["months"]
--
-- What they did is not what it was, in the months that were read again ($months); or something was
-- added to it; or they stand in another cell; or the last days of what they did reach into a month
-- that came, or left.
with now as (
    select * from person_place where list_contains($months, month)
),

before as (
    select * from person_place_known where list_contains($months, month)
),

came_or_left as (
    (select month from month except select month from month_known)
    union all
    (select month from month_known except select month from month)
),

changed as (
    select person, month as since
    from ((select * from now except select * from before) union all
          (select * from before except select * from now)) as place_differs
    union all
    select person, month as since
    from added_place
    union all
    select person, since
    from ((select * from person_cell except select * from person_cell_known) union all
          (select * from person_cell_known except select * from person_cell)) as cell_differs
    union all
    select person_place.person, came_or_left.month as since
    from person_place
    inner join came_or_left on came_or_left.month = person_place.month + 1
    union all
    select person_place_known.person, came_or_left.month as since
    from person_place_known
    inner join came_or_left on came_or_left.month = person_place_known.month + 1
)

select person, cast(min(since) as integer) as since
from changed
group by person

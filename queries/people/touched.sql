-- People who are to be counted again, and from which month on.
--
-- reads  = [
--     "person_place", "person_place_known", "added_place", "person_cell", "person_cell_known",
-- ]
-- params = ["months"]
--
-- What they did is not what it was, in the months that were read again ($months); or something was
-- added to it; or they stand in another cell.
with now as (
    select * from person_place where list_contains($months, month)
),

before as (
    select * from person_place_known where list_contains($months, month)
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
)

select person, cast(min(since) as integer) as since
from changed
group by person

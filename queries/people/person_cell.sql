-- The cell of a person by runs of months.
--
-- reads  = ["person_profile", "cell"]
-- params = ["attributes"]
--
-- [cells]
-- cell = 0
select
    person_profile.person,
    person_profile.since,
    person_profile.until,
    cell.cell,
from person_profile
inner join cell on cell.profile = person_profile.profile[1:$attributes]

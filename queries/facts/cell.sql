-- The combinations of attributes that occur, numbered. Disjoint sets of people, month by month.
--
-- reads  = ["person_profile"]
-- params = ["attributes"]
select
    cast(row_number() over (order by profile) as integer) as cell,
    profile,
from (select distinct profile[1:$attributes] as profile from person_profile) as combinations

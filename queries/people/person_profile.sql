-- A person's profile by runs of months: [since, until], without gaps, from the beginning of time.
--
-- reads = ["profile_change", "profile_anew", "person", "person_profile_known"]
with changed as (
    select
        person,
        since,
        profile,
        lag(profile) over (partition by person order by since) as profile_before,
    from profile_change
),

starts as (
    select
        person,
        case when profile_before is null then 0 else since end as since,
        profile,
    from changed
    where profile_before is null or profile_before <> profile
)

select
    person,
    since,
    coalesce(lead(since) over (partition by person order by since) - 1, 99999) as until,
    profile,
from starts
union all
select known.person, known.since, known.until, known.profile
from person_profile_known as known
semi join person on person.person = known.person
anti join profile_anew on profile_anew.person = known.person

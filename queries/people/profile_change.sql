-- From which month on a person has which profile (the list of the filterable attributes).
--
-- reads  = ["person", "profile_now", "profile_history", "profile_carried"]
-- params = ["as_of", "carried_until"]
--
-- History decides for those who have one. For the others a month keeps the profile under which an
-- earlier generation saw it finished; only later months take today's row.
with history as (
    select
        customer_id,
        year(valid_from) * 12 + month(valid_from) - 1 as since,
        valid_from as known_on,
        profile,
    from profile_history
    where valid_from <= $as_of
),

carried as (
    select customer_id, since, date '0001-01-01' as known_on, profile
    from profile_carried
    where since <= $carried_until
        and customer_id not in (select customer_id from history)
),

today as (
    select
        profile_now.customer_id,
        case when carried_people.customer_id is null then 0 else $carried_until + 1 end as since,
        $as_of as known_on,
        profile_now.profile,
    from profile_now
    left join (select distinct customer_id from carried) as carried_people
        on carried_people.customer_id = profile_now.customer_id
    where profile_now.customer_id not in (select customer_id from history)
),

everything as (
    select * from history
    union all
    select * from carried
    union all
    select * from today
),

last_of_month as (
    select
        customer_id,
        since,
        profile,
        row_number() over (partition by customer_id, since order by known_on desc) as place,
    from everything
)

select person.person, last_of_month.since, last_of_month.profile
from last_of_month
inner join person on person.customer_id = last_of_month.customer_id
where last_of_month.place = 1

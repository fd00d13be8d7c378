-- People whose profile may not be what the generation before knew.
--
-- reads  = ["person", "profile_now", "profile_history", "person_profile_known"]
-- params = ["carried_until"]
--
-- Of all others it knew today's profile, and that it stays as it was is certain.
select person.person, person.customer_id
from person
inner join profile_now on profile_now.customer_id = person.customer_id
left join person_profile_known as known on known.person = person.person and known.until = 99999
where known.profile is distinct from profile_now.profile
    or known.since > $carried_until + 1
    or person.customer_id in (select customer_id from profile_history)

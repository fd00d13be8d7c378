-- People of the generation before who are not among the people now, and the other way round.
--
-- reads = ["person", "person_known", "withheld_known"]
--
-- Somebody who was unknown to all exports has no events in what was read before.
select person_known.customer
from person_known
anti join person on person.customer = person_known.customer
union all
select person.customer
from person
semi join withheld_known on withheld_known.customer = person.customer

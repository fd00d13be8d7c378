-- People who opened their first e-account in a month, and those of them who were new to the bank.
--
-- reads  = ["person_account", "person_cell"]
-- month  = "month"
-- counts = ["people", "new_to_bank"]
-- chart  = ["month"]
--
-- [cells]
-- cell = 0
select
    person_account.month,
    person_cell.cell,
    count(*) as people,
    count(*) filter (where person_account.is_new) as new_to_bank,
from person_account
inner join person_cell
    on person_cell.person = person_account.person
    and person_account.month between person_cell.since and person_cell.until
group by person_account.month, person_cell.cell

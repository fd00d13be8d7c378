-- The product categories of each month of holdings: months and values that a reader may choose.
--
-- reads = ["person_holding"]
-- month = "month"
select distinct month, category
from person_holding

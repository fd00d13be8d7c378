-- What people hold: one row per month, person and product category, in fen.
--
-- reads = ["holdings", "person"]
--
-- Whoever may not be counted is not among `person`. Null is what the export does not state.
-- `products` are those that it names, each once by its key; the category itself is no product.
select
    cast(year(holdings.month) * 12 + month(holdings.month) - 1 as smallint) as month,
    person.person,
    holdings.category,
    cast(sum(round(holdings.balance_average * 100)) as bigint) as fen_average,
    cast(sum(round(holdings.balance_end * 100)) as bigint) as fen_end,
    cast(sum(round(holdings.net_flow * 100)) as bigint) as net_flow_fen,
    nullif(count(holdings.product), 0) as products,
from holdings
inner join person on person.customer_id = holdings.customer_id
group by holdings.month, person.person, holdings.category

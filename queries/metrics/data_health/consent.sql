-- Customers by whether they have consented to analysis; those who have not are nowhere counted.
--
-- grain     = ["export"]
-- unit      = "customers"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "customers"
-- where     = "none"
-- reads     = ["export_account", "export_column"]
-- params    = ["is_filtered"]
-- order     = ["export"]
-- owner     = "privacy_office"
-- sums      = [["customers", "consenting", "not_consenting"]]
--
-- [columns]
-- export         = "text"
-- customers      = "count"
-- consenting     = "count"
-- not_consenting = "count"
--
-- [derived]
-- consent_share = "cast(consenting as double) / nullif(customers, 0)"
--
-- Empty where the export does not say who has consented: then everybody is counted. Customers whom
-- no event names are counted here too.
select
    export_account.export,
    export_account.kept + export_account.withheld as customers,
    export_account.kept as consenting,
    export_account.withheld as not_consenting,
from export_account
inner join export_column
    on export_column.export = export_account.export
    and export_column.name = 'consent_analytics'
where export_account.export = 'customers' and not $is_filtered

-- Rows that were set aside, by export, rule and column: what was wrong, never whose.
--
-- grain     = ["export", "rule", "column_name"]
-- unit      = "rows"
-- kind      = "full count"
-- direction = "up is worse"
-- people    = "none"
-- public    = true
-- where     = "none"
-- reads     = ["quarantine", "export_account"]
-- order     = ["rows_aside desc", "export", "rule", "column_name"]
-- owner     = "data_office"
--
-- [columns]
-- export      = "text"
-- rule        = "text"
-- column_name = "text"
-- rows_aside  = "rows"
-- rows_in     = "rows"
--
-- [derived]
-- share_aside = "cast(rows_aside as double) / nullif(rows_in, 0)"
--
-- Public: faults of rows, told without a value. A row counts once, under the first rule it meets.
select
    quarantine.export,
    quarantine.rule,
    quarantine.column_name,
    quarantine.rows as rows_aside,
    export_account.rows_in,
from quarantine
inner join export_account on export_account.export = quarantine.export

-- Builds that were refused, and every fault that was found in their exports.
--
-- grain     = ["refused_at", "rule", "export", "file", "column_name"]
-- unit      = "rows"
-- kind      = "full count"
-- direction = "up is worse"
-- people    = "none"
-- public    = true
-- where     = "none"
-- reads     = ["refusal", "generation"]
-- order     = ["refused_at desc", "severity desc", "export", "rule", "file", "column_name"]
-- owner     = "data_office"
--
-- [columns]
-- refused_at  = "date"
-- is_since    = "flag"
-- exit_code   = "rows"
-- severity    = "text"
-- rule        = "text"
-- export      = "text"
-- file        = "text"
-- column_name = "text"
-- rows_found  = "rows"
--
-- Public: what the log of the installation holds, which has no value out of an export. It is told
-- as it stands now, not as it stood when the generation was built; `is_since`: refused since then.
select
    refusal.refused_at,
    refusal.at_utc > generation.built_at as is_since,
    refusal.exit_code,
    refusal.severity,
    refusal.rule,
    refusal.export,
    refusal.file,
    refusal.column_name,
    refusal.rows as rows_found,
from refusal
cross join generation

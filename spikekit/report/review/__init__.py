"""After a campaign: what came against what was forecast, and what past campaigns taught."""

"""From user lists to running dashboards."""

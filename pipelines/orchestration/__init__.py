"""Dagster assets, checks, partitions, jobs, sensors and schedules."""

"""Each dbt model and seed an asset, each dbt test an asset check; one step runs dbt once for all of them.

Belongs here: dbt's manifest as Dagster sees it, dbt's results as Dagster events. Does not belong here: running dbt
(`pipelines.warehouse.transform`), SQL.
"""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings
from dagster_dbt.asset_utils import build_dbt_specs

from pipelines.orchestration.steps import Run
from pipelines.warehouse.transform import NodeResult

_UNIQUE_ID = "dagster_dbt/unique_id"


class _Translator(DagsterDbtTranslator):
    """Sources are the asset `mentah`; descriptions are the model's own, grain first, without the SQL."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey("mentah")
        return super().get_asset_key(dbt_resource_props)

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return str(dbt_resource_props.get("description") or "")

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        folder = Path(dbt_resource_props["original_file_path"]).parent.name
        return folder if dbt_resource_props["resource_type"] == "model" else "acuan"


def dbt_assets(manifest: Path, resource: str) -> dg.AssetsDefinition:
    """One multi-asset over everything in the manifest. `resource` is the key of the run (`Run`)."""
    import json

    content = json.loads(manifest.read_bytes())
    specs, check_specs = build_dbt_specs(
        translator=_Translator(), manifest=content, select="fqn:*", exclude="", selector="", io_manager_key=None, project=None
    )
    checks = [
        dg.AssetCheckSpec(name=check.name, asset=check.asset_key, description=check.description, metadata=check.metadata)
        for check in check_specs
    ]

    in_order = _upstream_first(specs)

    @dg.multi_asset(name="susun_gudang", specs=specs, check_specs=checks, required_resource_keys={resource}, can_subset=False)
    def susun_gudang(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        """dbt build, once."""
        run = getattr(context.resources, resource)
        assert isinstance(run, Run)  # noqa: S101
        results = {node.unique_id: node for node in run.transformed.nodes}
        by_asset: dict[dg.AssetKey, list[dg.AssetCheckResult]] = {}
        for check in checks:
            node = results.get(str(check.metadata[_UNIQUE_ID]))
            by_asset.setdefault(check.asset_key, []).append(_check_result(check, node))
        for spec in in_order:
            node = results.get(str(spec.metadata[_UNIQUE_ID]))
            yield dg.MaterializeResult(asset_key=spec.key, metadata=_metadata(node), check_results=by_asset.get(spec.key, []))

    return susun_gudang


def _upstream_first(specs: Sequence[dg.AssetSpec]) -> list[dg.AssetSpec]:
    """Dagster wants each asset of a step after those of the same step that it depends on."""
    by_key = {spec.key: spec for spec in specs}
    sorter = TopologicalSorter({key: sorted(dep.asset_key for dep in spec.deps if dep.asset_key in by_key) for key, spec in by_key.items()})
    return [by_key[key] for key in sorter.static_order()]


def _metadata(node: NodeResult | None) -> dict[str, int | float]:
    if node is None:
        return {}
    return {"detik": round(node.seconds, 3), **({"dagster/row_count": node.rows} if node.rows is not None else {})}


def _check_result(check: dg.AssetCheckSpec, node: NodeResult | None) -> dg.AssetCheckResult:
    passed = node is not None and node.status in ("pass", "success")
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN if node is not None and node.status == "warn" else dg.AssetCheckSeverity.ERROR,
        metadata={"baris_salah": (node.failures or 0) if node else 0, "status": node.status if node else "tidak dijalankan"},
    )

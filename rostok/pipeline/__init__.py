"""Read → store → reduce → evaluate → report, without Django: for the command line, jobs and notebooks.

>>> from rostok import pipeline
>>> methodology = pipeline.find_methodology("federal-low-results")
>>> pipeline.set_parameters(methodology, {"threshold": "0.25"}).label
'2021.1+threshold=0.25'

Start with ``analysing.analyse``: the whole job in twenty lines. ``reading`` and ``storing`` make a data version,
``calculating`` and ``intakes`` judge it, ``outputs`` and ``report_model`` give it form.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rostok.methodology.examples import check_examples
    from rostok.pipeline.analysing import Outcome, Plan, Run, analyse
    from rostok.pipeline.calculating import Calculation, calculate
    from rostok.pipeline.calibrating import ItemAnalysis, ItemPlan, items, write_items
    from rostok.pipeline.context_values import find_index
    from rostok.pipeline.describing import ContextPlan, ContextRun, context
    from rostok.pipeline.examining import (
        Examination,
        ObjectivityPlan,
        ObjectivityRun,
        examine_version,
        objectivity,
    )
    from rostok.pipeline.gap_memory import gap_map
    from rostok.pipeline.grouping import ClustersPlan, clusters, clusters_of
    from rostok.pipeline.growing import GrowthPlan, growth, growth_of
    from rostok.pipeline.indexing import ContextIndex, context_index
    from rostok.pipeline.mapping import GapPlan, GapRun, gaps, paper_maps
    from rostok.pipeline.methodologies import (
        find_methodology,
        load_methodology,
        set_parameters,
        shipped_methodologies,
        source_text,
    )
    from rostok.pipeline.modelling import TablePlan, TableRun, modelling_table
    from rostok.pipeline.objectivity_lists import set_aside, widened
    from rostok.pipeline.objectivity_memory import school_tests
    from rostok.pipeline.publishing import PublishRun, publish
    from rostok.pipeline.resilient import ResiliencePlan, resilience, resilience_of
    from rostok.pipeline.sandboxing import Sandbox, SandboxPlan, SandboxRun, Varied, sandbox, try_values
    from rostok.pipeline.school_jobs import SchoolRun, SchoolTables
    from rostok.pipeline.similar_schools import SimilarPlan, SimilarRun, neighbours, similar
    from rostok.pipeline.storing import Stored, read_and_store
    from rostok.pipeline.synthesising import synthesise
    from rostok.pipeline.value_terms import ValueAddedPlan
    from rostok.pipeline.valuing import ValueAdded, value_added, write_value_added

__all__ = [
    "Calculation",
    "ClustersPlan",
    "ContextIndex",
    "ContextPlan",
    "ContextRun",
    "Examination",
    "GapPlan",
    "GapRun",
    "GrowthPlan",
    "ItemAnalysis",
    "ItemPlan",
    "ObjectivityPlan",
    "ObjectivityRun",
    "Outcome",
    "Plan",
    "PublishRun",
    "ResiliencePlan",
    "Run",
    "Sandbox",
    "SandboxPlan",
    "SandboxRun",
    "SchoolRun",
    "SchoolTables",
    "SimilarPlan",
    "SimilarRun",
    "Stored",
    "TablePlan",
    "TableRun",
    "ValueAdded",
    "ValueAddedPlan",
    "Varied",
    "analyse",
    "calculate",
    "check_examples",
    "clusters",
    "clusters_of",
    "context",
    "context_index",
    "examine_version",
    "find_index",
    "find_methodology",
    "gap_map",
    "gaps",
    "growth",
    "growth_of",
    "items",
    "load_methodology",
    "modelling_table",
    "neighbours",
    "objectivity",
    "paper_maps",
    "publish",
    "read_and_store",
    "resilience",
    "resilience_of",
    "sandbox",
    "school_tests",
    "set_aside",
    "set_parameters",
    "shipped_methodologies",
    "similar",
    "source_text",
    "synthesise",
    "try_values",
    "value_added",
    "widened",
    "write_items",
    "write_value_added",
]

# Loaded when asked for: a worker that reads a file must not pay a second for the engine and the statistics.
_PLACES = {
    "Calculation": "rostok.pipeline.calculating",
    "ContextIndex": "rostok.pipeline.indexing",
    "ContextPlan": "rostok.pipeline.describing",
    "ContextRun": "rostok.pipeline.describing",
    "context": "rostok.pipeline.describing",
    "context_index": "rostok.pipeline.indexing",
    "find_index": "rostok.pipeline.context_values",
    "SimilarPlan": "rostok.pipeline.similar_schools",
    "SimilarRun": "rostok.pipeline.similar_schools",
    "neighbours": "rostok.pipeline.similar_schools",
    "similar": "rostok.pipeline.similar_schools",
    "TablePlan": "rostok.pipeline.modelling",
    "TableRun": "rostok.pipeline.modelling",
    "modelling_table": "rostok.pipeline.modelling",
    "GapPlan": "rostok.pipeline.mapping",
    "GapRun": "rostok.pipeline.mapping",
    "ClustersPlan": "rostok.pipeline.grouping",
    "clusters": "rostok.pipeline.grouping",
    "clusters_of": "rostok.pipeline.grouping",
    "GrowthPlan": "rostok.pipeline.growing",
    "ResiliencePlan": "rostok.pipeline.resilient",
    "resilience": "rostok.pipeline.resilient",
    "resilience_of": "rostok.pipeline.resilient",
    "growth": "rostok.pipeline.growing",
    "growth_of": "rostok.pipeline.growing",
    "SchoolRun": "rostok.pipeline.school_jobs",
    "SchoolTables": "rostok.pipeline.school_jobs",
    "ItemAnalysis": "rostok.pipeline.calibrating",
    "ItemPlan": "rostok.pipeline.calibrating",
    "Examination": "rostok.pipeline.examining",
    "ObjectivityPlan": "rostok.pipeline.examining",
    "ObjectivityRun": "rostok.pipeline.examining",
    "Outcome": "rostok.pipeline.analysing",
    "Plan": "rostok.pipeline.analysing",
    "Run": "rostok.pipeline.analysing",
    "Sandbox": "rostok.pipeline.sandboxing",
    "SandboxPlan": "rostok.pipeline.sandboxing",
    "SandboxRun": "rostok.pipeline.sandboxing",
    "Varied": "rostok.pipeline.sandboxing",
    "sandbox": "rostok.pipeline.sandboxing",
    "try_values": "rostok.pipeline.sandboxing",
    "Stored": "rostok.pipeline.storing",
    "analyse": "rostok.pipeline.analysing",
    "calculate": "rostok.pipeline.calculating",
    "examine_version": "rostok.pipeline.examining",
    "objectivity": "rostok.pipeline.examining",
    "school_tests": "rostok.pipeline.objectivity_memory",
    "set_aside": "rostok.pipeline.objectivity_lists",
    "widened": "rostok.pipeline.objectivity_lists",
    "check_examples": "rostok.methodology.examples",
    "find_methodology": "rostok.pipeline.methodologies",
    "gap_map": "rostok.pipeline.gap_memory",
    "gaps": "rostok.pipeline.mapping",
    "paper_maps": "rostok.pipeline.mapping",
    "publish": "rostok.pipeline.publishing",
    "PublishRun": "rostok.pipeline.publishing",
    "items": "rostok.pipeline.calibrating",
    "load_methodology": "rostok.pipeline.methodologies",
    "read_and_store": "rostok.pipeline.storing",
    "set_parameters": "rostok.pipeline.methodologies",
    "shipped_methodologies": "rostok.pipeline.methodologies",
    "source_text": "rostok.pipeline.methodologies",
    "synthesise": "rostok.pipeline.synthesising",
    "write_items": "rostok.pipeline.calibrating",
    "ValueAdded": "rostok.pipeline.valuing",
    "ValueAddedPlan": "rostok.pipeline.value_terms",
    "value_added": "rostok.pipeline.valuing",
    "write_value_added": "rostok.pipeline.valuing",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)

"""Importing an operator's data: tables in a folder, checked, resolved and written to the graph."""

from graph.importing.files.mapping import Mapping, bundled_mappings, load_mapping
from graph.importing.files.rejects import Rejects
from graph.importing.files.sources import BUNDLED
from graph.importing.folder import import_folder
from graph.importing.preview import preview
from graph.importing.progress import ImportProgress, Silent
from graph.importing.proposing import Proposal, propose
from graph.importing.summary import ImportSummary, TableSummary

__all__ = [
    "BUNDLED",
    "ImportProgress",
    "ImportSummary",
    "Mapping",
    "Proposal",
    "Rejects",
    "Silent",
    "TableSummary",
    "bundled_mappings",
    "import_folder",
    "load_mapping",
    "preview",
    "propose",
]

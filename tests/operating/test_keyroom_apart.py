"""No web page can reach what makes a key of shares: neither by the imports in the source, nor once it runs."""

import subprocess
import sys
from collections.abc import Iterator

import grimp
import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

OPENS = {
    "moothall.webuse.opening_names",
    "moothall.webuse.house",
    "moothall.webuse.seals.actions",
    "moothall.webuse.seals.ceremonies",
    "moothall.webuse.seals.ceremony",
    "moothall.webuse.seals.opening",
    "moothall.webuse.seals.words",
}
"""What opens names or makes keys, and whatever leads there."""
LIBRARIES = ("shamir_mnemonic", "polars")


def views(resolver: URLResolver | None = None) -> Iterator[str]:
    """The modules of all views."""
    for each in (resolver or get_resolver("moothall.config.urls")).url_patterns:
        if isinstance(each, URLPattern):
            yield each.callback.__module__
        else:
            yield str(getattr(each.urlconf_name, "__name__", each.urlconf_name))
            yield from views(each)


def entrances() -> set[str]:
    """Every module of ours that the web process loads by name: views, middleware, apps, and what settings list."""
    named = [
        *settings.MIDDLEWARE,
        *settings.INSTALLED_APPS,
        *(f"{app}.apps" for app in settings.INSTALLED_APPS),
        *settings.NAVIGATION,
        *settings.NETWORKS,
        *settings.TEMPLATES[0]["OPTIONS"]["context_processors"],
        *settings.AUTHENTICATION_BACKENDS,
        settings.ACCOUNT_ADAPTER,
        settings.MFA_ADAPTER,
        "moothall.config.urls",
        "moothall.config.asgi",
        "moothall.operating.web",
    ]
    return {each for name in (*named, *views()) for each in (name, name.rpartition(".")[0]) if "moothall" in each}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("moothall", include_external_packages=True, cache_dir=None)


def reached(graph: grimp.ImportGraph, start: str) -> set[str]:
    return graph.find_upstream_modules(start) | {start}


def test_no_page_imports_what_opens_names(graph: grimp.ImportGraph) -> None:
    starts = entrances() & graph.modules
    by_any = set().union(*(reached(graph, start) for start in starts))
    assert {"moothall.webuse.figure_views", "moothall.concerns.openings", "moothall.config.urls"} <= by_any
    for start in starts:
        found = reached(graph, start) & {*OPENS, *LIBRARIES}
        assert not found, [graph.find_shortest_chain(start, each) for each in found]
        assert not {each for each in reached(graph, start) if each.startswith("moothall.operating.keyroom")}


def test_the_search_would_find_it(graph: grimp.ImportGraph) -> None:
    found = reached(graph, "moothall.operating.webuse_commands")
    assert found >= OPENS
    assert set(LIBRARIES) <= found


LOADED = f"""
import sys
from importlib import import_module
import django
django.setup()
from django.conf import settings
from django.urls import get_resolver
import moothall.config.asgi
import moothall.operating.web

def walk(resolver):
    for each in resolver.url_patterns:
        if hasattr(each, "url_patterns"):
            walk(each)

walk(get_resolver())
for name in settings.NAVIGATION:
    import_module(name)
opens = {sorted(OPENS)!r}
print(*[name for name in sys.modules if name in opens or name.partition(".")[0] in {LIBRARIES!r}])
"""


def test_a_web_process_that_has_loaded_all_its_pages_has_loaded_none_of_it() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

"""Puts the server together."""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import version

from litestar import Litestar
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from pullcord.app.people.services import Services
from pullcord.model.errors import PullcordError
from pullcord.server.api import api_router
from pullcord.server.elastic import elastic_router
from pullcord.server.entry import make_guard
from pullcord.server.gate import Bounds, Gate
from pullcord.server.hec import hec_router
from pullcord.server.inside import Inside
from pullcord.server.replies import failed, refused
from pullcord.server.reports import reports_router
from pullcord.server.telemetry import telemetry_router
from pullcord.server.workers import Workers


def make_app(services: Services, hosts: Collection[str] = (), bounds: Bounds | None = None) -> Litestar:
    """The ASGI application; its threads end with its lifespan.

    Args:
        hosts: names and addresses under which it may be called, besides those of the loopback.
        bounds: what is let in at a time.
    """
    limits = bounds or Bounds()
    inside = Inside(services, Workers(), limits)
    app = Litestar(
        route_handlers=[telemetry_router(), hec_router(), elastic_router(), api_router(), reports_router()],
        guards=[make_guard(services.access)],
        dependencies={"inside": Provide(lambda: inside, sync_to_thread=False)},
        exception_handlers={PullcordError: refused, Exception: failed},
        on_shutdown=[inside.workers.close],
        openapi_config=_openapi(),
        request_max_body_size=limits.call_body,
        logging_config=None,
    )
    app.asgi_handler = Gate(app.asgi_handler, limits, services.access, hosts)
    return app


def _openapi() -> OpenAPIConfig:
    # The framework's own pages lie under this path; nothing opens them. The API serves the schema itself.
    return OpenAPIConfig(
        title="Pullcord",
        version=version("pullcord"),
        path="/api/v1/schema",
        use_handler_docstrings=True,
        security=[{"token": []}],
        components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
    )

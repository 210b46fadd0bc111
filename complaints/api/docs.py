"""The OpenAPI document, and the page that lets people read and try it without any server but ours."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class Schema(SpectacularAPIView):
    """OpenAPI 3.1; JSON for programs that ask for it, else YAML."""

    throttle_classes = ()


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI from our own files: one page, one style sheet, and scripts from our own address."""

    url_name = "api:schema"
    template_name = "api/docs.html"
    throttle_classes = ()

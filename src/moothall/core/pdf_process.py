"""Makes a PDF of HTML: standard input in, standard output out. A process of its own, which knows nothing of Moothall.

WeasyPrint takes seconds to load and seconds to draw, and a web process has others to serve meanwhile. It asks nobody
for anything: whatever the page names is either among the files given on the command line as ``name=path``, or refused.
"""

import sys
from pathlib import Path
from typing import Any

try:
    import weasyprint
    from weasyprint.urls import URLFetcher, URLFetcherResponse
except OSError as error:  # a library of the system that it draws with is missing
    sys.exit(f"{error}")

SCHEME = "moothall:"


class OurFilesOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint tells no types
    """Gives the files that it was made with, by their names, and refuses everything else."""

    def __init__(self, files: dict[str, str]) -> None:
        super().__init__(allowed_protocols=[SCHEME.rstrip(":")])
        self._files = files

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Raises ``ValueError`` for what is not ours."""
        path = self._files.get(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None
        if path is None:
            raise ValueError(f"Not one of our files: {url}")
        kind = "text/css" if path.endswith(".css") else "image/png"
        return URLFetcherResponse(url, Path(path).read_bytes(), {"Content-Type": kind})


def main(arguments: list[str]) -> None:
    """With ``--check`` alone nothing is made: that the libraries loaded was all to find out."""
    if arguments == ["--check"]:
        return
    files = dict(each.split("=", 1) for each in arguments)
    html = sys.stdin.buffer.read().decode()
    page = weasyprint.HTML(string=html, base_url=SCHEME, url_fetcher=OurFilesOnly(files))
    page.write_pdf(sys.stdout.buffer)


if __name__ == "__main__":
    main(sys.argv[1:])

"""HTML on standard input, PDF on standard output: a program of its own, of the standard library and WeasyPrint alone.

The product never imports this; :mod:`workflows.documents.pdf` starts it. So a long document costs the process that asked
for it neither memory nor its turn, and whatever the renderer meets in a document it meets without settings or keys. It
reads nothing but its input: no address is fetched, whatever its kind.

Arguments: the PDF's identifier in hexadecimal. Without any: whether it could be done (exit status 0).
"""

import signal
import sys

MOST_MEMORY = 4 << 30
MOST_SECONDS = 600
NICE = 5


def modest() -> None:
    """Behind everybody else; what would eat the machine up is ended. Whoever stops the worker lets this finish."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import os
        import resource
    except ImportError:  # not on Windows
        return
    os.nice(NICE)
    for what, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS)):
        _soft, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or hard > most:
            resource.setrlimit(what, (most, hard))


def main() -> None:
    """Import, read, render, write."""
    modest()
    import weasyprint
    from weasyprint.urls import URLFetcher

    class Nobody(URLFetcher):
        """Fetches nothing."""

        def fetch(self, url, headers=None):  # type: ignore[no-untyped-def]
            raise ValueError(f"not fetched: {url[:80]}")

    if len(sys.argv) < 2:
        return
    html = sys.stdin.buffer.read().decode()
    document = weasyprint.HTML(string=html, url_fetcher=Nobody())
    pdf = document.write_pdf(pdf_identifier=bytes.fromhex(sys.argv[1]), presentational_hints=True)
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()

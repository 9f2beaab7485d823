"""What phones ask whenever they enter a Wi-Fi, to find out whether it leads to the internet.

In the own Wi-Fi every name is the box. A phone that gets no answer leaves again, or sends what people open over its
mobile connection; one that gets another answer opens a small window that cannot save files. So each gets the answer
that it looks for. The addresses are those of the makers' own documentation and sources.
"""

from flask import Flask, Response, request

from web.house import house

NOTHING = ("", 204, "text/plain")
APPLE = ("<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>", 200, "text/html")
PROBES = {
    # Android, ChromeOS and Chromium
    ("connectivitycheck.gstatic.com", "/generate_204"): NOTHING,
    ("connectivitycheck.android.com", "/generate_204"): NOTHING,
    ("clients3.google.com", "/generate_204"): NOTHING,
    ("www.google.com", "/gen_204"): NOTHING,
    ("www.google.com", "/generate_204"): NOTHING,
    ("www.gstatic.com", "/generate_204"): NOTHING,
    ("play.googleapis.com", "/generate_204"): NOTHING,
    ("connectivitycheck.platform.hicloud.com", "/generate_204"): NOTHING,
    ("connect.rom.miui.com", "/generate_204"): NOTHING,
    # iOS and macOS
    ("captive.apple.com", "/"): APPLE,
    ("captive.apple.com", "/hotspot-detect.html"): APPLE,
    ("www.apple.com", "/library/test/success.html"): APPLE,
    # Windows
    ("www.msftconnecttest.com", "/connecttest.txt"): ("Microsoft Connect Test", 200, "text/plain"),
    ("www.msftncsi.com", "/ncsi.txt"): ("Microsoft NCSI", 200, "text/plain"),
    # Firefox
    ("detectportal.firefox.com", "/success.txt"): ("success\n", 200, "text/plain"),
    ("detectportal.firefox.com", "/canonical.html"): (
        '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>',
        200,
        "text/html",
    ),
    # GNOME
    ("nmcheck.gnome.org", "/check_network_status.txt"): ("NetworkManager is online\n", 200, "text/plain"),
}


def answer_probes(app: Flask) -> None:
    """Before anything else looks at the request; only where there is an own Wi-Fi."""
    app.before_request(_answer)


def _answer() -> Response | None:
    found = PROBES.get((request.host.lower(), request.path))
    if found is None or request.method not in ("GET", "HEAD") or house().settings.network.wifi == "off":
        return None
    content, code, kind = found
    return Response(content, code, mimetype=kind)

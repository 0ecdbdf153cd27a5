"""API clients with an address and a user agent of their own, as two devices have."""

from tokdesk.common.testing import ApiClient


def device(
    ip: str = "192.0.2.10", agent: str = "Firefox", access: str | None = None, **headers: str
) -> ApiClient:
    client = ApiClient(access, **{"User-Agent": agent, **headers})
    client._client.defaults["REMOTE_ADDR"] = ip
    return client

"""The way out of this machine is the one its owner set up."""

from pathlib import Path

import certifi
import pytest
from urllib3 import PoolManager, ProxyManager
from urllib3.exceptions import LocationParseError

from newsletter_cli.http.pools import open_pool

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_settings_requests_go_straight() -> None:
    assert type(open_pool("https://api.example.org/v3/send")) is PoolManager


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
@pytest.mark.parametrize("proxy", ["http://ann:s%40fe@proxy.example.org:3128", "ann:s%40fe@proxy.example.org:3128"])
def test_a_proxy_is_used_with_its_password(name: str, proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, proxy)
    pool = open_pool("https://api.example.org/v3/send")
    assert isinstance(pool, ProxyManager)
    assert pool.proxy is not None
    assert (pool.proxy.host, pool.proxy.port) == ("proxy.example.org", 3128)
    assert pool.proxy_headers["proxy-authorization"] == "Basic YW5uOnNAZmU="


def test_no_proxy_names_hosts_that_are_reached_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example.org:3128")
    monkeypatch.setenv("no_proxy", "example.org,127.0.0.1")
    assert type(open_pool("https://api.example.org:8443/v3/send")) is PoolManager
    assert type(open_pool("http://127.0.0.1:9000/")) is PoolManager
    assert isinstance(open_pool("https://api.example.net/"), ProxyManager)


def test_certificates_are_checked_against_the_authorities_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = tmp_path / "authorities.pem"
    whole = Path(certifi.where()).read_text(encoding="utf-8")
    end = "-----END CERTIFICATE-----\n"
    ours.write_text(whole[: whole.index(end) + len(end)], encoding="utf-8")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ours))
    context = open_pool("https://api.example.org/").connection_pool_kw["ssl_context"]
    assert context.cert_store_stats()["x509_ca"] == 1
    assert context.check_hostname
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert open_pool("https://api.example.org/").connection_pool_kw["ssl_context"].cert_store_stats()["x509_ca"] > 50


@pytest.mark.parametrize("url", ["http://[::1/", "https://a b/", "ftp://example.org/", "nothing"])
def test_what_is_no_address_is_refused_before_any_connection(url: str) -> None:
    with pytest.raises(LocationParseError):
        open_pool(url).request("POST", url, retries=False)

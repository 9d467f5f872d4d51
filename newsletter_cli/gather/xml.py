"""XML of strangers as a tree: without entities, network, document type or surprise."""

from typing import Any

from lxml import etree


def safe_xml(data: bytes, *, recover: bool = False) -> Any:
    """The root element, or None when it cannot be read; `recover` reads broken XML as far as it goes."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover)
    try:
        return etree.fromstring(data.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
